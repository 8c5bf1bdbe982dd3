"""The metrics of a run as a CSV file of their own: every sound row, without its checksum."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from wordnet_tui.cli.output import say
from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.formats.atomic import atomic_writer
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.line_files import line_blocks
from wordnet_tui.runs.storage.metrics import MetricsRow

HEADING = ",".join(MetricsRow._fields)


def export_metrics(folder: RunFolder, target: str) -> tuple[int, int]:
    """Write them, as they were written by the training to the last digit.

    Args:
        folder: Of the run.
        target: A path; "-" for the standard output.

    Returns:
        How many rows there are, and how many damaged lines were left out.

    Raises:
        RunError: The metrics cannot be read, or the file cannot be written, whole or not at
            all.
    """
    if not folder.metrics_path.exists():
        raise RunError(f"run {printable(folder.name)} has no metrics yet")
    rows = dropped = 0
    with _opened(folder, target) as file:
        file.write(f"{HEADING}\n".encode("ascii"))
        for block in line_blocks(folder.metrics_path):
            lines = block.lines[1:] if block.start == 0 else block.lines
            sound = [text for text in map(_sound, lines) if text is not None]
            rows += len(sound)
            dropped += len(lines) - len(sound)
            if sound:
                file.write(b"\n".join(sound) + b"\n")
    return rows, dropped


@contextmanager
def _opened(folder: RunFolder, target: str) -> Iterator[BinaryIO]:
    if target == "-":
        yield _StandardOutput()
        return
    path = Path(target)
    if path.resolve().parent == folder.path.resolve():
        raise RunError(f"{printable(target)} lies in the folder of the run; name another")
    try:
        with atomic_writer(path) as file:
            yield file
    except OSError as error:
        raise RunError(
            f"cannot write {printable(target)}: {error.strerror or error}"
        ) from error


class _StandardOutput(io.BytesIO):
    """Prints what is written."""

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        say(content.decode("ascii"), end="")
        return len(content)


def _sound(line: bytes) -> bytes | None:
    """A line without its check; None if it does not agree with it."""
    text, _, check = line.rpartition(b",")
    is_sound = check.isdigit() and int(check) == zlib.crc32(text)
    return text if is_sound and text.count(b",") == HEADING.count(",") else None
