"""Who can write where a run is steered, and how much of it is read at once."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path

import pytest

from wordnet_tui.runs.commands import Command, CommandKind
from wordnet_tui.runs.storage.folder import RunFolder, create_run
from wordnet_tui.runs.storage.requests import (
    Request,
    RequestReader,
    new_request,
    put_request,
)

NOW = 1_795_444_205.25


def ask(folder: RunFolder, kind: CommandKind = CommandKind.PAUSE) -> Request:
    request = new_request(Command(kind), "lea@tower", NOW)
    put_request(folder, request)
    return request


@pytest.mark.usefixtures("open_umask")
def test_nobody_else_can_write_where_a_run_is_steered(tmp_path: Path) -> None:
    """Whatever the umask is: who can put a file there steers the run."""
    folder = create_run(tmp_path, datetime(2026, 11, 23, 14, 30, 5))
    ask(folder)
    (file,) = folder.requests.path.iterdir()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.requests.path, file)]
    assert modes == [0o700, 0o600]
    assert not folder.path.stat().st_mode & stat.S_IWOTH


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root asks others so")
def test_what_root_asks_of_the_run_of_a_user_can_be_read_by_its_process(
    folder: RunFolder,
) -> None:
    os.chown(folder.requests.path, 65_534, -1)
    ask(folder)
    (file,) = folder.requests.path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o644 & file.stat().st_mode
    assert file.stat().st_mode & stat.S_IROTH


def test_when_the_time_is_up_the_others_wait_for_the_next_turn(folder: RunFolder) -> None:
    first, second = ask(folder), ask(folder, CommandKind.STEP)
    reader = RequestReader(folder)
    assert reader.take(seconds=-1.0) == [first]
    assert reader.take(seconds=-1.0) == [second]


def test_behind_very_many_other_files_a_request_is_found(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wordnet_tui.runs.storage.requests.MOST_AT_ONCE", 3)
    for number in range(9):
        (folder.requests.path / f"{number}.txt").write_text("mine")
    asked = {ask(folder).id for _ in range(5)}
    reader = RequestReader(folder)
    turns = [reader.take(pytest.fail) for _ in range(6)]
    assert all(len(requests) <= 3 for requests in turns)
    assert {request.id for requests in turns for request in requests} == asked
    assert len(list(folder.requests.path.iterdir())) == 9
