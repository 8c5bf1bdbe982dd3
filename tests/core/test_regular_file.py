"""Only regular files are opened, nothing is waited for, and no more is read than may be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.hostile_files import TERABYTE, MakePipe, fill_up
from wordnet_tui.core.regular_file import open_regular, read_regular


def test_a_file_is_read_and_so_is_what_a_link_to_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"four")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        assert read_regular(tmp_path / name, largest=4) == b"four"
        with open_regular(tmp_path / name) as file:
            assert file.read(2) == b"fo"


def test_what_is_no_file_is_called_by_its_name(no_file: tuple[Path, str]) -> None:
    path, kind = no_file
    with pytest.raises(OSError, match=f"it is {kind}, not a file; save what comes from it"):
        open_regular(path)


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(
        IsADirectoryError, match="it is a folder, not a file; name a file in it"
    ):
        open_regular(tmp_path)


def test_a_pipe_that_takes_the_place_of_a_file_is_neither_waited_for_nor_left_open(
    tmp_path: Path, make_pipe: MakePipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"four")
    pipe, of_file = make_pipe(tmp_path / "pipe"), (tmp_path / "file").stat()
    open_it, opened = os.open, list[int]()

    def open_and_note(*arguments: Any) -> int:
        opened.append(open_it(*arguments))
        return opened[-1]

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", lambda *_: of_file)
        patch.setattr(os, "open", open_and_note)
        with pytest.raises(OSError, match="it is a pipe, not a file"):
            open_regular(pipe)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])


def test_the_writer_of_a_pipe_is_not_told_that_somebody_reads(
    tmp_path: Path, make_pipe: MakePipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe, opened = make_pipe(tmp_path / "pipe"), []
    monkeypatch.setattr(os, "open", lambda path, *_: opened.append(path))
    with pytest.raises(OSError, match="it is a pipe"):
        open_regular(pipe)
    assert opened == []


def test_a_file_larger_than_it_may_be_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = fill_up(tmp_path / "file")
    with pytest.raises(OSError, match=r"it holds 1,099,511,627,776 bytes, .* at most 4;"):
        read_regular(path, largest=4)
    with open_regular(path) as file:  # the size of what is read piece by piece is free
        assert file.seek(0, os.SEEK_END) == TERABYTE


def test_a_file_is_opened_where_the_system_has_no_way_not_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"four")
    monkeypatch.delattr(os, "O_NONBLOCK")
    assert read_regular(tmp_path / "file", largest=4) == b"four"
