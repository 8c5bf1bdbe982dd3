"""Commands of the program in forked children: nothing is started or imported anew.

A child shares all that its parent has imported. It ends without the parent's duties, within a
time limit, and its output is caught. Only for a parent with one thread.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from benchmarks.torture.program import Argument
from benchmarks.torture.proof import expect
from wordnet_tui.cli import main

LIMIT = 5.0
"""Seconds; what takes longer hangs."""
HUNG = -signal.SIGKILL


@dataclass(frozen=True)
class ChildEnd:
    """How a child ended."""

    status: int
    """Its exit status; the negative number of the signal that ended it, `HUNG` if we did."""
    output: str
    """All that it printed, standard error as well."""

    def expect_tidy(self, what: str) -> None:
        """It must not hang, crash, or say more than people can read.

        Args:
            what: Its name, for the sentence.
        """
        expect(self.status != HUNG, f"{what} hangs: {self._last_line()}")
        expect(self.status >= 0, f"{what} was ended by signal {-self.status}")
        expect("Traceback (most recent" not in self.output, f"{what}: {self._last_line()}")
        steering = {one for one in self.output if not one.isprintable()} - {"\n"}
        expect(not steering, f"{what} prints control characters: {sorted(steering)!r}")

    def _last_line(self) -> str:
        return (self.output.strip().splitlines() or ["it says nothing"])[-1][:300]


def in_child(function: Callable[[], object], limit: float = LIMIT) -> ChildEnd:
    """Call a function in a child of its own and wait for its end.

    Args:
        function: May raise SystemExit; any other exception is printed, and status 1.
        limit: Seconds after which the child is ended, and all that it has started.
    """
    printed = os.memfd_create("output")
    process = os.fork()
    if not process:
        _be_child(function, printed)
    watched = os.pidfd_open(process)
    try:
        has_ended = bool(select.select([watched], [], [], limit)[0])
    finally:
        os.close(watched)
        try:
            os.killpg(process, signal.SIGKILL)  # what it has started, too
        except OSError:  # it has not yet a group of its own, or all have gone
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        output = os.pread(printed, 1 << 20, 0).decode(errors="surrogateescape")
        os.close(printed)
    return ChildEnd(os.waitstatus_to_exitcode(status) if has_ended else HUNG, output)


def command(
    *arguments: Argument, first: Callable[[], object] = lambda: None, limit: float = LIMIT
) -> ChildEnd:
    """`wordnet-tui ARGUMENTS` in a child.

    Args:
        arguments: Of the command line.
        first: Called in the child before.
        limit: As for `in_child`.
    """

    def run() -> None:
        first()
        main([str(argument) for argument in arguments])

    return in_child(run, limit)


def _be_child(function: Callable[[], object], printed: int) -> NoReturn:
    status = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (printed, 1), (printed, 2)):
            os.dup2(source, target)
        sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115  the child's own
        sys.stdout = open(1, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
        try:
            function()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
