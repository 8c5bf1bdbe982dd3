"""The default corpus: chat messages from the package `chitchat-dataset` (MIT), cleaned.

A message is dropped for the first reason below that holds, in this order; so the counts of the
report add up. "Characters" are those of all messages of a conversation together. Case does not
count anywhere. A repeat is a message equal to an earlier one that was kept.
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from wordnet_tui.core.data.dataset import CorpusReport
from wordnet_tui.core.data.files import Progress, unreadable
from wordnet_tui.core.data.readers.text import TextSettings, build_from_blocks
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, printable
from wordnet_tui.core.regular_file import read_regular

RULES_VERSION = 1
"""Goes up when other messages would be dropped; part of the key of the cached corpus."""

LARGEST_FILE = 2**30
"""Bytes; the package's has 40 million."""

LONGEST_CONVERSATION = 20_000  # characters

TOO_LONG = f"in a conversation of more than {LONGEST_CONVERSATION:,} characters"
ONE_CHARACTER = "of one character"
REPEAT = "a repeat of an earlier message"

_TOP_LEVELS = "com|org|net|edu|gov|io|tv|co|be|ly|gl|me|info|us|uk|ca"
_PATTERNS = {
    "with a URL": re.compile(
        rf"https?:|\bwww\.\w|(?<![@\w.-])(?:[\w-]+\.)+(?:{_TOP_LEVELS})\b(?!@)|\b[a-z]+://"
    ),
    "with an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    "with a phone number": re.compile(
        r"\b(?<!\.)1?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b|\b\d{3}-\d{4}\b"
    ),
    "with a word four or more times in a row": re.compile(r"\b(\w+)(?:\W+\1\b){3,}"),
    "with a character eight or more times in a row": re.compile(r"(.)\1{7,}", re.DOTALL),
}


def chitchat_file() -> Path:
    """Where the corpus lies.

    Raises:
        DataError: The package is not installed, or not as files.
    """
    spec = importlib.util.find_spec("chitchat_dataset")
    if spec is None:
        raise DataError(
            "the corpus chitchat is missing: the package chitchat-dataset is not installed"
        )
    # A module made from its spec is not run: the package's own loader stays out of it.
    package = importlib.util.module_from_spec(spec)
    path = importlib.resources.files(package) / "dataset.json"
    if not isinstance(path, Path):
        raise DataError(
            "the package chitchat-dataset must be installed as files, not in a zip"
        )
    return path


def build_from_chitchat(
    path: Path, work: Path, settings: TextSettings, on_progress: Progress
) -> tuple[Vocabulary, CorpusReport]:
    """Write the windows of the messages into three files, as `build_from_blocks`."""
    on_progress("reading the chat messages", None)
    dropped: Counter[str] = Counter()
    blocks = message_blocks(clean(read_messages(path), dropped))
    vocabulary, report = build_from_blocks(blocks, work, "chitchat", settings, on_progress)
    return vocabulary, replace(report, dropped=dict(dropped))


def read_messages(path: Path) -> list[list[str]]:
    """The messages of each conversation.

    Raises:
        DataError: The file cannot be read or is not such a corpus.
    """
    try:
        content = read_regular(path, LARGEST_FILE)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        conversations = json.loads(content)
        return [
            [str(message["text"]) for turn in conversation["messages"] for message in turn]
            for conversation in conversations.values()
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{printable(str(path))} is not the corpus of chitchat-dataset "
            f"({type(error).__name__})"
        ) from error


def clean(conversations: list[list[str]], dropped: Counter[str]) -> Iterator[str]:
    """The messages that are kept.

    Args:
        conversations: The messages of each conversation.
        dropped: Counts the others, by reason.
    """
    seen: set[str] = set()
    for messages in conversations:
        if sum(map(len, messages)) > LONGEST_CONVERSATION:
            dropped[TOO_LONG] += len(messages)
            continue
        for message in messages:
            folded = message.casefold()
            reason = _reason(folded) or (REPEAT if folded in seen else None)
            if reason is None:
                seen.add(folded)
                yield message
            else:
                dropped[reason] += 1


def _reason(folded: str) -> str | None:
    """Why a message is dropped, whatever the others are."""
    for reason, pattern in _PATTERNS.items():
        if pattern.search(folded):
            return reason
    return ONE_CHARACTER if len(folded.strip()) <= 1 else None


def message_blocks(messages: Iterator[str], size: int = 2**20) -> Iterator[bytes]:
    """The messages as UTF-8 text, each a line, in blocks of about `size` characters."""
    lines: list[str] = []
    length = 0
    for message in messages:
        lines.append(message.replace("\n", " "))
        length += len(message)
        if length >= size:
            yield _encoded(lines)
            lines, length = [], 0
    yield _encoded(lines)


def _encoded(lines: list[str]) -> bytes:
    # JSON can hold half of a surrogate pair, which no UTF-8 can.
    return ("\n".join(lines) + "\n").encode(errors="replace")
