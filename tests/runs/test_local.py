"""A run under somebody's hand: real trainings of a very small network, in their own threads.

A run that begins paused takes one mini-batch and stands still, so what follows is exact.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from tests.support.runs import small_settings
from tests.support.waiting import wait_until
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.inference.evaluation import evaluate
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.runs.commands import PAUSE, RESUME, STEP, VALIDATE, Command, CommandKind
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.status import RateChange, RunState

StartRun = Callable[..., Run]


def progress_of(run: Run) -> TrainingProgress:
    """The newest record; waits for the first."""
    wait_until(lambda: run.status().progress)
    progress = run.status().progress
    assert progress is not None
    return progress


def step(run: Run) -> TrainingProgress:
    """Take one mini-batch of a paused run."""
    before = progress_of(run).batch
    run.send(STEP)
    wait_until(lambda: progress_of(run).batch > before)
    return progress_of(run)


def held(run: Run) -> TrainedNetwork:
    """The copy of the weights that a paused run hands out."""
    wait_until(run.snapshot)
    snapshot = run.snapshot()
    assert snapshot is not None
    return snapshot


def loss_of(network: TrainedNetwork, dataset: Dataset) -> float:
    activation = network.hyperparameters.activation
    return evaluate(network.parameters, dataset.validation, activation).cross_entropy


def test_it_trains_to_the_end_and_tells_why_it_ended(start_run: StartRun) -> None:
    run = start_run(paused=False, epochs=2)
    assert run.wait(30)
    view, progress = run.status(), progress_of(run)
    assert (view.state, view.is_over, view.failure) == (RunState.ENDED, True, "")
    assert progress.stop_reason is StopReason.EPOCHS_DONE
    assert progress.batch == progress.batches == 2 * progress.batches_per_epoch
    assert run.history.picture().batches == progress.batches


def test_a_paused_run_takes_as_many_mini_batches_as_asked(
    start_run: StartRun,
) -> None:
    run = start_run()
    assert progress_of(run).batch == 1
    assert run.status().state is RunState.PAUSED
    assert [step(run).batch for _ in range(5)] == [2, 3, 4, 5, 6]
    for _ in range(3):
        run.send(STEP)
    wait_until(lambda: progress_of(run).batch == 9)
    assert step(run).batch == 10
    assert run.history.picture().batches == 10


def test_resumed_it_goes_on_to_the_end(start_run: StartRun) -> None:
    run = start_run(epochs=2)
    step(run)
    run.send(RESUME)
    assert run.wait(30)
    assert progress_of(run).stop_reason is StopReason.EPOCHS_DONE


def test_steps_asked_for_before_a_pause_are_not_taken_after_it(start_run: StartRun) -> None:
    run = start_run()
    progress_of(run)
    run.send(RESUME)
    run.send(STEP)
    run.send(STEP)
    run.send(PAUSE)
    run.send(VALIDATE)
    wait_until(lambda: progress_of(run).validated_at)  # now it stands still
    before = progress_of(run).batch
    assert step(run).batch == before + 1
    assert step(run).batch == before + 2


def test_pausing_changes_nothing_of_what_is_learned(start_run: StartRun) -> None:
    whole = start_run(paused=False, epochs=1)
    halting = start_run(epochs=1)
    for _ in range(3):
        step(halting)
    halting.send(RESUME)
    assert whole.wait(30)
    assert halting.wait(30)
    for one, other in zip(whole.last().parameters, halting.last().parameters, strict=True):
        np.testing.assert_array_equal(one, other)


def test_stop_ends_a_run_that_is_paused_after_one_more_mini_batch(start_run: StartRun) -> None:
    run = start_run()
    step(run)
    run.stop()
    assert run.wait(30)
    progress = progress_of(run)
    assert run.status().state is RunState.ENDED
    assert progress.stop_reason is StopReason.REQUESTED
    assert progress.batch == 3
    assert progress.validated_at == 3


def test_stop_in_a_hurry_ends_it_without_a_last_validation(start_run: StartRun) -> None:
    run = start_run()
    step(run)
    run.stop(hurried=True)
    assert run.wait(30)
    assert progress_of(run).stop_reason is StopReason.REQUESTED
    assert progress_of(run).validated_at is None


def test_it_can_be_stopped_at_its_very_beginning(start_run: StartRun) -> None:
    run = start_run()
    run.stop()
    run.stop(hurried=True)
    assert run.wait(30)
    assert run.status().is_over
    run.stop()
    run.send(PAUSE)
    run.send(STEP)
    run.send(RESUME)
    assert run.status().state is RunState.ENDED


def test_the_rate_changes_with_the_next_mini_batch_and_is_noted(start_run: StartRun) -> None:
    run = start_run(schedule="constant", learning_rate=0.2)
    assert progress_of(run).learning_rate == pytest.approx(0.2)
    run.send(Command(CommandKind.SCALE_RATE, 0.5))
    assert step(run).learning_rate == pytest.approx(0.1)
    run.send(Command(CommandKind.SCALE_RATE, 4.0))
    assert step(run).learning_rate == pytest.approx(0.4)
    assert run.status().rate_changes == (RateChange(1, 0.5), RateChange(2, 2.0))
    assert run.status().rate_factor == 2.0


def test_a_rate_asked_for_is_the_peak_of_the_schedule(start_run: StartRun) -> None:
    run = start_run(schedule="constant", learning_rate=0.2)
    progress_of(run)
    run.send(Command(CommandKind.SCALE_RATE, 0.5))
    run.send(Command(CommandKind.LEARNING_RATE, 0.3))
    assert step(run).learning_rate == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        (CommandKind.SCALE_RATE, 1e-300, "2e-301"),
        (CommandKind.SCALE_RATE, 1e300, "2e+299"),
        (CommandKind.LEARNING_RATE, 1e-300, "1e-300"),
    ],
)
def test_a_rate_that_no_training_can_use_is_refused_with_a_message(
    kind: CommandKind, value: float, result: str, start_run: StartRun
) -> None:
    run = start_run(schedule="constant", learning_rate=0.2)
    progress_of(run)
    run.send(Command(kind, value))
    assert run.status().message == (
        f"not done: the learning rate would be {result}; it must be from 1e-35 to 1e+35"
    )
    assert run.status().rate_changes == ()
    assert step(run).learning_rate == 0.2


def test_a_factor_that_an_earlier_version_let_pass_can_be_mended(days: Dataset) -> None:
    hyperparameters = small_settings(days, schedule="constant", learning_rate=0.2)
    state = dataclasses.replace(Run(days, hyperparameters).state(), rate_factor=0.0)
    run = Run(days, hyperparameters, state=state)
    run.send(Command(CommandKind.SCALE_RATE, 2.0))
    assert "would be 0; it must be" in run.status().message
    run.send(Command(CommandKind.LEARNING_RATE, 0.1))
    assert run.status().rate_factor == 0.5


def test_patience_and_minimal_gain_change_while_it_trains(start_run: StartRun) -> None:
    run = start_run(validate_every=1)
    for _ in range(4):
        step(run)
    assert run.status().patience == 0
    run.send(Command(CommandKind.MIN_DELTA, 100.0))
    run.send(Command(CommandKind.PATIENCE, 2))
    assert (run.status().patience, run.status().min_delta) == (2, 100.0)
    used = progress_of(run).validations_without_gain
    run.send(RESUME)
    assert run.wait(30)
    progress = progress_of(run)
    assert progress.stop_reason is StopReason.PATIENCE
    assert progress.validations_without_gain == max(2, used + 1)


def test_a_paused_run_validates_at_once(days: Dataset, start_run: StartRun) -> None:
    run = start_run()
    before = held(run)
    step(run)
    wait_until(lambda: run.snapshot() is not before)
    assert progress_of(run).validation_cross_entropy is None
    run.send(VALIDATE)
    wait_until(lambda: progress_of(run).validated_at == 2)
    progress = progress_of(run)
    assert progress.batch == 2
    assert progress.validation_cross_entropy == pytest.approx(loss_of(held(run), days))
    assert step(run).batch == 3


def test_a_validation_asked_for_before_the_pause_has_begun_is_not_lost(
    start_run: StartRun,
) -> None:
    run = start_run()
    run.send(VALIDATE)
    wait_until(lambda: progress_of(run).validated_at == 1)


def test_a_validation_at_once_is_in_the_curve(start_run: StartRun) -> None:
    run = start_run()
    held(run)
    run.send(VALIDATE)
    wait_until(lambda: progress_of(run).validated_at == 1)
    step(run)
    validations = run.history.picture().validations
    assert validations.T.tolist() == [[1, progress_of(run).validation_cross_entropy]]
    assert run.history.picture().batches == 2


def test_a_run_that_trains_validates_after_the_next_mini_batch(start_run: StartRun) -> None:
    run = start_run(paused=False)
    progress_of(run)
    run.send(VALIDATE)
    wait_until(lambda: progress_of(run).validated_at)


def test_a_copy_of_the_weights_stays_as_it_was(start_run: StartRun) -> None:
    run = start_run()
    snapshot = held(run)
    before = [array.copy() for array in snapshot.parameters]
    assert not any(array.flags.writeable for array in snapshot.parameters)
    step(run)
    wait_until(lambda: run.snapshot() is not snapshot)
    for array, kept in zip(snapshot.parameters, before, strict=True):
        np.testing.assert_array_equal(array, kept)
    assert not np.array_equal(held(run).parameters.output_bias, before[-1])


def test_a_run_that_trains_hands_out_copies_only_to_those_who_want_them(
    start_run: StartRun,
) -> None:
    run = start_run(paused=False)
    wait_until(lambda: progress_of(run).batch > 100)
    assert run.snapshot() is None
    run.snapshots_wanted = True
    wait_until(run.snapshot)


def test_best_and_last_carry_the_figures_they_reached(
    days: Dataset, start_run: StartRun
) -> None:
    run = start_run(paused=False, epochs=3, validate_every=5)
    assert run.wait(30)
    progress = progress_of(run)
    best, last = run.best(), run.last()
    figure = best.provenance.figures["validation cross-entropy"]
    assert figure == progress.best_cross_entropy == pytest.approx(loss_of(best, days))
    figure = last.provenance.figures["validation cross-entropy"]
    assert figure == progress.validation_cross_entropy == pytest.approx(loss_of(last, days))
    assert last.vocabulary is days.vocabulary
    assert last.provenance.data_fingerprint == days.fingerprint
    assert run.snapshot() is not None
    assert run.snapshot().parameters is last.parameters  # type: ignore[union-attr]


def test_an_error_in_the_engine_becomes_a_state_and_is_logged(
    days: Dataset, start_run: StartRun, caplog: pytest.LogCaptureFixture
) -> None:
    beyond = np.full_like(days.training, 200)  # there are ten words
    with caplog.at_level(logging.ERROR):
        run = start_run(dataclasses.replace(days, training=beyond), paused=False)
        assert run.wait(30)
    view = run.status()
    assert (view.state, view.progress) == (RunState.FAILED, None)
    assert "IndexError" in view.failure
    assert "Traceback" in caplog.text


def test_a_loss_that_is_not_finite_fails_and_leaves_curves_and_best_weights(
    start_run: StartRun,
) -> None:
    run = start_run(validate_every=1, schedule="constant", activation="identity")
    for _ in range(3):
        step(run)
    run.send(Command(CommandKind.SCALE_RATE, 1e31))
    run.send(RESUME)
    assert run.wait(30)
    view = run.status()
    assert view.state is RunState.FAILED
    assert "no longer finite" in view.failure
    assert run.history.picture().batches >= 3
    assert all(np.isfinite(array).all() for array in run.best().parameters)
    assert run.outcome().parameters is run.best().parameters


def test_many_hands_at_once_never_lock_it(start_run: StartRun) -> None:
    run = start_run(paused=False, validate_every=3)
    actions: tuple[Callable[[], object], ...] = (
        run.status,
        run.snapshot,
        *(
            partial(run.send, command)
            for command in (
                PAUSE,
                STEP,
                VALIDATE,
                RESUME,
                Command(CommandKind.SCALE_RATE, 1.0),
                Command(CommandKind.PATIENCE, 0),
            )
        ),
    )

    def pester(first: int) -> None:
        for turn in range(400):
            actions[(first + turn * 3) % len(actions)]()

    hands = [threading.Thread(target=pester, args=(i,), daemon=True) for i in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
        assert not hand.is_alive()
    run.send(PAUSE)
    run.stop()
    assert run.wait(30)
    assert run.status().state is RunState.ENDED
