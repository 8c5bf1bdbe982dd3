from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.known_answers import Original

Run = Callable[..., Any]


@pytest.mark.parametrize("option", ["--vocab", "--data"])
def test_there_and_back_gives_the_same_bytes(
    run: Run, original: Original, tmp_path: Path, option: str
) -> None:
    source, ours, back = (
        original.model,
        tmp_path / "ours.safetensors",
        tmp_path / "back.bin",
    )
    words = original.folder / "vocab.txt" if option == "--vocab" else original.folder
    ran = run("convert", source, ours, option, words)
    assert (ran.status, ran.output) == (0, f"saved {ours}\n")
    assert run("convert", ours, back).status == 0
    assert back.read_bytes() == source.read_bytes()
    word, probability = next(iter(original.after_have_a_good.items()))
    likeliest = run("predict", ours, "have a good", "-k", "1").output
    assert likeliest == f"1  {word}  {probability:.6f}\n"


def test_ours_needs_words(run: Run, original: Original, tmp_path: Path) -> None:
    ran = run("convert", original.model, tmp_path / "ours.safetensors")
    assert "holds no words" in ran.sentence
    assert not list(tmp_path.glob("*.safetensors"))


def test_the_original_needs_none(run: Run, original: Original, tmp_path: Path) -> None:
    source, copy = original.folder / "finetune_start.bin", tmp_path / "copy.bin"
    assert run("convert", source, copy).status == 0
    assert copy.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("target", ["no/such/folder/out.bin", "out.txt", "out"])
def test_a_target_that_cannot_be_written_is_refused(
    run: Run, small_model: Path, tmp_path: Path, target: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert target in run("convert", small_model, tmp_path / target).sentence
    assert sorted(tmp_path.rglob("*")) == before


def test_a_damaged_file_leaves_the_target_as_it_was(
    run: Run, small_model: Path, tmp_path: Path
) -> None:
    damaged, target = tmp_path / "damaged.safetensors", tmp_path / "target.bin"
    damaged.write_bytes(small_model.read_bytes()[:-5])
    target.write_bytes(b"older")
    assert "damaged.safetensors" in run("convert", damaged, target).sentence
    assert target.read_bytes() == b"older"
