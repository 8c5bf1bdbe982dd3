"""Every field of every JSON of a run replaced by what nobody wrote, and sealed again."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from benchmarks.torture.hostile_commands import Outside
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import seal, unseal

ESCAPES = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202e\r\n\x00"
MARKUP = "[bold]x[/bold] [/] [link=file:///etc] ${HOME} `id` %s {0}"
LONG = "long " * 100_000

VALUES: dict[str, object] = {
    "escapes": ESCAPES,
    "markup": MARKUP,
    "a very long text": LONG,
    "huge": 1e300,
    "a huge whole number": 10**30,
    "negative": -1,
    "zero": 0,
    "nan": "nan",
    "infinite": "inf",
    "null": None,
    "a list": [[]],
}
NAMES = (
    "\x1b[31mred\x1b[0m",
    "two\nlines",
    "[bold]markup[/bold]",
    "\u202egnorw",
    "--yes",
    "l" * 255,
)
"""For the folder of the run."""

Path_ = tuple[str | int, ...]


def forged_texts(folder: RunFolder, outside: Outside) -> Iterator[tuple[str, str, str, str]]:
    """(file, field, value in words, content) of each forged file.

    Args:
        folder: A sound run.
        outside: What paths lead to.
    """
    values = {**VALUES, **outside.paths}
    for name in ("run.json", "status.json", "owner.json"):
        entries = unseal((folder.path / name).read_text("ascii"))
        for where, value, forged in _forged(entries, values):
            yield name, where, value, seal(forged, indent=1) + "\n"
    lines = folder.events_file.path.read_text("ascii").splitlines()
    for where, value, forged in _forged(unseal(lines[0]), values):
        content = "\n".join((seal(forged), *lines[1:])) + "\n"
        yield folder.events_file.path.name, where, value, content
    (request,) = folder.requests.path.iterdir()
    for where, value, forged in _forged(unseal(request.read_text("ascii")), values):
        yield f"requests/{request.name}", where, value, seal(forged) + "\n"


def _forged(
    entries: dict[str, Any], values: dict[str, object]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in _paths(entries):
        for name, value in values.items():
            forged = copy.deepcopy(entries)
            inner: Any = forged
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = json.loads(json.dumps(value))
            yield ".".join(map(str, path)), name, forged


def _paths(entries: Any, before: Path_ = ()) -> Iterator[Path_]:
    """Of all values, those inside others too."""
    inner = entries.items() if isinstance(entries, dict) else enumerate(entries)
    for key, value in inner:
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from _paths(value, (*before, key))
