"""What several test files need."""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

import benchmarks
import wordnet_tui
from tests.support.known_answers import ORIGINALS, REFERENCE, Original, known

pytest_plugins = (
    "tests.support.apps",
    "tests.support.hostile_files",
    "tests.support.networks",
    "tests.support.runs",
)

# `make test` says the same at every start, however busy the machine is.
settings.register_profile(
    "test",
    derandomize=True,
    database=None,
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# `make fuzz` looks for what nobody thought of, and remembers what it has found.
settings.register_profile(
    "fuzz",
    settings.get_profile("test"),
    derandomize=False,
    database=DirectoryBasedExampleDatabase(Path(".hypothesis", "examples")),
    max_examples=500,
)
settings.load_profile("test")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Load all of our modules before the first property test.

    Hypothesis draws constants that it has read in the modules loaded so far; with another
    order of tests it would draw others.
    """
    if not any(item.get_closest_marker("hypothesis") for item in session.items):
        return
    for package in (wordnet_tui, benchmarks):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def pytest_xdist_auto_num_workers() -> int:
    """One for each core, but no crowd where only some of the cores that show are ours."""
    return min(os.cpu_count() or 1, 4)


@pytest.fixture(scope="session", params=ORIGINALS)
def original(request: pytest.FixtureRequest) -> Original:
    """The golden set, and where it lies the original's own data: each keeps the promise."""
    return known(request.param)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder with the original's own data, for what the golden set cannot stand for."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the original's reference data is not at {REFERENCE}")
    return REFERENCE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it where the promises could be held against the golden set alone."""
    if "original" not in ORIGINALS:
        terminalreporter.write_line(
            f"the original's reference data is not at {REFERENCE}: "
            "what it shares with the golden set was checked on that set only"
        )


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees or leaves anything in the user's folders."""
    monkeypatch.setenv("WORDNET_TUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WORDNET_TUI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("WORDNET_TUI_RUNS", raising=False)
