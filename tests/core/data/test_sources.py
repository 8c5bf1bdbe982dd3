"""What a name for a source means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.hostile_files import TERABYTE, MakePipe, fill_up
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


def test_what_is_neither_file_nor_folder_is_refused_with_what_to_do(
    no_file: tuple[Path, str], tmp_path: Path
) -> None:
    path, kind = no_file
    (tmp_path / "a.txt").write_text(LINES)
    named_as_matlab = tmp_path / "a.mat"
    named_as_matlab.symlink_to(path)
    for sources in ([path], [tmp_path / "a.txt", path], [named_as_matlab]):
        with pytest.raises(DataError) as caught:
            load_dataset(sources)
        assert str(caught.value) == (
            f"cannot read {sources[-1]}: it is {kind}, not a file; "
            "save what comes from it to a file first"
        )


@pytest.mark.parametrize("name", ["train_data.csv", "test_data.csv", "vocab.txt"])
def test_a_pipe_in_a_folder_of_the_original_is_refused(
    name: str, tmp_path: Path, make_pipe: MakePipe
) -> None:
    rows = "1,2,3\n2,1,3\n" * 9
    for csv in ("train_data.csv", "valid_data.csv", "test_data.csv"):
        (tmp_path / csv).write_text(rows)
    (tmp_path / "vocab.txt").write_text("one\ntwo\nthree\n")
    (tmp_path / name).unlink()
    make_pipe(tmp_path / name)
    with pytest.raises(DataError, match=rf"cannot read .*{name}: it is a pipe, not a file"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("start", [b"", LINES.encode()], ids=["from the start", "later"])
@pytest.mark.parametrize("name", ["text.txt", "data.mat", "train_data.csv", "vocab.txt"])
def test_a_hole_of_a_terabyte_is_not_read_to_its_end(
    start: bytes, name: str, tmp_path: Path
) -> None:
    source = tmp_path / name
    if name in ("train_data.csv", "vocab.txt"):
        source = tmp_path
        for file in ("train_data.csv", "valid_data.csv", "test_data.csv", "vocab.txt"):
            (tmp_path / file).write_text("1,2,3\n")
    fill_up(tmp_path / name, start)

    def not_far(_doing: str, share: float | None) -> None:
        assert not share or share < 2**26 / TERABYTE, "it is read on and on"

    with pytest.raises(
        DataError, match=r"not UTF-8 text: line \d+ cannot|it holds 1,099"
    ) as caught:
        load_dataset(source, on_progress=not_far)
    assert str(tmp_path / name) in str(caught.value)


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
