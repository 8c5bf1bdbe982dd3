"""What the last session left: kept, damaged in all ways, or not to be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_a_data_folder_that_cannot_be_made_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("mine")
    monkeypatch.setenv("WORDNET_TUI_DATA", str(in_the_way))
    CHOICES.save()
    assert Preferences.load() == Preferences()
    assert in_the_way.read_text() == "mine"
