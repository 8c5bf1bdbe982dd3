"""The gate between two mini-batches: where a training can be held, and does small jobs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]


class Gate:
    """Passed by one thread, steered by any other. Open at first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_closed = False
        self._is_gone = False
        self._passes = 0
        self._jobs: deque[Job] = deque()

    # ---- in the thread that passes

    def pass_through(self, on_closed: Job) -> None:
        """Do the jobs, and wait while the gate is closed, doing further ones.

        Args:
            on_closed: Called first if it is closed.
        """
        self._do_jobs()
        if self._is_closed:
            on_closed()
            while self._waits_for_a_job():
                self._do_jobs()

    def _do_jobs(self) -> None:
        while self._jobs:
            self._jobs.popleft()()

    def _waits_for_a_job(self) -> bool:
        """Wait for something to do; True for a job, False for passing."""
        with self._changed:
            while self._is_closed and not (self._is_gone or self._jobs or self._passes):
                self._changed.wait()
            if self._is_gone or not self._is_closed:
                return False
            if self._jobs:
                return True
            self._passes -= 1
            return False

    # ---- from any thread

    @property
    def is_closed(self) -> bool:
        """Whether the thread is held, or will be at its next pass."""
        return self._is_closed

    def close(self) -> None:
        """Hold the thread at its next pass."""
        self._set(is_closed=True)

    def open(self) -> None:
        """Hold it no longer."""
        self._set(is_closed=False)

    def let_one_pass(self) -> None:
        """Let it pass once, though the gate is closed."""
        with self._changed:
            self._passes += 1
            self._changed.notify_all()

    def take_away(self) -> None:
        """Never hold it again: the training is to end."""
        with self._changed:
            self._is_gone = True
            self._changed.notify_all()

    def do(self, job: Job) -> None:
        """Have the thread do something short at its next pass, or now if it waits."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify_all()

    def _set(self, *, is_closed: bool) -> None:
        with self._changed:
            self._is_closed = is_closed
            self._passes = 0
            self._changed.notify_all()
