"""What continuous integration does with a test that failed, shown on tests made for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CI = Path(__file__).parents[1] / ".ci"

AT_FIRST = """
import os
from pathlib import Path

import pytest

def at_first(name):
    try:
        Path(__file__).with_name("begun-" + name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
"""
FLAKY = """
def test_flaky():
    assert not at_first("flaky")
"""
SOUND = """
def test_sound():
    pass
"""

Start = Callable[..., tuple[int, str]]


def environment(**changed: str) -> dict[str, str]:
    """That of a shell: nothing of the pytest that runs this test."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "MAKE"))}
    return {**inherited, **changed}


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Runs test files under `second_chance.py`; its status, and what it printed."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -q -p xdist\n")

    def run(*files: str, arguments: tuple[str, ...] = ("-n", "0")) -> tuple[int, str]:
        for number, content in enumerate(files):
            (tmp_path / f"test_{number}.py").write_text(AT_FIRST + content)
        done = subprocess.run(
            [sys.executable, CI / "second_chance.py", *arguments],
            cwd=tmp_path,
            env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def flaky_in(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("FLAKY")]


def test_where_all_passes_nothing_is_added(start: Start) -> None:
    status, output = start(SOUND)
    assert status == 0
    assert output.splitlines()[-1].startswith("1 passed in")


def test_what_passes_alone_is_named_and_does_not_fail_the_run(start: Start) -> None:
    """Whatever is in the name, and wherever it failed."""
    status, output = start(
        FLAKY
        + SOUND
        + """
@pytest.mark.parametrize("x", ["a b::c[d]"])
def test_named(x):
    assert not at_first("named")

@pytest.mark.parametrize("x", [1], ids=["line\\nbreak"])
def test_broken_name(x):
    assert not at_first("broken")

@pytest.fixture
def unsure():
    assert not at_first("setup")
    yield
    assert not at_first("teardown")

@pytest.mark.parametrize("turn", [1, 2])
def test_with_fixture(turn, unsure):
    pass
"""
    )
    assert flaky_in(output) == [
        "FLAKY test_0.py::test_flaky",
        "FLAKY test_0.py::test_named[a b::c[d]]",
        "FLAKY test_0.py::test_broken_name[line\\nbreak]",
        "FLAKY test_0.py::test_with_fixture[1]",
        "FLAKY test_0.py::test_with_fixture[2]",
    ]
    assert output.splitlines()[-1] == "6 passed, 5 of them when started again"
    assert status == 0


def test_what_fails_twice_fails_the_run_and_says_why_twice(start: Start) -> None:
    status, output = start(FLAKY, "\ndef test_wrong():\n    assert 2 + 2 == 5\n")
    assert status == 1
    assert flaky_in(output) == ["FLAKY test_0.py::test_flaky"]
    assert output.count("E       assert (2 + 2) == 5") == 2


def test_to_be_skipped_at_the_second_start_is_not_to_pass(start: Start) -> None:
    status, output = start(
        "\ndef test_unsure():\n    assert not at_first('unsure')\n    pytest.skip('no')\n"
    )
    assert status == 1
    assert not flaky_in(output)


def test_there_is_no_second_chance_where_tests_cannot_be_collected(
    start: Start, tmp_path: Path
) -> None:
    status, output = start("\nraise OSError\n", FLAKY)
    assert status == pytest.ExitCode.INTERRUPTED
    status, output = start(arguments=("-n", "0", "--continue-on-collection-errors"))
    assert status == pytest.ExitCode.TESTS_FAILED
    assert (tmp_path / "begun-flaky").exists()
    assert not flaky_in(output)


def test_there_is_no_second_chance_where_a_worker_died(start: Start) -> None:
    dies = "\ndef test_dies():\n    if at_first('dies'):\n        os._exit(1)\n"
    status, output = start(FLAKY, dies, arguments=("-n", "1"))
    assert status == 1
    assert not flaky_in(output)


def test_there_is_no_second_chance_where_very_many_failed(start: Start) -> None:
    each = "\ndef test_x(x):\n    assert not at_first(str(x))\n"
    status, output = start(f"\n@pytest.mark.parametrize('x', range(21)){each}")
    assert status == 1
    assert output.splitlines()[-1] == "21 tests failed, too many for a second chance"


def test_a_run_without_a_test_fails(start: Start) -> None:
    assert start()[0] == pytest.ExitCode.NO_TESTS_COLLECTED


def test_continuous_integration_runs_make_test_with_second_chances() -> None:
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    done = subprocess.run(
        ["bash", CI / "run"],
        env=environment(MAKEFLAGS="n"),  # say what would be done
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    commands = done.stdout.splitlines()
    assert ".venv/bin/mypy" in commands
    assert commands[-1] == ".venv/bin/python .ci/second_chance.py"
