"""The cache: found again, rebuilt when damaged, done without when it cannot be written."""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.hostile_files import TERABYTE, MakePipe, fill_up
from wordnet_tui.core.data import cache
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.errors import DataError

LINES = "".join(f"the cat number {line} sat on it .\n" for line in range(60))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(LINES)
    return path


@pytest.fixture
def datasets(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "datasets"


def assert_equal(first: Dataset, second: Dataset) -> None:
    assert first.fingerprint == second.fingerprint
    assert first.vocabulary.words == second.vocabulary.words
    for one, other in zip(
        (first.training, first.validation, first.test, first.report.word_counts),
        (second.training, second.validation, second.test, second.report.word_counts),
        strict=True,
    ):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert first.report.tokens == second.report.tokens
    assert first.report.windows_left_out == second.report.windows_left_out


def refuse_to_build(*_: object, **__: object) -> None:
    pytest.fail("the cache was not used")


def test_a_dataset_is_found_again(
    text: Path, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = load_dataset(text)
    monkeypatch.setattr("wordnet_tui.core.data.sources.build_from_files", refuse_to_build)
    assert_equal(load_dataset(text), built)
    moved = text.rename(text.with_name("moved.txt"))
    assert_equal(load_dataset(moved), built)
    assert [len(list(folder.iterdir())) for folder in datasets.iterdir()] == [6]


def test_settings_and_content_make_another_dataset(text: Path, datasets: Path) -> None:
    load_dataset(text)
    load_dataset(text, context_size=2)
    load_dataset(text, vocabulary_size=20)
    load_dataset(text, seed=2)
    text.write_text(LINES + "more\n")
    load_dataset(text)
    assert len(list(datasets.iterdir())) == 5


def test_what_is_read_cannot_be_changed(text: Path) -> None:
    dataset = load_dataset(text)
    with pytest.raises(ValueError, match="read-only"):
        dataset.training[0, 0] = 1


def test_large_arrays_are_mapped_and_the_same(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_memory = load_dataset(text)
    monkeypatch.setattr(cache, "LARGEST_IN_MEMORY", 0)
    mapped = load_dataset(text)
    assert isinstance(mapped.training.base, np.memmap)
    assert_equal(in_memory, mapped)


@pytest.mark.parametrize("mapped", [False, True])
@settings(
    max_examples=settings().max_examples // 2,  # each reads a text twice
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_cache_is_rebuilt_never_believed(
    data: st.DataObject, mapped: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    text = folder / "text.txt"
    text.write_text(LINES)
    with pytest.MonkeyPatch.context() as patch:
        if mapped:
            patch.setattr(cache, "LARGEST_IN_MEMORY", 0)
        built = load_dataset(text, cache_folder=folder)
        (place,) = (folder / "datasets").iterdir()
        path = data.draw(st.sampled_from(sorted(place.iterdir())))
        content = bytearray(path.read_bytes())
        kind = data.draw(st.sampled_from(["change", "cut", "grow", "remove", "folder"]))
        if kind == "change":
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(
                st.integers(1, 255)
            )
        elif kind == "cut":
            del content[data.draw(st.integers(0, len(content) - 1)) :]
        elif kind == "grow":
            content += data.draw(st.binary(min_size=1, max_size=9))
        path.unlink()
        if kind == "folder":
            path.mkdir()
        elif kind != "remove":
            path.write_bytes(content)
        assert_equal(load_dataset(text, cache_folder=folder), built)
        assert cache._open(place) is not None  # put right, not only worked around
        assert list((folder / "datasets").iterdir()) == [place]


def test_a_manifest_that_agrees_with_its_checksum_but_not_with_the_arrays_is_not_believed(
    text: Path, datasets: Path
) -> None:
    built = load_dataset(text)
    (place,) = datasets.iterdir()
    np.save(place / "training.npy", built.training + 1)
    assert_equal(load_dataset(text), built)
    manifest = json.loads((place / "manifest.json").read_bytes())
    assert (
        manifest["checks"]["training.npy"[:-4]][0] == (place / "training.npy").stat().st_size
    )


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("words", None),
        ("words", ["the"]),
        ("words", [["the"]]),
        ("words", [*range(67)]),
        ("words", "the cat"),
        ("shown", ["the", "the"]),
        ("shown", 5),
        ("sentences", "sixty"),
        ("tokens", [1]),
        ("tokens", -1),
        ("tokens", 1.5),
        ("windows_left_out", None),
        ("windows_left_out", True),
        ("dropped", []),
        ("dropped", {"a reason": None}),
        ("dropped", {"a reason": "\x1b[2J"}),
        ("checks", None),
        ("checks", [1, 2]),
        ("checks", {"training": 5}),
        (None, None),
        (None, []),
        (None, "the cat"),
    ],
)
def test_a_manifest_with_the_right_checksum_and_wrong_entries_is_not_believed(
    entry: str | None, wrong: object, text: Path, datasets: Path
) -> None:
    built = load_dataset(text)
    (place,) = datasets.iterdir()
    manifest = json.loads((place / "manifest.json").read_bytes())
    seal(place, {**manifest, entry: wrong} if entry else wrong)
    assert_equal(load_dataset(text), built)
    assert json.loads((place / "manifest.json").read_bytes()) == manifest


@pytest.mark.parametrize("entry", ["words", "sentences", "dropped", "checks"])
def test_a_manifest_that_lacks_an_entry_is_not_believed(
    entry: str, text: Path, datasets: Path
) -> None:
    built = load_dataset(text)
    (place,) = datasets.iterdir()
    manifest = json.loads((place / "manifest.json").read_bytes())
    del manifest[entry]
    seal(place, manifest)
    assert_equal(load_dataset(text), built)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("training", np.full((9, 4), 200, np.uint8)),  # no word has this id
        ("validation", np.zeros((9, 3), np.uint8)),
        ("validation", np.zeros((9, 4), np.int64)),
        ("test", np.zeros(9, np.uint8)),
        ("test", np.zeros((9, 4, 1), np.uint8)),
        ("word_counts", np.zeros(9, np.int64)),
        ("word_counts", np.full(67, "many")),
    ],
)
@pytest.mark.parametrize("mapped", [False, True])
def test_arrays_with_the_right_checksum_of_another_corpus_are_not_believed(
    part: str,
    wrong: npt.NDArray[Any],
    mapped: bool,
    text: Path,
    datasets: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if mapped:
        monkeypatch.setattr(cache, "LARGEST_IN_MEMORY", 0)
    built = load_dataset(text)
    (place,) = datasets.iterdir()
    (place / f"{part}.npy").unlink()  # what is mapped of it stays
    np.save(place / f"{part}.npy", wrong)
    content = (place / f"{part}.npy").read_bytes()
    manifest = json.loads((place / "manifest.json").read_bytes())
    manifest["checks"][part] = [len(content), zlib.crc32(content)]
    seal(place, manifest)
    assert_equal(load_dataset(text), built)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"PK\x03\x04", b"rubbish" * 99])
def test_what_is_no_array_is_not_believed_whatever_its_checksum(
    content: bytes, text: Path, datasets: Path
) -> None:
    built = load_dataset(text)
    (place,) = datasets.iterdir()
    (place / "training.npy").write_bytes(content)
    manifest = json.loads((place / "manifest.json").read_bytes())
    manifest["checks"]["training"] = [len(content), zlib.crc32(content)]
    seal(place, manifest)
    assert_equal(load_dataset(text), built)


def seal(place: Path, manifest: object) -> None:
    """Write a manifest with its checksum."""
    content = json.dumps(manifest).encode()
    (place / "manifest.json").write_bytes(content)
    (place / "manifest.crc32").write_text(f"{zlib.crc32(content):08x}")


@pytest.mark.parametrize("name", ["manifest.json", "manifest.crc32", "training.npy"])
@pytest.mark.parametrize("kind", ["pipe", "terabyte"])
def test_what_no_cache_holds_is_replaced_without_being_read(
    name: str, kind: str, text: Path, datasets: Path, make_pipe: MakePipe
) -> None:
    built = load_dataset(text)
    (place,) = datasets.iterdir()
    (place / name).unlink()
    if kind == "pipe":
        make_pipe(place / name)
    else:
        fill_up(place / name)
    assert_equal(load_dataset(text), built)
    assert (place / name).stat().st_size < TERABYTE
    assert (place / name).is_file()


@pytest.mark.parametrize("kind", ["pipe", "link", "file"])
def test_what_is_no_folder_gives_way_to_that_of_a_corpus(
    kind: str, text: Path, datasets: Path, make_pipe: MakePipe
) -> None:
    built = load_dataset(text)
    (place,) = datasets.iterdir()
    shutil.rmtree(place)
    if kind == "pipe":
        make_pipe(place)
    elif kind == "link":
        place.symlink_to(place.with_name("nowhere"))
    else:
        place.write_text("")
    assert_equal(load_dataset(text), built)
    assert place.is_dir()
    assert not place.is_symlink()


def test_a_cache_that_cannot_be_written_is_done_without(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = load_dataset(text)
    blocked = tmp_path / "a file"
    blocked.write_text("")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    assert_equal(load_dataset(text, cache_folder=blocked / "cache"), built)
    monkeypatch.setattr(cache, "LARGEST_IN_MEMORY", 0)
    assert_equal(load_dataset(text, cache_folder=blocked / "cache"), built)
    assert not list(temporary.iterdir())
    monkeypatch.setattr(tempfile, "tempdir", str(blocked))
    with pytest.raises(DataError, match=r"neither the cache folder nor .* can be written"):
        load_dataset(text, cache_folder=blocked / "cache")


def test_nothing_is_left_when_building_is_interrupted(text: Path, datasets: Path) -> None:
    def interrupt(doing: str, _share: float | None) -> None:
        if doing == "making windows":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_dataset(text, on_progress=interrupt)
    assert not list(datasets.iterdir())


def test_what_a_killed_program_left_is_removed_after_a_day(
    text: Path, datasets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = datasets / f"{cache._UNFINISHED}abc"
    left.mkdir(parents=True)
    load_dataset(text)
    assert left.exists()
    monkeypatch.setattr(cache, "_STALE_AFTER", -1.0)
    load_dataset(text, seed=2)
    assert not left.exists()
