"""What is done at every crash point: what it begins with, and what must hold then."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.torture.aftermath import (
    Judge,
    after_cache,
    after_convert,
    after_preferences,
    after_removal,
    after_training,
)
from benchmarks.torture.children import in_child
from benchmarks.torture.operations import Fault, Mode, Op, Operation, arm, read_log
from benchmarks.torture.proof import expect
from benchmarks.torture.tiny import Place, copied, pace, train_tiny, write_tiny_text
from wordnet_tui.app.preferences import Preferences
from wordnet_tui.cli import main
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import run_folders

KILLED_BEHIND = "checkpoint 9"
LEFT_AT = 11


@dataclass(frozen=True)
class Scenario:
    """Something that changes files."""

    name: str
    prepare: Callable[[Path], Place]
    """Makes a new folder ready for it."""
    run: Callable[[Place], object]
    """Does it; in a child."""
    judge: Judge
    first: Callable[[], object] = lambda: None
    """Called in the child before."""


def make_scenarios(root: Path, *, strict: bool = True) -> Iterator[Scenario]:
    """All of them.

    Args:
        root: Below which that is made what they begin with.
        strict: Whether events and what is left over are judged, too.
    """
    text = write_tiny_text(root / "text.txt")
    import_all(text)
    ended = Place(root / "ended")
    whole = train_tiny(ended, text)
    killed = killed_run(root / "killed", text)
    left = _left(root / "left", text)
    judge = after_training(text, whole, strict=strict)
    yield Scenario("train", _empty, lambda place: _main(place.train(text)), judge, pace)
    for name, template in (("resume of one killed", killed), ("resume of one left", left)):
        yield Scenario(
            name,
            lambda at, template=template: copied(template, at),  # type: ignore[misc]
            lambda place: _main(place.resume()),
            judge,
            pace,
        )
    yield Scenario(
        "runs rm",
        lambda at: _with_another_run(copied(killed, at), ended),
        lambda place: _main(["runs", "rm", _newest(place), "--yes", "--runs", place.runs]),
        after_removal(whole),
    )
    yield Scenario(
        "convert",
        lambda at: copied(ended, at),
        lambda place: _main(["convert", ended.out, place.out]),
        after_convert(ended.out, strict=strict),
    )
    yield Scenario(
        "corpus cache",
        _empty,
        lambda place: load_dataset(str(text), cache_folder=place.root / "cache"),
        after_cache(text),
    )
    yield Scenario("preferences", _with_preferences, _remember, after_preferences(OLD, NEW))


OLD = Preferences(sources=("reference",), theme="light")
NEW = Preferences(sources=("chitchat",), theme="dark")


def _main(arguments: list[str | Path]) -> None:
    main([str(argument) for argument in arguments])


def _empty(root: Path) -> Place:
    root.mkdir()
    return Place(root)


def import_all(text: Path) -> None:
    """What trains is imported at its first use: here, or each child would do it."""
    dataset = load_dataset(str(text))
    words = {"vocabulary_size": len(dataset.vocabulary), "epochs": 1, "optimizer": "adam"}
    run = Run(dataset, Hyperparameters().changed(**words, dropout=0.1, hidden_size=4))
    run.run_to_end()


def killed_run(root: Path, text: Path) -> Place:
    """A run killed while it writes rows, some time behind a checkpoint."""
    root.mkdir()
    log = _train(_empty(root / "counted"), text, Fault(), root)
    behind = [str(each.path) for each in log].index(KILLED_BEHIND)
    rows = [
        each.op is Op.WRITE and each.path.endswith("metrics.csv") and number > behind
        for number, each in enumerate(log)
    ]
    marks = sum(each.op is Op.MARK for each in log[:behind])
    place = _empty(root / "place")
    _train(place, text, Fault(rows.index(True) - marks + 2, Mode.EXIT), root)
    return place


def _left(root: Path, text: Path) -> Place:
    """A run that was left in order."""
    root.mkdir()
    place = _empty(root / "place")

    def train() -> None:
        pace(LEFT_AT)
        _main(place.train(text))

    end = in_child(train)
    expect(end.status == 130, f"a run that is left ends with {end.status}: {end.output}")
    return place


def _train(place: Place, text: Path, fault: Fault, root: Path) -> list[Operation]:
    log = root / "log"

    def train() -> None:
        pace()
        arm(place.root, fault, log)
        _main(place.train(text))

    in_child(train)
    return read_log(log)


def _with_another_run(place: Place, other: Place) -> Place:
    (folder,) = run_folders(other.runs)
    shutil.copytree(folder.path, place.runs / "another")
    return place


def _newest(place: Place) -> str:
    return run_folders(place.runs)[0].name


def _with_preferences(root: Path) -> Place:
    place = _empty(root)
    os.environ["WORDNET_TUI_DATA"] = str(place.data)
    OLD.save()
    return place


def _remember(_place: Place) -> None:
    NEW.save()
