"""How much of a processor each thread of a process uses."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from benchmarks.ui.terminal import TICKS_PER_SECOND


def thread_seconds(pid: int) -> dict[int, float]:
    """Seconds on a processor so far, by the number of the thread."""
    seconds = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it has ended meanwhile
            seconds[int(task.name)] = seconds_in((task / "stat").read_text(encoding="utf-8"))
    return seconds


def seconds_in(stat: str) -> float:
    """Time in the program and in the system, by a `stat` file of /proc."""
    fields = stat.rpartition(")")[2].split()  # its name may hold blanks and brackets
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def busy_cores(
    before: Mapping[int, float], after: Mapping[int, float], seconds: float
) -> list[float]:
    """Share of a core that each thread used between two looks, the busiest first."""
    used = [after[thread] - before.get(thread, 0.0) for thread in after]
    return sorted((one / seconds for one in used), reverse=True)


def peak_memory(pid: int) -> int:
    """Most bytes that a process has held so far.

    Not by `getrusage`: what that tells of a child includes the process that started it.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024
