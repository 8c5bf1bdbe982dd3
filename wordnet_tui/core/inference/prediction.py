"""What a trained network says about words: candidates, generated text, and surprise.

Words go in; words and plain floats come out. The words that a network reads are the last D of
those it is given. Probabilities are those of the softmax layer, 0 to 1; surprises are in nats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.errors import (
    ContextTooShortError,
    HyperparameterError,
    WordnetError,
    printable,
)
from wordnet_tui.core.model.network import Floats, log_probabilities
from wordnet_tui.core.model.trained_network import TrainedNetwork

LOGITS_AT_ONCE = 1 << 20
"""Bounds the memory that a long text takes."""


class Candidate(NamedTuple):
    """A word that may come next."""

    word: str
    probability: float


class Predictor:
    """Reads words with a trained network.

    Args:
        network: Its weights are read, never copied or changed. Equal probabilities are ordered
            by word id, so the same network always gives the same answer.

    Raises:
        VocabularyError: The network has no vocabulary, or one of another size.
    """

    def __init__(self, network: TrainedNetwork) -> None:
        self.vocabulary = network.words()
        self._parameters = network.parameters
        self._activation = network.hyperparameters.activation
        inputs = self._parameters.hidden_weights.shape[0]  # D*E
        self.context_size: int = inputs // self._parameters.embedding.shape[1]
        """D, the words that the network reads."""

    def candidates(self, words: Sequence[str], count: int = 5) -> list[Candidate]:
        """The likeliest words after `words`, likeliest first.

        Args:
            words: At least D; the last D are read.
            count: How many are wanted; all V where there are fewer.

        Raises:
            HyperparameterError: `count` is below 1.
            ContextTooShortError: There are fewer than D words.
            UnknownWordError: The vocabulary lacks one of the last D.
        """
        logs = self._logs_after(words)
        return self._as_candidates(highest(logs, count), logs)

    def complete(self, prefix: str, words: Sequence[str], count: int = 5) -> list[Candidate]:
        """The likeliest words that begin with `prefix`, after `words`; else as `candidates`.

        Fewer than `count` come back where fewer words begin so. The probabilities are those
        among all words, so they do not sum to 1.
        """
        logs = self._logs_after(words)
        ids = np.array(
            [i for i, word in enumerate(self.vocabulary.words) if word.startswith(prefix)],
            dtype=np.intp,
        )
        return self._as_candidates(ids[highest(logs[ids], count)], logs)

    def generate(
        self,
        words: Sequence[str],
        count: int,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        seed: int | None = None,
    ) -> Iterator[str]:
        """Chain words: each is drawn from the network's answer to those before it.

        Args:
            words: At least D to begin with; they are not repeated in what comes out.
            count: How many words come out.
            temperature: Divides the log probabilities: below 1 the likely words become
                likelier, 0 always takes the likeliest, above 1 all become more alike.
            top_k: Draw from that many of the likeliest words only; from all if None.
            seed: The same seed gives the same words; None gives new ones each time.

        Returns:
            An iterator that computes a word when it is asked for it.

        Raises:
            HyperparameterError: Names every setting out of range.
            ContextTooShortError: There are fewer than D words.
            UnknownWordError: The vocabulary lacks one of the last D. All at the call itself.
        """
        problems = {
            f"the number of words must be 0 or above, not {count}": count >= 0,
            f"the temperature must be a number from 0, not {temperature}": (
                0.0 <= temperature < math.inf
            ),
            f"top-k must be 1 or above, not {top_k}": top_k is None or top_k >= 1,
            f"the seed must be 0 or above, not {seed}": seed is None or seed >= 0,
        }
        if not all(problems.values()):
            raise HyperparameterError(text for text, holds in problems.items() if not holds)
        context = self._context_ids(words)
        random = np.random.default_rng(seed)
        return self._chain(context, count, temperature, top_k, random)

    def surprise(self, words: Sequence[str]) -> list[float | None]:
        """How surprised the network is by each word, given the D words before it.

        Returns:
            -ln of each word's probability in nats; None for the first D words, which have too
            few before them.

        Raises:
            UnknownWordError: The vocabulary lacks one of `words`.
        """
        ids = np.array(self.vocabulary.ids_of(words), dtype=np.intp)
        unread: list[float | None] = [None] * min(self.context_size, len(words))
        if len(words) <= self.context_size:
            return unread
        windows = np.lib.stride_tricks.sliding_window_view(ids, self.context_size + 1)
        rows_at_once = max(1, LOGITS_AT_ONCE // len(self.vocabulary))
        read: list[float] = []
        for start in range(0, len(windows), rows_at_once):
            block = windows[start : start + rows_at_once]
            logs = self._log_probabilities(block[:, :-1])  # (rows, V)
            read += (0.0 - logs[np.arange(len(block)), block[:, -1]]).tolist()
        return unread + read

    def _context_ids(self, words: Sequence[str]) -> list[int]:
        if len(words) < self.context_size:
            raise ContextTooShortError(self.context_size, len(words))
        return self.vocabulary.ids_of(words[-self.context_size :])

    def _logs_after(self, words: Sequence[str]) -> Floats:
        logs: Floats = self._log_probabilities(np.array([self._context_ids(words)]))[0]
        return logs  # (V,)

    def _log_probabilities(self, context_ids: npt.NDArray[np.intp]) -> Floats:
        """(B, V) for contexts (B, D).

        Raises:
            WordnetError: They are not numbers, as sums of huge weights are beyond floats.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            logs: Floats = log_probabilities(self._parameters, context_ids, self._activation)
        if np.isnan(logs).any():
            context = " ".join(self.vocabulary.words[word_id] for word_id in context_ids[0])
            raise WordnetError(
                f'the network has no answer to "{printable(context)}": '
                "its weights are too large to compute with"
            )
        return logs

    def _as_candidates(self, ids: npt.NDArray[np.intp], logs: Floats) -> list[Candidate]:
        words = self.vocabulary.words
        probabilities = np.exp(logs[ids]).tolist()
        return [
            Candidate(words[i], p) for i, p in zip(ids.tolist(), probabilities, strict=True)
        ]

    def _chain(
        self,
        context: list[int],
        count: int,
        temperature: float,
        top_k: int | None,
        random: np.random.Generator,
    ) -> Iterator[str]:
        for _ in range(count):
            (logs,) = self._log_probabilities(np.array([context]))
            chosen = _draw(logs, temperature, top_k, random)
            context = [*context[1:], chosen]
            yield self.vocabulary.words[chosen]


def perplexity(surprises: Iterable[float | None]) -> float | None:
    """The number of equally likely words that would surprise as much: e to the mean surprise.

    None where no word has a surprise.
    """
    known = [surprise for surprise in surprises if surprise is not None]
    if not known:
        return None
    try:
        return math.exp(math.fsum(known) / len(known))
    except OverflowError:
        return math.inf


def highest(values: npt.NDArray[np.floating], count: int) -> npt.NDArray[np.intp]:
    """The positions of the `count` highest of `values`, highest first, equal ones by position.

    Only the chosen are sorted, so this is linear in the length of `values`.

    Args:
        values: (n,) numbers, none of them NaN.
        count: How many are wanted, at least 1; all n where there are fewer.

    Raises:
        HyperparameterError: `count` is below 1.

    Returns:
        (min(count, n),) positions in `values`.
    """
    if count < 1:
        raise HyperparameterError([f"the number of words must be 1 or above, not {count}"])
    if count >= len(values):
        return np.argsort(-values, kind="stable")
    last_taken = len(values) - count
    threshold = np.partition(values, last_taken)[last_taken]
    chosen = np.flatnonzero(values >= threshold)  # more than `count` where the last is tied
    return chosen[np.argsort(-values[chosen], kind="stable")[:count]]


def _draw(
    logs: Floats, temperature: float, top_k: int | None, random: np.random.Generator
) -> int:
    """The id of a word drawn from exp(logs / temperature) among the `top_k` likeliest."""
    if temperature == 0.0:
        return int(np.argmax(logs))
    ids = np.arange(len(logs)) if top_k is None else highest(logs, top_k)
    with np.errstate(over="ignore"):  # a tiny temperature: what is less likely weighs nothing
        scaled = (logs[ids].astype(np.float64) - logs.max()) / temperature
    sums = np.exp(scaled).cumsum()
    return int(ids[np.searchsorted(sums, random.random() * sums[-1], side="right")])
