"""Running the command line, in this process and as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from wordnet_tui.cli import program
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import TrainedNetwork


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that tests start do not fight over the cores."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture
def obeyed_ctrl_c() -> Iterator[None]:
    """Programs that a test starts heed Ctrl-C.

    What a script has started in the background ignores it, and so does all that this starts.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object that was printed."""
        (line,) = self.output.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    @property
    def is_harmless(self) -> bool:
        """Whether a terminal would only show what was printed."""
        printed = (self.output + self.errors).replace("\n", "")
        return printed.isprintable()

    @property
    def sentence(self) -> str:
        """The one line of a clean failure."""
        assert self.status == 1, self
        (line,) = self.errors.splitlines()
        assert line.startswith("wordnet-tui: ")
        return line.removeprefix("wordnet-tui: ")


Run = Callable[..., Ran]


@pytest.fixture
def run() -> Run:
    """Run a command in this process; a bug in it fails the test."""

    def invoke(*arguments: str | Path, typed: str | bytes | None = None) -> Ran:
        result = CliRunner().invoke(program, list(map(str, arguments)), input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return invoke


PROGRAM = (sys.executable, "-m", "wordnet_tui")


@pytest.fixture
def run_program() -> Run:
    """Run the program as a process of its own."""

    def start(*arguments: str | Path, typed: bytes = b"", **environment: str) -> Ran:
        done = subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            input=typed,
            capture_output=True,
            env={**os.environ, **environment},
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return start


def small_network(words: Sequence[str], context_size: int = 2) -> TrainedNetwork:
    """A network about `words` with weights drawn by a fixed seed."""
    random = np.random.default_rng(5)
    V, D, E, H = len(words), context_size, 3, 4
    shapes = (V, E), (D * E, H), (H, V), (H,), (V,)
    return TrainedNetwork(
        Hyperparameters(
            context_size=D,
            vocabulary_size=V,
            embedding_size=E,
            hidden_size=H,
            dtype="float64",
        ),
        Parameters(*(random.normal(size=shape) for shape in shapes)),
        Vocabulary(words),
    )


@pytest.fixture
def save_model(tmp_path: Path) -> Callable[..., Path]:
    """Save a network about some words, with arbitrary weights, under a name."""

    def save(name: str, words: Sequence[str], context_size: int = 2) -> Path:
        path = tmp_path / name
        write_network(path, small_network(words, context_size))
        return path

    return save


@pytest.fixture
def small_model(save_model: Callable[..., Path]) -> Path:
    """A model file about six words that reads two of them."""
    return save_model("small.safetensors", ["the", "cat", "dog", "sat", "do", "nt"])


@pytest.fixture
def hostile_words() -> list[str]:
    """Words that steer a terminal, look like rich markup, or are not ASCII."""
    escapes = ["\x1b]0;owned\x07", "\x1b[2J", "\u202eevil"]
    return [*escapes, "[bold]red[/bold]", "caf\xe9", "ok"]


@pytest.fixture
def hostile_model(save_model: Callable[..., Path], hostile_words: list[str]) -> Path:
    """A model file about those words."""
    return save_model("hostile.safetensors", hostile_words)


@pytest.fixture
def small_text(tmp_path: Path) -> Path:
    """A text of 60 sentences over seven words and a full stop."""
    path = tmp_path / "small.txt"
    lines = ["the cat sat on the mat .", "the dog sat .", "a dog sat on the cat ."]
    path.write_text("\n".join(lines * 20) + "\n", encoding="utf-8")
    return path
