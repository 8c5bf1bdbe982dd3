"""`data info` and `data fetch`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.known_answers import Original

Run = Callable[..., Any]


def test_info_counts_a_text(run: Run, small_text: Path) -> None:
    found = run("data", "info", small_text, "--json", "-k", "3").json
    assert found["sentences"] == 60
    assert found["tokens"] == 20 * (7 + 4 + 7)
    assert found["vocabulary_size"] == len(["the", "cat", "sat", "on", "mat", ".", "dog", "a"])
    assert found["coverage"] == 1.0
    assert sum(found["windows"].values()) == 20 * (4 + 1 + 4)
    assert found["windows_left_out"] == 0
    # The three most frequent: "the" and "sat" and "." stand in every sentence, "the" oftener.
    assert [item["word"] for item in found["frequent_words"]] == ["the", ".", "sat"]
    assert [item["count"] for item in found["frequent_words"]] == [80, 60, 60]
    for part in ("validation", "test"):
        assert [item["order"] for item in found["baselines"][part]] == [0, 1, 2, 3, 4]


def test_info_says_the_same_in_lines(run: Run, small_text: Path) -> None:
    sizes = "--vocabulary-size", "3", "--context-size", "1"
    lines = run("data", "info", small_text, *sizes).output.splitlines()
    facts = dict(line.split("  ", maxsplit=1) for line in lines if "  " in line)
    assert facts["sentences"].strip() == "60"
    # "the", "." and "sat" are 80 + 60 + 60 of the 360 tokens.
    assert facts["in the vocabulary"].strip() == "55.56% of the tokens"
    assert "baselines on the test part (nats a word, perplexity)" in lines


def test_info_shapes_the_windows_as_asked(run: Run, small_text: Path) -> None:
    found = run("data", "info", small_text, "--context-size", "6", "--json").json
    assert found["context_size"] == 6
    assert sum(found["windows"].values()) == 40
    seeds = [
        run("data", "info", small_text, "--seed", seed, "--json").json["windows"]
        for seed in "123456"
    ]
    assert any(windows != seeds[0] for windows in seeds)


def test_several_texts_are_one_corpus(run: Run, small_text: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("one two three four five\n" * 40)
    assert run("data", "info", small_text, other, "--json").json["sentences"] == 100


def test_a_folder_of_windows_has_no_tokens(run: Run, original: Original) -> None:
    found = run("data", "info", original.folder, "--json").json
    assert tuple(found["windows"]) == ("training", "validation", "test")
    assert tuple(found["windows"].values()) == original.rows
    assert (found["tokens"], found["sentences"], found["coverage"]) == (None, None, None)
    assert found["baselines"]["validation"][-1]["cross_entropy"] == pytest.approx(
        original.kneser_ney["validation"], abs=original.figures_within
    )


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--context-size", "9"], "9"),
        (["--context-size", "0"], "0"),
        (["--vocabulary-size", "1"], "1"),
        (["--vocabulary-size", "70000"], "70,000"),
    ],
)
def test_sizes_out_of_range_are_refused(
    run: Run, small_text: Path, options: list[str], named: str
) -> None:
    assert named in run("data", "info", small_text, *options).sentence


def test_a_text_that_is_not_utf8_is_refused(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "latin.txt"
    text.write_bytes(b"the caf\xe9 is open now\n" * 10)
    assert "latin.txt" in run("data", "info", text).sentence


def test_a_name_that_steers_a_terminal_is_shown_harmlessly(run: Run, small_text: Path) -> None:
    hostile = small_text.rename(small_text.with_name("\x1b[2J[red].txt"))
    ran = run("data", "info", hostile)
    assert ran.status == 0
    assert ran.is_harmless
    ran = run("data", "info", hostile.with_name("\x1b[31mnot-here"))
    assert "\\x1b[31mnot-here" in ran.sentence


def test_without_a_network_fetch_says_so_and_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    ran = run("data", "fetch", "reference")
    assert "raw_sentences.txt cannot be fetched" in ran.sentence
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert "data fetch reference" in run("data", "info", "reference").sentence
