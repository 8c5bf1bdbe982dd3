"""Files in the form of Hinton's assignment, written by scipy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from tests.support.known_answers import Original
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, WordnetError

ROWS = {
    "trainData": np.array([[1, 2, 3, 4], [4, 4, 1, 2], [2, 2, 2, 2]]).T,
    "validData": np.array([[3, 2, 1, 4]]).T,
    "testData": np.array([[1, 1, 1, 1], [2, 3, 4, 1]]).T,
}
WORDS = ["the", "cat", "'s", "é"]


def cells(words: list[Any]) -> np.ndarray:
    array = np.empty((1, len(words)), object)
    array[0, :] = words
    return array


def write(path: Path, *, compress: bool = False, **changes: Any) -> Path:
    """A correct file, but for the fields given; a field that is None is left out."""
    fields = {**ROWS, "vocab": cells(WORDS), **changes}
    data = {name: value for name, value in fields.items() if value is not None}
    savemat(path, {"data": data}, do_compression=compress)
    return path


@pytest.mark.parametrize("dtype", [np.int32, np.float64, np.uint8])
@pytest.mark.parametrize("compress", [False, True])
def test_a_correct_file_is_read(dtype: type, compress: bool, tmp_path: Path) -> None:
    tables = {name: table.astype(dtype) for name, table in ROWS.items()}
    dataset = load_dataset(write(tmp_path / "data.mat", compress=compress, **tables))
    assert dataset.vocabulary.words == tuple(WORDS)
    assert dataset.training.tolist() == (ROWS["trainData"].T - 1).tolist()
    assert dataset.validation.tolist() == (ROWS["validData"].T - 1).tolist()
    assert dataset.test.tolist() == (ROWS["testData"].T - 1).tolist()
    assert dataset.training.dtype == np.uint8
    assert dataset.report.word_counts.tolist() == [2, 2, 0, 2]


def test_the_vocabulary_may_lie_beside_the_struct_and_the_name_may_be_any(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data.mat"
    savemat(path, {"data": ROWS, "vocab": cells(WORDS)})
    path = path.rename(tmp_path / "hinton")
    assert load_dataset(path).vocabulary.words == tuple(WORDS)


def test_the_rows_of_the_original_as_a_mat_file_are_its_rows(
    original: Original, tmp_path: Path
) -> None:
    from_csv = load_dataset(original.folder)
    tables = {
        "trainData": from_csv.training,
        "validData": from_csv.validation,
        "testData": from_csv.test,
    }
    path = write(
        tmp_path / "data.mat",
        vocab=cells(original.words),
        **{name: rows.T.astype(np.int32) + 1 for name, rows in tables.items()},
    )
    dataset = load_dataset(path)
    assert dataset.vocabulary == from_csv.vocabulary
    for part in ("training", "validation", "test"):
        np.testing.assert_array_equal(getattr(dataset, part), getattr(from_csv, part))


def test_ids_become_those_of_a_given_vocabulary(tmp_path: Path) -> None:
    path = write(tmp_path / "data.mat")
    dataset = load_dataset(path, vocabulary=Vocabulary(WORDS[::-1]))
    assert dataset.validation.tolist() == [[1, 2, 3, 0]]


TABLE = ROWS["trainData"].astype(float)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"trainData": None}, "has no trainData; expected are data.trainData"),
        ({"testData": None}, "has no testData; expected are"),
        ({"vocab": None}, "has no vocab; expected are"),
        ({"trainData": TABLE * np.nan}, "trainData has a number that is not finite"),
        (
            {"trainData": np.full_like(TABLE, np.inf)},
            "trainData has a number that is not finite",
        ),
        ({"trainData": TABLE - 1}, "trainData has 0 where a word id must be"),
        ({"trainData": TABLE + 1}, "trainData has 5 where a word id must be"),
        ({"trainData": TABLE + 0.5}, "trainData has 1.5 where a word id must be"),
        ({"trainData": TABLE + 1j}, "trainData must hold numbers"),
        ({"trainData": "text"}, "trainData must hold numbers"),
        ({"trainData": cells(WORDS)}, "trainData must hold numbers"),
        ({"trainData": {"a": 1}}, "trainData must hold numbers"),
        ({"trainData": TABLE[:1]}, "trainData is 1 x 3; it must be (D + 1) x rows"),
        ({"trainData": np.ones((10, 3))}, "trainData is 10 x 3; it must be (D + 1) x rows"),
        ({"trainData": np.ones((4, 0))}, "trainData is 4 x 0; it must be (D + 1) x rows"),
        ({"trainData": np.ones((4, 2, 2))}, "trainData is 4 x 2 x 2; it must be"),
        ({"testData": TABLE[:3]}, "testData has 3 numbers a window, trainData has 4"),
        ({"vocab": TABLE}, "vocab must be a cell array of words"),
        ({"vocab": cells(["a", "b", 3.0, "d"])}, "word 3 of vocab is no word"),
        ({"vocab": cells(["a", "b", "a", "d"])}, 'the vocabulary holds "a" twice'),
        ({"vocab": cells(["a", "", "c", "d"])}, 'word 2 of the vocabulary is ""'),
        ({"vocab": cells(["a"])}, "vocab holds 1 words"),
    ],
)
def test_another_form_is_refused(
    changes: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "data.mat", **changes)
    with pytest.raises(WordnetError) as caught:
        load_dataset(path)
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_without_the_struct_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.mat"
    for content in ({}, {"data": TABLE}, {"other": 1}):
        savemat(path, content)
        with pytest.raises(DataError, match="has no struct data; expected are"):
            load_dataset(path)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty; it must be a MATLAB file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(600), "is a MATLAB 7.3"),
        (b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n", "is a MATLAB 7.3"),
        (b"hello, I am a text\n" * 40, "is damaged or not a MATLAB file"),
        (b"MATLAB 5.0 MAT-file", "is damaged or not a MATLAB file"),
        (bytes(1_000), "is damaged or not a MATLAB file"),
    ],
)
def test_what_is_no_such_file_is_refused(
    content: bytes, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "data.mat"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_dataset(path)
    assert complaint in str(caught.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), compress=st.booleans())
def test_a_file_changed_at_random_is_read_rightly_or_refused(
    data: st.DataObject, compress: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("matlab")
    path = write(folder / "data.mat", compress=compress)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 1, 1, 1, 4, 8, 100]))
        content[place : place + length] = data.draw(st.binary(max_size=max(1, length)))
    path.write_bytes(content)
    try:
        dataset = load_dataset(path, cache_folder=folder)
    except WordnetError as error:
        assert str(error).isprintable()  # noqa: PT017  some changes are harmless
        return
    for part in (dataset.training, dataset.validation, dataset.test):
        assert part.ndim == 2
        assert len(part) > 0
        assert part.max() < len(dataset.vocabulary)
