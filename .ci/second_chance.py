"""pytest, with a second chance for each test that failed: alone, in a process of its own.

What passes then is printed as `FLAKY name` and does not fail the run. There is no second
chance where something else than a test failed (its collection, a worker that died), and none
where so many failed that chance is no explanation.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest

MOST = 20
"""Failed tests that get a second chance; with more, none gets one."""


class Outcomes:
    """A plugin that notes how each test ended."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.failed: dict[str, None] = {}
        """In the order in which they failed."""
        self.broken = False
        """Whether something else than a test failed."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test, or what came before or after it."""
        if report.failed:
            self.failed[report.nodeid] = None
        elif report.passed and report.when == "call":
            self.passed.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note tests that cannot be collected."""
        self.broken |= report.failed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        """Note a worker of pytest-xdist that died."""
        self.broken |= bool(error)


def main(arguments: list[str]) -> int:
    """Run pytest with the arguments; the status that this process ends with."""
    outcomes = Outcomes()
    status = int(pytest.main(arguments, plugins=[outcomes]))
    if status != pytest.ExitCode.TESTS_FAILED or outcomes.broken or not outcomes.failed:
        return status
    if len(outcomes.failed) > MOST:
        print(f"{len(outcomes.failed)} tests failed, too many for a second chance")
        return status
    flaky = [name for name in outcomes.failed if passes_alone(name)]
    for name in flaky:
        print(f"FLAKY {name}")
    if len(flaky) < len(outcomes.failed):
        return status
    passed = len(outcomes.passed | outcomes.failed.keys())
    print(f"{passed} passed, {len(flaky)} of them when started again", flush=True)
    return 0


def passes_alone(name: str) -> bool:
    """Whether a test passes in a process of its own; if not, prints what that says."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        alone = [sys.executable, "-m", "pytest", "-n", "0", f"--junit-xml={report}", name]
        done = subprocess.run(
            alone,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode == 0 and all_passed(report):
            return True
    print(f"started again alone: {name}", flush=True)
    sys.stdout.buffer.write(done.stdout)
    sys.stdout.flush()
    return False


def all_passed(report: Path) -> bool:
    """Whether a report of pytest tells of tests and of none that was skipped."""
    suites = list(ElementTree.parse(report).iter("testsuite"))
    return all(int(suite.attrib["tests"]) > int(suite.attrib["skipped"]) for suite in suites)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
