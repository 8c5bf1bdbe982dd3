"""Every crash point: the program stops at, or is refused, each call that changes a file.

One scenario after the other is done once undisturbed, which tells how many calls it makes;
then once for each of them and each fault. What must hold afterwards is in `aftermath.py`.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.torture.children import in_child
from benchmarks.torture.operations import (
    EXITED,
    Fault,
    Mode,
    Operation,
    arm,
    calls,
    read_log,
)
from benchmarks.torture.proof import Proof, Settings, expect
from benchmarks.torture.scenarios import Scenario, make_scenarios
from benchmarks.torture.workers import Trial, share_out

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
IN_A_ROW = (1, 20)

_EXIT = "exit before each call that changes a file"
_TORN = "exit after half of each write"
_FAIL = "each call fails, once and 20 times in a row"
GOAL = "what goes on from there is whole, and equal bit for bit"


def crash(settings: Settings) -> Iterator[Proof]:
    """Train, resume, `runs rm`, `convert`, the corpus cache and the app's preferences."""
    yield from share_out(__name__, settings, {_EXIT: GOAL, _TORN: GOAL, _FAIL: GOAL})


def trials(root: Path, settings: Settings) -> Iterator[Trial]:  # noqa: ARG001  no chance here
    """All faults of all scenarios."""
    for scenario in make_scenarios(root):
        log = _attempt(scenario, root / "counted", Fault())
        for number, operation in enumerate(calls(log), start=1):
            for group, fault, what in _faults(number, operation):
                name = f"{scenario.name}, {what} call {number} ({operation})"

                def attempt(scenario: Scenario = scenario, fault: Fault = fault) -> None:
                    _attempt(scenario, root / "trial", fault)

                yield Trial(group, name, attempt)


def _faults(number: int, operation: Operation) -> Iterator[tuple[str, Fault, str]]:
    yield _EXIT, Fault(number, Mode.EXIT), "exit before"
    if operation.is_write:
        yield _TORN, Fault(number, Mode.TORN), "exit in"
    for times in IN_A_ROW:
        for error in ERRORS:
            what = f"{errno.errorcode[error]}, {times} times from"
            yield _FAIL, Fault(number, Mode.FAIL, error, times), what


def _attempt(scenario: Scenario, root: Path, fault: Fault) -> list[Operation]:
    """Do it in a folder of its own, with a fault; gives the log."""
    log = root.with_suffix(".log")
    shutil.rmtree(root, ignore_errors=True)
    place = scenario.prepare(root)

    def run() -> None:
        os.environ["WORDNET_TUI_DATA"] = str(place.data)
        scenario.first()
        arm(place.root, fault, log)
        scenario.run(place)

    end = in_child(run)
    end.expect_tidy(scenario.name)
    allowed = {Mode.NEVER: (0,), Mode.FAIL: (0, 1)}.get(fault.mode, (EXITED,))
    expect(end.status in allowed, f"{scenario.name} ends with {end.status}: {end.output}")
    scenario.judge(place, end, read_log(log))
    shutil.rmtree(root)
    return read_log(log)
