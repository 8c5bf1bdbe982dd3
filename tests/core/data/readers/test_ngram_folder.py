"""Folders in the original's layout."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.hostile_files import fill_up
from tests.support.known_answers import Original
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.readers import ngram_folder
from wordnet_tui.core.data.readers.ngram_folder import read_vocabulary
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, VocabularyError, WordnetError

NAMES = ("train_data.csv", "valid_data.csv", "test_data.csv")


def write_folder(folder: Path, **contents: bytes) -> Path:
    """A correct folder of 4 words and D = 2, but for the contents given."""
    files = {
        "train_data": b"1,2,3\n4,3,2\n1,1,1\n",
        "valid_data": b"2,2,3\n",
        "test_data": b"3,2,4\n",
    }
    folder.mkdir(exist_ok=True)
    for name, content in {**files, **contents}.items():
        if name not in ("vocab", "vocab_ordered"):
            (folder / f"{name}.csv").write_bytes(content)
    (folder / "vocab.txt").write_bytes(contents.get("vocab", b"a\nb\nc\nd\n"))
    if "vocab_ordered" in contents:
        (folder / "vocab_ordered.txt").write_bytes(contents["vocab_ordered"])
    return folder


def test_the_rows_of_the_original_are_those_that_numpy_reads(original: Original) -> None:
    dataset = load_dataset(original.folder)
    assert dataset.rows == original.rows
    for part, name in zip(
        (dataset.training, dataset.validation, dataset.test), NAMES, strict=True
    ):
        expected = np.loadtxt(original.folder / name, int, delimiter=",") - 1
        np.testing.assert_array_equal(part, expected)
        assert part.dtype == np.uint8
    last_words = Counter(
        line.rpartition(",")[2]
        for name in NAMES
        for line in (original.folder / name).read_text(encoding="ascii").split()
    )
    word_ids = range(1, original.vocabulary_size + 1)
    assert dataset.report.word_counts.tolist() == [last_words[str(k)] for k in word_ids]
    assert dataset.report.coverage is None
    assert dataset.vocabulary.words == tuple(original.words)
    assert dataset.vocabulary.shown == tuple(original.words_shown)
    assert len(dataset.vocabulary) == original.vocabulary_size


@pytest.mark.parametrize(
    "rows",
    [
        b"1,2,3\n4,3,2",
        b"1,2,3\r\n4,3,2\r\n",
        b"1,2,3\r\n4,3,2",
        b"1, 2 ,3\n4,3,2\n",
        b"01,002,3\n4,3,2\n",
        b"0000000001,2,3\n4,3,2\n",
    ],
    ids=[
        "no final newline",
        "CRLF",
        "CRLF, no final newline",
        "blanks",
        "zeros",
        "many zeros",
    ],
)
def test_line_ends_blanks_and_leading_zeros_make_no_difference(
    rows: bytes, tmp_path: Path
) -> None:
    dataset = load_dataset(write_folder(tmp_path / "data", train_data=rows))
    assert dataset.training.tolist() == [[0, 1, 2], [3, 2, 1]]
    assert dataset.context_size == 2


@pytest.mark.parametrize("columns", range(2, 10))
def test_any_number_of_context_words_from_1_to_8_is_read(columns: int, tmp_path: Path) -> None:
    row = ",".join("1" * columns).encode()
    folder = write_folder(tmp_path / "data", train_data=row, valid_data=row, test_data=row)
    assert load_dataset(folder, context_size=columns - 1).training.shape == (1, columns)


@pytest.mark.parametrize(
    ("contents", "complaint"),
    [
        ({"train_data": b"1,2,3\n1,2\n"}, "train_data.csv, line 2 has 2 columns instead of 3"),
        ({"train_data": b"1,2,3\n1,2,3,4\n"}, "line 2 has 4 columns instead of 3"),
        ({"train_data": b"1,2\n3,4,1,1\n"}, "line 2 has 4 columns instead of 2"),
        ({"test_data": b"1,2,3,4\n"}, "test_data.csv, line 1 has 4 columns instead of 3"),
        ({"train_data": b"1,2,3\n\n1,2,3\n"}, "line 2 has 1 columns instead of 3"),
        ({"train_data": b"1\n2\n"}, "line 1 has 1 columns; a row has from 2 to 9"),
        ({"train_data": b"1,1,1,1,1,1,1,1,1,1\n"}, "line 1 has 10 columns; a row has"),
        ({"train_data": b"1,2,3\n1,0,3\n"}, 'line 2 has "0" where a word id must be'),
        ({"train_data": b"1,2,3\n1,5,3\n"}, 'line 2 has "5" where a word id must be'),
        (
            {"train_data": b"1,2,3\n1,99999999999999999999999,3\n"},
            'has "99999999999999999999"',
        ),
        ({"valid_data": b"1,2,3\n1,-1,3\n"}, 'valid_data.csv, line 2 has "-1" where'),
        ({"valid_data": b"1,2,3\n1,1.0,3\n"}, 'line 2 has "1.0" where a word id'),
        ({"valid_data": b"1,2,3\n1,x,3\n"}, 'line 2 has "x" where a word id'),
        ({"valid_data": b"1,2,3\n1,\x1b[31m,3\n"}, r'line 2 has "\x1b[31m" where a word id'),
        ({"valid_data": b"1,2,3\n1,\xff,3\n"}, r'line 2 has "\xff" where a word id'),
        ({"valid_data": b"1,2,3\n1,,3\n"}, 'line 2 has "" where a word id'),
        ({"train_data": b"\xef\xbb\xbf1,2,3\n"}, "line 1 starts with a byte order mark"),
        ({"train_data": b""}, "train_data.csv is empty; it must hold rows of word ids"),
        ({"test_data": b""}, "test_data.csv is empty"),
        ({"vocab": b"a\nb\na\nd\n"}, 'vocab.txt: the vocabulary holds "a" twice'),
        ({"vocab": b"a\n\nc\nd\n"}, 'vocab.txt: word 2 of the vocabulary is ""'),
        ({"vocab": b"a\nb b\nc\nd\n"}, 'vocab.txt: word 2 of the vocabulary is "b b"'),
        ({"vocab": b"\xef\xbb\xbfa\nb\nc\nd\n"}, "vocab.txt starts with a byte order mark"),
        ({"vocab": b"a\nb\n\xffc\nd\n"}, "vocab.txt, line 3 is not UTF-8 text"),
        ({"vocab": b""}, "vocab.txt holds 0 words; a vocabulary has from 2 to 65,000"),
        ({"vocab": b"a\n"}, "vocab.txt holds 1 words"),
        ({"vocab_ordered": b"a\nb\nc\ne\n"}, "vocab_ordered.txt must hold the same 4 words"),
        ({"vocab_ordered": b"a\nb\nc\n"}, "vocab_ordered.txt must hold the same 4 words"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    contents: dict[str, bytes], complaint: str, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "data", **contents)
    with pytest.raises(WordnetError) as caught:
        load_dataset(folder)
    assert complaint in str(caught.value)
    assert str(folder) in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_wrong_line_in_a_later_block_has_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ngram_folder, "BLOCK", 100)
    folder = write_folder(tmp_path / "data", train_data=b"1,2,3\n" * 3_000 + b"1,2,x\n")
    with pytest.raises(DataError, match="line 3,001 "):
        load_dataset(folder)


@pytest.mark.parametrize("name", [*NAMES, "vocab.txt"])
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"has no {name}; the original's layout is"):
        load_dataset(folder)


def test_ids_become_those_of_a_given_vocabulary_with_the_same_words(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    own = load_dataset(folder)
    given = Vocabulary(["d", "c", "b", "a"])
    changed = load_dataset(folder, vocabulary=given)
    assert changed.vocabulary == given
    for part, expected in zip(
        (changed.training, changed.validation, changed.test),
        (own.training, own.validation, own.test),
        strict=True,
    ):
        assert part.tolist() == (3 - expected.astype(int)).tolist()
    assert changed.report.word_counts.tolist() == own.report.word_counts.tolist()[::-1]
    with pytest.raises(DataError, match="is not that of the network"):
        load_dataset(folder, vocabulary=Vocabulary(["d", "c", "b", "x"]))


def test_sizes_other_than_those_of_the_files_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    assert load_dataset(folder, context_size=2, vocabulary_size=4).rows == (3, 1, 1)
    with pytest.raises(DataError, match="has 2 context words, not the 3 asked for"):
        load_dataset(folder, context_size=3)
    with pytest.raises(DataError, match="has 4 words in its vocabulary, not the 5 asked for"):
        load_dataset(folder, vocabulary_size=5)


def test_the_display_order_lies_beside_the_vocabulary(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", vocab_ordered=b"d\r\nc\r\nb\r\na")
    vocabulary = read_vocabulary(folder / "vocab.txt")
    assert vocabulary.words == tuple("abcd")
    assert vocabulary.shown == tuple("dcba")
    assert load_dataset(folder).vocabulary.shown == tuple("dcba")
    shutil.move(folder / "vocab_ordered.txt", folder / "elsewhere")
    assert load_dataset(folder).vocabulary.shown == tuple("abcd")


def test_a_vocabulary_that_is_no_file_or_far_too_large_is_refused(
    no_file: tuple[Path, str], tmp_path: Path
) -> None:
    path, kind = no_file
    with pytest.raises(DataError, match=f"cannot read .*: it is {kind}, not a file; save"):
        read_vocabulary(path)
    with pytest.raises(DataError, match=r"cannot read .*: it holds 1,099,511,627,776 bytes, "):
        read_vocabulary(fill_up(tmp_path / "vocab.txt", b"one\ntwo\n"))


def test_a_vocabulary_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*vocab.txt: No such file"):
        read_vocabulary(tmp_path / "vocab.txt")


def slow_rows(content: bytes, columns: int) -> list[list[int]]:
    """What the rows of a correct file must be read as."""
    lines = content.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    rows = [[int(field) - 1 for field in line.split(b",")] for line in lines]
    assert {len(row) for row in rows} == {columns}
    return rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), block=st.sampled_from([1, 8, 2**20]))
def test_a_folder_changed_at_random_is_read_rightly_or_refused(
    data: st.DataObject, block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    work = tmp_path_factory.mktemp("rows")
    folder = write_folder(work / "data", vocab_ordered=b"d\nc\nb\na\n")
    path = folder / data.draw(st.sampled_from([*NAMES, "vocab.txt", "vocab_ordered.txt"]))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 3))
        some = st.sampled_from([b"0", b"1", b"5", b",", b"\n", b"\r\n", b"\r", b"a", b" "])
        content[place : place + length] = data.draw(some | st.binary(max_size=4))
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ngram_folder, "BLOCK", block)
        try:
            dataset = load_dataset(folder, cache_folder=work)
        except WordnetError as error:
            assert str(error).isprintable()  # noqa: PT017  some changes are harmless
            return
    for part, name in zip(
        (dataset.training, dataset.validation, dataset.test), NAMES, strict=True
    ):
        assert part.tolist() == slow_rows(
            (folder / name).read_bytes(), dataset.context_size + 1
        )
        assert part.max() < len(dataset.vocabulary)
    assert set(dataset.vocabulary.shown) == set(dataset.vocabulary.words)


def test_a_vocabulary_error_is_of_its_kind(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError):
        load_dataset(write_folder(tmp_path / "data", vocab=b"a\na\na\na\n"))
