"""What the user's name for a source means: which files, and how they become windows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wordnet_tui.core.data import tokenizer
from wordnet_tui.core.data.cache import Build
from wordnet_tui.core.data.dataset import CorpusReport
from wordnet_tui.core.data.files import Progress, unreadable
from wordnet_tui.core.data.readers import chitchat, matlab_guard, ngram_folder
from wordnet_tui.core.data.readers.text import TextSettings, build_from_files
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.core.paths import FETCHED_SOURCES, fetched_folder
from wordnet_tui.core.regular_file import open_regular

_MATLAB_MAGIC = b"MATLAB "
_WHAT_A_SOURCE_IS = (
    "a source is chitchat, reference, original, text files (UTF-8) or folders of them "
    f"(*.txt), a folder with {', '.join(ngram_folder.CSV_NAMES)} and "
    f"{ngram_folder.VOCABULARY_NAME}, or a .mat file"
)


@dataclass(frozen=True)
class Source:
    """Something to read.

    Attributes:
        name: What the user called it.
        files: All that it is made of.
        rules: Versions of the rules by which it is read, for its fingerprint.
        build: Reads it.
        is_text: Whether `TextSettings` shape it; otherwise it has ids of its own.
        largest: Bytes of a file that is read whole. None for text, here or in the original's
            layout: it may be of any size, but holds no zero byte.
    """

    name: str
    files: Sequence[Path]
    rules: tuple[object, ...]
    build: Build
    is_text: bool
    largest: int | None = None


def find_source(names: Sequence[str], settings: TextSettings, on_progress: Progress) -> Source:
    """What one or several names mean.

    Raises:
        DataError: Nothing of this name, or names that cannot be read together.
    """
    name = ", ".join(names)
    if names == ["chitchat"]:
        return _chitchat(settings, on_progress)
    try:
        rows = _rows(names[0], on_progress) if len(names) == 1 else None
        if rows is not None:
            return rows
        files = [file for one in names for file in _text_files(one)]
    except OSError as error:  # such as a folder that may not be read
        raise unreadable(Path(error.filename or name), error) from error
    if not files:
        raise DataError(f"no source was named; {_WHAT_A_SOURCE_IS}")

    def build(work: Path) -> tuple[Vocabulary, CorpusReport]:
        return build_from_files(files, work, name, settings, on_progress)

    return Source(name, files, ("text", tokenizer.RULES_VERSION), build, is_text=True)


def _chitchat(settings: TextSettings, on_progress: Progress) -> Source:
    path = chitchat.chitchat_file()

    def build(work: Path) -> tuple[Vocabulary, CorpusReport]:
        return chitchat.build_from_chitchat(path, work, settings, on_progress)

    rules = ("chitchat", chitchat.RULES_VERSION, tokenizer.RULES_VERSION)
    return Source(
        "chitchat", [path], rules, build, is_text=True, largest=chitchat.LARGEST_FILE
    )


def _rows(name: str, on_progress: Progress) -> Source | None:
    """A source with ids of its own; None if this is not one."""
    if name in FETCHED_SOURCES:
        path = fetched_folder(name)
        if not path.is_dir():
            raise DataError(
                f"the {name} data is not here yet; wordnet-tui data fetch {name} downloads it"
            )
    else:
        path = _existing(name)
    if path.is_dir() and any((path / csv).exists() for csv in ngram_folder.CSV_NAMES):

        def build(work: Path) -> tuple[Vocabulary, CorpusReport]:
            return ngram_folder.build_from_folder(path, work, on_progress)

        files = ngram_folder.folder_files(path)
        # vocab_ordered.txt may be absent: how many files there are counts.
        return Source(name, files, ("rows", len(files)), build, is_text=False)
    if path.is_file() and _is_matlab(path):
        # Here, because it imports scipy.io, for which every other command would wait.
        from wordnet_tui.core.data.readers.matlab import build_from_matlab

        def build_from_mat(work: Path) -> tuple[Vocabulary, CorpusReport]:
            return build_from_matlab(path, work)

        largest = matlab_guard.LARGEST_FILE
        return Source(
            name, [path], ("matlab",), build_from_mat, is_text=False, largest=largest
        )
    return None


def _is_matlab(path: Path) -> bool:
    if path.suffix.lower() == ".mat":
        return True
    try:
        with open_regular(path) as file:
            return file.read(len(_MATLAB_MAGIC)) == _MATLAB_MAGIC
    except OSError:
        return False  # the reader will say why


def _text_files(name: str) -> list[Path]:
    """A text file, or all `*.txt` below a folder, sorted by path."""
    path = _existing(name)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.txt") if file.is_file())
        if not files:
            raise DataError(
                f"{printable(name)} is a folder with no *.txt; {_WHAT_A_SOURCE_IS}"
            )
        return files
    open_regular(path).close()  # raises
    if _is_matlab(path):
        raise DataError(f"{printable(name)} is no text, and only texts can be read together")
    return [path]


def _existing(name: str) -> Path:
    path = Path(os.path.expanduser(name))  # noqa: PTH111  Path's own raises for "~nobody"
    if not path.exists():
        raise DataError(f"there is no {printable(name)}; {_WHAT_A_SOURCE_IS}")
    return path
