"""Model files of earlier versions: opened, measured and converted as they were then."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Weights = Callable[[Path], Any]

MODEL = "models/letters.safetensors"
ORIGINAL = "models/letters.bin"
VOCAB = ("--vocab", "models/vocab.txt")
DATA = ("--data", "letters.txt")


def agrees(found: Any, then: Any) -> bool:
    """Whether an answer says what it said then; it may say more, and round otherwise."""
    if isinstance(then, dict):
        return all(name in found and agrees(found[name], then[name]) for name in then)
    if isinstance(then, list):
        return len(found) == len(then) and all(map(agrees, found, then))
    if isinstance(then, float):
        return math.isclose(found, then, rel_tol=1e-5)
    return bool(found == then)


@pytest.mark.parametrize(
    ("what", "command"),
    [
        ("info", ("info", MODEL)),
        ("info of .bin", ("info", ORIGINAL, *VOCAB)),
        ("predict", ("predict", MODEL, "she can't find")),
        ("evaluate", ("evaluate", MODEL, *DATA)),
        ("data info", ("data", "info", "letters.txt", "--vocabulary-size", 30, "--seed", 7)),
    ],
)
def test_what_the_program_said_then_it_says_now(
    what: str, command: tuple[str, ...], run: Run, home: Path
) -> None:
    then = json.loads((home / "answers.json").read_text())[what]
    assert agrees(run(*command, "--json").json, then)


def test_a_bin_file_answers_as_the_safetensors_that_it_was_made_of(
    run: Run, home: Path
) -> None:
    then = json.loads((home / "answers.json").read_text())
    said = run("predict", ORIGINAL, "she can't find", *VOCAB, "--json").json
    assert agrees(said["candidates"], then["predict"]["candidates"])
    measured = run("evaluate", ORIGINAL, *VOCAB, *DATA, "--json").json
    assert agrees(measured["cross_entropy"], then["evaluate"]["cross_entropy"])


def test_converted_today_it_is_the_bin_file_of_then(run: Run, home: Path) -> None:
    assert run("convert", MODEL, "today.bin").status == 0
    assert (home / "today.bin").read_bytes() == (home / ORIGINAL).read_bytes()


def test_a_bin_file_comes_back_from_today_s_format_with_its_bytes(
    run: Run, home: Path
) -> None:
    assert run("convert", ORIGINAL, "today.safetensors", *VOCAB).status == 0
    assert run("convert", "today.safetensors", "again.bin").status == 0
    assert (home / "again.bin").read_bytes() == (home / ORIGINAL).read_bytes()


def test_a_network_is_trained_on(run: Run, weights: Weights, home: Path) -> None:
    out = home / "further.safetensors"
    assert run("train", MODEL, out, *DATA, "--epochs", "1", "--json").status == 0
    assert (weights(out) != weights(home / MODEL)).any()
    said = run("info", out, "--json").json["hyperparameters"]
    then = run("info", MODEL, "--json").json["hyperparameters"]
    assert said == {**then, "epochs": 1}
