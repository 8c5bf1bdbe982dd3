"""What is known of the original's data and of the golden set, which has the same layout.

A promise that both can hold is asked of both: of the golden set in any clone, of the original
where its data lies. Figures of the first come from plain Python, those of the second from the
README beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.golden.__main__ import DATA
from tests.golden.plain_kneser_ney import mean_surprise, plain_kneser_ney
from tests.golden.plain_program import read_model, read_rows

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
ORIGINALS = ("golden", "original") if REFERENCE.is_dir() else ("golden",)
"""The folders that lie here."""
CSV_OF_PART = {
    "training": "train_data.csv",
    "validation": "valid_data.csv",
    "test": "test_data.csv",
}


@dataclass(frozen=True)
class Original:
    """A folder in the original's layout, and what the original says of it."""

    folder: Path
    rows: tuple[int, int, int]
    sentences: int
    vocabulary_size: int
    embedding_size: int
    hidden_size: int
    after_have_a_good: dict[str, float]
    """The five likeliest words by `model9-3000.bin`, to six digits."""
    cross_entropy: dict[str, float]
    """Of `model9-3000.bin` over all rows of a part, nats a word."""
    top1: float
    top5: float
    """Shares of the test rows."""
    kneser_ney: dict[str, float]
    """Cross-entropy of order 4 with one discount of 0.8, for a part."""
    figures_within: float
    """How precisely the figures are known."""
    weights_within: float
    """How near the weights of `finetune_end.bin` have to be."""

    @property
    def model(self) -> Path:
        """The network that the original's recipe gives."""
        return self.folder / "model9-3000.bin"

    @property
    def words(self) -> list[str]:
        """The word of each id."""
        return (self.folder / "vocab.txt").read_text(encoding="utf-8").split()

    @property
    def words_shown(self) -> list[str]:
        """The words in the order in which they are shown."""
        return (self.folder / "vocab_ordered.txt").read_text(encoding="utf-8").split()


@cache
def known(name: str) -> Original:
    """What is known of one of `ORIGINALS`."""
    return _golden() if name == "golden" else _original()


def _original() -> Original:
    return Original(
        folder=REFERENCE,
        rows=(372_550, 46_568, 46_568),
        sentences=97_162,
        vocabulary_size=250,
        embedding_size=50,
        hidden_size=200,
        after_have_a_good={
            "time": 0.332076,
            "day": 0.102091,
            "game": 0.059815,
            "team": 0.057552,
            "year": 0.041762,
        },
        cross_entropy={"validation": 2.6133, "test": 2.6251},
        top1=0.3632,
        top5=0.6662,
        kneser_ney={"validation": 2.5325, "test": 2.5402},
        figures_within=5e-5,
        weights_within=1e-9,
    )


def _golden() -> Original:
    network = read_model(DATA / "model9-3000.bin")
    words = (DATA / "vocab.txt").read_text().split()
    rows = {part: read_rows(DATA / name) for part, name in CSV_OF_PART.items()}
    ids = [words.index(word) + 1 for word in ("have", "a", "good")]
    candidates = zip(network.forward(ids)[-1], words, strict=True)
    ranks = []
    for *context, target in rows["test"]:
        probabilities = network.forward(context)[-1]
        ranks.append(sum(p >= probabilities[target - 1] for p in probabilities))
    probability = plain_kneser_ney(rows["training"], len(words), order=4, discount=0.8)
    held_out = "validation", "test"
    return Original(
        folder=DATA,
        rows=(len(rows["training"]), len(rows["validation"]), len(rows["test"])),
        sentences=len((DATA / "raw_sentences.txt").read_text().splitlines()),
        vocabulary_size=len(words),
        embedding_size=network.settings.h1,
        hidden_size=network.settings.h2,
        after_have_a_good={
            word: round(p, 6) for p, word in sorted(candidates, reverse=True)[:5]
        },
        cross_entropy={part: network.loss(rows[part], floor=0.0) for part in held_out},
        top1=sum(rank == 1 for rank in ranks) / len(ranks),
        top5=sum(rank <= 5 for rank in ranks) / len(ranks),
        kneser_ney={part: mean_surprise(probability, rows[part]) for part in held_out},
        figures_within=1e-12,
        weights_within=1e-13,
    )
