"""Runs whose process was killed in its first moment, or after the last mini-batch."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import RunError, WordnetError
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs import checkpoint_writer
from wordnet_tui.runs.lifecycle import begin, reopen, train_and_save
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.storage.checkpoints import Checkpoint, write_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.lock import read_owner, write_owner
from wordnet_tui.runs.storage.metrics_file import read_metrics


@pytest.fixture
def run(days: Dataset) -> Run:
    """Of a small network, over in no time."""
    return Run(
        days,
        Hyperparameters(
            vocabulary_size=len(days.vocabulary),
            embedding_size=4,
            hidden_size=5,
            batch_size=8,
            epochs=4,
            learning_rate=0.05,
            dropout=0.1,
        ),
    )


@pytest.fixture
def recorder(run: Run, days_text: Path, tmp_path: Path) -> Recorder:
    """Of its folder."""
    found = begin(run, tmp_path / "runs", [str(days_text)])
    assert found is not None
    return found


def weights(path: Path) -> bytes:
    return read_network(path).parameters.packed()[1].tobytes()


def test_before_its_first_checkpoint_it_begins_anew(run: Run, recorder: Recorder) -> None:
    recorder.give_back()
    run.run_to_end()
    again, recorder_again = reopen(recorder.folder)
    train_and_save(again, recorder_again)
    expected = run.last().parameters.packed()[1].tobytes()
    assert weights(recorder.folder.last_path) == expected


def test_what_was_begun_from_another_network_is_not_begun_anew_from_chance(
    run: Run, days_text: Path, tmp_path: Path
) -> None:
    recorder = begin(run, tmp_path / "runs", [str(days_text)], start="/home/lea/my.bin")
    assert recorder is not None
    recorder.give_back()
    with pytest.raises(RunError, match=r"before its first checkpoint; .*/home/lea/my\.bin"):
        reopen(recorder.folder)


def test_after_its_last_mini_batch_it_is_saved_by_who_resumes_it(
    run: Run, recorder: Recorder, days_text: Path, tmp_path: Path
) -> None:
    """Also if a first try to resume it was refused."""
    recorder.start()
    run.run_to_end()
    owner = read_owner(recorder.folder)
    assert owner is not None
    recorder.finish()
    killed = RunFolder(tmp_path / "elsewhere" / recorder.folder.name)
    shutil.copytree(recorder.folder.path, killed.path)
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    write_owner(killed, replace(owner, pid=process.pid))
    killed.last_path.unlink()

    assert summarise(killed, time.time()).condition is RunCondition.CUT_OFF
    text = days_text.rename(tmp_path / "not here")
    with pytest.raises(WordnetError, match="there is no"):
        reopen(killed)
    text.rename(days_text)
    assert summarise(killed, time.time()).condition is RunCondition.CUT_OFF
    train_and_save(*reopen(killed))
    assert weights(killed.last_path) == weights(recorder.folder.last_path)
    assert summarise(killed, time.time()).condition is RunCondition.ENDED
    with pytest.raises(RunError, match="has ended"):
        reopen(killed)


def test_no_checkpoint_is_ever_ahead_of_the_metrics(
    run: Run, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a kill at that moment would leave a gap in them for ever."""
    behind: list[int] = []

    def compare_and_write(folder: RunFolder, checkpoint: Checkpoint) -> None:
        rows = read_metrics(folder.metrics_path).rows
        reported = int(rows[-1, 0]) if len(rows) else 0
        behind.append(checkpoint.state.batch - reported)
        write_checkpoint(folder, checkpoint)

    monkeypatch.setattr(checkpoint_writer, "write_checkpoint", compare_and_write)
    recorder.start()
    for progress in run.train():
        if progress.batch == 20:
            recorder.ask_for_checkpoint()
        elif progress.batch == 21:  # the one asked for was handed out in between
            until = time.monotonic() + 30
            while len(behind) < 2 and time.monotonic() < until:
                time.sleep(0.005)
    recorder.finish()
    assert len(behind) >= 3
    assert max(behind) <= 0
