"""Trainings made for torture: small texts, and settings for which all of a state counts.

Dropout and shuffling draw from both generators; the patience ends these trainings, so its
count must come through a kill as well.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

SENTENCES = 2_500
LEARNING_RATES = {
    "sgd": 0.15,
    "momentum": 0.015,
    "nesterov": 0.015,
    "adagrad": 0.02,
    "rmsprop": 0.0008,
    "adam": 0.0008,
}
"""Optimizer -> a rate with which a training takes some 6,000 to 11,000 mini-batches, about two
seconds on a quiet core."""
OPTIMIZERS = tuple(LEARNING_RATES)

_PARTS = (
    ("he", "she", "it", "the dog", "the cat", "my friend", "a man", "a woman"),
    ("saw", "had", "liked", "wanted", "found", "lost", "made", "knew"),
    ("a house", "the ball", "some bread", "a good day", "the old song", "nothing", "it all"),
    ("yesterday", "again", "at home", "with me", "too", "every day"),
)


def write_small_text(path: Path) -> Path:
    """Sentences over forty words, put together by chance."""
    draw = random.Random(1).choice
    lines = [" ".join([*map(draw, _PARTS), "."]) for _ in range(SENTENCES)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_text_of_many_words(path: Path, words: int, lines: int) -> Path:
    """Made-up words, distributed as in a text (Zipf); each comes once at least."""
    draw = np.random.default_rng(8)
    shares = 1.0 / np.arange(1, words + 1)
    numbers = draw.choice(words, (lines, 15), p=shares / shares.sum())
    numbers.ravel()[-words:] = np.arange(words)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(" ".join(map(_word, line)) + " .\n" for line in numbers.tolist())
    return path


def _word(number: int) -> str:
    """Letters alone, another for each number."""
    letters = "w"
    while number:
        number, letter = divmod(number, 26)
        letters += chr(ord("a") + letter)
    return letters


def small_settings(optimizer: str, **changes: Any) -> dict[str, Any]:
    """Hyperparameters of a training that its patience ends after about two seconds.

    Args:
        optimizer: One of `OPTIMIZERS`.
        changes: Those that are to be others.
    """
    return {
        "optimizer": optimizer,
        "learning_rate": LEARNING_RATES[optimizer],
        "schedule": "constant",
        "epochs": 60,
        "batch_size": 32,
        "embedding_size": 16,
        "hidden_size": 48,
        "dropout": 0.2,
        "embedding_dropout": 0.1,
        "validate_every": 100,
        "patience": 25,
        "min_delta": 0.001,
        **changes,
    }


def small_training(text: Path, optimizer: str, **changes: Any) -> list[str]:
    """The same as options of `train`, on a text."""
    words = ["--data", str(text)]
    for name, value in small_settings(optimizer, **changes).items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return words


LONGER: dict[str, Any] = {"patience": 0, "epochs": 90}
"""Changes that make of it a training of about five seconds."""
