"""What is typed to branch off a run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.training.branching import SHARED
from wordnet_tui.runs.train_command import as_text
from wordnet_tui.view_models.branch_form import (
    CHANGEABLE,
    beginning,
    in_words,
    offered,
    read_wish,
)

BASE = Hyperparameters(epochs=9, learning_rate=0.5)


def test_names_and_values_become_changes() -> None:
    wish = read_wish("learning_rate=0.05 --dropout=.1  optimizer=adam patience=3", BASE)
    expected = {"learning_rate": 0.05, "dropout": 0.1, "optimizer": "adam", "patience": 3}
    assert wish.changes == expected
    assert wish.is_ready
    assert BASE.changed(**wish.changes).dropout == 0.1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("learning_rate=0", "learning rate must be a number above 0"),
        ("epochs=x", "epochs must be a whole number"),
        ("dropout=0.1 momentum", ""),
        ("momentum dropout=0.1", "momentum is not NAME=VALUE"),
        ("hidden_size=9", "hidden units (h2) cannot change in a branch"),
        ("learning_rat=1", "there is no setting learning_rat; did you mean learning_rate?"),
        ("\x1b[2J=1", "there is no setting \\x1b[2J"),
        ("epochs=4", "epochs must be at least 5, not 4"),
    ],
)
def test_what_is_wrong_is_said_and_what_is_being_typed_is_not_wrong(
    text: str, sentence: str
) -> None:
    wish = read_wish(text, BASE, least_epochs=5)
    assert not wish.is_ready
    assert sentence in "; ".join(wish.problems)
    assert bool(wish.problems) == bool(sentence)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(read_wish("epochs=x dropout=2 seed=3 nonsense=1", BASE).problems) == 4


def test_a_value_that_is_so_already_changes_nothing() -> None:
    wish = read_wish("learning_rate=0.5", BASE)
    assert not wish.changes
    assert not wish.problems
    assert not wish.is_ready


def test_settings_are_offered_by_a_part_of_their_name_and_changed_ones_stay() -> None:
    assert offered(read_wish("", BASE)) == CHANGEABLE
    assert offered(read_wish("drop", BASE)) == ("dropout", "embedding_dropout")
    assert offered(read_wish("patience=1 rate", BASE)) == ("learning_rate", "patience")
    assert not set(CHANGEABLE) & set(SHARED)


def test_a_changed_setting_is_reported_with_its_old_value() -> None:
    wish = read_wish("learning_rate=0.05", BASE)
    assert in_words("learning_rate", BASE, wish) == "learning_rate 0.5 -> 0.05"
    assert in_words("epochs", BASE, wish) == "epochs 9"


def test_a_run_with_all_epochs_done_begins_with_more() -> None:
    assert beginning(BASE, 9) == ""
    assert read_wish(beginning(BASE, 10), BASE, 10).changes == {"epochs": 10}


@given(st.text())
def test_whatever_is_typed_only_settings_that_may_change_are_changed(text: str) -> None:
    wish = read_wish(text, BASE)
    assert set(wish.changes) <= set(CHANGEABLE)
    assert not (wish.is_ready and wish.problems)


@given(st.sampled_from(CHANGEABLE), st.floats(0.001, 0.9))
def test_a_number_is_taken_as_it_is_typed(name: str, value: float) -> None:
    if Hyperparameters.model_fields[name].annotation is float:
        wish = read_wish(f"{name}={as_text(value)}", BASE)
        assert not wish.problems
        assert wish.changes.get(name, getattr(BASE, name)) == value
