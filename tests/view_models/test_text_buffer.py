"""The text so far: every change can be undone and made again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.view_models.text_buffer import UNDO_STEPS, TextBuffer


def test_words_are_appended_and_taken_back() -> None:
    chain = TextBuffer().append("have", "a").append("good")
    assert chain.words == ("have", "a", "good")
    assert chain.take_back().words == ("have", "a")
    assert TextBuffer().take_back() == TextBuffer()


def test_undo_goes_back_by_steps_and_redo_forward_again() -> None:
    chain = TextBuffer().append("have", "a").append("good").clear()
    assert chain.undo().words == ("have", "a", "good")
    assert chain.undo().undo().words == ("have", "a")
    assert chain.undo().undo().redo().redo() == chain
    assert TextBuffer().undo() == TextBuffer().redo() == TextBuffer()


def test_a_new_change_leaves_nothing_to_redo() -> None:
    chain = TextBuffer().append("have").undo().append("good")
    assert chain.redo() == chain


def test_what_continues_a_step_is_undone_with_it() -> None:
    chain = TextBuffer().append("have").append("a").continued("good").continued("day")
    assert chain.words == ("have", "a", "good", "day")
    assert chain.undo().words == ("have",)


def test_a_word_is_replaced_in_its_place() -> None:
    chain = TextBuffer().append("hvae", "a").replace(0, "have")
    assert chain.words == ("have", "a")
    assert chain.undo().words == ("hvae", "a")
    with pytest.raises(IndexError):
        chain.replace(2, "good")


def test_what_changes_nothing_is_no_step() -> None:
    chain = TextBuffer().append("have")
    assert chain.append() is chain
    assert chain.replace(0, "have") is chain
    assert TextBuffer().clear() == TextBuffer()


def test_memory_stays_bounded() -> None:
    chain = TextBuffer()
    for number in range(UNDO_STEPS + 50):
        chain = chain.append(str(number))
    assert len(chain.past) == UNDO_STEPS


@given(st.lists(st.sampled_from(["append", "take_back", "clear", "continue"]), max_size=20))
def test_undoing_all_and_redoing_all_is_nothing(steps: list[str]) -> None:
    chain = TextBuffer()
    for number, step in enumerate(steps):
        match step:
            case "append":
                chain = chain.append(f"w{number}")
            case "continue":
                chain = chain.continued(f"w{number}")
            case "take_back":
                chain = chain.take_back()
            case _:
                chain = chain.clear()
    back = chain
    for _ in chain.past:
        back = back.undo()
    for _ in chain.past:
        back = back.redo()
    assert back == chain
