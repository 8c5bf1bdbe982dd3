"""From a source that the user names to a dataset.

    chitchat                     by name             chitchat.py
    reference, original          by name, fetched    ngram_folder.py
    the original's layout        a folder            ngram_folder.py
    Hinton's assignment          a .mat file         matlab.py
    text                         files or folders    text.py, on word_stream.py

`sources.py` tells them apart. Each writes its windows into a folder of the cache (`cache.py`),
and from there they are read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wordnet_tui.core.data.cache import FORMAT_VERSION, ReadyCorpus, cached_corpus
from wordnet_tui.core.data.dataset import CorpusReport, Dataset
from wordnet_tui.core.data.files import Progress, ignore, size_of, unreadable
from wordnet_tui.core.data.readers.text import TextSettings, check_utf8
from wordnet_tui.core.data.sources import Source, find_source
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.core.paths import absolute_source
from wordnet_tui.core.paths import cache_folder as users_cache_folder
from wordnet_tui.core.regular_file import open_regular

__all__ = ["DEFAULT_CONTEXT_SIZE", "DEFAULT_VOCABULARY_SIZE", "Progress", "load_dataset"]

DEFAULT_CONTEXT_SIZE = 3
DEFAULT_VOCABULARY_SIZE = 250
_BLOCK = 2**22  # bytes


def load_dataset(
    source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    context_size: int | None = None,
    vocabulary_size: int | None = None,
    seed: int = 1,
    vocabulary: Vocabulary | None = None,
    cache_folder: Path | None = None,
    on_progress: Progress | None = None,
) -> Dataset:
    """Read a corpus, or find it in the cache.

    Args:
        source: The name of a corpus, or one or several paths; see the head of this module.
        context_size: D, 1 to 8; None: 3 for text, otherwise what the file has.
        vocabulary_size: V, 2 to 65,000; None: 250 for text, otherwise what the file has. A
            text with fewer words has a smaller vocabulary.
        seed: From 0; decides which sentences of a text are for training, validation and test.
        vocabulary: That of a network: text is encoded with it, ids of files become its ids.
        cache_folder: Instead of the user's cache folder.
        on_progress: Called with what is being done.

    Raises:
        DataError: There is no such source, it cannot be read or is malformed, it holds nothing
            to learn from, or it has other sizes or words than asked for.
        VocabularyError: A list of words of the source is malformed.
    """
    _check_sizes(context_size, vocabulary_size, vocabulary)
    on_progress = on_progress or ignore
    given = [source] if isinstance(source, str | os.PathLike) else source
    names = [os.fspath(name) for name in given]
    settings = TextSettings(
        context_size or DEFAULT_CONTEXT_SIZE,
        vocabulary or vocabulary_size or DEFAULT_VOCABULARY_SIZE,
        seed,
    )
    found = find_source(names, settings, on_progress)
    shaping: list[object] = [_content_digest(found, on_progress), *found.rules]
    if found.is_text:
        shaping += settings.context_size, settings.seed
    cache = (cache_folder or users_cache_folder()) / "datasets"
    corpus = cached_corpus(_key(shaping, found, settings), found.build, cache)
    if not found.is_text:
        corpus = _fitted(
            corpus, printable(found.name), context_size, vocabulary_size, vocabulary
        )
    return Dataset(
        name=found.name,
        # The words, and not whether they were given or found: a network's data is known again.
        fingerprint=_combined(*shaping, corpus.vocabulary.words),
        vocabulary=corpus.vocabulary,
        training=corpus.training,
        validation=corpus.validation,
        test=corpus.test,
        report=corpus.report,
        sources=tuple(map(absolute_source, names)),
    )


def _check_sizes(
    context_size: int | None, vocabulary_size: int | None, vocabulary: Vocabulary | None
) -> None:
    if context_size is not None and not 1 <= context_size <= 8:
        raise DataError(f"context words must be from 1 to 8, not {context_size}")
    if vocabulary_size is not None and not 2 <= vocabulary_size <= 65_000:
        raise DataError(f"a vocabulary has from 2 to 65,000 words, not {vocabulary_size:,}")
    if vocabulary is not None and len(vocabulary) > 65_000:
        raise DataError(f"a vocabulary has from 2 to 65,000 words, not {len(vocabulary):,}")
    if vocabulary is not None and vocabulary_size not in (None, len(vocabulary)):
        raise DataError(
            f"the vocabulary given has {len(vocabulary):,} words, "
            f"not the {vocabulary_size:,} asked for"
        )


def _key(shaping: Sequence[object], found: Source, settings: TextSettings) -> str:
    """The folder's name in the cache: all that is known before the source is read."""
    words: object = None
    if found.is_text:
        given = settings.vocabulary
        words = [given.words, given.shown] if isinstance(given, Vocabulary) else given
    return _combined(FORMAT_VERSION, *shaping, words)


def _fitted(
    corpus: ReadyCorpus,
    source: str,
    context_size: int | None,
    vocabulary_size: int | None,
    vocabulary: Vocabulary | None,
) -> ReadyCorpus:
    """A corpus with ids of its own, checked against what is asked for, in the wanted ids."""
    own = corpus.vocabulary
    for what, found, wanted in (
        ("context words", corpus.training.shape[1] - 1, context_size),
        ("words in its vocabulary", len(own), vocabulary_size),
    ):
        if wanted is not None and found != wanted:
            raise DataError(f"{source} has {found:,} {what}, not the {wanted:,} asked for")
    if vocabulary is None or vocabulary == own:
        return corpus
    if set(vocabulary.words) != set(own.words):
        raise DataError(
            f"the rows of {source} hold only numbers of words, and its vocabulary "
            f"({len(own):,} words) is not that of the network ({len(vocabulary):,} words)"
        )
    new_ids = np.array(vocabulary.ids_of(own.words), corpus.training.dtype)
    counts = np.empty_like(corpus.report.word_counts)
    counts[new_ids] = corpus.report.word_counts
    return ReadyCorpus(
        vocabulary,
        CorpusReport(word_counts=counts),
        *(new_ids[part] for part in (corpus.training, corpus.validation, corpus.test)),
    )


def _content_digest(found: Source, on_progress: Progress) -> str:
    """SHA-256 over what the files hold, in hexadecimal.

    Their order counts, their names and places do not.

    Raises:
        DataError: A file cannot be read, is too large, or holds a zero byte and must not.
    """
    digest = hashlib.sha256()
    total = sum(map(size_of, found.files)) or 1
    done = 0
    for path in found.files:
        digest.update(f"{size_of(path)}\n".encode())
        try:
            with open_regular(path, found.largest) as file:
                while block := file.read(_BLOCK):
                    # A hole reads as zeros: one of a terabyte is refused at its beginning.
                    if found.largest is None and b"\0" in block:
                        check_utf8(path)
                    digest.update(block)
                    done += len(block)
                    on_progress("looking whether it was read before", min(1.0, done / total))
        except OSError as error:
            raise unreadable(path, error) from error
    return digest.hexdigest()


def _combined(*what: object) -> str:
    """SHA-256 over settings and lists of words (anything that JSON holds), in hexadecimal."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
