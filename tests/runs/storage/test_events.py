from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError, printable
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.runs.storage.events import Event, append_events, read_events
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.sealed_json import seal

EVENTS = [
    Event(1_795_444_205.25, 0, "started", "began"),
    Event(1_795_444_215.5, 400, "paused", "paused at mini-batch 400", "lea@größe"),
    Event(1_795_444_220.75, 400, "rate", "learning rate times 0.5", "max@tower"),
]


def some_events() -> st.SearchStrategy[list[Event]]:
    texts = st.text(st.characters(), max_size=20)  # lone surrogates and newlines too
    at = st.floats(0, 2**33, exclude_max=True)
    events = st.builds(Event, at, st.integers(0, 10**17), texts, texts, texts)
    return st.lists(events, max_size=5)


def as_read(event: Event) -> Event:
    texts = {name: printable(getattr(event, name)) for name in ("kind", "text", "who")}
    return replace(event, **texts)


@given(parts=st.lists(some_events(), max_size=3))
def test_events_come_back_harmless_to_a_terminal_and_reading_goes_on_where_it_left_off(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[Event]]
) -> None:
    file, offset = tmp_path_factory.mktemp("run") / "events.jsonl", 0
    for events in parts:
        waiting = list(events)
        append_events(FolderFile.at(file), waiting)
        assert waiting == []
        read = read_events(FolderFile.at(file), offset)
        assert read.events == list(map(as_read, events))
        assert (read.dropped, read.anew) == (0, False)
        offset = read.next_offset
    assert read_events(FolderFile.at(file)).events == [
        as_read(event) for part in parts for event in part
    ]


def test_each_event_is_one_line_of_json_with_a_version(folder: RunFolder) -> None:
    append_events(folder.events_file, EVENTS.copy())
    lines = list(map(json.loads, folder.events_file.path.read_text("ascii").splitlines()))
    assert [line["kind"] for line in lines] == ["started", "paused", "rate"]
    assert {line["format_version"] for line in lines} == {1}
    assert lines[1]["who"] == "lea@größe"


def test_a_missing_file_has_no_events(folder: RunFolder) -> None:
    assert read_events(folder.events_file, 5) == ([], 5, 0, False)


def test_any_damage_gives_only_events_that_happened_and_in_their_order(
    folder: RunFolder, damages: Callable[[bytes], Iterator[bytes]]
) -> None:
    append_events(folder.events_file, EVENTS.copy())
    content = folder.events_file.path.read_bytes()
    for damaged in damages(content):
        folder.events_file.path.write_bytes(damaged)
        read = read_events(folder.events_file)
        remaining = iter(EVENTS)
        assert all(event in remaining for event in read.events)
        torn = len(damaged) - read.next_offset
        assert read.dropped or torn or damaged == content[: len(damaged)]
        append_events(folder.events_file, EVENTS[:1])
        assert read_events(folder.events_file, read.next_offset).events[-1] == EVENTS[0]


@pytest.mark.parametrize(
    "entries",
    [
        {"format_version": 2, "at": 1.0, "batch": 1, "kind": "a", "text": "b", "who": "c"},
        {"format_version": 1, "at": 1.0, "batch": "x", "kind": "a", "text": "b", "who": "c"},
        {"format_version": 1, "at": 1.0, "batch": 1, "kind": 5, "text": "b", "who": "c"},
        {"format_version": 1, "at": 1.0, "batch": 1, "kind": "a", "text": "b"},
        {},
    ],
)
def test_a_sealed_line_that_is_no_event_of_ours_is_passed_over(
    folder: RunFolder, entries: dict[str, Any]
) -> None:
    folder.events_file.path.write_text(seal(entries) + "\n", "ascii")
    read = read_events(folder.events_file)
    assert (read.events, read.dropped) == ([], 1)


@pytest.mark.parametrize("room", [0, 1, 150, 300])
def test_events_that_find_no_room_are_written_once_there_is(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    write, left = os.write, room

    def write_while_there_is_room(descriptor: int, data: bytes) -> int:
        nonlocal left
        if not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        count = write(descriptor, data[:left])
        left -= count
        return count

    waiting = EVENTS.copy()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_while_there_is_room)
        for _ in range(3):
            with pytest.raises(RunError, match=r"events\.jsonl: No space left on device"):
                append_events(folder.events_file, waiting)
    read = read_events(folder.events_file)
    assert read.events + waiting == EVENTS
    append_events(folder.events_file, waiting)
    assert read_events(folder.events_file).events == EVENTS
    assert read_events(folder.events_file).dropped == 0


def test_nothing_to_write_needs_no_file(tmp_path: Path) -> None:
    append_events(FolderFile.at(tmp_path / "nowhere" / "events.jsonl"), [])
    assert not (tmp_path / "nowhere").exists()
