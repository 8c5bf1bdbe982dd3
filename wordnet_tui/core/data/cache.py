"""Corpora made ready, kept on disk so that the next start need not read the text again.

One folder a corpus, named by its key (SHA-256 over content and settings, `load.py`):

    training.npy  validation.npy  test.npy   (rows, D + 1) ids from 0
    word_counts.npy                          (V,)
    manifest.json                            words, report, and size and CRC-32 of each array
    manifest.crc32                           CRC-32 of the manifest, in hexadecimal

It is filled under another name and renamed when complete. Every byte is checked each time it
is opened (well above 1 GB/s), and a folder that does not agree is built again. Arrays up to
`LARGEST_IN_MEMORY` are read into memory, larger ones are mapped. Where the cache cannot be
written, a dataset is built in a temporary folder that is removed at once; an array that is
mapped then lives on until it is closed, as POSIX systems keep open files.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.data.dataset import CorpusReport, Windows
from wordnet_tui.core.data.files import PART_NAMES, make_way, part_file
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, VocabularyError, printable
from wordnet_tui.core.regular_file import open_regular, read_regular

FORMAT_VERSION = 1
"""Goes up when the layout above changes; part of every key."""

LARGEST_IN_MEMORY = 64 * 2**20
"""Bytes of an array up to which it is read into memory."""

_LARGEST_MANIFEST = 2**28  # bytes: two thousand for each of 65,000 words, listed twice
_ARRAY_NAMES = (*PART_NAMES, "word_counts")
_UNFINISHED = ".unfinished-"
_STALE_AFTER = 24 * 3600.0  # seconds; an unfinished folder older than that has no owner

Build = Callable[[Path], tuple[Vocabulary, CorpusReport]]
"""Writes the three arrays of windows into a folder and says what they are about."""


@dataclass(frozen=True)
class ReadyCorpus:
    """What a folder holds, checked."""

    vocabulary: Vocabulary
    report: CorpusReport
    training: Windows
    validation: Windows
    test: Windows


def cached_corpus(key: str, build: Build, cache: Path) -> ReadyCorpus:
    """The corpus with this key, from the cache or else built and put there.

    Args:
        key: SHA-256 of content and settings.
        build: Called with an empty folder if the cache does not hold the corpus.
        cache: The folder of all cached corpora; made if it is missing.

    Raises:
        DataError: Neither the cache nor a temporary folder can be written; whatever `build`
            raises comes through.
    """
    folder = cache / key
    return _open(folder) or _build_in_cache(build, folder) or _build_apart(build)


def _build_in_cache(build: Build, folder: Path) -> ReadyCorpus | None:
    """Build and keep; None if the cache cannot be written."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(folder.parent)
        work = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder.parent))
    except OSError:
        return None
    try:
        _write_manifest(work, *build(work))
        make_way(folder, work)  # damaged, or finished by someone else meanwhile: ours is good
        work.rename(folder)
        shutil.rmtree(folder / "replaced", ignore_errors=True)
        return _open(folder)
    except OSError:
        return None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _build_apart(build: Build) -> ReadyCorpus:
    try:
        work = Path(tempfile.mkdtemp(prefix="wordnet-tui-"))
        try:
            _write_manifest(work, *build(work))
            ready = _open(work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise DataError(
            "the corpus could not be made ready: neither the cache folder nor the folder "
            f"{printable(tempfile.gettempdir())} can be written ({error.strerror})"
        ) from error
    if ready is None:
        raise DataError(
            f"what was written to {printable(tempfile.gettempdir())} reads back differently"
        )
    return ready


def _remove_stale(cache: Path) -> None:
    """Remove what a killed program left unfinished."""
    for left in cache.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_AFTER:
                shutil.rmtree(left, ignore_errors=True)


def _write_manifest(folder: Path, vocabulary: Vocabulary, report: CorpusReport) -> None:
    np.save(part_file(folder, "word_counts"), report.word_counts)
    manifest = {
        "words": vocabulary.words,
        "shown": vocabulary.shown,
        "sentences": report.sentences,
        "tokens": report.tokens,
        "windows_left_out": report.windows_left_out,
        "dropped": report.dropped,
        "checks": {name: _check(part_file(folder, name)) for name in _ARRAY_NAMES},
    }
    content = json.dumps(manifest, indent=1).encode()
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.crc32").write_text(f"{zlib.crc32(content):08x}", encoding="ascii")


def _check(path: Path) -> list[int]:
    """Size in bytes and CRC-32 of a file."""
    size = checksum = 0
    with open_regular(path) as file:
        while block := file.read(2**20):
            size += len(block)
            checksum = zlib.crc32(block, checksum)
    return [size, checksum]


def _open(folder: Path) -> ReadyCorpus | None:
    """What the folder holds; None if it is absent, incomplete, damaged or of no corpus."""
    try:
        content = read_regular(folder / "manifest.json", _LARGEST_MANIFEST)
        checksum = read_regular(folder / "manifest.crc32", _LARGEST_MANIFEST)
        if checksum != f"{zlib.crc32(content):08x}".encode():
            return None
        manifest = json.loads(content)
        arrays = {}
        for name in _ARRAY_NAMES:
            array = _read_array(part_file(folder, name), manifest["checks"][name])
            if array is None:
                return None
            arrays[name] = array
        return _corpus(manifest, arrays.pop("word_counts"), arrays)
    except (OSError, VocabularyError):
        return None
    except (ValueError, LookupError, TypeError, RecursionError, MemoryError):
        return None  # the checksums are right, but they are of something else


def _read_array(path: Path, check: list[int]) -> npt.NDArray[Any] | None:
    """The array, read-only; None if the file is not the one that was written."""
    size = path.stat().st_size
    if size != check[0]:
        return None
    array: npt.NDArray[Any]
    if size > LARGEST_IN_MEMORY:
        if _check(path) != check:
            return None
        # A plain array over the map: the subclass would slow every slice down.
        return np.asarray(np.lib.format.open_memmap(path, mode="r"))
    content = read_regular(path, size)
    if [len(content), zlib.crc32(content)] != check:
        return None
    array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    array.flags.writeable = False
    return array


def _corpus(
    manifest: Any, word_counts: npt.NDArray[Any], parts: dict[str, npt.NDArray[Any]]
) -> ReadyCorpus | None:
    """What manifest and arrays say together; None if they are not those of one corpus."""
    match manifest:
        case {
            "words": [*words],
            "shown": [*shown],
            "sentences": sentences,
            "tokens": tokens,
            "windows_left_out": int(left_out),
            "dropped": dict(dropped),
        } if (
            all(isinstance(text, str) for text in (*words, *shown, *dropped))
            and all(map(_is_count, (left_out, *dropped.values())))
            and all(count is None or _is_count(count) for count in (sentences, tokens))
        ):
            vocabulary = Vocabulary(words, shown)
        case _:
            return None
    size = len(vocabulary)
    is_sound = word_counts.shape == (size,) and word_counts.dtype == np.int64
    is_sound &= len({part.shape[1:] for part in parts.values()}) == 1
    for part in parts.values():
        is_sound &= part.ndim == 2 and 2 <= part.shape[1] <= 9 and part.dtype.kind == "u"
        is_sound &= is_sound and int(part.max(initial=0)) < size
    report = CorpusReport(word_counts, sentences, tokens, left_out, dropped)
    return ReadyCorpus(vocabulary, report, **parts) if is_sound else None


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0
