"""Interpolated Kneser-Ney by its definition, with dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import log

Ids = tuple[int, ...]


def plain_kneser_ney(
    windows: Sequence[Sequence[int]], vocabulary_size: int, order: int, discount: float
) -> Callable[[Ids], float]:
    """P(last word | others) of any gram of at most `order` words."""
    counts: list[dict[Ids, int]] = [defaultdict(int) for _ in range(order + 1)]
    for window in windows:
        counts[order][tuple(window[-order:])] += 1
    for length in range(1, order):
        before: dict[Ids, set[int]] = defaultdict(set)
        for window in windows:
            before[tuple(window[-length:])].add(window[-length - 1])
        counts[length] = {gram: len(words) for gram, words in before.items()}

    def probability(gram: Ids) -> float:
        if not gram:
            return 1 / vocabulary_size
        seen = {g: c for g, c in counts[len(gram)].items() if g[:-1] == gram[:-1]}
        if not seen:
            return probability(gram[1:])
        total = sum(seen.values())
        own = max(seen.get(gram, 0) - discount, 0) / total
        return own + discount * len(seen) / total * probability(gram[1:])

    return probability


def mean_surprise(
    probability: Callable[[Ids], float], windows: Sequence[Sequence[int]]
) -> float:
    """Cross-entropy over all windows, nats a word."""
    return -sum(log(probability(tuple(window))) for window in windows) / len(windows)
