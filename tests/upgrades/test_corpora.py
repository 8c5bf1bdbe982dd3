"""Corpora that an earlier version made ready: used as they lie, the same if built anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

INFO = ("data", "info", "letters.txt", "--vocabulary-size", "30", "--seed", "7")
MADE_READY = [
    ("data", "info", "letters.txt", "--vocabulary-size", "30"),
    INFO,
    ("evaluate", "models/letters.safetensors", "--data", "letters.txt"),
    ("resume", "killed"),
    ("resume", "paused"),
    ("resume", "branched"),
]
"""Commands that need a corpus that is in the cache, with its words counted or given."""


def marks(cache: Path) -> dict[str, tuple[int, ...]]:
    """All files and folders in a cache, each with what changes if it is written anew."""
    found = {}
    for path in (cache, *cache.rglob("*")):
        status = path.stat()
        found[str(path)] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found


@pytest.mark.parametrize("command", MADE_READY, ids=" ".join)
def test_what_is_in_the_cache_is_used_and_not_built_again(
    command: tuple[str, ...], run: Run, home: Path
) -> None:
    """To build one makes a folder in the cache, and renames it."""
    before = marks(home / "cache")
    assert run(*command).status == 0
    assert marks(home / "cache") == before


@pytest.mark.parametrize("damaged", ["training.npy", "manifest.json"])
def test_what_is_built_again_leaves_a_mark(damaged: str, run: Run, home: Path) -> None:
    for file in (home / "cache").glob(f"datasets/*/{damaged}"):
        file.write_bytes(file.read_bytes()[:-1])
    before = marks(home / "cache")
    assert run(*INFO).status == 0
    assert marks(home / "cache") != before


def test_built_anew_it_is_the_same_byte_for_byte(run: Run, home: Path) -> None:
    """On that it rests that a run can be resumed where the cache was emptied."""
    then, now = home / "then", home / "cache"
    now.rename(then)
    for command in MADE_READY:
        assert run(*command).status == 0
    built = sorted(path.relative_to(now) for path in now.rglob("*") if path.is_file())
    assert built == sorted(
        path.relative_to(then) for path in then.rglob("*") if path.is_file()
    )
    for path in built:
        assert (now / path).read_bytes() == (then / path).read_bytes()


def test_it_is_known_as_what_a_run_was_trained_on(run: Run, home: Path) -> None:
    shutil.rmtree(home / "cache")
    fingerprint = run(*INFO, "--json").json["fingerprint"]
    manifest = json.loads((home / "data" / "runs" / "killed" / "run.json").read_text())
    assert fingerprint == manifest["data_fingerprint"]
