"""`predict` and `generate`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.known_answers import Original

Run = Callable[..., Any]


def with_words(original: Original) -> list[str | Path]:
    return [original.model, "--vocab", original.folder / "vocab.txt"]


def test_it_shows_the_figures_of_the_original_in_columns(run: Run, original: Original) -> None:
    ran = run("predict", *with_words(original), "have a good")
    assert ran.output == "".join(
        f"{rank}  {word:<4}  {probability:.6f}\n"
        for rank, (word, probability) in enumerate(original.after_have_a_good.items(), start=1)
    )


def test_json_holds_the_words_read_and_the_candidates(run: Run, original: Original) -> None:
    ran = run("predict", *with_words(original), "you have a good", "-k", "2", "--json")
    assert ran.json["context"] == ["have", "a", "good"]
    candidates = {item["word"]: item["probability"] for item in ran.json["candidates"]}
    two = dict([*original.after_have_a_good.items()][:2])
    assert candidates == pytest.approx(two, abs=1e-6)


def test_text_is_tokenised_and_may_come_as_several_arguments(
    run: Run, original: Original
) -> None:
    model = with_words(original)
    assert (
        run("predict", *model, "I don't").output
        == run("predict", *model, "i", "do", "nt").output
    )


@pytest.mark.parametrize("command", ["predict", "generate"])
def test_what_cannot_be_read_is_one_sentence(
    run: Run, small_model: Path, command: str
) -> None:
    assert "dogg" in run(command, small_model, "the dogg").sentence
    assert "close to it: dog" in run(command, small_model, "the dogg").sentence
    assert run(command, small_model, "the").sentence == (
        "the network reads 2 words, only 1 was given"
    )
    assert "reads 2 words" in run(command, small_model, "").sentence


@pytest.mark.parametrize("command", ["predict", "generate", "neighbors"])
def test_a_file_without_words_asks_for_them(
    run: Run, original: Original, command: str
) -> None:
    sentence = run(command, original.model, "good").sentence
    assert sentence.endswith(
        "model9-3000.bin holds no words; give them with --vocab FILE or --data SOURCE"
    )


def test_more_candidates_than_words_are_all_words(run: Run, small_model: Path) -> None:
    assert len(run("predict", small_model, "the cat", "-k", "99").output.splitlines()) == 6


def test_generate_writes_the_words_given_and_as_many_new_ones(
    run: Run, small_model: Path
) -> None:
    ran = run("generate", small_model, "the cat", "-n", "12")
    assert re.fullmatch(r"the cat( (the|cat|dog|sat|do|nt)){12}\n", ran.output)
    found = run("generate", small_model, "The cat", "-n", "7", "--json").json
    assert found["context"] == ["the", "cat"]
    assert len(found["words"]) == 7


def test_the_same_seed_gives_the_same_words(run: Run, small_model: Path) -> None:
    first, again, other = (
        run("generate", small_model, "the cat", "-n", "40", "--seed", seed).output
        for seed in "112"
    )
    assert first == again != other


def test_temperature_0_and_top_k_1_take_the_likeliest(run: Run, small_model: Path) -> None:
    likeliest = run("predict", small_model, "the cat", "--json").json["candidates"][0]["word"]
    greedy = run("generate", small_model, "the cat", "--temperature", "0").output
    assert greedy == run("generate", small_model, "the cat", "--top-k", "1").output
    assert greedy.split()[2] == likeliest
