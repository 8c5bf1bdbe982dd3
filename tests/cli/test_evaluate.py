"""`evaluate`, against the figures of the reference data's README."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_it_gives_the_original_network_its_known_figures(run: Run, reference: Path) -> None:
    model = reference / "model9-3000.bin"
    found = run("evaluate", model, "--data", reference, "--json").json
    assert (found["part"], found["rows"]) == ("test", 46_568)
    assert found["cross_entropy"] == pytest.approx(2.6251, abs=5e-5)
    assert found["perplexity"] == pytest.approx(13.806, abs=2e-3)  # e^2.6251
    assert found["top1"] == pytest.approx(0.3632, abs=5e-5)
    assert found["top5"] == pytest.approx(0.6662, abs=5e-5)
    baselines = {item["order"]: item["cross_entropy"] for item in found["baselines"]}
    assert list(baselines) == [0, 1, 2, 3, 4]
    assert baselines[0] == pytest.approx(5.5215, abs=5e-5)  # ln 250
    assert baselines[4] == pytest.approx(2.5402, abs=5e-3)

    lines = run("evaluate", model, "--data", reference).output.splitlines()
    assert lines[0] == f"{reference}, test part, 46,568 windows"
    assert lines[2].split()[1:] == ["2.6251", "13.81", "36.32%", "66.62%"]


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
    run: Run, reference: Path
) -> None:
    assert "--data SOURCE" in run("evaluate", reference / "model9-3000.bin").sentence


def test_a_text_with_too_few_words_for_a_file_without_any_is_refused(
    run: Run, reference: Path, small_text: Path
) -> None:
    sentence = run("evaluate", reference / "model9-3000.bin", "--data", small_text).sentence
    assert "250 words" in sentence
    assert str(small_text) in sentence
