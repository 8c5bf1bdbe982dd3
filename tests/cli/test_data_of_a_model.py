"""Which data a command takes that is given a model file and no `--data`."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wordnet_tui.core.formats.model_files import read_network, write_network
from wordnet_tui.core.model.trained_network import Provenance

Run = Callable[..., Any]

TRAINING = ("--batch-size", "5", "--epochs", "1", "--log", "none")


@pytest.fixture
def book_model(run: Run, small_text: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network of a text that was named by a relative path."""
    monkeypatch.chdir(small_text.parent)
    assert run("train", "book.safetensors", "--data", small_text.name, *TRAINING).status == 0
    return small_text.parent / "book.safetensors"


def rewritten(model: Path, **origin: Any) -> Path:
    """The model file with another origin."""
    network = read_network(model)
    provenance = dataclasses.replace(network.provenance, **origin)
    write_network(model, dataclasses.replace(network, provenance=provenance))
    return model


def test_a_network_is_measured_on_the_data_that_it_was_trained_on(
    run: Run, book_model: Path, small_text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_text.parent / "elsewhere").mkdir()
    monkeypatch.chdir(small_text.parent / "elsewhere")
    ran = run("evaluate", book_model, "--json")
    assert (ran.json["data"], ran.errors) == (str(small_text), "")
    assert ran.json == run("evaluate", book_model, "--data", small_text, "--json").json


def test_a_network_of_several_texts_is_measured_on_all_of_them(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("one two three four five\n" * 40)
    model, data = tmp_path / "two.safetensors", ("--data", small_text, "--data", other)
    assert run("train", model, *data, *TRAINING).status == 0
    ran = run("evaluate", model, "--json")
    assert (ran.json["data"], ran.errors) == (f"{small_text}, {other}", "")


def test_the_networks_that_ship_are_measured_on_their_own_corpora(
    run: Run, reference: Path, tmp_path: Path
) -> None:
    sentence = run("evaluate", "reference-wide").sentence
    assert sentence.endswith("wordnet-tui data fetch reference downloads it")
    shutil.copytree(reference, tmp_path / "data" / "reference")
    ran = run("evaluate", "reference", "--json")
    assert (ran.json["data"], ran.json["rows"]) == ("reference", 46_568)
    assert (
        "its content, or how it is split, has changed" in ran.errors
    )  # another order of rows
    ran = run("evaluate", "chitchat", "--json")
    assert (ran.json["data"], ran.errors) == ("chitchat", "")


def test_an_older_file_that_holds_only_a_name_is_believed_where_it_leads_somewhere(
    run: Run, book_model: Path, small_text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten(book_model, data_sources=())
    assert run("evaluate", book_model, "--json").json["data"] == small_text.name
    monkeypatch.chdir("/")
    sentence = run("evaluate", book_model).sentence
    assert sentence == (
        f"{book_model} was trained on {small_text.name}, which is not there; "
        "name the data with --data SOURCE"
    )


@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_data_that_is_gone_is_asked_for(
    run: Run, book_model: Path, small_text: Path, command: str
) -> None:
    small_text.unlink()
    out = ["again.safetensors"] if command == "train" else []
    sentence = run(command, book_model, *out).sentence
    assert f"{small_text}, which is not there; name the data with --data SOURCE" in sentence


@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_a_file_that_says_nothing_of_its_data_asks_for_it(
    run: Run, small_model: Path, tmp_path: Path, command: str
) -> None:
    assert not read_network(small_model).provenance.data_name
    out = [tmp_path / "again.safetensors"] if command == "train" else []
    sentence = run(command, small_model, *out).sentence
    assert sentence == (
        f"{small_model} does not say what it was trained on; name the data with --data SOURCE"
    )


@pytest.mark.parametrize("name", ["\x1b[2J", "x" * 5_000, "a\0b", "~nobody/x"])
def test_a_name_in_a_file_cannot_do_harm(run: Run, book_model: Path, name: str) -> None:
    ran = run("evaluate", rewritten(book_model, data_sources=(name,)))
    assert "which is not there" in ran.sentence
    assert ran.is_harmless


def test_training_goes_on_with_the_data_of_its_start(
    run: Run, book_model: Path, small_text: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.safetensors"
    ran = run("train", book_model, again, "--epochs", "1", "--log", "none")
    assert (ran.status, ran.errors) == (0, "")
    origin = read_network(again).provenance
    assert origin.data_sources == (str(small_text),)
    assert origin.data_fingerprint == read_network(book_model).provenance.data_fingerprint


def test_other_data_than_a_network_was_trained_on_is_remarked(
    run: Run, book_model: Path, small_text: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text(small_text.read_text() + "the cat sat on a mat .\n")
    trained_on = f"wordnet-tui: warning: {book_model} was trained on"
    for command in (["evaluate"], ["train", "--epochs", "1", "--log", "none"]):
        out = [tmp_path / "again.safetensors"] if command[0] == "train" else []
        ran = run(*command, book_model, *out, "--data", other)
        assert ran.status == 0
        assert ran.errors == f"{trained_on} {small_text.name}, not on {other}\n"
    other.replace(small_text)
    ran = run("evaluate", book_model)
    assert ran.errors == (
        f"{trained_on} other windows of {small_text}: its content, or how it is split, has "
        "changed\n"
    )


def test_words_that_a_network_does_not_need_are_remarked(
    run: Run, small_model: Path, small_text: Path, tmp_path: Path
) -> None:
    ran = run("predict", small_model, "the cat", "--data", small_text)
    assert ran.status == 0
    assert ran.errors == (
        f"wordnet-tui: warning: {small_model} holds its own words; --data is not needed and "
        "was not read\n"
    )
    words = tmp_path / "words.txt"
    words.write_text("the\ncat\ndog\nsat\ndo\nnt\n")
    assert run("predict", small_model, "the cat", "--vocab", words).errors == ""
    words.write_text("a\ncat\ndog\nsat\ndo\nnt\n")
    ran = run("predict", small_model, "the cat", "--vocab", words)
    assert ran.status == 0
    assert ran.errors == (
        f"wordnet-tui: warning: {small_model} holds its own words, which are not those of "
        f"{words}; its own are used\n"
    )


def test_where_a_network_learned_is_shown(
    run: Run, book_model: Path, small_text: Path
) -> None:
    assert run("info", book_model, "--json").json["data_sources"] == [str(small_text)]
    lines = run("info", book_model).output.splitlines()
    assert f"   data                     = {small_text.name}" in lines
    assert f"   read from                = {small_text}" in lines
    origin = read_network(book_model).provenance
    assert origin == dataclasses.replace(Provenance(), **dataclasses.asdict(origin))
