"""The gate that a training passes between two mini-batches."""

from __future__ import annotations

import threading

from tests.support.waiting import wait_until
from wordnet_tui.runs.pause_gate import PauseGate


class Passer:
    """Passes a gate again and again in a thread, until it is asked to end."""

    def __init__(self, gate: PauseGate) -> None:
        self.passed = 0
        self.held = 0
        self.ends = False
        self._gate = gate
        self.thread = threading.Thread(target=self._pass, daemon=True)
        self.thread.start()

    def _pass(self) -> None:
        while not self.ends:
            self._gate.pass_through(self._note)
            self.passed += 1

    def _note(self) -> None:
        self.held += 1

    def end(self) -> None:
        self.ends = True
        self._gate.take_away()
        self.thread.join(30)
        assert not self.thread.is_alive()


def test_a_closed_gate_lets_pass_only_as_often_as_it_is_asked_to() -> None:
    gate = PauseGate()
    gate.close()
    passer = Passer(gate)
    wait_until(lambda: passer.held == 1)
    assert passer.passed == 0
    for _ in range(3):
        gate.let_one_pass()
    wait_until(lambda: passer.passed == 3 and passer.held == 4)
    gate.open()
    wait_until(lambda: passer.passed > 100)
    passer.end()


def test_jobs_are_done_by_the_thread_that_passes_open_or_closed() -> None:
    gate, done_by = PauseGate(), []
    passer = Passer(gate)
    gate.do(lambda: done_by.append(threading.current_thread()))
    wait_until(lambda: len(done_by) == 1)
    gate.close()
    wait_until(lambda: passer.held)
    passed = passer.passed
    gate.do(lambda: done_by.append(threading.current_thread()))
    wait_until(lambda: len(done_by) == 2)
    assert passer.passed == passed
    assert set(done_by) == {passer.thread}
    passer.end()


def test_opening_forgets_passes_that_were_not_taken() -> None:
    gate = PauseGate()
    for _ in range(3):
        gate.let_one_pass()
    gate.close()
    passer = Passer(gate)
    wait_until(lambda: passer.held == 1)
    assert passer.passed == 0
    passer.end()
