"""Runs of a version still to come: said so in a sentence, and left as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Change = Callable[..., None]


@pytest.fixture
def folder(home: Path) -> Path:
    """That of a run that was killed."""
    return home / "data" / "runs" / "killed"


def content(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "command", [("resume", "killed"), ("watch", "--plain", "killed")], ids=" ".join
)
def test_one_of_another_format_is_refused_and_not_touched(
    command: tuple[str, ...], run: Run, change: Change, folder: Path
) -> None:
    change(folder / "run.json", format_version=9)
    before = content(folder)
    assert run(*command).sentence == (
        f"{folder / 'run.json'} has format version 9, this program reads version 1; "
        "use the wordnet-tui that wrote it"
    )
    assert content(folder) == before


@pytest.mark.parametrize("file", ["run.json", "status.json", "owner.json"])
def test_it_is_listed_with_what_is_wrong_and_beside_the_others(
    file: str, run: Run, change: Change, folder: Path
) -> None:
    change(folder / file, format_version=9)
    found = {each["run"]: each["problem"] for each in run("runs", "--json").json["runs"]}
    assert f"{folder / file} has format version 9" in found.pop("killed")
    assert found == {"branched": "", "ended": "", "paused": ""}
