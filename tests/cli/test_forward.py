"""The original's dialogue, byte for byte, and what ours does where that one would misread."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.known_answers import Original

Run = Callable[..., Any]
START = "##------Interactive UI------##\n"


def dialogue(output: str) -> str:
    return output[output.index(START) + len(START) :]


@pytest.mark.parametrize("words_from", ["--vocab", "--data"])
def test_it_prints_what_the_original_prints(
    run_program: Run, original: Original, monkeypatch: pytest.MonkeyPatch, words_from: str
) -> None:
    monkeypatch.chdir(original.folder)
    source = {"--vocab": "vocab.txt", "--data": "."}[words_from]
    typed = Path("forward_input.txt").read_bytes()
    ran = run_program("forward", "model9-3000.bin", words_from, source, typed=typed)
    assert (ran.status, ran.errors) == (0, "")
    assert ran.output.encode() == Path("forward_transcript.txt").read_bytes()


def test_an_unknown_word_is_named_with_close_spellings_and_asked_for_again(
    run: Run, small_model: Path
) -> None:
    ran = run("forward", small_model, typed="the catt\nthe cat\n")
    assert ran.status == 0
    lines = dialogue(ran.output).splitlines()
    assert lines[:4] == [
        "the cat dog sat do nt ",
        "|Input first 2 words > ",
        '*the vocabulary has no word "catt"; close to it: cat',
        "|Input first 2 words > the cat ",
    ]
    assert lines[4].startswith("*Top 5 = 1.")


@pytest.mark.parametrize("line", ["", "the", "   \t "])
def test_too_few_words_are_asked_for_again(run: Run, small_model: Path, line: str) -> None:
    given = len(line.split())
    ran = run("forward", small_model, typed=f"{line}\n")
    assert dialogue(ran.output).splitlines()[2] == (
        f"*the network reads 2 words, {'only 1 was' if given else 'none was'} given"
    )
    assert ran.output.endswith("\n|Input first 2 words > ")
    assert ran.status == 0


def test_an_input_that_ends_at_once_is_no_error(run: Run, small_model: Path) -> None:
    ran = run("forward", small_model, typed="")
    assert (ran.status, ran.errors) == (0, "")
    assert ran.output.endswith("|Input first 2 words > ")


def test_words_beyond_those_needed_are_not_looked_at(run: Run, small_model: Path) -> None:
    ran = run("forward", small_model, typed="the cat xyzzy \x1b[2J\n")
    assert "|Input first 2 words > the cat \n" in ran.output


def test_typed_text_is_tokenised_where_the_words_as_they_are_are_unknown(
    run: Run, small_model: Path
) -> None:
    assert "words > the cat \n" in run("forward", small_model, typed="The CAT\n").output
    assert "words > do nt \n" in run("forward", small_model, typed="don't\n").output


def test_a_word_that_is_known_as_it_is_typed_is_not_changed(
    run: Run, save_model: Callable[..., Path]
) -> None:
    model = save_model("cased.safetensors", ["Don't", "stop", "x"])
    assert "words > Don't stop \n" in run("forward", model, typed="Don't stop\n").output


@pytest.mark.parametrize(
    ("typed", "rank"), [("", 1), ("2", 2), ("3 and more", 3), ("0", 1), ("4", 1), ("x", 1)]
)
def test_of_a_vocabulary_of_three_words_three_are_offered(
    run: Run, save_model: Callable[..., Path], typed: str, rank: int
) -> None:
    model = save_model("three.safetensors", ["a", "b", "c"], context_size=1)
    ran = run("forward", model, "--json", typed=f"a\n{typed}\n")
    first, last = ran.json["steps"]
    assert len(first["candidates"]) == 3
    assert first["chosen"] == first["candidates"][rank - 1]["word"]
    assert last["chosen"] is None
    assert ran.json["words"] == ["a", first["chosen"]]
    assert "*Top 3 = 1." in ran.errors


def test_bytes_that_are_no_text_are_an_unknown_word(
    run_program: Run, small_model: Path
) -> None:
    ran = run_program("forward", small_model, typed=b"the c\xfft\n\xff\xfe\n")
    assert ran.status == 0
    assert ran.is_harmless
    assert 'no word "c\\udcfft"' in ran.output


def test_a_closed_standard_input_is_an_empty_one(small_model: Path) -> None:
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            '"$@" <&-',
            "sh",
            sys.executable,
            "-m",
            "wordnet_tui",
            "forward",
            str(small_model),
        ],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_model_without_words_is_refused(run: Run, original: Original) -> None:
    ran = run("forward", original.model, typed="have a good\n")
    assert "--vocab FILE" in ran.sentence
    assert "--data SOURCE" in ran.sentence
    assert ran.output == ""
