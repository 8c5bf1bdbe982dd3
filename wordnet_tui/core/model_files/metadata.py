"""What a `.safetensors` of ours says about its weights: a table of texts, most of them JSON.

    format            "wordnet-tui"
    format_version    "1"
    program_version   of the wordnet-tui that trained the network; may be empty
    hyperparameters   {"context_size": 3, ...}
    vocabulary        ["all", ...], the word of id 0 first; null if it is not known
    vocabulary_shown  the same words in the order to show them; only if that is another
    data              {"name": "chitchat", "fingerprint": "9f...", "rows": [80, 10, 10]}
    figures           {"test cross-entropy": 2.51, ...}

A setting that the file does not name takes its default, so that a later program can add one;
but those that say what the network computes must be there. Nothing is believed unchecked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wordnet_tui.core.errors import HyperparameterError, ModelFileError, VocabularyError
from wordnet_tui.core.hyperparameters import Hyperparameters
from wordnet_tui.core.model_files.checks import clipped, enumerated, named, quoted
from wordnet_tui.core.trained_network import Provenance, TrainedNetwork
from wordnet_tui.core.vocabulary import Vocabulary

FORMAT = "wordnet-tui"
FORMAT_VERSION = "1"
REQUIRED_SETTINGS = (
    "context_size",
    "vocabulary_size",
    "embedding_size",
    "hidden_size",
    "activation",
    "dtype",
)
MOST_DIGITS = 18  # of a whole number: Python would spend long on one of thousands of digits


def to_metadata(network: TrainedNetwork) -> dict[str, str]:
    """All of a network but its weights. A figure that is not finite is left out."""
    vocabulary, provenance = network.vocabulary, network.provenance
    data = {
        "name": provenance.data_name,
        "fingerprint": provenance.data_fingerprint,
        "rows": [int(count) for count in provenance.data_rows],
    }
    figures = {name: float(value) for name, value in provenance.figures.items()}
    metadata = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program_version": provenance.program_version,
        "hyperparameters": _json_text(network.hyperparameters.model_dump()),
        "vocabulary": _json_text(vocabulary.words if vocabulary else None),
        "data": _json_text(data),
        "figures": _json_text({k: v for k, v in figures.items() if math.isfinite(v)}),
    }
    if vocabulary and vocabulary.shown != vocabulary.words:
        metadata["vocabulary_shown"] = _json_text(vocabulary.shown)
    return metadata


def from_metadata(
    path: Path, metadata: Mapping[str, str]
) -> tuple[Hyperparameters, Vocabulary | None, Provenance]:
    """The opposite of `to_metadata`.

    Raises:
        ModelFileError: It is the metadata of another program or of a newer format, something
            is missing or damaged, or vocabulary and hyperparameters contradict each other.
    """
    entries = _Entries(path, metadata)
    if "format" not in metadata or metadata["format"] != FORMAT:
        raise ModelFileError(
            f"{named(path)} is a safetensors file of another program: its metadata does not "
            f'name the format "{FORMAT}"'
        )
    version = entries.text("format_version")
    if version != FORMAT_VERSION:
        raise ModelFileError(
            f"{named(path)} has format version {quoted(version)}, and this program reads "
            f"version {FORMAT_VERSION}; a newer wordnet-tui may be able to open it"
        )
    hyperparameters = entries.hyperparameters()
    vocabulary = entries.vocabulary()
    if vocabulary is not None and len(vocabulary) != hyperparameters.vocabulary_size:
        raise entries.error(
            f"its vocabulary holds {len(vocabulary):,} words, but its hyperparameters say "
            f"{hyperparameters.vocabulary_size:,}"
        )
    return hyperparameters, vocabulary, entries.provenance()


def load_json(text: str) -> Any:
    """JSON without repeated names, NaN, or numbers beyond those of float64 and int64.

    Raises:
        ValueError: It is not such JSON, or is nested without end.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refused,
            parse_float=_finite,
            parse_int=_short,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


class _Entries:
    """The table of texts of one file, taken apart and checked entry by entry."""

    def __init__(self, path: Path, metadata: Mapping[str, str]) -> None:
        self._path = path
        self._metadata = metadata

    def error(self, problem: str) -> ModelFileError:
        return ModelFileError(
            f"{named(self._path)} is not a sound model file: {clipped(problem)}"
        )

    def text(self, name: str) -> str:
        if name not in self._metadata:
            raise self.error(f'its metadata has no entry "{name}"')
        return self._metadata[name]

    def value(self, name: str) -> Any:
        text = self.text(name)
        try:
            return load_json(text)
        except ValueError as error:
            raise self.error(f'the entry "{name}" of its metadata is damaged JSON') from error

    def hyperparameters(self) -> Hyperparameters:
        settings = self.value("hyperparameters")
        if not isinstance(settings, dict):
            raise self.error("its hyperparameters are not a table of settings")
        missing = [name for name in REQUIRED_SETTINGS if name not in settings]
        if missing:
            raise self.error(f"its hyperparameters lack {enumerated(missing)}")
        unknown = [
            quoted(name) for name in settings if name not in Hyperparameters.model_fields
        ]
        if unknown:
            raise self.error(
                f"its hyperparameters name {enumerated(unknown[:5])}, which this program does "
                "not know"
            )
        if any(isinstance(value, (list, dict)) for value in settings.values()):
            raise self.error("its hyperparameters hold a list or table where a value belongs")
        try:
            return Hyperparameters.checked(**settings)
        except HyperparameterError as error:
            raise self.error(str(error)) from error

    def vocabulary(self) -> Vocabulary | None:
        words = self.value("vocabulary")
        shown = (
            self.value("vocabulary_shown") if "vocabulary_shown" in self._metadata else None
        )
        for name, entry in (("vocabulary", words), ("vocabulary_shown", shown)):
            if entry is not None and not _are_texts(entry):
                raise self.error(f'the entry "{name}" of its metadata is not a list of words')
        if words is None:
            return None
        try:
            return Vocabulary(words, shown)
        except VocabularyError as error:
            raise self.error(str(error)) from error

    def provenance(self) -> Provenance:
        data, figures = self.value("data"), self.value("figures")
        match data:
            case {"name": str(name), "fingerprint": str(fingerprint), "rows": [*rows]} if len(
                rows
            ) == 3 and all(type(count) is int and count >= 0 for count in rows):
                training, validation, test = rows
            case _:
                raise self.error(
                    'the entry "data" of its metadata is not a name, a fingerprint and three '
                    "counts of rows"
                )
        if not isinstance(figures, dict) or not all(
            type(value) in (int, float) for value in figures.values()
        ):
            raise self.error('the entry "figures" of its metadata is not a table of numbers')
        return Provenance(
            data_name=name,
            data_fingerprint=fingerprint,
            data_rows=(training, validation, test),
            figures={figure: float(value) for figure, value in figures.items()},
            program_version=self.text("program_version"),
        )


def _are_texts(entry: Any) -> bool:
    return isinstance(entry, list) and all(isinstance(word, str) for word in entry)


def _json_text(value: Any) -> str:
    r"""`value` as JSON with the letters of all scripts as they are.

    A lone surrogate, as the name of a file can hold one, has no UTF-8; it stands only inside a
    string, where `\udc80` is the JSON for it.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name stands twice")
    return table


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _short(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError("a number is too large")
    return int(digits)
