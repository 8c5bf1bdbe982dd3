"""All that opens a run, let loose on a hostile one; and what lies outside of it."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.torture.children import ChildEnd, in_child
from benchmarks.torture.operations import Fault, arm
from benchmarks.torture.proof import expect
from benchmarks.torture.tiny import Place, pace
from wordnet_tui.app.preferences import Preferences
from wordnet_tui.cli import main, watch
from wordnet_tui.core.data.load import load_dataset

LOOKS = 8
"""Of `watch --plain`."""
MOST_MEMORY = 4 << 30
"""Bytes that a command may ask for, so that it fails and not the machine."""

Made = Callable[[], tuple[Place, Path]]
"""Makes the state anew: where it lies, and the folder of the run."""


class Outside:
    """Files and folders that do not belong to the run.

    Args:
        root: Where they are made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "victim.txt"
        self.network = root / "victim.safetensors"
        self.original = root / "victim.bin"
        self.folder = root / "folder"
        self.missing = root / "missing"

    @property
    def paths(self) -> dict[str, object]:
        """Texts that lead to them, and elsewhere."""
        return {
            "a file outside": str(self.file),
            "a network outside": str(self.network),
            "a model of the original outside": str(self.original),
            "a way up": f"../../{self.root.name}/{self.network.name}",
            "a device": "/dev/zero",
        }

    def make_anew(self) -> None:
        """As if nothing had happened to them."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for path in (self.file, self.network, self.original):
            path.write_bytes(b"do not touch\n")
        for name in ("one.json", "two.txt", ".three.tmp"):
            (self.folder / name).write_bytes(b"{}\n")

    def look(self) -> dict[str, tuple[object, ...]]:
        """What is there now."""
        return {
            str(path.relative_to(self.root)): (
                path.read_bytes() if path.is_file() else None,
                path.lstat().st_mtime_ns if path.is_file() else None,
                path.lstat().st_mode,
            )
            for path in sorted(self.root.rglob("*"))
        }


def try_all_commands(make: Made, outside: Outside) -> None:
    """Read the state with all commands and continue it; anew, detached; anew, delete it.

    Raises:
        TrialError: All that is wrong, in one sentence.
    """
    problems: list[str] = []
    before = outside.look()
    place, run = make()
    for words in (
        ("runs",),
        ("runs", "show", run),
        ("watch", "--plain", run),
        ("runs", "plot", run),
        ("resume", run),
        ("resume",),
    ):
        problems += _problems(place, words, outside, before)
    place, run = make()
    problems += _problems(place, ("resume", "--detach", run), outside, before)
    place, run = make()
    problems += _problems(place, ("runs", "rm", "--yes", run), outside, before)
    expect(not problems, "; ".join(problems))


def read_cache(text: Path, cache: Path, outside: Outside) -> None:
    """A corpus is read, from its text if need be."""
    before = outside.look()
    end = in_child(lambda: _guarded(lambda: load_dataset(str(text), cache_folder=cache)))
    end.expect_tidy("reading a corpus")
    expect(end.status == 0, f"reading a corpus ends with {end.status}: {end.output}")
    _expect_same(outside, before, "reading a corpus")


def read_preferences(outside: Outside) -> None:
    """The preferences are read, and saved."""
    before = outside.look()

    def use() -> None:
        Preferences.load().without_missing().save()

    end = in_child(lambda: _guarded(use))
    end.expect_tidy("preferences")
    _expect_same(outside, before, "preferences")


def _problems(
    place: Place,
    words: tuple[str | Path, ...],
    outside: Outside,
    before: dict[str, tuple[object, ...]],
) -> Iterator[str]:
    name = " ".join(word for word in words if isinstance(word, str))
    end = in_child(lambda: _guarded(lambda: _run(place, words)))
    checks: tuple[Callable[[], object], ...] = (
        lambda: end.expect_tidy(name),
        lambda: _expect_allowed(end, name),
        lambda: _expect_same(outside, before, name),
    )
    for check in checks:
        try:
            check()
        except Exception as error:  # of any kind: all that is wrong is said
            yield str(error)
            outside.make_anew()
            before.update(outside.look())


def _expect_allowed(end: ChildEnd, name: str) -> None:
    expect(end.status in (0, 1, 130) or end.status < 0, f"{name} ends with {end.status}")


def _expect_same(outside: Outside, before: dict[str, tuple[object, ...]], what: str) -> None:
    now = outside.look()
    for path in sorted(before.keys() | now.keys()):
        if path not in now:
            raise AssertionError(f"{what} deletes outside/{path}")
        expect(path in before, f"{what} makes outside/{path}")
        expect(now[path] == before[path], f"{what} changes outside/{path}")


def _guarded(run: Callable[[], object]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    run()


def _run(place: Place, words: tuple[str | Path, ...]) -> None:
    """A command, in a child."""
    inside = place.root / "here" / "there"
    inside.mkdir(parents=True, exist_ok=True)
    os.chdir(inside)
    os.environ["WORDNET_TUI_DATA"] = str(place.data)
    pace()
    arm(place.root, Fault(), Path(os.devnull))
    looks = iter(range(LOOKS))

    def sleep(_seconds: float) -> None:
        if next(looks, None) is None:
            raise KeyboardInterrupt

    vars(watch)["time"] = SimpleNamespace(
        sleep=sleep, time=time.time, monotonic=time.monotonic
    )
    started: list[_Forked] = []

    def start(command: list[str], **options: Any) -> _Forked:
        started.append(_Forked(command, options["stdout"].fileno()))
        return started[-1]

    vars(subprocess)["Popen"] = start
    try:
        options = ["--runs", str(place.runs)]
        main([*map(str, words[:1]), *_placed(words, options)])
    finally:
        for process in started:
            process.wait()


def _placed(words: tuple[str | Path, ...], options: list[str]) -> list[str]:
    """Options before the argument, which may look like one."""
    *others, last = map(str, words[1:]) if len(words) > 1 else ("",)
    if not last:
        return options
    if len(words) == 2 and isinstance(words[1], str):
        return [*options, last]
    return [*others, *options, "--", last]


class _Forked:
    """A process of `resume --detach`, forked: to start an interpreter takes a second."""

    def __init__(self, command: list[str], output: int) -> None:
        self._status: int | None = None
        self.pid = os.fork()
        if not self.pid:
            status = 1
            try:
                os.dup2(output, 1)
                os.dup2(output, 2)
                main(command[3:])  # behind "python -m wordnet_tui"
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)

    def poll(self) -> int | None:
        """As of a `Popen`."""
        if self._status is None:
            process, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if process else None
        return self._status

    def wait(self) -> int:
        """The same."""
        while self.poll() is None:
            time.sleep(0.002)
        assert self._status is not None
        return self._status

    def kill(self) -> None:
        """The same."""
        if self.poll() is None:
            os.kill(self.pid, 9)
