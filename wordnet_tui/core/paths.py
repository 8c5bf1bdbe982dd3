"""Where things lie on this machine: the user's cache and data folders.

The environment variables `WORDNET_TUI_CACHE` and `WORDNET_TUI_DATA` name other folders.
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
    """The folder for what was downloaded."""
    named = os.environ.get("WORDNET_TUI_DATA")
    return Path(named or platformdirs.user_data_dir(_APPLICATION, appauthor=False))


def reference_folder() -> Path:
    """Where the original's data lies once it was fetched; it may not be there yet."""
    return data_folder() / "reference"
