"""What a run does now: written often, read by anybody, never believed when damaged."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.status_file import StatusRecord, read_status, write_status


@given(data=st.data())
def test_a_status_comes_back_as_it_was_written(
    scratch: RunFolder, any_of: Callable[[type], Any], data: st.DataObject
) -> None:
    """All of the view, and numbers that are not finite too, but for the silence."""
    written = data.draw(any_of(StatusRecord))
    write_status(scratch, written)
    view = replace(written.view, silent_for=None)
    assert repr(read_status(scratch)) == repr(replace(written, view=view))


def test_any_damage_is_a_sentence_that_names_the_file(
    folder: RunFolder, status: StatusRecord, damages: Callable[[bytes], Iterator[bytes]]
) -> None:
    write_status(folder, status)
    path = folder.status_file.path
    sentences = set()
    unnoticed = 0
    for damaged in damages(path.read_bytes()):
        path.write_bytes(damaged)
        try:
            assert read_status(folder) == status
            unnoticed += 1
        except RunError as error:
            sentences.add(str(error))
    assert len(sentences) == 1
    sentence = sentences.pop()
    assert sentence.startswith(f"{path} is damaged, its checksum does not agree; ")
    assert sentence.endswith("a process that trains the run writes it anew within seconds")
    assert unnoticed < 10  # white space around the last bracket, which says nothing


def test_nobody_waits_for_the_disk(
    folder: RunFolder, status: StatusRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written twice a second beside the training, and worth nothing a second later."""
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    write_status(folder, status)
    assert read_status(folder) == status
    assert not flushed


def test_before_the_first_there_is_none(folder: RunFolder) -> None:
    assert read_status(folder) is None


def test_a_folder_that_has_gone_is_not_one_without_a_status(
    folder: RunFolder, status: StatusRecord
) -> None:
    write_status(folder, status)
    shutil.rmtree(folder.path)
    with pytest.raises(RunError, match=r"the folder .*143005 is not there any more"):
        read_status(folder)
    with pytest.raises(RunError, match=r"cannot write .*status\.json: No such file"):
        write_status(folder, status)


def test_a_reader_sees_one_whole_status_or_the_next(
    folder: RunFolder, status: StatusRecord
) -> None:
    """And who writes leaves nothing else behind."""
    write_status(folder, replace(status, attempt=0))
    seen: list[int] = []
    done = threading.Event()

    def read_again_and_again() -> None:
        is_last = False
        while not is_last:
            is_last = done.is_set()
            read = read_status(folder)
            assert read is not None
            assert read == replace(status, attempt=read.attempt)
            seen.append(read.attempt)

    reader = threading.Thread(target=read_again_and_again)
    reader.start()
    for attempt in range(300):
        write_status(folder, replace(status, attempt=attempt))
    done.set()
    reader.join()
    assert seen[-1] == 299
    assert seen == sorted(seen)
    names = {path.name for path in folder.path.iterdir()}
    assert names == {"requests", "status.json"}
