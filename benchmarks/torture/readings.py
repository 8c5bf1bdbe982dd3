"""All that reads the folder of a run, each in one call: what it finds, or what it says."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from typing import Any

from click.testing import CliRunner

from benchmarks.torture.proof import expect, wait_until
from wordnet_tui.cli import program
from wordnet_tui.cli.watch import WatchLines
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.history.history import HistoryPicture
from wordnet_tui.runs.listing import RunSummary, list_runs
from wordnet_tui.runs.remote.watched_run import WatchedRun
from wordnet_tui.runs.status import RunStatus
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.requests import take_requests

LOOKS = 8
"""Of `watch --plain`; a run that is over it leaves after fewer."""


def listed(folder: RunFolder) -> RunSummary:
    """The only run in its folder of runs, as `runs` and the Runs screen list it."""
    (summary,) = list_runs(folder.path.parent, time.time())
    return summary


def shown(folder: RunFolder) -> dict[str, Any]:
    """What `runs show --json` prints; or its sentence, under "error"."""
    result = CliRunner().invoke(program, ["runs", "show", str(folder.path), "--json"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if result.exit_code:
        (line,) = result.stderr.splitlines()
        expect(line.startswith("wordnet-tui: "), f"`runs show` says: {line}")
        return {"error": line}
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def watched(folder: RunFolder) -> tuple[RunStatus, HistoryPicture]:
    """What the Train screen shows after a look into the folder."""
    run = WatchedRun(folder)
    (thread,) = [each for each in threading.enumerate() if each.name == "watching"]
    wait_until(lambda: run.status().silent_for is not None, "a look begins")
    run.close()
    thread.join()
    return run.status(), run.history.picture()


def watch_plainly(folder: RunFolder) -> bool:
    """`watch --plain` must not wait in silence; what it tells is not looked at, so False."""
    lines, printed = WatchLines(folder), StringIO()
    with redirect_stdout(printed), redirect_stderr(printed), suppress(RunError):
        for _ in range(LOOKS):
            if lines.update():
                break
        expect(printed.getvalue(), "`watch --plain` waits, and says nothing")
    return False


def taken(folder: RunFolder) -> tuple[list[Any], list[str]]:
    """The requests, which are put back, and the sentences about those that are refused."""
    contents = {path: path.read_bytes() for path in folder.requests.path.iterdir()}
    refused: list[str] = []
    requests = take_requests(folder, lambda _, why: refused.append(why))
    for path, content in contents.items():
        path.write_bytes(content)
    return requests, refused


def are_among(found: Sequence[Any], sound: Sequence[Any]) -> bool:
    """Whether `found` is `sound` with some left out, in the same order."""
    rest = iter(sound)
    return all(any(one == other for other in rest) for one in found)


@contextmanager
def no_error_logged() -> Iterator[None]:
    """Threads of the program log what nobody expected; here that is a failure."""
    printed = StringIO()
    handler = logging.StreamHandler(printed)
    handler.setLevel(logging.ERROR)
    logger = logging.getLogger("wordnet_tui")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
    expect(not printed.getvalue(), printed.getvalue())
