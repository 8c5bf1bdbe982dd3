"""What the last session left: kept, damaged in all ways, or not to be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.hostile_files import fill_up
from wordnet_tui.app.preferences import Preferences, preferences_path
from wordnet_tui.core.model.hyperparameters import PRESETS

CHOICES = Preferences(
    sources=("one.txt", "two.txt"), model="reference", folder="/tmp", theme="textual-light"
)


def leave_behind(content: bytes) -> None:
    preferences_path().parent.mkdir(parents=True, exist_ok=True)
    preferences_path().write_bytes(content)


def test_what_is_remembered_is_recalled() -> None:
    assert Preferences.load() == Preferences()
    CHOICES.save()
    assert Preferences.load() == CHOICES
    newer = CHOICES.model_copy(update={"hyperparameters": PRESETS["taste"]})
    newer.save()
    assert Preferences.load() == newer
    assert [path.name for path in preferences_path().parent.iterdir()] == ["last-session.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\x00\xff\xfe",
        b"null",
        b"[]",
        b'{"sources": 5}',
        b'{"sources": [3]}',
        b'{"theme": null}',
        b'{"hyperparameters": {"epochs": -1}}',
        b'{"hyperparameters": {"no such": 1}}',
        b'{"sources": ["\\ud800"]}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_counts_for_nothing(content: bytes) -> None:
    leave_behind(content)
    assert Preferences.load() == Preferences()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.binary(max_size=4))
def test_a_file_damaged_anywhere_never_raises(place: int, instead: bytes) -> None:
    whole = CHOICES.model_dump_json().encode()
    place %= len(whole)
    leave_behind(whole[:place] + instead + whole[place + 1 :])
    assert isinstance(Preferences.load(), Preferences)


def test_an_older_or_newer_program_may_know_other_choices() -> None:
    leave_behind(b'{"model": "reference", "of the future": true}')
    assert Preferences.load() == Preferences(model="reference")


def test_no_sources_are_as_good_as_none_remembered() -> None:
    leave_behind(b'{"sources": []}')
    assert Preferences.load().sources == Preferences().sources


def test_a_folder_in_the_place_of_the_file_is_no_error() -> None:
    preferences_path().mkdir(parents=True)
    assert Preferences.load() == Preferences()
    CHOICES.save()
    assert Preferences.load() == Preferences()


def test_what_is_no_file_in_its_place_counts_for_nothing(no_file: tuple[Path, str]) -> None:
    preferences_path().parent.mkdir(parents=True)
    preferences_path().symlink_to(no_file[0])
    assert Preferences.load() == Preferences()


@pytest.mark.parametrize("start", [b"", CHOICES.model_dump_json().encode()])
def test_a_file_of_a_terabyte_counts_for_nothing(start: bytes) -> None:
    preferences_path().parent.mkdir(parents=True)
    fill_up(preferences_path(), start)
    assert Preferences.load() == Preferences()
    CHOICES.save()
    assert Preferences.load() == CHOICES


def test_a_link_in_its_place_is_read_but_replaced_when_it_is_written(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text('{"theme": "mine"}')
    preferences_path().parent.mkdir(parents=True)
    preferences_path().symlink_to(other)
    assert Preferences.load() == Preferences(theme="mine")
    CHOICES.save()
    assert Preferences.load() == CHOICES
    assert other.read_text() == '{"theme": "mine"}'


def test_a_folder_that_is_a_link_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    preferences_path().parent.symlink_to(tmp_path / "elsewhere")
    CHOICES.save()
    assert (tmp_path / "elsewhere" / preferences_path().name).is_file()


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b", "\x1b[2J", "~nobody/x", ""])
def test_a_name_that_no_file_can_have_gives_way_to_the_default(name: str) -> None:
    left = Preferences(sources=(name,), model=name, folder=name)
    assert left.without_missing() == Preferences()


def test_the_name_of_a_file_that_is_no_text_is_not_remembered_and_no_error() -> None:
    CHOICES.save()
    Preferences(sources=("\udcff.txt",)).save()
    assert Preferences.load() == CHOICES


def test_a_data_folder_that_cannot_be_made_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("mine")
    monkeypatch.setenv("WORDNET_TUI_DATA", str(in_the_way))
    CHOICES.save()
    assert Preferences.load() == Preferences()
    assert in_the_way.read_text() == "mine"
