"""`make fuzz`: the property tests with random examples, in rounds, each with new ones.

make fuzz FUZZ_MINUTES=60          for so long; a round that has begun is finished
make fuzz FUZZ="-n 1 tests/core"   further arguments for pytest

Every failing example is printed once more at the end: where something is mended, it becomes an
`@example` of its test.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

PYTEST = [sys.executable, "-m", "pytest", "-m", "hypothesis", "--hypothesis-profile=fuzz"]

_MARGIN = re.compile(r"^(?:E\s|[\s|])*")
"""What pytest and Python write before each line of an error."""
_EXAMPLE = re.compile(r"(?:Failing|Falsifying) [^:]*: \w+\($")
"""What begins a failing example; its arguments follow, one a line, up to a `)`."""
_REMARK = re.compile(r"\s*# or any other generated value$")
_DRAWN = re.compile(r"Draw \d+")
"""What begins a line that tells what a test has drawn by itself."""


def main() -> int:
    minutes, arguments = read_arguments()
    found: dict[str, set[str]] = {}
    end, rounds, status = time.monotonic() + 60 * minutes, 0, 0
    while status in (0, 1) and (not rounds or time.monotonic() < end):
        rounds += 1
        print(f"round {rounds}", flush=True)
        status, failures = one_round(arguments)
        for test, text in failures:
            found.setdefault(test, set()).update(examples_in(text))
    print(f"{rounds} rounds, {len(found)} tests failed")
    for test, examples in found.items():
        print(f"\n{test}")
        for example in sorted(examples):
            print(f"    {example}")
    return 1 if found else status


def read_arguments() -> tuple[float, list[str]]:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15.0)
    known, for_pytest = parser.parse_known_args()
    return known.minutes, for_pytest


def one_round(arguments: Sequence[str]) -> tuple[int, list[tuple[str, str]]]:
    """The status of pytest; which tests failed, and what they said."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        reporting = [f"--junit-xml={report}", "-o", "junit_family=xunit1"]
        done = subprocess.run([*PYTEST, *reporting, *arguments], check=False)
        if not report.exists():
            return done.returncode, []
        return done.returncode, [
            (f"{case.get('file')}::{case.get('name')}", problem.text or "")
            for case in ElementTree.parse(report).iter("testcase")
            for problem in (*case.iter("failure"), *case.iter("error"))
        ]


def examples_in(text: str) -> list[str]:
    """The failing examples that a failure tells of, each in one line; else its last line."""
    lines = [_REMARK.sub("", _MARGIN.sub("", line)) for line in text.splitlines()]
    starts = [at for at, line in enumerate(lines) if _EXAMPLE.match(line)]
    examples = []
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        reported = lines[start + 1 : following]
        arguments = " ".join(takewhile(lambda line: line != ")", reported)).removesuffix(",")
        drawn = [line for line in reported if _DRAWN.match(line)]
        examples.append("; ".join([f"@example({arguments})", *drawn]))
    return examples or [line for line in lines if line][-1:]


if __name__ == "__main__":
    sys.exit(main())
