"""`evaluate`, against the known figures of the original's network."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.known_answers import Original

Run = Callable[..., Any]


def test_it_gives_the_original_network_its_known_figures(run: Run, original: Original) -> None:
    within, folder = original.figures_within, original.folder
    found = run("evaluate", original.model, "--data", folder, "--json").json
    loss, rows = original.cross_entropy["test"], original.rows[2]
    assert (found["part"], found["rows"]) == ("test", rows)
    assert found["cross_entropy"] == pytest.approx(loss, abs=within)
    assert found["perplexity"] == pytest.approx(math.exp(loss), rel=within)
    assert found["top1"] == pytest.approx(original.top1, abs=within)
    assert found["top5"] == pytest.approx(original.top5, abs=within)
    baselines = {item["order"]: item["cross_entropy"] for item in found["baselines"]}
    assert list(baselines) == [0, 1, 2, 3, 4]
    assert baselines[0] == pytest.approx(math.log(original.vocabulary_size))
    assert baselines[4] == pytest.approx(original.kneser_ney["test"], abs=within)

    lines = run("evaluate", original.model, "--data", folder).output.splitlines()
    assert lines[0] == f"{folder}, test part, {rows:,} windows"
    shares = f"{original.top1:.2%}", f"{original.top5:.2%}"
    assert lines[2].split()[1:] == [f"{loss:.4f}", f"{math.exp(loss):.2f}", *shares]


def test_the_words_of_a_text_are_those_of_the_network(
    run: Run, small_model: Path, small_text: Path
) -> None:
    parts = {
        part: run(
            "evaluate", small_model, "--data", small_text, "--part", part, "--json"
        ).json["rows"]
        for part in ("training", "validation", "test")
    }
    # The network knows neither "on" nor "." nor "a": left are "the cat sat", "the dog sat".
    assert sum(parts.values()) == 40
    assert parts["training"] > parts["test"] > 0


def test_a_part_without_windows_is_refused(
    run: Run, small_model: Path, tmp_path: Path
) -> None:
    text = tmp_path / "one.txt"
    text.write_text("the cat sat\n")
    for part in ("training", "validation", "test"):
        ran = run("evaluate", small_model, "--data", text, "--part", part)
        assert "one.txt" in ran.sentence


def test_a_file_without_words_is_not_measured_on_the_default_corpus(
    run: Run, original: Original
) -> None:
    assert "--data SOURCE" in run("evaluate", original.model).sentence


def test_a_text_with_too_few_words_for_a_file_without_any_is_refused(
    run: Run, original: Original, small_text: Path
) -> None:
    sentence = run("evaluate", original.model, "--data", small_text).sentence
    assert f"{original.vocabulary_size} words" in sentence
    assert str(small_text) in sentence
