"""What a watcher asks of the process that trains a run, until that has answered.

Whoever asks only leaves a note here. The watching thread puts it into the run's folder, which
may lie on a disk that is slow or gone.
"""

from __future__ import annotations

import getpass
import os
import threading
from collections.abc import Sequence

from wordnet_tui.core.errors import WordnetError, printable
from wordnet_tui.runs.commands import Command
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import this_host
from wordnet_tui.runs.storage.requests import Request, new_request, put_request
from wordnet_tui.runs.storage.status_file import Acknowledgement

SECONDS_TO_ANSWER = 1.0
"""A trainer answers sooner; after that the message says that it has not."""


class RequestOutbox:
    """The requests of one watcher; for any thread, but that only one calls `put`.

    Args:
        folder: The run's.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._who = this_watcher()
        self._lock = threading.Lock()
        self._to_put: list[Request] = []
        self._unanswered: dict[str, tuple[str, float]] = {}
        self._answer = ""
        self._problem = ""

    @property
    def has_unput(self) -> bool:
        """Whether something was asked that is not in the folder yet."""
        return bool(self._to_put)

    def ask(self, command: Command, clock: float) -> None:
        """Note a request.

        Args:
            command: What to do.
            clock: Seconds since 1970.
        """
        with self._lock:
            self._problem = ""
            self._to_put.append(new_request(command, self._who, clock))

    def refuse(self, sentence: str) -> None:
        """Note why something is not asked."""
        with self._lock:
            self._problem = sentence

    def put(self, now: float) -> None:
        """Put what was noted into the folder; why that fails becomes the message.

        Args:
            now: Seconds, of a clock that never goes back.
        """
        with self._lock:
            requests = self._to_put[:]
        for request in requests:
            problem = ""
            try:
                put_request(self._folder, request)
            except WordnetError as error:
                problem = str(error)
            with self._lock:
                self._to_put.remove(request)
                if problem:
                    self._problem = problem
                else:
                    self._unanswered[request.id] = (str(request.command), now)

    def hear(self, acknowledged: Sequence[Acknowledgement], is_over: bool) -> None:
        """Take note of answers.

        Args:
            acknowledged: The latest, to whomever, oldest first.
            is_over: Whether no further answer will come.
        """
        with self._lock:
            for answer in acknowledged:
                self._forget_up_to(answer.id)
                who = f" ({printable(answer.who)})" if answer.who else ""
                self._answer = f"{printable(answer.sentence)}{who}"
            if is_over:
                self._unanswered.clear()

    def _forget_up_to(self, answered: str) -> None:
        """Wait no more for that answer, nor for earlier ones, which no status had room for."""
        if answered in self._unanswered:
            for request_id in list(self._unanswered):
                del self._unanswered[request_id]
                if request_id == answered:
                    return

    def message(self, now: float) -> str:
        """The newest answer, or what is waited for, in one sentence."""
        with self._lock:
            if self._problem:
                return self._problem
            for what, since in self._unanswered.values():
                if now - since > SECONDS_TO_ANSWER:
                    return f"{what}: asked {now - since:.0f} s ago, no answer yet"
            return self._answer


def this_watcher() -> str:
    """Who asks, for people: user, host and process."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name
        user = str(os.getuid()) if hasattr(os, "getuid") else "somebody"
    return printable(f"{user}@{this_host()} {os.getpid()}")
