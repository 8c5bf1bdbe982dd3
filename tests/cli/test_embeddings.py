"""`neighbors` and `distance`, against distances computed here from the file's own numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.formats.model_files import read_network

Run = Callable[..., Any]


def euclidean(first: list[float], second: list[float]) -> float:
    return math.dist(first, second)


def cosine(first: list[float], second: list[float]) -> float:
    product = sum(a * b for a, b in zip(first, second, strict=True))
    return 1.0 - product / (math.hypot(*first) * math.hypot(*second))


METRICS = [([], "euclidean", euclidean), (["--cosine"], "cosine", cosine)]


def points(model: Path) -> dict[str, list[float]]:
    network = read_network(model)
    return dict(zip(network.words().words, network.parameters.embedding.tolist(), strict=True))


@pytest.mark.parametrize(("option", "metric", "between"), METRICS)
def test_neighbors_are_the_nearest_words_nearest_first(
    run: Run, small_model: Path, option: list[str], metric: str, between: Any
) -> None:
    found = run("neighbors", small_model, "dog", "-k", "3", "--json", *option).json
    at = points(small_model)
    others = {word: between(at["dog"], at[word]) for word in at if word != "dog"}
    nearest = sorted(others, key=others.__getitem__)[:3]
    assert found["metric"] == metric
    assert [item["word"] for item in found["neighbors"]] == nearest
    assert [item["distance"] for item in found["neighbors"]] == pytest.approx(
        [others[word] for word in nearest]
    )
    lines = run("neighbors", small_model, "dog", "-k", "3", *option).output.splitlines()
    assert [line.split() for line in lines] == [
        [str(rank), word, f"{others[word]:.6f}"] for rank, word in enumerate(nearest, start=1)
    ]


@pytest.mark.parametrize(("option", "metric", "between"), METRICS)
def test_distance_is_that_of_the_two_rows(
    run: Run, small_model: Path, option: list[str], metric: str, between: Any
) -> None:
    at = points(small_model)
    expected = between(at["cat"], at["sat"])
    assert run("distance", small_model, "cat", "SAT", *option).output == f"{expected:.6f}\n"
    assert run("distance", small_model, "cat", "sat", "--json", *option).json == {
        "model": str(small_model),
        "first": "cat",
        "second": "sat",
        "metric": metric,
        "distance": pytest.approx(expected),
    }


@pytest.mark.parametrize("typed", ["dgo", "the dog", "", "don't"])
def test_what_is_not_one_known_word_is_refused(
    run: Run, small_model: Path, typed: str
) -> None:
    assert f'no word "{typed}"' in run("neighbors", small_model, typed).sentence
    assert f'no word "{typed}"' in run("distance", small_model, "cat", typed).sentence
