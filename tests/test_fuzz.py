"""Property tests: a fixed budget in `make test`, a search in `make fuzz`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from hypothesis import settings

PROFILE = """
from hypothesis import settings
settings.register_profile("fuzz", database=None, max_examples=500)
"""
PROPERTIES = """
from hypothesis import given
from hypothesis import strategies as st

@given(number=st.integers(0, 50), words=st.lists(st.just("a b")))
def test_one(number, words):
    assert number < 40 or len(words) < 1

@given(st.booleans())
def test_two(flag):
    assert flag
    raise ValueError

@given(st.data())
def test_three(data):
    assert data.draw(st.integers(0, 5), label="count") < 2

@given(st.booleans())
def test_sound(flag):
    pass

def test_no_property():
    raise OSError
"""
EXPECTED = """
1 rounds, 3 tests failed

test_properties.py::test_one
    @example(number=40, words=['a b'])

test_properties.py::test_two
    @example(flag=False)
    @example(flag=True)

test_properties.py::test_three
    @example(data=data(...)); Draw 1 (count): 2
"""


def test_a_test_always_tries_the_same_examples_and_a_search_tries_more() -> None:
    usual, search = settings.get_profile("test"), settings.get_profile("fuzz")
    assert usual.derandomize
    assert usual.database is None
    assert not search.derandomize
    assert search.database is not None
    assert search.max_examples >= 5 * usual.max_examples


def test_no_property_test_has_a_budget_that_a_search_cannot_raise() -> None:
    files = list(Path(__file__).parent.rglob("test_*.py"))
    fixed = re.compile(r"max_examples=\d")
    assert len(files) > 100
    assert [f for f in files if f != Path(__file__) and fixed.search(f.read_text())] == []


def test_a_search_runs_properties_alone_and_ends_with_all_failing_examples(
    tmp_path: Path,
) -> None:
    (tmp_path / "conftest.py").write_text(PROFILE)
    (tmp_path / "test_properties.py").write_text(PROPERTIES)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = -q -p _hypothesis_pytestplugin\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz", "--minutes", "0", "--hypothesis-seed=1"],
        cwd=tmp_path,
        env={**environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "OSError" not in done.stdout
    summary = done.stdout[done.stdout.index("1 rounds") :]
    assert summary.split() == EXPECTED.split()
