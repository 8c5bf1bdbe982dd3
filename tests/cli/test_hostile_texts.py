"""Run folders and models whose texts would steer a terminal: what commands print of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.hostile import (
    HOSTILE,
    NAME,
    STEERING,
    ask_for_a_step,
    has_planted_texts,
    hostile_copy,
    is_harmless,
    plant_in_model,
    take_away_its_process,
)
from tests.support.waiting import wait_until
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.status_file import read_status

Run = Callable[..., Any]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such names there")

QUICK = ("--epochs", "3", "--batch-size", "10", "--context-size", "2")


@pytest.fixture
def ended(run: Run, small_text: Path, tmp_path: Path) -> RunFolder:
    """A run that has come to its end."""
    out = tmp_path / "out.safetensors"
    assert run("train", out, "--data", small_text, *QUICK).status == 0
    return run_folders(runs_folder())[0]


@pytest.mark.parametrize("state", ["failed", "ended", "interrupted", "training"])
@pytest.mark.parametrize(
    "words",
    [
        ["runs"],
        ["runs", "show"],
        ["runs", "plot", NAME],
        ["runs", "export", NAME, "--csv", "-"],
        ["runs", "rm", NAME],
        ["runs", "rm", NAME, "--yes"],
        ["watch", "--plain"],
        ["watch", "--plain", NAME],
        ["resume", NAME],
        ["resume", STEERING],
        ["--runs", STEERING, "runs"],
    ],
    ids=lambda words: words if isinstance(words, str) else None,
)
def test_what_commands_print_of_a_hostile_run_is_harmless(
    words: list[str], state: str, run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    root = tmp_path / "hostile"
    parent = ("\x1b[2J", 1)
    folder = hostile_copy(
        ended, root, state, sources=(HOSTILE,), out=HOSTILE, start=HOSTILE, parent=parent
    )
    if state == "training":
        take_away_its_process(folder)
    where = [] if words[0] == "--runs" else ["--runs", str(root)]
    ran = run(*where, *words)
    printed = ran.output + ran.errors
    assert is_harmless(printed), repr(printed)[:2_000]
    assert printed


def test_what_is_printed_of_it_is_all_there_as_escapes(
    run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    hostile_copy(ended, tmp_path / "hostile", "failed")
    for words in (["runs"], ["runs", "show"], ["watch", "--plain"]):
        ran = run("--runs", tmp_path / "hostile", *words)
        assert has_planted_texts(ran.output + ran.errors)


@pytest.mark.parametrize("detach", [(), ("--detach",)])
def test_what_resume_prints_of_a_hostile_run_is_harmless(
    detach: tuple[str, ...], run: Run, run_program: Run, ended: RunFolder, tmp_path: Path
) -> None:
    folder = hostile_copy(ended, tmp_path / "hostile", "interrupted", out="")
    take_away_its_process(folder)
    ask_for_a_step(folder)
    ran = run_program("--runs", tmp_path / "hostile", "resume", folder.path, *detach)
    assert ran.status == 0, ran
    assert ran.is_harmless
    assert has_planted_texts(ran.output)
    wait_until(lambda: not folder.owner_file.path.exists())
    assert is_harmless(folder.log_file.path.read_text()) if detach else True
    status = read_status(folder)
    assert status is not None
    assert all(each.who.isprintable() for each in status.acknowledged)
    shown = run("--runs", tmp_path / "hostile", "runs", "show")
    assert shown.is_harmless


def test_a_text_without_end_is_cut(run: Run, ended: RunFolder, tmp_path: Path) -> None:
    hostile_copy(ended, tmp_path / "hostile", "failed")
    ran = run("--runs", tmp_path / "hostile", "watch", "--plain")
    assert max(map(len, (ran.output + ran.errors).splitlines())) < 12_000


def test_what_commands_print_of_a_hostile_model_is_harmless(
    run: Run, ended: RunFolder, small_text: Path, hostile_model: Path
) -> None:
    plant_in_model(ended.last_file.path)
    for words in (
        ["info", ended.last_file.path],
        ["evaluate", ended.last_file.path],
        ["evaluate", ended.last_file.path, "--data", small_text],
        ["predict", ended.last_file.path, "the cat"],
        ["info", hostile_model],
        ["evaluate", hostile_model, "--data", small_text],
        ["predict", hostile_model, "ok ok"],
        ["generate", hostile_model, "ok ok"],
        ["neighbors", hostile_model, "ok"],
    ):
        ran = run(*words)
        assert ran.is_harmless, repr(ran)[:2_000]


def test_wrong_usage_repeats_words_harmlessly(run: Run) -> None:
    for words in (
        [STEERING],
        [f"--{STEERING}"],
        ["train", "out.bin", f"--{STEERING}"],
        ["train", "out.bin", "--epochs", STEERING],
        ["runs", STEERING],
        ["info", STEERING],
        ["--theme", STEERING],
    ):
        ran = run(*words)
        assert ran.status in (1, 2)
        assert ran.is_harmless, repr(ran)


def test_a_log_that_cannot_be_written_is_said_in_a_sentence(
    run: Run, ended: RunFolder
) -> None:
    """As on a file system that is read-only."""
    ended.log_file.path.mkdir()
    sentence = run("resume", ended.path, "--detach").sentence
    assert "log.txt" in sentence or str(ended.path) in sentence


def test_a_process_that_cannot_be_started_is_said_in_a_sentence(
    run: Run, small_text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("subprocess.Popen", fail)
    out = tmp_path / "out.safetensors"
    sentence = run("train", out, "--data", small_text, *QUICK, "--detach").sentence
    assert sentence.endswith("Read-only file system")
    assert list(runs_folder().iterdir()) == []
