"""What watchers ask of a run, found in its folder, done, and acknowledged."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.requests import Request, RequestKind, take_requests
from wordnet_tui.runs.storage.status_file import MOST_ACKNOWLEDGED, Acknowledgement

OLDEST_SECONDS = 60.0
"""A request that lay so long before this process began was meant for an earlier one."""


class Reception:
    """Does what the folder asks for.

    Args:
        run: Of which it is asked.
        folder: Where requests lie.
        ask_for_checkpoint: Has a checkpoint written soon.

    Attributes:
        latest_asker: Who asked last; empty at first.
    """

    def __init__(
        self, run: Run, folder: RunFolder, ask_for_checkpoint: Callable[[], None]
    ) -> None:
        self._run = run
        self._folder = folder
        self._since = time.time()
        self._acknowledged: deque[Acknowledgement] = deque(maxlen=MOST_ACKNOWLEDGED)
        self.latest_asker = ""
        self._plain: dict[str, tuple[Callable[[], None], str]] = {
            RequestKind.PAUSE: (run.pause, "paused"),
            RequestKind.RESUME: (run.resume, "goes on"),
            RequestKind.STEP: (run.step, "one mini-batch"),
            RequestKind.STOP: (run.stop, "stopped early"),
            RequestKind.VALIDATE: (run.validate, "validated"),
            RequestKind.CHECKPOINT: (ask_for_checkpoint, "checkpoint asked for"),
        }

    @property
    def acknowledged(self) -> tuple[Acknowledgement, ...]:
        """The latest answers, oldest first."""
        return tuple(self._acknowledged)

    def serve(self) -> bool:
        """Do all that was asked for; whether there was something."""
        requests = take_requests(self._folder, self._refuse)
        for request in requests:
            is_old = request.asked_at < self._since - OLDEST_SECONDS
            sentence = "not done: asked long before" if is_old else self._do(request)
            self.latest_asker = request.who
            self._acknowledged.append(Acknowledgement(request.id, request.who, sentence))
            self._run.note(message=f"{sentence} ({request.who})")
        return bool(requests)

    def _refuse(self, sentence: str) -> None:
        self._run.note(message=sentence)

    def _do(self, request: Request) -> str:
        """Pass the wish on; what came of it, in a few words."""
        run, kind, value = self._run, request.kind, request.value
        if run.status().is_over:
            return "not done: the training is over"
        if kind in self._plain:
            act, sentence = self._plain[kind]
            act()
            return sentence
        if value is None:  # refused when it was read
            return f"not done: {kind} needs a value"
        if kind is RequestKind.SCALE_RATE:
            run.scale_rate(value)
            return f"learning rate times {value:g}"
        run.set_live(kind, value)
        return f"{kind.replace('_', ' ')} is {value:g} now"
