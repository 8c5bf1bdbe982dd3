"""What several test files need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ("support.apps", "support.networks", "support.runs")

# No test depends on how busy the machine is.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


def pytest_xdist_auto_num_workers() -> int:
    """One for each core, but no crowd where only some of the cores that show are ours."""
    return min(os.cpu_count() or 1, 4)


REFERENCE = Path(__file__).parents[2] / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder with the original's data, model files and logs."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the original's reference data is not at {REFERENCE}")
    return REFERENCE


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees or leaves anything in the user's folders."""
    monkeypatch.setenv("WORDNET_TUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WORDNET_TUI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("WORDNET_TUI_RUNS", raising=False)
