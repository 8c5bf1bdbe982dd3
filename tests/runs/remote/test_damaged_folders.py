"""Watching goes on whatever happens to the files of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest

from tests.support.waiting import wait_until
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.history.bins import Field
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.handle import RunHandle
from wordnet_tui.runs.liveness import StatusFollower
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.remote.curves import Curves
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.remote.weights import NewestWeights
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import Owner, write_owner
from wordnet_tui.runs.storage.status_file import StatusRecord, read_status, write_status

TrainRecorded = Callable[..., tuple[Run, RunFolder]]
Watch = Callable[..., WatchedRun]


def progress_of(run: RunHandle) -> TrainingProgress:
    wait_until(lambda: run.status().progress)
    progress = run.status().progress
    assert progress is not None
    return progress


@pytest.fixture
def ended(train_recorded: TrainRecorded) -> tuple[Run, RunFolder]:
    """A run that is over and put away, so that nobody writes into its folder any more."""
    run, folder = train_recorded(paused=False, epochs=2)
    wait_until(lambda: not folder.owner_file.path.exists())
    return run, folder


def test_a_folder_that_vanishes_is_reported_and_found_again(
    folder: RunFolder, tmp_path: Path, watch: Watch, status: StatusRecord
) -> None:
    write_status(folder, status)
    watched = watch(folder)
    before = progress_of(watched)
    away = folder.path.rename(tmp_path / "away")
    wait_until(lambda: "not there any more" in watched.status().write_error)
    assert watched.status().progress == before
    away.rename(folder.path)
    wait_until(lambda: "not there any more" not in watched.status().write_error)


@pytest.mark.parametrize("name", ["status.json", "owner.json", "run.json", "metrics.csv"])
def test_a_damaged_file_is_reported_and_read_again_when_it_is_whole(
    name: str, ended: tuple[Run, RunFolder], watch: Watch
) -> None:
    _, folder = ended
    write_owner(folder, Owner("elsewhere", 77, 1.0, ""))
    path = folder.path / name
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 4
    path.write_bytes(damaged)
    watched = watch(folder)
    wait_until(lambda: str(path) in watched.status().write_error)
    assert watched.status().progress is not None  # of the status, or of the checkpoint
    wait_until(lambda: watched.history.picture().batches)
    path.write_bytes(whole)
    if name != "metrics.csv":
        wait_until(lambda: not watched.status().write_error)


def test_a_damaged_checkpoint_is_reported_and_the_rows_are_shown(
    ended: tuple[Run, RunFolder], watch: Watch
) -> None:
    run, folder = ended
    folder.checkpoint_before_file.path.unlink(missing_ok=True)
    folder.checkpoint_file.path.write_bytes(folder.checkpoint_file.path.read_bytes()[:-9])
    watched = watch(folder)
    wait_until(lambda: "no sound checkpoint" in watched.status().write_error)
    wait_until(lambda: watched.history.picture().batches == progress_of(run).batch)


def test_without_a_status_the_checkpoint_tells_how_far_it_came(
    ended: tuple[Run, RunFolder], watch: Watch
) -> None:
    run, folder = ended
    folder.status_file.path.unlink()
    view = watch_until_over(watch(folder))
    assert view.state is RunState.ENDED
    assert view.progress == run.status().progress


def watch_until_over(watched: WatchedRun) -> RunStatus:
    assert watched.wait(30)
    return watched.status()


def test_a_folder_without_anything_is_a_run_of_which_nothing_is_known(
    tmp_path: Path, watch: Watch
) -> None:
    watched = watch(RunFolder(tmp_path / "nowhere"))
    wait_until(lambda: "nowhere" in watched.status().write_error)
    assert watched.status().progress is None
    assert watched.hyperparameters == Hyperparameters()
    assert watched.snapshot() is None
    for read in (watched.last, watched.best, watched.outcome):
        with pytest.raises(WordnetError):
            read()


def test_a_changed_or_missing_byte_is_reported_or_changes_nothing(
    ended: tuple[Run, RunFolder],
) -> None:
    _, folder = ended
    status = read_status(folder)
    write_owner(folder, Owner("elsewhere", 77, status.taken_at, ""))
    whole, random = what_is_seen(folder), Random(11)
    assert whole[0] == ""
    files = [path for path in sorted(folder.path.iterdir()) if path.is_file()]
    for path in files:
        content = path.read_bytes()
        for _ in range(25 if content else 0):
            place = random.randrange(len(content))
            damaged = bytearray(content)
            damaged[place] ^= 1 << random.randrange(8)
            for now in (bytes(damaged), content[:place]):
                path.write_bytes(now)
                error, *seen = what_is_seen(folder)
                assert error or seen == whole[1:], (path.name, place)
        path.write_bytes(content)


def what_is_seen(folder: RunFolder) -> list[object]:
    """What is wrong, and what a watcher shows of a run that is over.

    Of the curves their ends: those of an earlier checkpoint and the rows since are coarser.
    """
    follower, curves, weights = StatusFollower(folder), Curves(folder), NewestWeights(folder)
    follower.update(0.0, 0.0)
    status = follower.record
    curves.follow(status.view.progress if status else None, status.attempt if status else 0)
    view = follower.run_status(curves.latest)
    weights.follow(view, wanted=True)
    picture = curves.history.picture()
    assert picture.batches
    bins = np.concatenate([picture.levels.levels[0], picture.tail], axis=1)
    network = weights.network
    return [
        "; ".join(filter(None, (view.write_error, curves.problem, weights.problem))),
        view.state,
        view.progress,
        (picture.batches, bins[Field.RUNNING, -1], picture.validations[:, -1].tolist()),
        [array.tobytes() for array in network.parameters] if network else None,
    ]
