"""Ask in a thread, drop stale answers: how screens and app have long things computed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from textual.app import App
from textual.screen import Screen
from textual.worker import Worker, get_current_worker

from wordnet_tui.core.errors import WordnetError

Answer = TypeVar("Answer")
Node = Screen[Any] | App[Any]


class StaleQueryError(Exception):
    """What is being computed is no longer wanted; raised by `report`, caught by the query."""


class BackgroundQuery(Generic[Answer]):
    """A question that is asked again and again, of which only the newest answer counts.

    All callbacks are called in the event loop, and none for a question that a newer one has
    replaced or that was cancelled.

    Args:
        node: The screen or app; a question is cancelled when it goes away.
        on_answer: Gets what was computed.
        on_error: Gets a sentence if that failed: a `WordnetError` as it is, anything else as
            an error in the program, with its traceback in the log. Shown by default.
        on_report: Gets what the computation gives to `report`.
        one_at_a_time: Ask nothing while a question is open, so that a slow disk is never
            asked twice over.
    """

    def __init__(
        self,
        node: Node,
        on_answer: Callable[[Answer], object],
        *,
        on_error: Callable[[str], object] | None = None,
        on_report: Callable[..., object] | None = None,
        one_at_a_time: bool = False,
    ) -> None:
        self._node = node
        self._on_answer = on_answer
        self._on_error = on_error or partial(show_error, node)
        self._on_report = on_report
        self._one_at_a_time = one_at_a_time
        self._worker: Worker[None] | None = None  # of the question that is open

    @property
    def is_open(self) -> bool:
        """Whether an answer is to come."""
        return self._worker is not None

    def ask(self, compute: Callable[[], Answer]) -> None:
        """Compute in a thread; an earlier question is forgotten."""
        if not (self._one_at_a_time and self.is_open):
            work = partial(self._run, compute)
            self._worker = self._node.run_worker(work, thread=True, exit_on_error=False)

    def cancel(self) -> None:
        """Forget the question that is open."""
        self._worker = None

    # ---- in the thread

    @property
    def is_stale(self) -> bool:
        """For a long computation: whether it may stop, as nobody waits for it any more."""
        worker = get_current_worker()
        return worker is not self._worker or worker.is_cancelled

    def report(self, *news: object) -> None:
        """Hand something to `on_report` before the answer is there.

        Raises:
            StaleQueryError: Nobody waits any more.
        """
        if self.is_stale:
            raise StaleQueryError
        self._hand_over(self._on_report, *news, is_last=False)

    def _run(self, compute: Callable[[], Answer]) -> None:
        if self.is_stale:
            return
        try:
            answer = compute()
        except StaleQueryError:
            return
        except WordnetError as error:
            self._hand_over(self._on_error, str(error))
        except Exception as error:
            logging.getLogger(__name__).exception("a computation failed")
            sentence = f"an error in the program: {type(error).__name__}: {error}"
            self._hand_over(self._on_error, sentence)
        else:
            self._hand_over(self._on_answer, answer)

    def _hand_over(
        self, callback: Callable[..., object] | None, *values: object, is_last: bool = True
    ) -> None:
        worker = get_current_worker()

        def call() -> None:
            if worker is self._worker:
                if is_last:
                    self._worker = None
                if callback is not None:
                    callback(*values)

        self._node.call_later(call)


def show_error(node: Node, sentence: str) -> None:
    """Show what went wrong; a sentence of the core, taken as it is."""
    node.notify(sentence, severity="error", markup=False, timeout=10)
