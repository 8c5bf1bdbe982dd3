"""Starting a training that goes on in the background, in a session of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from wordnet_tui.cli.output import print_json, say
from wordnet_tui.core.errors import RunError, WordnetError
from wordnet_tui.runs.storage.folder import RunFolder, remove_run
from wordnet_tui.runs.storage.status_file import read_status

SECONDS_BETWEEN_LOOKS = 0.05


def start_detached(folder: RunFolder, arguments: Sequence[str]) -> int:
    """Run `wordnet-tui ARGUMENTS` without a terminal, its output in the log of the run.

    Waits until it trains, so that what is wrong with its data is said here and now.

    Args:
        folder: Of the run that it is going to train.
        arguments: The command.

    Returns:
        Its process id.

    Raises:
        RunError: It ended before it trained, for the reason that it gave.
    """
    before = _written_at(folder)
    with folder.log_path.open("ab") as log:
        begins = log.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "wordnet_tui", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # what ends this terminal does not reach it
        )
    try:
        while _written_at(folder) == before:
            if process.poll() is not None:
                raise RunError(_last_words(folder.log_path, begins))
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except BaseException:
        process.kill()
        process.wait()
        if not folder.manifest_path.is_file():  # it never became a run
            remove_run(folder)
        raise
    return process.pid


def announce(folder: RunFolder, process: int, as_json: bool) -> None:
    """Say that a run goes on in the background, and how to see it."""
    if as_json:
        print_json({"run": folder.name, "folder": str(folder.path), "process": process})
        return
    say(f"run {folder.name} trains in the background, as process {process}")
    for command, what in (
        (f"watch {folder.name}", "shows it, from any terminal"),
        (f"watch --plain {folder.name}", "the same in plain lines"),
        ("runs", "lists all runs"),
    ):
        say(f"  wordnet-tui {command:<32}  {what}")


def _written_at(folder: RunFolder) -> float | None:
    try:
        status = read_status(folder)
    except WordnetError:
        return None
    return status.written_at if status else None


def _last_words(log: Path, begins: int) -> str:
    """Why it ended: the last line that it printed."""
    lines = log.read_bytes()[begins:].decode(errors="replace").strip().splitlines()
    said = lines[-1].removeprefix("wordnet-tui: ") if lines else "it said nothing"
    return f"the training did not begin: {said}"
