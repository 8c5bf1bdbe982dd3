"""Where things lie on this machine: cache, data, runs, and corpora that are known by name.

The environment variables `WORDNET_TUI_CACHE`, `WORDNET_TUI_DATA` and `WORDNET_TUI_RUNS` name
other folders.
Nothing is created here.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APPLICATION = "wordnet-tui"

DEFAULT_SOURCE = "chitchat"
FETCHED_SOURCES = ("reference", "original")
"""Corpora with a name that `wordnet-tui data fetch` downloads."""


def cache_folder() -> Path:
    """The folder for what can be computed again, such as corpora made ready."""
    named = os.environ.get("WORDNET_TUI_CACHE")
    return Path(named or platformdirs.user_cache_dir(_APPLICATION, appauthor=False))


def data_folder() -> Path:
    """The folder for what was downloaded, trained or remembered."""
    named = os.environ.get("WORDNET_TUI_DATA")
    return Path(named or platformdirs.user_data_dir(_APPLICATION, appauthor=False))


def fetched_folder(source: str) -> Path:
    """Where one of `FETCHED_SOURCES` lies once it was fetched; it may not be there yet."""
    return data_folder() / source


def runs_folder(given: str | Path | None = None) -> Path:
    """The folder of all runs, as an absolute path.

    Args:
        given: The one that the user named; None or empty if there was no such wish.
    """
    named = given or os.environ.get("WORDNET_TUI_RUNS")
    return Path(named).absolute() if named else data_folder().absolute() / "runs"


def is_named(source: str) -> bool:
    """Whether this is the name of a corpus that the program knows, and so not a path."""
    return source in (DEFAULT_SOURCE, *FETCHED_SOURCES)


def source_exists(source: str) -> bool:
    """Whether a corpus that was once read is still there: one with a name, or a path."""
    return is_named(source) or os.path.exists(_expanded(source))  # noqa: PTH110  Path's raises


def absolute_source(source: str) -> str:
    """A source as it can be found again from another folder; a name of a corpus stays one."""
    if is_named(source) or not source_exists(source):
        return source
    return str(Path(_expanded(source)).resolve())


def _expanded(source: str) -> str:
    return os.path.expanduser(source)  # noqa: PTH111  Path's own raises for "~nobody"
