"""What must hold after a crash, and after the next command has put things in order."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.torture.children import ChildEnd, command, in_child
from benchmarks.torture.operations import EXITED, Fault, Operation, arm, marks
from benchmarks.torture.program import bits
from benchmarks.torture.proof import expect
from benchmarks.torture.tiny import CHECKPOINT_MARK, OUT_MARK, Place, Whole, pace
from wordnet_tui.app.preferences import Preferences
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.runs.listing import list_runs
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.metrics_file import read_metrics

Judge = Callable[[Place, ChildEnd, list[Operation]], None]
"""Takes where it was done, how it ended, and what was done."""

A_DAY = 86_400.0
REPEATABLE = {"resumed", "started", "write_error"}
"""Kinds of events that a further attempt has, too."""


def after_training(text: Path, whole: Whole, *, strict: bool = True) -> Judge:
    """Of a run that was trained: it goes on, to the same weights.

    Args:
        text: What it learns from.
        whole: What it comes to.
        strict: Whether events are told once, and nothing may be left over.
    """

    def judge(place: Place, end: ChildEnd, log: list[Operation]) -> None:
        expect_checkpoint(place, newest_mark(log))
        if OUT_MARK in marks(log):
            expect(place.out.exists(), "OUT is lost, after it was saved")
            expect(bits(place.out) == whole.out, "other weights in OUT, after it was saved")
        _tidy_command(place, "runs", "--runs", place.runs)
        if end.status == 0 and not run_folders(place.runs):
            expect(end.output, "the run is gone, and nothing was said")
            expect(bits(place.out) == whole.out, "other weights in OUT, without a run")
        elif end.status == 0:
            expect_files(place, whole)  # an owner that cannot be removed is for `resume`
        pass_a_day(place.root)
        go_on(place, text)
        is_in_words = end.status not in (0, EXITED)  # it has said that OUT is not written
        expect_whole(place, whole, without_out=is_in_words)
        if strict:
            expect_no_damaged_line(place)
            expect_events_once(place)
            expect_nothing_left(place)

    return judge


def after_removal(whole: Whole) -> Judge:
    """Of `runs rm`: the run is there or gone, another one is as it was."""

    def judge(place: Place, end: ChildEnd, _log: list[Operation]) -> None:
        _tidy_command(place, "runs", "--runs", place.runs)
        names = [folder.name for folder in run_folders(place.runs)]
        expect("another" in names, "another run is gone")
        others = [name for name in names if name != "another"]
        if end.status == 0:
            expect(not others, "it says that the run is deleted, and it is listed")
        pass_a_day(place.root)
        for name in others:
            again = command("runs", "rm", name, "--yes", "--runs", place.runs)
            again.expect_tidy("runs rm again")
            expect(again.status == 0, f"runs rm again says: {again.output}")
        command("resume", "--runs", place.runs).expect_tidy("resume of nothing")
        _tidy_command(place, "runs", "--runs", place.runs)
        expect_nothing_left(place)
        left = [path.name for path in place.runs.iterdir() if path.name != "another"]
        expect(not left, f"of the run is left over: {', '.join(left)}")
        another = RunFolder(place.runs / "another")
        expect(bits(another.last_file.path) == whole.last, "another run has changed")

    return judge


def after_convert(source: Path, *, strict: bool = True) -> Judge:
    """Of `convert` over a file of the same network: it is whole, before or after."""
    content = bits(source)

    def judge(place: Place, _end: ChildEnd, _log: list[Operation]) -> None:
        expect(bits(place.out) == content, "OUT is neither whole nor as before")
        pass_a_day(place.root)
        _tidy_command(place, "convert", source, place.out)
        expect(bits(place.out) == content, "OUT is not what it should be")
        if strict:
            expect_nothing_left(place)

    return judge


def after_cache(text: Path) -> Judge:
    """Of a corpus that is read for the first time: it is read right the next time."""
    sound = load_dataset(str(text))

    def judge(place: Place, _end: ChildEnd, _log: list[Operation]) -> None:
        pass_a_day(place.root)

        def read() -> None:
            found = load_dataset(str(text), cache_folder=place.root / "cache")
            for part in ("training", "validation", "test"):
                same = np.array_equal(getattr(found, part), getattr(sound, part))
                assert same, f"{part} has other rows"
            assert found.fingerprint == sound.fingerprint, "another fingerprint"

        end = in_child(read)
        end.expect_tidy("reading the corpus again")
        expect_nothing_left(place)
        names = sorted(path.name for path in (place.root / "cache" / "datasets").iterdir())
        expect(len(names) == 1, f"the cache holds {names}")

    return judge


def after_preferences(old: Preferences, new: Preferences) -> Judge:
    """Of the app's preferences: those before or the new ones, and then the new ones."""

    def judge(place: Place, _end: ChildEnd, _log: list[Operation]) -> None:
        os.environ["WORDNET_TUI_DATA"] = str(place.data)
        expect(Preferences.load() in (old, new), "neither the old nor the new preferences")
        pass_a_day(place.root)
        end = in_child(new.save)
        end.expect_tidy("saving the preferences again")
        expect(Preferences.load() == new, "the preferences are not saved")
        expect_nothing_left(place)

    return judge


# ---- parts of it


def newest_mark(log: list[Operation]) -> int | None:
    """The mini-batch of the last checkpoint that was taken for written."""
    found = [text for text in marks(log) if text.startswith(CHECKPOINT_MARK)]
    batches = [int(text.removeprefix(CHECKPOINT_MARK)) for text in found]
    return batches[-1] if batches else None


def expect_checkpoint(place: Place, at_least: int | None) -> None:
    """A checkpoint that was written must be there."""
    if at_least is None:
        return
    folders = run_folders(place.runs)
    expect(folders, "a finished checkpoint is lost: the run is gone")
    try:
        found = read_checkpoint(folders[0])
    except WordnetError as error:
        raise AssertionError(f"a finished checkpoint is lost: {error}") from error
    batch = found.state.batch if found else None
    is_there = batch is not None and batch >= at_least
    expect(is_there, f"a finished checkpoint is lost: {batch} instead of {at_least}")


def go_on(place: Place, text: Path) -> None:
    """`resume`, or the command again where there is nothing to go on with.

    The list of runs and `resume` must agree on what can be continued.
    """
    runs = list_runs(place.runs, time.time())
    can_go_on = [summary for summary in runs if summary.can_be_continued]
    named = () if can_go_on or not runs else (runs[0].folder.path,)
    end = command(*place.resume(*named), first=lambda: _at(place))
    end.expect_tidy("resume")
    if end.status == 0:
        expect(can_go_on, f"listed as {runs[0].condition if runs else 0}, and resume goes on")
        return
    expect(not can_go_on, f"listed as one to go on with, but resume says: {end.output}")
    if not runs:
        end = command(*place.train(text), first=lambda: _at(place))
        end.expect_tidy("train again")
        expect(end.status == 0, f"train again says: {end.output}")


def expect_whole(place: Place, whole: Whole, *, without_out: bool = False) -> None:
    """The run must have come to its end as if nobody had disturbed it.

    Args:
        place: Where it lies, alone.
        whole: What it comes to.
        without_out: Whether OUT may be missing.
    """
    folders = run_folders(place.runs)
    expect(len(folders) == 1, f"there are {len(folders)} runs")
    expect_files(place, whole, without_out=without_out)
    (summary,) = list_runs(place.runs, time.time())
    expect(
        summary.condition is RunCondition.ENDED and not summary.problem,
        f"the run is {summary.condition}: {summary.problem}",
    )


def expect_files(place: Place, whole: Whole, *, without_out: bool = False) -> None:
    """Weights and metrics of the only run must be those of one that nobody disturbed."""
    (folder,) = run_folders(place.runs)
    for path, weights in (
        (folder.last_file.path, whole.last),
        (folder.best_file.path, whole.best),
        (place.out, whole.out),
    ):
        may_miss = without_out and path == place.out  # missing, or as it was before
        if not path.exists():
            expect(may_miss, f"there is no {path.name} after it all")
            continue
        expect(may_miss or bits(path) == weights, f"other weights in {path.name}")
    expect_rows(folder, whole.batches)


def expect_rows(folder: RunFolder, batches: int) -> None:
    """The rows of the metrics up to a mini-batch must tell of each once."""
    rows = read_metrics(folder.metrics_file).rows
    until = rows[rows[:, 0] <= batches]
    begins, counted = until[:, 0] - until[:, 1], until[:, 1].sum()
    is_whole = list(begins) == [0.0, *until[:-1, 0]][: len(until)]
    expect(
        is_whole and counted == batches,
        f"a gap or a double in the metrics: {counted:.0f} of {batches} mini-batches",
    )


def expect_no_damaged_line(place: Place) -> None:
    """What was torn is cut away."""
    (folder,) = run_folders(place.runs)
    dropped = read_metrics(folder.metrics_file).dropped
    expect(not dropped, f"{dropped} damaged lines of metrics")


def expect_events_once(place: Place) -> None:
    """Each event of the only run must be there once, but for those of a further attempt."""
    (folder,) = run_folders(place.runs)
    read = read_events(folder.events_file)
    expect(not read.dropped, f"{read.dropped} damaged lines of events")
    ends = sum(event.kind == "ended" for event in read.events)
    expect(ends == 1, f'{ends} events "ended"')
    told = Counter(
        (event.batch, event.kind, event.text)
        for event in read.events
        if event.kind not in REPEATABLE
    )
    twice = [each for each, number in told.items() if number > 1]
    expect(not twice, f'events "{twice[0][1]}" told twice' if twice else "")


def pass_a_day(root: Path) -> None:
    """Make what is left over old: what may still be in use stays at first."""
    for path in (*left_over(root), *_without_manifest(root / "runs")):
        moment = time.time() - 2 * A_DAY
        os.utime(path, (moment, moment), follow_symlinks=False)


def left_over(root: Path) -> Iterator[Path]:
    """Files and folders that were to be renamed or removed: the program hides them."""
    return root.rglob(".*")


def expect_nothing_left(place: Place) -> None:
    """The command after a crash has put things in order."""
    left = [path.name for path in left_over(place.root)]
    expect(not left, f"left over: {', '.join(left)}")
    folders = list(_without_manifest(place.runs))
    files = sum(1 for folder in folders for _ in folder.iterdir())
    expect(not folders, f"left over, a folder without run.json, with {files} files")


def _without_manifest(runs: Path) -> Iterator[Path]:
    for path in runs.iterdir() if runs.exists() else ():
        if path.is_dir() and not (path / "run.json").exists():
            yield path


def _at(place: Place) -> None:
    os.environ["WORDNET_TUI_DATA"] = str(place.data)
    pace()
    arm(place.root, Fault(), Path(os.devnull))  # so that nothing waits for the disk


def _tidy_command(place: Place, *arguments: str | Path) -> None:
    end = command(*arguments, first=lambda: _at(place))
    end.expect_tidy(str(arguments[0]))
    expect(end.status == 0, f"{arguments[0]} says: {end.output}")
