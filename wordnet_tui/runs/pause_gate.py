"""The gate between two mini-batches: where a training can be paused, and does small jobs."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], None]


class PauseGate:
    """Passed by one thread, steered by any other, and by signal handlers. Open at first.

    A signal handler may interrupt any line of the thread that runs it, so nothing here takes a
    lock that Python code can hold: a `SimpleQueue` may be filled from a handler.
    """

    def __init__(self) -> None:
        self._orders: SimpleQueue[Job | object] = SimpleQueue()
        self._closed: object | None = None  # another object each time that it is closed
        self._is_gone = False

    # ---- in the thread that passes

    def pass_through(self, on_closed: Job) -> None:
        """Do the jobs, and wait while the gate is closed, doing further ones.

        Args:
            on_closed: Called first if it is closed.
        """
        if self.is_closed:
            on_closed()
            while self.is_closed and not self._is_gone:
                if self._is_pass(self._orders.get()):
                    return
        while not self._orders.empty():
            if self._is_pass(self._orders.get()):
                return

    def _is_pass(self, order: Job | object) -> bool:
        """Do a job; True for leave to pass once, given since the gate was closed."""
        if callable(order):
            order()
            return False
        return order is not None and order is self._closed

    # ---- from any thread

    @property
    def is_closed(self) -> bool:
        """Whether the thread is held, or will be at its next pass."""
        return self._closed is not None

    def close(self) -> None:
        """Hold the thread at its next pass."""
        self._closed = object()

    def open(self) -> None:
        """Hold it no longer."""
        self._closed = None
        self._orders.put(None)

    def let_one_pass(self) -> None:
        """Let it pass once, though the gate is closed."""
        self._orders.put(self._closed)

    def take_away(self) -> None:
        """Never hold it again: the training is to end."""
        self._is_gone = True
        self._orders.put(None)

    def do(self, job: Job) -> None:
        """Have the thread do something short at its next pass, or now if it waits."""
        self._orders.put(job)
