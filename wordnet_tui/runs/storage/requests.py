"""What watchers ask of the process that trains a run: one small sealed file each.

    <run>/requests/1795443005200000000-000007-9f86d081884c7d65.json

A request is put there whole or not at all, so the trainer's process never sees half of one. A
name begins with the time of asking, so that their alphabetical order is the order in which
they were made; its end is drawn by chance, so that no two are the same. A request counts only
under its own name: a copy that a program for synchronising made of it does not.
"""

from __future__ import annotations

import itertools
import math
import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

from wordnet_tui.core.errors import HyperparameterError, RunError, cannot, printable
from wordnet_tui.core.formats.folder_file import PRIVATE, FolderFile
from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import FORMAT_VERSION, SealedFile, UnixTime, seal

LONGEST_NAME = 80
"""Characters of who asks; the rest is left out."""

LARGEST_REQUEST = 2**16
"""Bytes; ours are of a few hundred."""
MOST_AT_ONCE = 500
"""Names of files that are read at once."""

_SUFFIX = ".json"
_made_here = itertools.count()
"""Tells the order of requests that one process makes at the same time."""


@dataclass(frozen=True)
class Request:
    """Something asked of a run."""

    id: str
    """No other request has the same."""
    kind: CommandKind
    value: float | None
    """As in `Command`."""
    who: str
    """For people, such as "lea@tower"."""
    asked_at: UnixTime
    """By the clock of who asks."""

    @property
    def command(self) -> Command:
        """What is to be done.

        Raises:
            HyperparameterError: It cannot be; only of a request that was not made here.
        """
        return Command(self.kind, self.value)


def new_request(command: Command, who: str, asked_at: float) -> Request:
    """A request that is not asked yet.

    Args:
        command: What is to be done.
        who: Who asks, for people.
        asked_at: Seconds since 1970.
    """
    nanoseconds = int(asked_at * 1e9)
    name = f"{nanoseconds:019d}-{next(_made_here):06d}-{secrets.token_hex(8)}"
    return Request(name, command.kind, command.value, who[:LONGEST_NAME], asked_at)


def put_request(folder: RunFolder, request: Request) -> None:
    """Ask it of the process that trains the run.

    Raises:
        RunError: The folder of the requests cannot be written.
    """
    text = seal({"format_version": FORMAT_VERSION, **asdict(request)})
    target = FolderFile(folder.requests, f"{request.id}{_SUFFIX}")
    try:
        with target.replaced(durable=False, mode=_mode(folder)) as file:
            file.write(f"{text}\n".encode("ascii"))
    except OSError as error:
        sentence = cannot("write into", folder.requests.path, error)
        raise RunError(f"nothing can be asked of this run: {sentence}") from error


class RequestReader:
    """Takes requests out of a folder.

    Where very many files lie, some are taken at a time, in any order: whoever takes them has
    more to do, and other threads make each look at a folder a long one.

    Args:
        folder: The run's; without requests if it is missing.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._listed: Iterator[list[FolderFile]] = iter(())
        self._files: deque[FolderFile] = deque()

    def take(
        self,
        on_refused: Callable[[str, str], None] = lambda *_: None,
        seconds: float = math.inf,
    ) -> list[Request]:
        """What was asked since the last time, oldest first; it is there no more.

        A request that could not be deleted is not returned: it would be done again and again.
        At most `MOST_AT_ONCE` files are read, the others the next time.

        Args:
            on_refused: Called with the id and a sentence for each that was deleted because it
                is damaged, far too large, or asks for something that cannot be.
            seconds: After which no further one is taken.

        Raises:
            RunError: None could be taken, and the folder cannot be read, or one in it cannot
                be deleted.
        """
        until = time.monotonic() + seconds
        requests, problem = [], ""
        if not self._files:
            self._files.extend(self._next_listed())
        while self._files:
            file = self._files.popleft()
            try:
                request, refusal = _read(file)
                file.unlink()
            except FileNotFoundError:  # taken back by who asked
                continue
            except OSError as error:
                problem = cannot("delete", file, error)
                continue
            if request is not None:
                requests.append(request)
            else:
                on_refused(file.path.stem, refusal)
            if time.monotonic() > until:
                break
        if problem and not requests:
            raise RunError(problem)
        return requests

    def _next_listed(self) -> list[FolderFile]:
        listed = next(self._listed, None)
        if listed is None:
            self._listed = _list(self._folder)
            listed = next(self._listed, [])
        return listed


def take_requests(
    folder: RunFolder, on_refused: Callable[[str, str], None] = lambda *_: None
) -> list[Request]:
    """The same for a folder that is read once."""
    return RequestReader(folder).take(on_refused)


def ids_of_requests(folder: RunFolder) -> frozenset[str]:
    """Of all that lie there now, sound or not; none where that cannot be read."""
    try:
        return frozenset(file.path.stem for files in _list(folder) for file in files)
    except RunError:  # which must keep nobody from training; who takes them reports it
        return frozenset()


_FILE = SealedFile(Request, "it was deleted; ask again")


def _mode(folder: RunFolder) -> int:
    """Permissions of a request: only who asked may change it.

    Where that is not who owns the folder, such as root, the trainer must be able to read it.
    """
    owner = folder.requests.path.stat().st_uid
    is_ours = not hasattr(os, "geteuid") or owner == os.geteuid()
    return PRIVATE if is_ours else 0o644


def _list(folder: RunFolder) -> Iterator[list[FolderFile]]:
    """The files that may be requests, some at a time, these in order.

    Raises:
        RunError: The folder cannot be read.
    """
    try:
        with folder.requests.opened() as directory:
            names = directory.regular_files()
        while len(some := list(itertools.islice(names, MOST_AT_ONCE))) == MOST_AT_ONCE:
            yield _requests_among(folder, some)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(cannot("read", folder.requests.path, error)) from error
    yield _requests_among(folder, some)


def _requests_among(folder: RunFolder, names: list[str]) -> list[FolderFile]:
    """Those under names like those of requests; hidden ones are half done."""
    named_so = (name for name in names if name.endswith(_SUFFIX) and name[0] != ".")
    return [FolderFile(folder.requests, name) for name in sorted(named_so)]


def _read(file: FolderFile) -> tuple[Request | None, str]:
    """The request in a file, or why it is refused.

    Raises:
        FileNotFoundError: It is not there any more.
    """
    name = f"the request {printable(file.name)}"
    stamp = file.stamp()
    if stamp is not None and stamp.size > LARGEST_REQUEST:
        return None, f"{name} is refused: it is far too large; it was deleted"
    try:
        request = _FILE.read(file)
        if request is None:
            raise FileNotFoundError
        request.command  # noqa: B018  raises if it cannot be
    except RunError as error:
        return None, str(error)
    except HyperparameterError as error:
        return None, f"{name} is refused: {error}"
    if f"{request.id}{_SUFFIX}" != file.name:
        return None, f"{name} is refused: it is a copy of another"
    who = printable(request.who)[:LONGEST_NAME]
    return replace(request, who=who), ""
