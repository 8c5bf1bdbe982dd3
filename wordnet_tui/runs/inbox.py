"""What watchers ask of a run, found in its folder, sent to the run, and acknowledged."""

from __future__ import annotations

import time
from collections import deque

from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.requests import Request, take_requests
from wordnet_tui.runs.storage.status_file import MOST_ACKNOWLEDGED, Acknowledgement

OLDEST_SECONDS = 60.0
"""A request that lay so long before this process began was meant for an earlier one."""


class RequestInbox:
    """Does what the folder asks for.

    Args:
        run: Of which it is asked.
        folder: Where requests lie.

    Attributes:
        latest_asker: Who asked last; empty at first.
    """

    def __init__(self, run: Run, folder: RunFolder) -> None:
        self._run = run
        self._folder = folder
        self._since = time.time()
        self._acknowledged: deque[Acknowledgement] = deque(maxlen=MOST_ACKNOWLEDGED)
        self.latest_asker = ""

    @property
    def acknowledged(self) -> tuple[Acknowledgement, ...]:
        """The latest answers, oldest first."""
        return tuple(self._acknowledged)

    def serve(self) -> bool:
        """Do all that was asked for; whether there was something."""
        requests = take_requests(self._folder, lambda why: self._run.note(message=why))
        for request in requests:
            sentence = self._answer(request)
            self.latest_asker = request.who
            self._acknowledged.append(Acknowledgement(request.id, request.who, sentence))
            self._run.note(message=f"{sentence} ({request.who})")
        return bool(requests)

    def _answer(self, request: Request) -> str:
        """Do it; what came of it, in a few words."""
        if request.asked_at < self._since - OLDEST_SECONDS:
            return "not done: asked long before"
        if self._run.status().is_over:
            return "not done: the training is over"
        self._run.send(request.command)
        return request.command.done
