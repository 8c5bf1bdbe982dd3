"""The original's data, fetched from its repository at a fixed commit.

Two corpora are made of it. `original` is its files as they are, rows in their own order.
`reference` has the same validation and test rows, but rebuilds the rows to train on: all
windows of `raw_sentences.txt` less those of the other two files, each as often as it is left
over, in the order of `numpy.random.default_rng(0).permutation` over the windows sorted by
their ids. Networks and runs name `reference`, so that its rows and their order stay.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pooch  # type: ignore[import-untyped]

from wordnet_tui.core.data.files import Progress, ignore, make_way
from wordnet_tui.core.data.readers.ngram_folder import (
    CSV_NAMES,
    VOCABULARY_NAME,
    read_vocabulary,
)
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, DownloadError, cannot, printable
from wordnet_tui.core.paths import fetched_folder
from wordnet_tui.core.regular_file import read_regular

BASE_URL = (
    "https://raw.githubusercontent.com/gingerbig/wordnet/"
    "651cbec774d77a42daebeb066a85f27afd0aa267/"
)
SENTENCES_NAME = "raw_sentences.txt"
_HELD_OUT_AND_WORDS = {
    "src/data/valid_data.csv": (
        "55df54636164cd170ee234463471d3c7e9a0f83342ca6bf19fc7b6f6d7a7482e"
    ),
    "src/data/test_data.csv": (
        "842a555d72dac89e14c98d28968a084748c0e26b4a5c7c33d7f1fef040dfbe70"
    ),
    "src/data/vocab.txt": "963df394e8a2b435da8d25595fdafcf6145095477ca22c7458475cafac5ae077",
}
FILES = {
    "reference": {
        f"raw-data/{SENTENCES_NAME}": (
            "68f938bf5e07dd2a93ba94b8fe6e885d0e9c47bdd9288e4240392b01a516252f"
        ),
        **_HELD_OUT_AND_WORDS,
    },
    "original": {
        "src/data/train_data.csv": (
            "af32533992c77a5c443a1fcb2a7d6e72ee8c363e38dea9553e126216abdc7b28"
        ),
        **_HELD_OUT_AND_WORDS,
    },
}
"""Corpus -> path below the base -> SHA-256."""
_LARGEST = 2**26  # bytes of a file; the largest has 5 million
_TIMEOUT = 30  # seconds without an answer
_WINDOW = 4  # words in a row of the original


def fetch_corpus(
    name: str, base_url: str = BASE_URL, on_progress: Progress | None = None
) -> Path:
    """Download a corpus and check it; do nothing if it is there.

    Args:
        name: "reference" or "original".
        base_url: Where the original repository's files lie.
        on_progress: Called with the file being fetched and the share of the files done.

    Returns:
        The folder, which appears only when it is complete.

    Raises:
        DownloadError: A file cannot be fetched or is not the one expected, or the folder
            cannot be written.
    """
    on_progress = on_progress or ignore
    files, folder = FILES[name], fetched_folder(name)
    if _is_complete(folder, files):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder.parent))
        try:
            for done, (path, sha256) in enumerate(files.items()):
                on_progress(f"fetching {path}", done / len(files))
                _download(f"{base_url.rstrip('/')}/{path}", sha256, work / Path(path).name)
            if not (work / CSV_NAMES[0]).exists():
                on_progress("rebuilding the training rows", None)
                _write_rows(work / CSV_NAMES[0], rebuild_training_rows(work))
            make_way(folder, work)
            work.rename(folder)
            shutil.rmtree(folder / "replaced", ignore_errors=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise DownloadError(cannot("write", folder, error)) from error
    return folder


def rebuild_training_rows(folder: Path) -> npt.NDArray[np.uint8]:
    """The training rows, (rows, 4) ids from 0, from the four files that were fetched.

    Raises:
        DataError: The held-out rows are not windows of the sentences.
    """
    vocabulary = read_vocabulary(folder / VOCABULARY_NAME)
    held_out = np.concatenate(
        [np.loadtxt(folder / name, np.int64, delimiter=",") - 1 for name in CSV_NAMES[1:]]
    )
    # A window as one number: its ids are the digits.
    base = len(vocabulary) ** np.arange(_WINDOW - 1, -1, -1)
    windows, counts = np.unique(
        _windows(folder / SENTENCES_NAME, vocabulary) @ base, return_counts=True
    )
    removed, removed_counts = np.unique(held_out @ base, return_counts=True)
    places = np.searchsorted(windows, removed)
    counts[places] -= removed_counts
    if not np.array_equal(windows[places], removed) or counts.min() < 0:
        raise DataError("the held-out rows of the reference data are not of its sentences")
    left = np.repeat(windows, counts)
    shuffled = np.random.default_rng(0).permutation(left)
    return (shuffled[:, None] // base % len(vocabulary)).astype(np.uint8)


def _windows(path: Path, vocabulary: Vocabulary) -> npt.NDArray[np.int64]:
    """All windows of four words inside a sentence, ids from 0."""
    windows = []
    for line in path.read_text(encoding="utf-8").lower().split("\n"):
        ids = vocabulary.ids_of(line.split())
        windows += [ids[start : start + _WINDOW] for start in range(len(ids) - _WINDOW + 1)]
    return np.array(windows, np.int64)


def _write_rows(path: Path, rows: npt.NDArray[np.uint8]) -> None:
    lines = (",".join(map(str, row)) for row in (rows.astype(np.int64) + 1).tolist())
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def _is_complete(folder: Path, files: Mapping[str, str]) -> bool:
    if not (folder / CSV_NAMES[0]).is_file():
        return False
    try:
        return all(
            hashlib.sha256(read_regular(folder / Path(path).name, _LARGEST)).hexdigest()
            == sha256
            for path, sha256 in files.items()
        )
    except OSError:
        return False


def _download(url: str, sha256: str, target: Path) -> None:
    try:
        with _quiet_pooch():
            pooch.retrieve(
                url,
                known_hash=f"sha256:{sha256}",
                fname=target.name,
                path=target.parent,
                downloader=pooch.HTTPDownloader(progressbar=False, timeout=_TIMEOUT),
            )
    except ValueError as error:  # what pooch raises for a wrong checksum, and for a wrong URL
        raise DownloadError(
            f"{printable(url)} is not the file expected: its SHA-256 is not {sha256[:12]}..."
        ) from error
    except OSError as error:  # requests' exceptions are such
        response = getattr(error, "response", None)
        if response is not None:
            response.close()  # pooch leaves it open
            reason = f"the server answered {response.status_code}"
        elif error.strerror:
            reason = error.strerror
        elif (missing := _missing(error)) is not None:
            reason = missing
        else:
            reason = f"no connection to {urlsplit(url).hostname}; is there a network?"
        raise DownloadError(
            f"{printable(url)} cannot be fetched: {printable(reason)}"
        ) from error


def _missing(error: BaseException) -> str | None:
    """What of a file did not come, if it broke off; requests hides that in what it caught."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case IncompleteRead(partial=int(received), expected=int(rest)):  # urllib3's
                return f"only {received:,} of {received + rest:,} bytes came; try again"
            case IncompleteRead():  # a file whose length the server had not said
                return "the connection broke off before all of it came; try again"
        cause = cause.__context__
    return None


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Keep pooch from writing to standard error."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
