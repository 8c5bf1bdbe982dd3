"""The cache: found again, rebuilt when damaged, done without when it cannot be written."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
