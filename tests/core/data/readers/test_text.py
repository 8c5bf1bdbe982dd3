"""Text to windows, against loops that hold everything in memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.known_answers import Original
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.data.readers import text, word_stream
from wordnet_tui.core.data.tokenizer import tokenize
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import DataError, WordnetError

WORDS = ["the", "cat", "sat", "on", "a", "mat", "dog", "ran", "zebra", "it's", "don't"]


def sentences_of(content: str) -> list[list[str]]:
    return [tokens for line in content.split("\n") if (tokens := tokenize(line))]


def naive_windows(
    sentences: list[list[str]], words: tuple[str, ...], context_size: int, seed: int
) -> tuple[list[list[list[int]]], int]:
    """Windows of each part, and how many are left out."""
    rng = np.random.default_rng(seed)
    labels: list[int] = []
    parts: list[list[list[int]]] = [[], [], []]
    left_out = 0
    ids = {word: word_id for word_id, word in enumerate(words)}
    for number, tokens in enumerate(sentences):
        if number % 10 == 0:
            labels += rng.permuted([0, 0, 0, 0, 0, 0, 0, 0, 1, 2]).tolist()
        for start in range(len(tokens) - context_size):
            window = tokens[start : start + context_size + 1]
            if all(word in ids for word in window):
                parts[labels[number]].append([ids[word] for word in window])
            else:
                left_out += 1
    return parts, left_out


def assert_is_naive(dataset: Dataset, content: str, seed: int) -> None:
    sentences = sentences_of(content)
    counts = Counter(word for tokens in sentences for word in tokens)
    words = dataset.vocabulary.words
    parts, left_out = naive_windows(sentences, words, dataset.context_size, seed)
    for part, expected in zip(
        (dataset.training, dataset.validation, dataset.test), parts, strict=True
    ):
        assert part.tolist() == expected
    assert dataset.report.windows_left_out == left_out
    assert dataset.report.sentences == len(sentences)
    assert dataset.report.tokens == counts.total()
    assert dataset.report.word_counts.tolist() == [counts[word] for word in words]


@st.composite
def texts(draw: st.DrawFn) -> str:
    lines = draw(
        st.lists(st.lists(st.sampled_from(WORDS), max_size=12), min_size=10, max_size=60)
    )
    return draw(st.sampled_from(["\n", "\r\n"])).join(map(" ".join, lines))


@settings(
    max_examples=settings().max_examples // 2,  # each reads a text and counts it by hand
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    content=texts(),
    context_size=st.integers(1, 8),
    vocabulary_size=st.integers(2, 14),
    seed=st.integers(0, 5),
    limit=st.integers(1, 20),
    block=st.integers(3, 60),
)
def test_any_text_gives_the_windows_of_a_plain_loop_however_it_is_cut(
    content: str,
    context_size: int,
    vocabulary_size: int,
    seed: int,
    limit: int,
    block: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("text")
    path = folder / "text.txt"
    path.write_bytes(content.encode())
    with pytest.MonkeyPatch.context() as patch:  # so that a short text meets every limit
        patch.setattr(word_stream, "MOST_WORDS", limit)
        patch.setattr(word_stream, "MOST_CHUNKS", limit)
        patch.setattr(word_stream, "_FLUSH_AT", limit)
        patch.setattr(text, "CHUNK", limit)
        patch.setattr(text, "BLOCK", block)
        try:
            dataset = load_dataset(
                path,
                context_size=context_size,
                vocabulary_size=vocabulary_size,
                seed=seed,
                cache_folder=folder,
            )
        except DataError as error:
            assert "no window" in str(error)  # noqa: PT017  too little text is a right answer
            return
    counts = Counter(word for tokens in sentences_of(content) for word in tokens)
    by_rank = sorted(counts, key=lambda word: (-counts[word], word))
    assert dataset.vocabulary.words == tuple(by_rank[:vocabulary_size])
    assert_is_naive(dataset, content, seed)


def test_the_sentences_of_the_original_give_its_words_and_as_many_windows_as_it_has_rows(
    original: Original,
) -> None:
    sentences = original.folder / "raw_sentences.txt"
    dataset = load_dataset(sentences, vocabulary_size=1_000)
    assert len(dataset.vocabulary) == original.vocabulary_size
    assert set(dataset.vocabulary.words) == set(original.words)
    assert sum(dataset.rows) == sum(original.rows)
    assert dataset.report.sentences == original.sentences
    assert dataset.report.windows_left_out == 0
    assert dataset.report.coverage == 1.0
    assert dataset.training.dtype == np.uint8
    assert_is_naive(dataset, sentences.read_text(encoding="utf-8"), seed=1)


def test_the_split_is_eight_one_one_and_follows_the_seed_alone(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("".join(f"w{line} is line {line}\n" for line in range(1_000)))
    first, again, other = (
        load_dataset(path, vocabulary_size=2_003, seed=seed) for seed in (1, 1, 2)
    )
    assert first.rows == other.rows == (800, 100, 100)
    assert first.test.tolist() == again.test.tolist() != other.test.tolist()
    words = first.vocabulary.words
    whole = [{words[row[0]] for row in part} for part in (first.training, first.validation)]
    assert not whole[0] & whole[1]
    smaller = load_dataset(path, vocabulary_size=1_900, context_size=2, seed=1)
    held_out = {words[row[0]] for row in first.test}
    assert {
        word for row in smaller.test if (word := smaller.vocabulary.words[row[0]])[0] == "w"
    } <= held_out


def test_ids_are_of_the_smallest_type_that_holds_them(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("".join(f"w{line} x{line} y{line}\n" for line in range(100)))
    assert load_dataset(path, context_size=1, vocabulary_size=256).training.dtype == np.uint8
    assert load_dataset(path, context_size=1, vocabulary_size=257).training.dtype == np.uint16


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbf" + b"one two three four\n" * 20)
    assert set(load_dataset(path).vocabulary.words) == {"one", "two", "three", "four"}


def test_a_given_vocabulary_decides_the_ids(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("d c b a x\n" * 20)
    vocabulary = Vocabulary(["a", "b", "c", "d", "nowhere"])
    dataset = load_dataset(path, context_size=3, vocabulary=vocabulary)
    assert dataset.vocabulary == vocabulary
    assert np.unique(dataset.training, axis=0).tolist() == [[3, 2, 1, 0]]
    assert dataset.report.word_counts.tolist() == [20, 20, 20, 20, 0]
    assert dataset.report.windows_left_out == 20


def test_the_fingerprint_is_that_of_the_words_found_and_given(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("d c b a x\n" * 20)
    found = load_dataset(path)
    given_back = load_dataset(path, vocabulary=found.vocabulary)
    assert given_back.fingerprint == found.fingerprint
    assert load_dataset(path, context_size=2).fingerprint != found.fingerprint
    assert load_dataset(path, seed=2).fingerprint != found.fingerprint


def test_several_files_and_folders_are_one_text_and_a_file_ends_a_sentence(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "texts"
    (folder / "deep").mkdir(parents=True)
    (folder / "b.txt").write_text("one two three four")
    (folder / "deep" / "a.txt").write_text("five six seven eight")
    (folder / "notes.md").write_text("not this")
    (tmp_path / "more").write_text("one two three four\n" * 20)
    dataset = load_dataset([folder, str(tmp_path / "more")])
    assert dataset.report.sentences == 22
    assert sum(dataset.rows) == 22
    assert dataset.name == f"{folder}, {tmp_path / 'more'}"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"fine\nnot \xe9t\xe9\n", "line 2 cannot be read, from byte 10 of the file on"),
        (b"\xff\xfeh\x00i\x00", "line 1 cannot be read, from byte 1 "),
        (b"fine\nh\x00i\x00", "line 2 cannot be read, from byte 7 "),
        (b"ends in half a letter \xc3", "line 1 cannot be read, from byte 23 "),
        (b"a\n" * 700_000 + b"\xc3\n", "line 700,001 cannot be read, from byte 1,400,001 "),
        ("é".encode() * 600_000 + b"\n\xff", "line 2 cannot be read, from byte 1,200,002 "),
    ],
)
def test_what_is_not_utf8_is_refused_with_its_place(
    content: bytes, place: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("one two three four\n" * 20)
    bad.write_bytes(content)
    with pytest.raises(DataError, match="not UTF-8") as caught:
        load_dataset([good, bad])
    assert place in str(caught.value)
    assert str(bad) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "has no window of 4 known words"),
        ("\n\n \n", "has no window of 4 known words"),
        ("one two three\n" * 50, "has no window of 4 known words"),
        ("one two three four\n", "too small"),
        ("one two three four\n" * 5, "too small"),
    ],
)
def test_too_little_text_is_refused(content: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(content)
    with pytest.raises(DataError, match=complaint):
        load_dataset(path, seed=3)
    assert not list((tmp_path / "cache" / "datasets").iterdir())


def test_megabytes_without_a_blank_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"x" * (6 * 2**20))
    with pytest.raises(DataError, match="4 MiB without a blank"):
        load_dataset(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_text_changed_at_random_is_read_rightly_or_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(("the cat sat on the mat , it 's here .\n" * 15).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 40))
        content[place : place + length] = data.draw(st.binary(max_size=10))
    folder = tmp_path_factory.mktemp("text")
    path = folder / "text.txt"
    path.write_bytes(content)
    try:
        dataset = load_dataset(path, cache_folder=folder)
    except WordnetError as error:
        assert str(error).isprintable()  # noqa: PT017  most changes are harmless
        return
    assert_is_naive(dataset, content.decode("utf-8-sig"), seed=1)
