"""Hostile folders: a link, pipe, device, rubbish in place of each file; each field forged.

Each state is read, continued and deleted by all commands that open a run. Nothing outside of
the folder may change, whatever the folder says.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.torture.children import command
from benchmarks.torture.forgeries import NAMES, forged_texts
from benchmarks.torture.hostile_commands import (
    Outside,
    read_cache,
    read_preferences,
    try_all_commands,
)
from benchmarks.torture.impostors import KINDS, replace_by
from benchmarks.torture.proof import Proof, Settings, expect
from benchmarks.torture.scenarios import import_all, killed_run
from benchmarks.torture.tiny import Place, copied, train_tiny, write_tiny_text
from benchmarks.torture.workers import Trial, share_out
from wordnet_tui.app.preferences import Preferences
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.requests import new_request, put_request

FILES = (
    "run.json",
    "status.json",
    "metrics.csv",
    "events.jsonl",
    "checkpoint.safetensors",
    "checkpoint-before.safetensors",
    "best.safetensors",
    "last.safetensors",
    "owner.json",
    "run.lock",
    "log.txt",
    ".checkpoint.tmp",
    "requests",
    "requests/0000000000000000000-000000-0000000000000000.json",
)
"""Of a run."""

_RUN = "another thing in place of each file of a run"
_OTHERS = "the same for the corpus cache and the app's preferences"
_FIELDS = "each field of each JSON forged"
GOAL = "no file outside changed, no traceback, no escape, no hang"

Change = Callable[[RunFolder], None]


def hostile(settings: Settings) -> Iterator[Proof]:
    """`runs`, `runs show`, `runs plot`, `runs rm`, `watch --plain`, `resume`, detached too."""
    yield from share_out(__name__, settings, {_RUN: GOAL, _FIELDS: GOAL, _OTHERS: GOAL})


def trials(root: Path, settings: Settings) -> Iterator[Trial]:  # noqa: ARG001  no chance here
    """All states."""
    text = write_tiny_text(root / "text.txt")
    import_all(text)
    template = _template(root, text)
    outside = Outside(root / "outside")

    def of_run(group: str, name: str, change: Change) -> Trial:
        def attempt() -> None:
            outside.make_anew()
            try_all_commands(lambda: _changed(template, root / "trial", change), outside)

        return Trial(group, name, attempt)

    for file in FILES:
        for kind in KINDS:

            def replace(folder: RunFolder, file: str = file, kind: str = kind) -> None:
                replace_by(kind, folder.path / file, outside)

            yield of_run(_RUN, f"{kind} in place of {file}", replace)
    (folder,) = run_folders(template.runs)
    for name in NAMES:

        def rename(folder: RunFolder, name: str = name) -> None:
            folder.path.rename(folder.path.with_name(name))

        yield of_run(_FIELDS, f"the folder's name {name[:30]!r}", rename)
    yield Trial(
        _RUN, "runs rm of a link to it", lambda: _remove_link(template, root / "trial")
    )
    for file, where, value, content in forged_texts(folder, outside):

        def forge(folder: RunFolder, file: str = file, content: str = content) -> None:
            path = folder.path / file
            path.unlink(missing_ok=True)
            path.write_text(content, encoding="ascii")

        yield of_run(_FIELDS, f"{where} of {file} is {value}", forge)
    yield from _of_others(root, text, outside)


def _template(root: Path, text: Path) -> Place:
    """A run that was killed, with all files that a run can have."""
    place, ended = killed_run(root / "killed", text), Place(root / "ended")
    train_tiny(ended, text)
    (folder,), (other,) = run_folders(place.runs), run_folders(ended.runs)
    shutil.copy(other.last_file.path, folder.last_file.path)
    folder.log_file.path.write_text("it said this\n", encoding="ascii")
    put_request(folder, new_request(Command(CommandKind.CHECKPOINT), "a watcher", 1.0))
    return place


def _changed(template: Place, root: Path, change: Change) -> tuple[Place, Path]:
    """A copy with something forged in it, and the folder of its run."""
    _remove(root)
    place = copied(template, root)
    (folder,) = run_folders(place.runs)
    change(folder)
    (path,) = place.runs.iterdir()
    return place, path


def _remove_link(template: Place, root: Path) -> None:
    """A link to a folder of a run, elsewhere, is no run to delete."""
    place, run = _changed(template, root, lambda _: None)
    link = root / "link"
    link.symlink_to(run)
    end = command("runs", "rm", "--yes", "--runs", place.runs, link)
    end.expect_tidy("runs rm")
    expect(RunFolder(run).manifest_file.path.exists(), "runs rm deletes what a link leads to")


def _remove(root: Path) -> None:
    if root.exists():
        for path in (root, *root.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)
        shutil.rmtree(root)


def _of_others(root: Path, text: Path, outside: Outside) -> Iterator[Trial]:
    cache = root / "sound-cache"
    load_dataset(str(text), cache_folder=cache)
    (sound,) = (cache / "datasets").iterdir()
    names = [path.name for path in sound.iterdir()]

    def try_cache(name: str, kind: str) -> None:
        outside.make_anew()
        _remove(root / "trial")
        copy = Path(shutil.copytree(cache, root / "trial"))
        replace_by(kind, copy / "datasets" / sound.name / name, outside)
        read_cache(text, copy, outside)

    def try_preferences(kind: str) -> None:
        outside.make_anew()
        _remove(root / "trial")
        os.environ["WORDNET_TUI_DATA"] = str(root / "trial")
        Preferences().save()
        replace_by(kind, root / "trial" / "last-session.json", outside)
        read_preferences(outside)

    for kind in KINDS:
        for name in (*names, "."):
            what = name if name != "." else "the folder of a corpus"
            yield Trial(
                _OTHERS,
                f"{kind} in place of {what}",
                lambda name=name, kind=kind: try_cache(name, kind),  # type: ignore[misc]
            )
        yield Trial(
            _OTHERS,
            f"{kind} in place of the preferences",
            lambda kind=kind: try_preferences(kind),  # type: ignore[misc]
        )
