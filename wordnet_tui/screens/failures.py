"""What went wrong in a worker, for people."""

from __future__ import annotations

import logging

from textual.worker import Worker, WorkerState

from wordnet_tui.core.errors import WordnetError


def failure(event: Worker.StateChanged) -> str:
    """A fault of the data in its own words, anything else as a bug; empty if there is none.

    The traceback of a bug goes to the log.
    """
    error = event.worker.error
    if event.state is not WorkerState.ERROR or error is None:
        return ""
    if isinstance(error, WordnetError):
        return str(error)
    logging.getLogger(__name__).error("a worker failed", exc_info=error)
    return f"an error in the program: {type(error).__name__}: {error}"
