"""What watchers ask of a run, found in its folder, sent to the run, and acknowledged."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Set

from wordnet_tui.core.errors import RunError, WordnetError, cannot, printable
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder, make_requests_folder
from wordnet_tui.runs.storage.requests import Request, RequestReader
from wordnet_tui.runs.storage.status_file import MOST_ACKNOWLEDGED, Acknowledgement

SECONDS_AT_ONCE = 0.1
"""Time for requests, after which the status is due; those left wait for the next turn."""


class RequestInbox:
    """Does what the folder asks for.

    Args:
        run: Of which it is asked.
        folder: Where requests lie.
        meant_for_another: Ids of requests to an earlier process. No clock tells which they
            are: they lay there when this process took the run.

    Attributes:
        latest_asker: Who last asked for what was done; empty at first.
    """

    def __init__(
        self, run: Run, folder: RunFolder, meant_for_another: Set[str] = frozenset()
    ) -> None:
        self._run = run
        self._folder = folder
        self._reader = RequestReader(folder)
        self._meant_for_another = meant_for_another
        self._acknowledged: deque[Acknowledgement] = deque(maxlen=MOST_ACKNOWLEDGED)
        self.latest_asker = ""

    @property
    def acknowledged(self) -> tuple[Acknowledgement, ...]:
        """The latest answers, oldest first."""
        return tuple(self._acknowledged)

    def serve(self) -> bool:
        """Do what was asked for, as far as there is time; whether there was something.

        Raises:
            RunError: The folder of requests can be neither read nor made.
        """
        self._make_folder()
        refusals: list[str] = []

        def refuse(request_id: str, sentence: str) -> None:
            refusals.append(sentence)
            self._acknowledge(request_id, "", sentence)

        requests = self._reader.take(refuse, SECONDS_AT_ONCE)
        if len(refusals) > 1:
            where = printable(str(self._folder.requests.path))
            refusals.append(
                f"deleted {len(refusals):,} files of {where} that hold no sound request; "
                f"the first: {refusals[0]}"
            )
        if refusals:
            self._run.note(message=refusals[-1])
        for request in requests:
            sentence = self._answer(request)
            self._acknowledge(request.id, request.who, sentence)
            self._run.note(message=f"{sentence} ({request.who})")
        return bool(requests or refusals)

    def _answer(self, request: Request) -> str:
        """Do it; what came of it, in a few words."""
        try:
            self._obey(request)
        except WordnetError as error:
            return f"not done: {error}"
        except Exception as error:  # a bug here must not cost the answers to the others
            logging.getLogger(__name__).exception("a request failed")
            return f"not done: an error in the engine: {type(error).__name__}: {error}"
        self.latest_asker = request.who
        return request.command.done

    def _obey(self, request: Request) -> None:
        if request.id in self._meant_for_another:
            raise RunError("it was asked of the process that trained before; ask again")
        if self._run.status().is_over:
            raise RunError("the training is over")
        self._run.obey(request.command)

    def _acknowledge(self, request_id: str, who: str, sentence: str) -> None:
        self._acknowledged.append(Acknowledgement(request_id, who, sentence))

    def _make_folder(self) -> None:
        """Make the folder of requests, if it is missing in a folder that is not."""
        folder = self._folder
        if folder.requests.path.is_dir() or not folder.path.is_dir():
            return
        try:
            make_requests_folder(folder)
        except OSError as error:
            raise RunError(cannot("make", folder.requests.path, error)) from error
