"""What a name for a source means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError

LINES = "one two three four five\n" * 20


@pytest.mark.parametrize("name", ["nowhere", "~/nowhere", "~nobody/x", "a\0b", "\x1b[31m"])
def test_a_source_that_is_not_there_is_answered_with_what_a_source_can_be(name: str) -> None:
    with pytest.raises(
        DataError, match=r"there is no .*; a source is chitchat, reference"
    ) as caught:
        load_dataset(name)
    assert str(caught.value).isprintable()


def test_a_name_that_the_system_refuses_is_refused() -> None:
    with pytest.raises(DataError, match=r"cannot read .*: File name too long"):
        load_dataset("x" * 5_000)


def test_what_is_neither_file_nor_folder_is_refused() -> None:
    with pytest.raises(DataError, match="/dev/null is neither a file nor a folder"):
        load_dataset("/dev/null")


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is a folder with no \*.txt; a source is"):
        load_dataset(tmp_path)


def test_no_source_at_all_is_refused() -> None:
    with pytest.raises(DataError, match="no source was named"):
        load_dataset([])


@pytest.mark.parametrize("name", ["reference", "original"])
def test_a_corpus_that_was_not_fetched_yet_says_how_to_fetch_it(name: str) -> None:
    with pytest.raises(DataError, match=f"wordnet-tui data fetch {name} downloads it"):
        load_dataset(name)


def test_only_texts_can_be_read_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LINES)
    (tmp_path / "b.mat").write_text("MATLAB")
    with pytest.raises(DataError, match=r"b\.mat is no text, and only texts"):
        load_dataset([tmp_path / "a.txt", tmp_path / "b.mat"])
    with pytest.raises(DataError, match="there is no chitchat"):
        load_dataset([tmp_path / "a.txt", "chitchat"])


def test_one_name_in_a_list_is_that_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LINES)
    assert load_dataset([str(path)]).fingerprint == load_dataset(str(path)).fingerprint


def test_a_link_that_leads_nowhere_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(DataError, match="there is no "):
        load_dataset(tmp_path / "link")


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"context_size": 0}, "context words must be from 1 to 8, not 0"),
        ({"context_size": 9}, "context words must be from 1 to 8, not 9"),
        ({"vocabulary_size": 1}, "from 2 to 65,000 words, not 1"),
        ({"vocabulary": Vocabulary(map(str, range(65_001)))}, "words, not 65,001"),
        ({"vocabulary_size": 65_001}, "from 2 to 65,000 words, not 65,001"),
        (
            {"vocabulary_size": 3, "vocabulary": Vocabulary(["one", "two"])},
            "the vocabulary given has 2 words, not the 3 asked for",
        ),
    ],
)
def test_sizes_out_of_range_are_refused(
    settings: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LINES)
    with pytest.raises(DataError, match=complaint):
        load_dataset(path, **settings)


def test_progress_is_reported_and_ends_at_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(LINES)
    reported: dict[str, float | None] = {}
    load_dataset(path, on_progress=reported.__setitem__)
    assert reported["reading the text"] is not None
    assert reported["making windows"] == 1.0
