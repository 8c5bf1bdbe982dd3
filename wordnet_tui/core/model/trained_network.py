"""A trained network with all that is known of it: what a model file holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from wordnet_tui import __version__
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import VocabularyError
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters


@dataclass(frozen=True)
class Provenance:
    """Where a network comes from. All of it may be unknown."""

    data_name: str = ""
    """What the user called the data."""
    data_fingerprint: str = ""
    data_rows: tuple[int, int, int] = (0, 0, 0)
    """Windows for training, validation and test."""
    figures: dict[str, float] = field(default_factory=dict)
    """What was reached, such as "validation cross-entropy": 2.51 (nats a word)."""
    program_version: str = ""
    """The wordnet-tui that trained it; empty for a file of the original."""
    data_sources: tuple[str, ...] = ()
    """Where the data can be read again: names of corpora, absolute paths. Older files do not
    hold it."""

    @classmethod
    def of(cls, dataset: Dataset, figures: dict[str, float]) -> Provenance:
        """That of a network which this program trained, on `dataset`, to `figures`."""
        return cls(
            data_name=dataset.name,
            data_fingerprint=dataset.fingerprint,
            data_rows=dataset.rows,
            figures=figures,
            program_version=__version__,
            data_sources=dataset.sources,
        )


@dataclass(frozen=True)
class TrainedNetwork:
    """Weights, the words they are about, how they were trained, and where they come from."""

    hyperparameters: Hyperparameters
    parameters: Parameters
    vocabulary: Vocabulary | None
    """None where the file did not hold one (the original's `.bin`)."""
    provenance: Provenance = Provenance()

    def words(self) -> Vocabulary:
        """The vocabulary, which has one word for each that the network tells apart.

        Raises:
            VocabularyError: There is none, or it has another size.
        """
        known = len(self.parameters.embedding)
        if self.vocabulary is None:
            raise VocabularyError(
                f"this network came without words; a vocabulary of {known} is needed"
            )
        if len(self.vocabulary) != known:
            raise VocabularyError(
                f"the network knows {known} words, the vocabulary holds {len(self.vocabulary)}"
            )
        return self.vocabulary
