"""Pipes, sockets and devices where a command wants a file: one sentence each, at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    "command",
    [
        ["data", "info", "PATH"],
        ["train", "OUT", "--data", "PATH"],
        ["train", "PATH", "OUT"],
        ["info", "PATH"],
        ["predict", "PATH", "the cat"],
        ["predict", "MODEL", "the cat", "--vocab", "PATH"],
        ["evaluate", "MODEL", "--data", "PATH"],
        ["convert", "PATH", "OUT"],
    ],
    ids=" ".join,
)
def test_it_is_refused_with_what_to_do(
    command: list[str],
    no_file: tuple[Path, str],
    run: Run,
    small_model: Path,
    tmp_path: Path,
) -> None:
    path, kind = no_file
    out = tmp_path / "out.safetensors"
    names = {"PATH": path, "MODEL": small_model, "OUT": out}
    assert run(*(names.get(word, word) for word in command)).sentence == (
        f"cannot read {path}: it is {kind}, not a file; "
        "save what comes from it to a file first"
    )
    assert not out.exists()


def test_a_text_on_standard_input_is_read_if_it_is_a_file(
    run_program: Callable[..., Any], small_text: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(small_text)
    assert run_program("data", "info", tmp_path / "link").status == 0
    refused = run_program(
        "data", "info", "/dev/stdin", typed=b"the cat sat on the mat .\n" * 99
    )
    assert "/dev/stdin: it is a pipe, not a file; save what comes from it" in refused.sentence
