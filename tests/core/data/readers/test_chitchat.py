"""The default corpus and its cleaning."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.readers.chitchat import (
    chitchat_file,
    clean,
    message_blocks,
    read_messages,
)
from wordnet_tui.core.errors import DataError


def test_the_corpus_makes_a_dataset_and_every_dropped_message_is_counted() -> None:
    dataset = load_dataset("chitchat")
    assert dataset.name == "chitchat"
    assert len(dataset.vocabulary) == 250
    assert dataset.vocabulary.words[:3] == ("i", ".", "the")
    assert load_dataset("chitchat").fingerprint == dataset.fingerprint
    conversations = read_messages(chitchat_file())
    assert len(conversations) == 7_168
    assert sum(map(len, conversations)) == 258_145
    long = [messages for messages in conversations if len("".join(messages)) > 20_000]
    dropped, sentences = dataset.report.dropped, dataset.report.sentences
    assert dropped["in a conversation of more than 20,000 characters"] == sum(map(len, long))
    assert sentences is not None
    assert sentences + sum(dropped.values()) == 258_145


def test_the_packages_own_loader_is_not_imported() -> None:
    script = (
        "import sys; from wordnet_tui.core.data.readers.chitchat import chitchat_file; "
        "chitchat_file(); sys.exit('chitchat_dataset' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("see http://a.b/c", "with a URL"),
        ("see WWW.example.org", "with a URL"),
        ("on lynda.com you can", "with a URL"),
        ("write to some.one@example.org", "with an e-mail address"),
        ("call (808) 782-1557", "with a phone number"),
        ("call +1 808-782-1557 now", "with a phone number"),
        ("call 808.782.1557", "with a phone number"),
        ("call 8087821557", "with a phone number"),
        ("call 782-1557", "with a phone number"),
        ("Ha ha HA ha", "with a word four or more times in a row"),
        ("no, no, no, no!", "with a word four or more times in a row"),
        ("sooooooooo good", "with a character eight or more times in a row"),
        ("!!!!!!!!", "with a character eight or more times in a row"),
        ("k", "of one character"),
        ("", "of one character"),
        ("HELLO there", "a repeat of an earlier message"),
    ],
)
def test_a_message_is_dropped_for_its_reason(message: str, reason: str) -> None:
    dropped: Counter[str] = Counter()
    assert list(clean([["Hello there", message]], dropped)) == ["Hello there"]
    assert dropped == {reason: 1}


@pytest.mark.parametrize(
    "message",
    [
        "Awww. That is nice",
        "I waited 10.5 hours.Then I left",
        "ha ha ha",
        "no no, not nope no",
        "sooooooo good",
        "ok",
        "the years 1990-2000",
        "I have 0.1234567891% of it",
        "@home at 5:30",
    ],
)
def test_a_message_that_only_looks_like_it_is_kept(message: str) -> None:
    dropped: Counter[str] = Counter()
    assert list(clean([[message]], dropped)) == [message]
    assert not dropped


def test_a_long_conversation_is_dropped_whole() -> None:
    dropped: Counter[str] = Counter()
    just = [f"{number:05} {'ab' * 47}" for number in range(200)]
    assert len(list(clean([just], dropped))) == 200
    assert list(clean([[*just, "x"]], dropped)) == []
    assert dropped == {"in a conversation of more than 20,000 characters": 201}


def test_a_message_is_one_line_whatever_is_in_it() -> None:
    blocks = b"".join(
        message_blocks(iter(["one\ntwo", "half a \ud83d pair", "three"]), size=4)
    )
    assert blocks == b"one two\nhalf a ? pair\nthree\n\n"


@pytest.mark.parametrize(
    "content", ["", "[]", '{"a": 1}', '{"a": {"messages": [1]}}', "[" * 9_999]
)
def test_another_file_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "dataset.json"
    path.write_text(content)
    with pytest.raises(DataError, match="not the corpus of chitchat-dataset"):
        read_messages(path)
    path.write_text(json.dumps({"a": {"messages": [[{"text": "hi"}], [{"text": "yo"}]]}}))
    assert read_messages(path) == [["hi", "yo"]]
