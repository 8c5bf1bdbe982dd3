"""The last moment of a run: what is written last, and what if something cannot be."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.runs import attempts, checkpoint_writer, recorder, saved_networks
from wordnet_tui.runs.lifecycle import begin, reopen, train_and_save
from wordnet_tui.runs.listing import summarise
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.metrics_file import read_metrics
from wordnet_tui.runs.storage.status_file import read_status


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once."""
    monkeypatch.setattr(attempts, "SECONDS_BETWEEN_TRIES", 0.0)
    monkeypatch.setattr(checkpoint_writer, "SECONDS_BETWEEN_TRIES", 0.0)


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
            epochs=2,
            learning_rate=0.05,
        ),
    )


@pytest.fixture
def ended(run: Run, days_text: Path, tmp_path: Path) -> Recorder:
    """Its recorder; all mini-batches are done, and the end is not yet written."""
    found = begin(run, tmp_path / "runs", [str(days_text)])
    assert found is not None
    found.start()
    run.run_to_end()
    return found


def failing(times: float, call: Callable[..., Any]) -> Callable[..., Any]:
    """`call` on a disk that is full for the first times."""
    left = [times]

    def fail_or_call(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return call(*arguments, **named)

    return fail_or_call


PARTS = {
    "its last checkpoint": (checkpoint_writer, "write_checkpoint"),
    "its networks": (saved_networks, "write_network"),
    "its last events": (recorder, "append_events"),
    "its last status": (recorder, "write_status"),
}
"""What a folder lacks where a function of a module fails."""


def weights(path: Path) -> bytes:
    return read_network(path).parameters.packed()[1].tobytes()


def test_that_it_has_ended_is_written_last(
    run: Run, ended: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, seen = ended.folder, []
    save = recorder.save_networks

    def read_and_save(*arguments: Any) -> Any:
        time.sleep(0.5)  # in which the recorder's thread could write it
        seen.append(read_status(folder).view)
        seen.extend(event.kind for event in read_events(folder.events_file).events)
        return save(*arguments)

    monkeypatch.setattr(recorder, "save_networks", read_and_save)
    ended.save()
    assert run.status().state is RunState.ENDED
    view, *kinds = seen
    assert view.state is RunState.TRAINING
    assert view.progress is None or view.progress.stop_reason is None
    assert "ended" not in kinds
    assert summarise(folder, time.time()).condition is RunCondition.TRAINING
    ended.finish()
    assert read_events(folder.events_file).events[-1].kind == "ended"
    assert summarise(folder, time.time()).condition is RunCondition.ENDED


@pytest.mark.parametrize("part", PARTS)
def test_what_fails_at_first_is_tried_again(
    part: str, run: Run, ended: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name = PARTS[part]
    call = getattr(module, name)
    if part == "its networks":  # a model file says it in its own words
        call = failing(3, call)

        def fail(path: Path, *arguments: Any) -> Any:
            try:
                return call(path, *arguments)
            except OSError as error:
                raise saved_networks.ModelFileError("full") from error

        monkeypatch.setattr(module, name, fail)
    else:
        monkeypatch.setattr(module, name, failing(3, call))
    said: list[str] = []
    saved_to = ended.finish(said.append)
    assert len(said) == 1
    assert "tried again" in said[0]
    assert (ended.unwritten, run.status().write_error) == ("", "")
    folder = ended.folder
    assert all(str(folder.path) in sentence for sentence in saved_to)
    status = read_status(folder)
    assert status is not None
    assert (status.view.state, status.view.write_error) == (RunState.ENDED, "")
    last = run.status().progress.batch
    assert read_checkpoint(folder).state.batch == last
    assert read_metrics(folder.metrics_file).rows[-1, 0] == last
    assert summarise(folder, time.time()).condition is RunCondition.ENDED


@pytest.mark.parametrize("part", PARTS)
def test_what_fails_for_long_is_named_and_written_by_who_resumes_it(
    part: str, run: Run, ended: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name = PARTS[part]
    full = failing(float("inf"), print)

    def fail(path: Path, *arguments: Any) -> Any:
        if part == "its networks" and ended.folder.path not in Path(str(path)).parents:
            return write(path, *arguments)
        try:
            return full()
        except OSError as error:
            raise saved_networks.ModelFileError(str(error)) from error

    write = getattr(module, name)
    monkeypatch.setattr(recorder, "SECONDS_TO_RETRY", 0.0)
    monkeypatch.setattr(module, name, fail)
    saved_to = ended.finish()
    assert f"lacks {part}: " in ended.unwritten
    assert "No space left on device" in ended.unwritten
    assert all(sentence in ended.unwritten for sentence in saved_to)
    assert run.status().write_error == ended.unwritten
    last = run.status().progress.batch
    assert read_metrics(ended.folder.metrics_file).rows[-1, 0] == last
    expected = run.last().parameters.packed()[1].tobytes()

    monkeypatch.undo()
    again, recorder_again = reopen(ended.folder)
    train_and_save(again, recorder_again)
    assert recorder_again.unwritten == ""
    assert weights(ended.folder.last_file.path) == expected
    assert summarise(ended.folder, time.time()).condition is RunCondition.ENDED
