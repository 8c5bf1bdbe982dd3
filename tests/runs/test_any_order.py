"""Whatever is done to a run, in any order, nothing of it is lost: against a plain model.

The run is paused and taken step by step, so that all that comes of it is known to the bit.
No rule asks what state the run is in: it is begun or resumed first where it must be trained.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.support.disk import Disk
from tests.support.modelled_run import ModelledRun, watched
from tests.support.plain_training import Change
from tests.support.waiting import wait_until
from wordnet_tui.core.errors import RunBusyError
from wordnet_tui.runs.commands import CHECKPOINT, STEP, STOP, Command, CommandKind
from wordnet_tui.runs.listing import list_runs
from wordnet_tui.runs.liveness import RunCondition
from wordnet_tui.runs.status import RunState
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.metrics_file import read_metrics
from wordnet_tui.runs.storage.removal import delete_run
from wordnet_tui.runs.storage.status_file import read_status

SENTENCES = ["he have a good day .", "she have a good day .", "the day is not good ."]
CHANGES = [
    *(Command(CommandKind.SCALE_RATE, factor) for factor in (0.5, 1.5)),
    *(Command(CommandKind.PATIENCE, count) for count in (1, 0)),
]
AT_WORK = [STEP, STEP, STEP, CHECKPOINT, *CHANGES]
LEAVE = "leave"
QUICK = {
    "recorder.SECONDS_BETWEEN_TICKS": 0.002,
    "recorder.SECONDS_BETWEEN_STATUSES": 0.0,
    "recorder.SECONDS_BETWEEN_HEARTBEATS": 0.0,
    "checkpoint_writer.SECONDS_BETWEEN_TRIES": 0.01,
    "storage.lock.SECONDS_TO_TRY": 0.01,
}
Way = st.sampled_from(["by hand", "by request", "by a watcher"])


class AnyOrder(ModelledRun, RuleBasedStateMachine):
    """What can be done to a run, and what holds after each."""

    @rule()
    def begin_or_resume(self) -> None:
        self.train()

    @rule(commands=st.lists(st.sampled_from(AT_WORK), min_size=1, max_size=6), way=Way)
    def work(self, commands: list[Command], way: str) -> None:
        self.train()
        for command in commands:
            if self.run is None:
                return
            if command is CHECKPOINT or self.batch + 1 == self.plain.end(self.changes):
                self.use_disk(is_full=False)  # which no end waits for
            self.ask(command, way)
            if command is STEP:
                self.arrive(self.batch + 1)
            elif command is CHECKPOINT:
                wait_until(self.is_all_in_a_checkpoint)
                self.safe = self.batch, len(self.changes)
            else:
                self.changes += (Change(self.batch, command),)

    @rule()
    def leave(self) -> None:
        self.train()
        self.use_disk(is_full=False)
        if self.run is not None:
            self.run.leave()
            self.wait_for_end({RunCondition.INTERRUPTED})
            assert self.is_all_in_a_checkpoint()
            self.safe = self.batch, len(self.changes)

    @rule()
    def stop(self) -> None:
        self.train()
        self.use_disk(is_full=False)
        if self.run is not None:
            self.run.send(STOP)
            self.changes += (Change(self.batch, STOP),)
            self.arrive(self.batch + 1)

    @rule(calls=st.integers(0, 40), meanwhile=st.sampled_from([None, LEAVE, STOP, *AT_WORK]))
    def kill(self, calls: int, meanwhile: Command | str | None) -> None:
        self.train()
        if meanwhile in (STEP, STOP, LEAVE):
            self.use_disk(is_full=False)
        if self.run is None:
            return
        conditions = {RunCondition.CUT_OFF}
        with self.killed(calls):
            if isinstance(meanwhile, Command):
                self.run.send(meanwhile)
                conditions |= {RunCondition.ENDED} if meanwhile in (STEP, STOP) else set()
                if meanwhile not in (STEP, CHECKPOINT):
                    self.changes += (Change(self.batch, meanwhile),)
            elif meanwhile == LEAVE:
                self.run.leave()
                conditions |= {RunCondition.INTERRUPTED}
        self.conditions = conditions

    @rule()
    def watch(self) -> None:
        if not self.name:
            return
        with watched(self.folder) as watcher:
            if self.run is None:
                wait_until(lambda: watcher.status().is_over)
                if (
                    watcher.status().state is not RunState.ENDED
                ):  # its last word may be in time
                    is_cut_off = self.summary().condition is RunCondition.CUT_OFF
                    assert bool(watcher.status().failure) is is_cut_off
            elif not self.disk.is_full:
                wait_until(lambda: self.agrees(watcher.status()))

    @rule()
    def rename(self) -> None:
        """One that is trained gets its name back."""
        if not self.name:
            return
        name = f"renamed-{next(self.numbers)}"
        renamed, run = self.folder.path.rename(self.root / name), self.run
        if run is None:
            self.name = name
            return
        wait_until(lambda: run.status().write_error)
        if self.batch + 1 < self.plain.end(self.changes):
            self.work([STEP], "by hand")
        renamed.rename(self.folder.path)

    @rule(is_full=st.booleans())
    def use_disk(self, is_full: bool) -> None:
        self.disk.is_full = is_full
        self.is_listed_as_what_it_is()

    @rule()
    def remove(self) -> None:
        if self.run is not None:
            with pytest.raises(RunBusyError):
                delete_run(self.folder)
        elif self.name:
            delete_run(self.folder)
            assert not self.folder.path.exists()
            self.name = ""

    # ---- what holds after each of them

    @invariant()
    def is_listed_as_what_it_is(self) -> None:
        run, expected = self.run, dict(self.others)
        if run is not None and self.disk.is_full:
            wait_until(lambda: "No space" in run.status().write_error)
            return
        if run is not None:
            wait_until(lambda: self.agrees(self.summary().status.view))
            checkpoint_at = read_status(self.folder).checkpoint_at
            self.safe = max(self.safe, (checkpoint_at, 0))
        if self.name:
            expected[self.name] = self.conditions if run is None else {RunCondition.PAUSED}
        listed = {one.folder.name: one.condition for one in list_runs(self.root, time.time())}
        assert listed.keys() == expected.keys()
        assert all(condition in expected[name] for name, condition in listed.items())

    @invariant()
    def nothing_is_lost(self) -> None:
        if not self.name:
            return
        checkpoint = read_checkpoint(self.folder)
        assert checkpoint is not None
        batch = checkpoint.state.batch
        there = self.plain.changes_in(checkpoint, self.changes)
        assert (batch, len(there)) >= self.safe
        rows = read_metrics(self.folder.metrics_file).rows
        ends, counts = rows[rows[:, 0] <= batch, :2].T
        assert counts.sum() == batch == max(ends, default=0)
        assert (np.diff(ends) > 0).all()
        kinds = [event.kind for event in read_events(self.folder.events_file).events]
        assert kinds.count("started") + kinds.count("resumed") == self.attempts
        has_ended = self.run is None and self.conditions == {RunCondition.ENDED}
        assert has_ended <= kinds.count("ended") <= 1

    def teardown(self) -> None:
        self.disk.no_picture()
        self.disk.is_full = False
        if self.run is not None:
            self.run.stop(hurried=True)
            self.wait_for_end(set())
        wait_until(lambda: "watching" not in [one.name for one in threading.enumerate()])


@pytest.mark.hypothesis
def test_nothing_of_a_run_is_lost_whatever_is_done_to_it_in_any_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in QUICK.items():
        monkeypatch.setattr(f"wordnet_tui.runs.{name}", seconds)
    text = tmp_path / "days.txt"
    text.write_text("\n".join(SENTENCES * 20) + "\n")
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    disk, numbers = Disk(monkeypatch), itertools.count()

    def machine() -> AnyOrder:
        disk.is_full = False
        return AnyOrder(tmp_path / f"{next(numbers)}" / "runs", disk, text, dead.pid)

    few = settings(max_examples=settings().max_examples // 4, stateful_step_count=15)
    run_state_machine_as_test(machine, settings=few)
