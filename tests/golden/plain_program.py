"""What else the original does, in plain Python: its model files and its dialogue."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from tests.golden.plain_network import PlainNetwork, Rows, Settings

HEADER = struct.Struct("<5i4x2d7i4x")
"""A C struct: five int32, four bytes of padding, two float64, seven int32, padding again."""


def shapes(settings: Settings) -> list[tuple[int, int]]:
    """Rows and columns of W1, W2, b2, W3 and b3, which a file holds in this order."""
    _, h1, h2, *_, D, V = settings
    return [(h1, V), (h2, D * h1), (h2, 1), (V, h2), (V, 1)]


def read_model(path: Path) -> PlainNetwork:
    """The network of a `.bin`."""
    content = path.read_bytes()
    settings = Settings(*HEADER.unpack_from(content))
    numbers = (number for (number,) in struct.iter_unpack("<d", content[HEADER.size :]))
    weights = [
        [[next(numbers) for _ in range(columns)] for _ in range(rows)]
        for rows, columns in shapes(settings)
    ]
    return PlainNetwork(settings, weights)


def model_bytes(network: PlainNetwork) -> bytes:
    """The content of its `.bin`."""
    numbers = [number for matrix in network.weights for row in matrix for number in row]
    return HEADER.pack(*network.settings) + struct.pack(f"<{len(numbers)}d", *numbers)


def read_rows(path: Path) -> Rows:
    """The rows of a `.csv`, ids from 1."""
    return [[int(word) for word in line.split(",")] for line in path.read_text().splitlines()]


def table(settings: Settings) -> Iterator[str]:
    """The lines that tell what a model file holds."""
    names = (
        "Mini-batch size", "Layer 1 Neurons", "Layer 2 Neurons", "Training epochs",
        "Early stop @ iteration", "Momentum", "Learning rate", "Verify per iteration",
        "Raw training data rows", "Raw validation data rows", "Raw test data rows",
        "Raw data columns", "Input dimension", "Vocabulary size",
    )  # fmt: skip
    yield "## Model Info"
    for name, value in zip(names, settings, strict=True):
        shown = f"{value:f}" if isinstance(value, float) else f"{value:8d}"
        yield f"   {name:<24} = {shown}"


def dialogue(
    network: PlainNetwork, name: str, words: list[str], shown: list[str], typed: list[str]
) -> str:
    """All that `forward NAME` prints while these lines are typed, known words first."""
    chain, *answers = typed[0].split(), *typed[1:]
    printed = ["# Load all data", f"# Load model: {name}", *table(network.settings)]
    printed += ["##------Interactive UI------##", "".join(f"{word} " for word in shown)]
    text = "\n".join(printed) + f"\n|Input first {network.settings.D} words > "
    for answer in [*answers, None]:
        ids = [words.index(word) + 1 for word in chain[-network.settings.D :]]
        probabilities = dict(zip(words, network.forward(ids)[-1], strict=True))
        top_5 = sorted(words, key=lambda word: -probabilities[word])[:5]
        text += "".join(f"{word} " for word in chain) + "\n*Top 5 = "
        for rank, word in enumerate(top_5, start=1):
            text += f"{rank}.{word}({probabilities[word]:f}) "
        text += "\n|Choose a number (default = 1)> "
        if answer is not None:
            chain.append(top_5[int(answer) - 1 if answer in tuple("12345") else 0])
    return text
