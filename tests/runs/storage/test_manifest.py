"""What a run is: written, read again, and never believed when damaged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import Manifest, read_manifest, write_manifest
from wordnet_tui.runs.storage.sealed_json import seal, unseal


@given(data=st.data())
def test_a_manifest_comes_back_as_it_was_written(
    scratch: RunFolder, any_of: Callable[[type], Any], data: st.DataObject
) -> None:
    written = data.draw(any_of(Manifest))
    write_manifest(scratch, written)
    assert repr(read_manifest(scratch)) == repr(written)


def test_any_damage_is_a_sentence_that_names_the_file(
    folder: RunFolder, manifest: Manifest, damages: Callable[[bytes], Iterator[bytes]]
) -> None:
    write_manifest(folder, manifest)
    path = folder.manifest_file.path
    sentences = set()
    unnoticed = 0
    for damaged in damages(path.read_bytes()):
        path.write_bytes(damaged)
        try:
            assert read_manifest(folder) == manifest
            unnoticed += 1
        except RunError as error:
            sentences.add(str(error))
    sentence = f"{path} is damaged, its checksum does not agree; "
    assert sentences == {sentence + "restore it from a copy, or delete the run"}
    assert unnoticed < 10  # white space around the last bracket, which says nothing


def test_it_is_on_the_disk_once_it_is_written(
    folder: RunFolder, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    write_manifest(folder, manifest)
    assert flushed


def test_a_folder_without_manifest_is_not_that_of_a_run(folder: RunFolder) -> None:
    with pytest.raises(RunError, match=r"is not the folder of a run: it holds no run\.json"):
        read_manifest(folder)


def test_another_format_version_is_named(folder: RunFolder, manifest: Manifest) -> None:
    write_manifest(folder, manifest)
    entries = unseal(folder.manifest_file.path.read_text())
    folder.manifest_file.path.write_text(seal({**entries, "format_version": 2}))
    with pytest.raises(RunError, match="has format version 2, this program reads version 1"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("hyperparameters.hidden_layers", 2),
        ("hyperparameters.epochs", 0),
        ("created_at", "Infinity"),
        ("created_at", 1e300),
        ("data_rows", [1, 2]),
        ("parent", "x"),
        ("sources", None),
    ],
)
def test_an_entry_that_is_not_ours_is_named(
    folder: RunFolder, manifest: Manifest, entry: str, value: object
) -> None:
    write_manifest(folder, manifest)
    entries = unseal(folder.manifest_file.path.read_text())
    *path, name = entry.split(".")
    table = entries[path[0]] if path else entries
    table[name] = value
    folder.manifest_file.path.write_text(seal(entries))
    with pytest.raises(RunError, match=f'^the entry "{entry}.*" of .*run.json is none that'):
        read_manifest(folder)


def test_an_entry_of_a_later_program_is_passed_over(
    folder: RunFolder, manifest: Manifest
) -> None:
    write_manifest(folder, manifest)
    entries = unseal(folder.manifest_file.path.read_text())
    folder.manifest_file.path.write_text(seal({**entries, "mood": "good"}))
    assert read_manifest(folder) == manifest


def test_it_is_a_table_that_people_and_programs_read(
    folder: RunFolder, manifest: Manifest
) -> None:
    write_manifest(folder, manifest)
    text = folder.manifest_file.path.read_text()
    assert '\n "host": "tower",\n' in text
    assert json.loads(text)["hyperparameters"]["optimizer"] == "momentum"


def test_a_write_that_fails_leaves_the_old_one(folder: RunFolder, manifest: Manifest) -> None:
    write_manifest(folder, manifest)
    before = folder.manifest_file.path.read_bytes()
    folder.path.rename(folder.path.with_name("moved"))
    with pytest.raises(RunError, match=r"cannot write .*run\.json: No such file or directory"):
        write_manifest(folder, replace(manifest, host="other"))
    moved = RunFolder(folder.path.with_name("moved"))
    assert moved.manifest_file.path.read_bytes() == before


@pytest.mark.parametrize("kind", ["pipe", "folder", "loop", "huge"])
def test_what_is_no_file_of_ours_is_not_waited_for(folder: RunFolder, kind: str) -> None:
    path = folder.manifest_file.path
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    else:
        with path.open("wb") as file:
            file.truncate(2**40)
    with pytest.raises(RunError, match=r"cannot read .*run\.json: "):
        read_manifest(folder)
