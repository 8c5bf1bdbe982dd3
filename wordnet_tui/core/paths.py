"""Where things lie on this machine: the user's cache and data folders.

The environment variables `WORDNET_TUI_CACHE`, `WORDNET_TUI_DATA` and `WORDNET_TUI_RUNS` name
other folders.
Nothing is created here.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APPLICATION = "wordnet-tui"


def cache_folder() -> Path:
    """The folder for what can be computed again, such as corpora made ready."""
    named = os.environ.get("WORDNET_TUI_CACHE")
    return Path(named or platformdirs.user_cache_dir(_APPLICATION, appauthor=False))


def data_folder() -> Path:
    """The folder for what was downloaded, trained or remembered."""
    named = os.environ.get("WORDNET_TUI_DATA")
    return Path(named or platformdirs.user_data_dir(_APPLICATION, appauthor=False))


def reference_folder() -> Path:
    """Where the original's data lies once it was fetched; it may not be there yet."""
    return data_folder() / "reference"


def runs_folder(given: str | Path | None = None) -> Path:
    """The folder of all runs, as an absolute path.

    Args:
        given: The one that the user named; None or empty if there was no such wish.
    """
    named = given or os.environ.get("WORDNET_TUI_RUNS")
    return Path(named).absolute() if named else data_folder().absolute() / "runs"


def source_exists(source: str) -> bool:
    """Whether a corpus that was once read is still there: one with a name, or a path."""
    return source in ("chitchat", "reference") or Path(source).exists()
