"""Saving the networks of a run, where that can be done and where it cannot."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.waiting import wait_until
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.paths import data_folder
from wordnet_tui.runs.commands import RESUME, Command, CommandKind
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.saved_networks import save_networks

StartRun = Callable[..., Run]


def ended(run: Run) -> Run:
    run.send(RESUME)
    assert run.wait(30)
    return run


def path_in(sentence: str) -> Path:
    """The path that a sentence ends with."""
    path = Path(sentence.split(" in ")[-1])
    assert path.is_file()
    return path


def test_best_and_last_are_files_at_the_place_that_is_reported(start_run: StartRun) -> None:
    run = ended(start_run(epochs=3, validate_every=5))
    reported = save_networks(run, None)
    kept = {
        name: path_in(next(line for line in reported if name in line))
        for name in ("best", "last")
    }
    assert {path.parent for path in kept.values()} == {data_folder() / "networks"}
    for name, network in (("best", run.best()), ("last", run.last())):
        read = read_network(kept[name])
        for there, here in zip(read.parameters, network.parameters, strict=True):
            np.testing.assert_array_equal(there, here)
        assert read.words().words == network.words().words
        assert read.provenance.figures == network.provenance.figures


def test_where_nothing_was_validated_only_the_last_is_kept(start_run: StartRun) -> None:
    run = start_run()
    run.stop(hurried=True)
    (reported,) = save_networks(ended(run), None)
    assert "last" in reported
    assert [path_in(reported)] == list((data_folder() / "networks").iterdir())


def test_a_run_kept_twice_overwrites_nothing_of_another(start_run: StartRun) -> None:
    runs = [ended(start_run(epochs=1, seed=seed)) for seed in (1, 2)]
    paths = [path_in(line) for run in runs for line in save_networks(run, None)]
    assert len(set(paths)) == 4


def test_without_a_mini_batch_it_says_that_there_is_nothing(
    days: Dataset, start_run: StartRun
) -> None:
    beyond = np.full_like(days.training, 200)
    run = ended(start_run(dataclasses.replace(days, training=beyond)))
    (reported,) = save_networks(run, None)
    assert "nothing to save" in reported
    assert not (data_folder() / "networks").exists()


def test_a_folder_that_cannot_be_made_is_reported_and_no_error(
    start_run: StartRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("")
    monkeypatch.setenv("WORDNET_TUI_DATA", str(in_the_way))
    reported = save_networks(ended(start_run(epochs=1)), None)
    assert reported
    assert all("could not be saved" in line for line in reported)


def test_the_best_weights_of_a_run_that_diverged_are_kept(
    start_run: StartRun,
) -> None:
    settings = {"validate_every": 1, "schedule": "constant", "activation": "identity"}
    run = start_run(paused=False, **settings)
    wait_until(lambda: (progress := run.status().progress) and progress.best_at)
    run.send(Command(CommandKind.SCALE_RATE, 1e31))
    reported = save_networks(ended(run), None)
    assert len(reported) == 2
    best = path_in(next(line for line in reported if "best" in line))
    assert all(np.isfinite(array).all() for array in read_network(best).parameters)
