"""What is typed into the form of writing."""

from __future__ import annotations

import pytest

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.view_models.generation import WritingSettings, parse_settings

TYPED = {"count": "12", "temperature": "0.7", "top_k": "5", "seed": "3"}


def test_what_is_typed_is_understood() -> None:
    assert parse_settings(TYPED) == WritingSettings(12, 0.7, 5, 3)


def test_empty_fields_are_all_words_and_any_seed() -> None:
    assert parse_settings({**TYPED, "top_k": " ", "seed": ""}) == WritingSettings(
        12, 0.7, None, None
    )


@pytest.mark.parametrize("settings", [WritingSettings(), WritingSettings(1, 0.0, None, 0)])
def test_settings_survive_being_shown(settings: WritingSettings) -> None:
    assert parse_settings(settings.as_typed()) == settings


def test_every_wrong_field_is_named_with_its_limits() -> None:
    wrong = {"count": "0", "temperature": "nan", "top_k": "x", "seed": "-1"}
    with pytest.raises(HyperparameterError) as caught:
        parse_settings(wrong)
    assert [problem.split(" must")[0] for problem in caught.value.problems] == [
        "words",
        "temperature",
        "top-k",
        "seed",
    ]
    assert 'a whole number from 1 to 1,000, not "0"' in str(caught.value)
