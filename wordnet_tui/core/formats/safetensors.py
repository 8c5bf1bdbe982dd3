"""Our own `.safetensors`: the weights as named tensors, all else as metadata.

The tensors are named after the fields of `Parameters` and have their shapes; `tensor_file`
lays them out and adds checksums. The metadata is a table of texts, most of them JSON:

    format            "wordnet-tui"
    format_version    "2"; "1" is the same without checksums
    program_version   of the wordnet-tui that trained the network; may be empty
    hyperparameters   {"context_size": 3, ...}
    vocabulary        ["all", ...], the word of id 0 first; null if it is not known
    vocabulary_shown  the same words in the order to show them; only if that is another
    data              {"name": "book.txt", "fingerprint": "9f...", "rows": [80, 10, 10],
                       "sources": ["/home/me/book.txt"]}; older files have no sources
    figures           {"test cross-entropy": 2.51, ...}

A setting that the file does not name takes its default, so that a later program can add one;
but those that say what the network computes must be there. Every entry is checked.

The file is a little longer than others: what writes an entry lies beside what checks it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import HyperparameterError, ModelFileError, VocabularyError
from wordnet_tui.core.formats import tensor_file
from wordnet_tui.core.formats.model_checks import (
    clipped,
    enumerated,
    named,
    open_model,
    quoted,
    refuse_non_finite,
    unreadable,
)
from wordnet_tui.core.formats.strict_json import json_text, load_json
from wordnet_tui.core.formats.tensor_file import (
    TENSOR_TYPES,
    Tensor,
    TensorFile,
    TensorFileError,
)
from wordnet_tui.core.model.compatibility import parameter_shapes
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork

FORMAT = "wordnet-tui"
FORMAT_VERSION = "2"
UNVERIFIED_VERSION = "1"
"""Of files without checksums."""
CHECKPOINT_FORMAT = "wordnet-tui checkpoint"
"""Of a file that says more than a model file, and in another way."""
REQUIRED_SETTINGS = (
    "context_size",
    "vocabulary_size",
    "embedding_size",
    "hidden_size",
    "activation",
    "dtype",
)


def looks_like(start: bytes) -> bool:
    """Whether a file that starts so can be a safetensors file.

    In the original's `.bin`, h2 = 123 puts the same `{` at the ninth byte; but there the first
    eight, read as one number, are at least 2**32, and no header is that long.
    """
    return start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 2**32


def read(path: Path) -> TrainedNetwork:
    """The network in a `.safetensors` that this program wrote.

    The header is checked against the file's length, and all shapes against the
    hyperparameters, before a tensor is read.

    Raises:
        ModelFileError: The file is damaged, of another program or of a newer version, or its
            parts contradict each other.
    """
    try:
        with open_model(path) as opened:
            file = TensorFile(opened)
            _refuse_other_formats(path, file)
            hyperparameters, vocabulary, provenance = from_facts(path, file.metadata)
            _check_tensors(path, file.tensors, hyperparameters)
            arrays = {field.name: file.read(field.name) for field in fields(Parameters)}
    except TensorFileError as error:
        raise ModelFileError(
            f"{named(path)} is cut off or damaged: {clipped(str(error))}"
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    parameters = Parameters(**arrays)
    refuse_non_finite(path, parameters)
    return TrainedNetwork(hyperparameters, parameters, vocabulary, provenance)


def encode(path: Path, network: TrainedNetwork) -> list[bytes | memoryview]:  # noqa: ARG001 - as `.bin` has it
    """The content of a `.safetensors`, in pieces; the same network always gives the same.

    The pieces are views of the weights: write them before these change.
    """
    weights = network.parameters
    arrays = {field.name: getattr(weights, field.name) for field in fields(weights)}
    facts = to_facts(network.hyperparameters, network.vocabulary, network.provenance)
    metadata = {"format": FORMAT, "format_version": FORMAT_VERSION, **facts}
    return tensor_file.encode(metadata, arrays)


def to_facts(
    hyperparameters: Hyperparameters, vocabulary: Vocabulary | None, provenance: Provenance
) -> dict[str, str]:
    """The entries from `program_version` on, which a checkpoint has too.

    A figure that is not finite is left out.
    """
    data = {
        "name": provenance.data_name,
        "fingerprint": provenance.data_fingerprint,
        "rows": [int(count) for count in provenance.data_rows],
        **({"sources": provenance.data_sources} if provenance.data_sources else {}),
    }
    figures = {name: float(value) for name, value in provenance.figures.items()}
    facts = {
        "program_version": provenance.program_version,
        "hyperparameters": json_text(hyperparameters.model_dump()),
        "vocabulary": json_text(vocabulary.words if vocabulary else None),
        "data": json_text(data),
        "figures": json_text({k: v for k, v in figures.items() if math.isfinite(v)}),
    }
    if vocabulary and vocabulary.shown != vocabulary.words:
        facts["vocabulary_shown"] = json_text(vocabulary.shown)
    return facts


def from_facts(
    path: Path, metadata: Mapping[str, str]
) -> tuple[Hyperparameters, Vocabulary | None, Provenance]:
    """The opposite of `to_facts`.

    Raises:
        ModelFileError: Something is missing or damaged, or vocabulary and hyperparameters
            contradict each other.
    """
    entries = _Entries(path, metadata)
    hyperparameters = entries.hyperparameters()
    vocabulary = entries.vocabulary()
    if vocabulary is not None and len(vocabulary) != hyperparameters.vocabulary_size:
        raise entries.error(
            f"its vocabulary holds {len(vocabulary):,} words, but its hyperparameters say "
            f"{hyperparameters.vocabulary_size:,}"
        )
    return hyperparameters, vocabulary, entries.provenance()


def _refuse_other_formats(path: Path, file: TensorFile) -> None:
    """Raise ModelFileError if the file is of another program, or of a newer format."""
    entries = _Entries(path, file.metadata)
    if file.metadata.get("format") == CHECKPOINT_FORMAT:
        raise ModelFileError(
            f"{named(path)} is a checkpoint of a run; the networks of the run lie beside it, "
            "in best.safetensors and last.safetensors"
        )
    if file.metadata.get("format") != FORMAT:
        raise ModelFileError(
            f"{named(path)} is a safetensors file of another program: its metadata does not "
            f'name the format "{FORMAT}"'
        )
    version = entries.text("format_version")
    if version not in (UNVERIFIED_VERSION, FORMAT_VERSION):
        raise ModelFileError(
            f"{named(path)} has format version {quoted(version)}, and this program reads "
            f"versions {UNVERIFIED_VERSION} and {FORMAT_VERSION}; a newer wordnet-tui may be "
            "able to open it"
        )
    if version != UNVERIFIED_VERSION and not file.verified:
        raise entries.error(f"format version {version} has checksums, and it has none")


class _Entries:
    """The metadata of one file, parsed and checked entry by entry."""

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
        sources = data.get("sources", [])
        if not _are_texts(sources):
            raise self.error('the sources of the entry "data" of its metadata are no names')
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
            data_sources=tuple(sources),
        )


def _are_texts(entry: Any) -> bool:
    return isinstance(entry, list) and all(isinstance(word, str) for word in entry)


def _check_tensors(
    path: Path, tensors: Mapping[str, Tensor], hyperparameters: Hyperparameters
) -> None:
    """Raises ModelFileError unless the tensors are those that the hyperparameters ask for."""
    shapes = parameter_shapes(hyperparameters)
    dtype = TENSOR_TYPES[hyperparameters.dtype]
    problems = [f"it has no tensor {quoted(name)}" for name in shapes if name not in tensors]
    problems += [
        f"it has a tensor {quoted(name)}, which does not belong there"
        for name in tensors
        if name not in shapes
    ][:5]
    for name, shape in shapes.items():
        found = tensors.get(name)
        if found and (found.shape != shape or found.dtype != dtype):
            problems.append(
                f"its tensor {quoted(name)} is {_described(found.dtype, found.shape)}, "
                f"but its hyperparameters ask for {_described(dtype, shape)}"
            )
    if problems:
        raise ModelFileError(
            f"{named(path)} is not a sound model file: {clipped(enumerated(problems))}"
        )


def _described(dtype: str, shape: tuple[int, ...]) -> str:
    return f"{dtype} {' x '.join(map(str, shape[:8]))}"
