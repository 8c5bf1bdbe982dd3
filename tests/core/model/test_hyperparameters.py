"""Limits of every setting, the sentences about wrong ones, and the presets."""

from __future__ import annotations

import json
import math
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.model.hyperparameters import (
    LARGEST_INT32,
    PRESETS,
    Hyperparameters,
    allowed,
)

FIELDS = Hyperparameters.model_fields

LIMITS: dict[str, tuple[Any, Any, str, Any, Any]] = {
    # field: (lowest, highest) that is accepted, the sentence about it, and two just outside
    "context_size": (1, 8, "a whole number from 1 to 8 words", 0, 9),
    "vocabulary_size": (2, 65_000, "a whole number from 2 to 65,000 words", 1, 65_001),
    "embedding_size": (1, 4096, "a whole number from 1 to 4,096 features", 0, 4097),
    "hidden_size": (1, 16_384, "a whole number from 1 to 16,384 neurons", 0, 16_385),
    "dropout": (0.0, 0.999, "a number from 0 to below 1", -0.1, 1.0),
    "embedding_dropout": (0.0, 0.999, "a number from 0 to below 1", -0.1, 1.0),
    "epochs": (1, 1_000_000, "a whole number from 1 to 1,000,000 epochs", 0, 1_000_001),
    "batch_size": (1, 65_536, "a whole number from 1 to 65,536 examples", 0, 65_537),
    "learning_rate": (1e-9, 1000.0, "a number above 0 and at most 1,000", 0.0, 1000.1),
    "warmup_batches": (
        0,
        LARGEST_INT32,
        "a whole number from 0 to 2,147,483,647 mini-batches",
        -1,
        2**31,
    ),
    "momentum": (0.0, 0.999, "a number from 0 to below 1", -0.1, 1.0),
    "weight_decay": (0.0, 1.0, "a number from 0 to 1", -0.1, 1.1),
    "seed": (0, LARGEST_INT32, "a whole number from 0 to 2,147,483,647", -1, 2**31),
    "validate_every": (
        0,
        LARGEST_INT32,
        "a whole number from 0 to 2,147,483,647 mini-batches",
        -1,
        2**31,
    ),
    "early_stop_iteration": (
        -1,
        LARGEST_INT32,
        "a whole number from -1 to 2,147,483,647",
        -2,
        2**31,
    ),
    "patience": (
        0,
        1_000_000,
        "a whole number from 0 to 1,000,000 validations",
        -1,
        1_000_001,
    ),
    "min_delta": (0.0, 100.0, "a number from 0 to 100 nats", -0.1, 100.1),
}
CHOICES = {
    "activation": "sigmoid, tanh, relu or identity",
    "init": "scaled, reference or original",
    "dtype": "float32 or float64",
    "optimizer": "sgd, momentum, nesterov, adagrad, rmsprop or adam",
    "schedule": "constant, linear or cosine",
}
SWITCHES = {"shuffle": "true or false"}


def test_every_setting_is_tested_here() -> None:
    assert {*LIMITS, *CHOICES, *SWITCHES} == set(FIELDS)


@pytest.mark.parametrize("name", LIMITS)
def test_both_limits_are_accepted_and_what_lies_just_outside_is_named_with_them(
    name: str,
) -> None:
    lowest, highest, sentence, below, above = LIMITS[name]
    for value in (lowest, highest):
        assert getattr(Hyperparameters.checked(**{name: value}), name) == value
    for value in (below, above):
        with pytest.raises(HyperparameterError) as caught:
            Hyperparameters.checked(**{name: value})
        expected = f"{FIELDS[name].title} must be {sentence}, not {value!r}"
        assert str(caught.value) == expected


@pytest.mark.parametrize("name", [*CHOICES, *SWITCHES])
def test_of_named_values_all_are_said(name: str) -> None:
    for value in get_args(FIELDS[name].annotation) or (True, False):
        assert getattr(Hyperparameters.checked(**{name: value}), name) == value
    with pytest.raises(HyperparameterError) as caught:
        Hyperparameters.checked(**{name: "none"})
    sentence = {**CHOICES, **SWITCHES}[name]
    assert str(caught.value) == f"{FIELDS[name].title} must be {sentence}, not 'none'"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", [name for name in LIMITS if FIELDS[name].annotation is float])
def test_a_number_must_be_finite(name: str, value: float) -> None:
    with pytest.raises(HyperparameterError, match="must be"):
        Hyperparameters.checked(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", "3"),
        ("epochs", 3.0),
        ("epochs", 3.5),
        ("epochs", True),
        ("epochs", None),
        ("learning_rate", "0.1"),
        ("learning_rate", None),
        ("shuffle", 1),
        ("shuffle", "yes"),
        ("activation", 3),
        ("activation", "Sigmoid"),
    ],
)
def test_values_of_another_kind_are_not_guessed_at(name: str, value: object) -> None:
    with pytest.raises(HyperparameterError) as caught:
        Hyperparameters.checked(**{name: value})
    wrong = f"{FIELDS[name].title} must be {allowed(FIELDS[name])}, not {value!r}"
    assert caught.value.problems == (wrong,)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(HyperparameterError) as caught:
        Hyperparameters.checked(epochs=0, dropout=2.0, optimizer="sdg", layers=3, seed=1)
    assert caught.value.problems == (
        "hidden dropout must be a number from 0 to below 1, not 2.0",
        "epochs must be a whole number from 1 to 1,000,000 epochs, not 0",
        "optimizer must be sgd, momentum, nesterov, adagrad, rmsprop or adam, not 'sdg'",
        "there is no setting 'layers'",
    )
    assert str(caught.value) == "; ".join(caught.value.problems)


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "a\nb", "\u202eabc"])
def test_what_was_typed_cannot_steer_a_terminal(hostile: str) -> None:
    for wrong in ({"optimizer": hostile}, {hostile: 1}):
        with pytest.raises(HyperparameterError) as caught:
            Hyperparameters.checked(**wrong)
        assert str(caught.value).isprintable()


def test_a_changed_copy_is_checked_too_and_the_first_one_stays() -> None:
    first = Hyperparameters()
    assert first.changed(epochs=2).epochs == 2
    assert first.epochs == Hyperparameters().epochs != 2
    assert first.changed() == first
    with pytest.raises(HyperparameterError, match="epochs must be"):
        first.changed(epochs=0)
    with pytest.raises(ValidationError, match="frozen"):
        first.epochs = 2  # type: ignore[misc]


@given(
    numbers=st.fixed_dictionaries(
        {
            name: st.integers(low, high)
            if FIELDS[name].annotation is int
            else st.floats(low, high)
            for name, (low, high, *_) in LIMITS.items()
        }
    ),
    choices=st.fixed_dictionaries(
        {name: st.sampled_from(get_args(FIELDS[name].annotation)) for name in CHOICES}
    ),
    shuffle=st.booleans(),
)
def test_settings_come_back_from_json_as_they_were(
    numbers: dict[str, Any], choices: dict[str, Any], shuffle: bool
) -> None:
    settings = Hyperparameters.checked(**numbers, **choices, shuffle=shuffle)
    text = settings.model_dump_json()
    assert Hyperparameters.checked(**json.loads(text)) == settings
    assert Hyperparameters.model_validate_json(text) == settings


def test_the_reference_preset_is_the_recipe_of_the_original() -> None:
    """The constants that the project's first issue lists, from the original's main.c."""
    expected = {
        "epochs": 9,
        "batch_size": 100,
        "embedding_size": 50,
        "hidden_size": 200,
        "context_size": 3,
        "vocabulary_size": 250,
        "momentum": 0.9,
        "learning_rate": 0.1,
        "optimizer": "momentum",
        "schedule": "constant",
        "warmup_batches": 0,
        "weight_decay": 0.0,
        "dropout": 0.0,
        "embedding_dropout": 0.0,
        "activation": "sigmoid",
        "init": "reference",
        "shuffle": False,
        "early_stop_iteration": 3000,
        "validate_every": LARGEST_INT32,
        "patience": 0,
        "min_delta": 0.0,
    }
    preset = PRESETS["reference"].model_dump()
    assert {name: preset[name] for name in expected} == expected
    assert preset.keys() - expected.keys() == {"dtype", "seed"}


def test_regularisation_is_off_unless_asked_for() -> None:
    """The default recipe asks for a little weight decay; the bare settings do not."""
    bare = Hyperparameters.checked()
    assert (bare.weight_decay, bare.dropout, bare.embedding_dropout) == (0.0, 0.0, 0.0)
    assert PRESETS["default"].changed(weight_decay=0.0) == bare


def test_every_preset_is_within_the_limits() -> None:
    for preset in PRESETS.values():
        assert Hyperparameters.checked(**preset.model_dump()) == preset


def test_what_a_form_needs_is_declared_with_every_setting() -> None:
    labels = [field.title for field in FIELDS.values()]
    assert len(set(labels)) == len(labels)
    for name, field in FIELDS.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict), name
        assert set(extra) == {"group", "unit", "live"}, name
        assert field.title, name
        assert field.description, name
    live = {name for name, field in FIELDS.items() if field.json_schema_extra["live"]}  # type: ignore[index]
    assert live == {"learning_rate", "patience", "min_delta"}
