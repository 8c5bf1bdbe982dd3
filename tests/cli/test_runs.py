"""`runs`: the list, all of one run, its metrics as a file, and doing away with it."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete

from tests.support.waiting import wait_until
from wordnet_tui.cli import program
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.runs.storage.metrics import MetricsRow
from wordnet_tui.runs.storage.metrics_file import read_metrics
from wordnet_tui.runs.storage.status_file import read_status

Run = Callable[..., Any]
TrainRecorded = Callable[..., tuple[Any, RunFolder]]

QUICK = ("--epochs", "3", "--batch-size", "10", "--context-size", "2")


@pytest.fixture
def ended(run: Run, small_text: Path, tmp_path: Path) -> RunFolder:
    """A run of the default folder that has come to its end."""
    out = tmp_path / "out.safetensors"
    assert run("train", out, "--data", small_text, *QUICK).status == 0
    return run_folders(runs_folder())[0]


def copy_of(folder: RunFolder, name: str) -> RunFolder:
    return RunFolder(shutil.copytree(folder.path, folder.path.with_name(name)))


@pytest.fixture
def killed(small_text: Path, tmp_path: Path) -> str:
    """The name of a run whose process was killed while it trained."""
    command = ["train", str(tmp_path / "long.safetensors"), "--data", str(small_text)]
    command += ["--epochs", "1000000", "--hidden-size", "5", *QUICK[2:]]
    with subprocess.Popen(
        [sys.executable, "-m", "wordnet_tui", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: any(map(done, run_folders(runs_folder()))))
        finally:
            process.kill()
    return next(each.name for each in run_folders(runs_folder()) if done(each))


def done(folder: RunFolder) -> int:
    """Mini-batches of which its status tells."""
    status = read_status(folder)
    progress = status.view.progress if status else None
    return progress.batch if progress else 0


# ---- the list


def test_where_there_is_no_run_it_says_how_to_start_one(run: Run) -> None:
    ran = run("runs")
    assert ran.status == 0
    assert "`wordnet-tui train OUT` starts one" in ran.output
    assert run("runs", "--json").json == {"folder": str(runs_folder()), "runs": []}


def test_the_table_tells_of_each_run_in_a_line(run: Run, ended: RunFolder) -> None:
    other = copy_of(ended, "2020-01-01-000000")
    manifest = replace(read_manifest(other), created_at=time.time() - 3 * 86_400 - 60)
    write_manifest(other, manifest)
    heading, newest, older = run("runs").output.splitlines()
    assert heading.split("  ")[0] == "run"
    assert newest.split()[:5] == [ended.name, "ended", "100%", "3/3", newest.split()[4]]
    best = read_status(ended).view.progress.best_cross_entropy
    assert newest.split()[4] == f"{best:.4f}"
    assert older.startswith(other.name)
    assert older.endswith("3 d ago")


def test_json_has_the_same_and_more(run: Run, ended: RunFolder) -> None:
    (found,) = run("runs", "--json").json["runs"]
    progress = read_status(ended).view.progress
    assert found["run"] == ended.name
    assert found["folder"] == str(ended.path)
    assert (found["state"], found["stop_reason"]) == ("ended", "all epochs done")
    assert found["mini_batch"] == found["mini_batches"] == progress.batch
    assert found["best_cross_entropy"] == progress.best_cross_entropy
    assert (found["can_be_continued"], found["problem"]) == (False, "")


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_folder_of_all_runs_can_be_named(
    place: str, run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(ended.path, elsewhere / "2021-05-06-070809")
    option = ("--runs", elsewhere)
    arguments = (*option, "runs") if place == "before" else ("runs", *option)
    assert "2021-05-06-070809" in run(*arguments).output
    assert ended.name not in run(*arguments).output
    assert "2021-05-06-070809" in run(*arguments, "show").output


def test_a_damaged_run_is_listed_with_what_is_wrong_with_it(
    run: Run, ended: RunFolder
) -> None:
    damaged = copy_of(ended, "2020-01-01-000000")
    damaged.manifest_path.write_bytes(damaged.manifest_path.read_bytes()[:-20])
    ran = run("runs")
    assert ran.status == 0
    assert f"{damaged.name}  damaged" in ran.output
    assert f"{damaged.name}: {damaged.manifest_path} is damaged" in ran.output
    states = [each["state"] for each in run("runs", "--json").json["runs"]]
    assert states == ["ended", "damaged"]


def test_a_run_whose_process_was_killed_can_be_continued_or_deleted(
    run: Run, killed: str
) -> None:
    ran = run("runs")
    assert f"{killed}  cut off" in ran.output
    assert "`wordnet-tui resume RUN`" in ran.output
    assert run("runs", "--json").json["runs"][0]["can_be_continued"] is True
    assert f"`wordnet-tui resume {killed}` goes on where it was" in run("runs", "show").output
    assert run("runs", "rm", killed, "--yes").status == 0
    assert list(runs_folder().iterdir()) == []


def test_what_a_run_is_called_and_made_of_cannot_steer_a_terminal(
    run: Run, ended: RunFolder
) -> None:
    hostile = copy_of(ended, "a\x1b[2J\u202eb")
    manifest = replace(
        read_manifest(hostile), data_name="\x1b]0;owned\x07", command="\x9b2J", host="\r"
    )
    write_manifest(hostile, manifest)
    for arguments in (("runs",), ("runs", "show", hostile.name)):
        ran = run(*arguments)
        assert ran.status == 0
        assert ran.is_harmless
    assert run("runs", "show", hostile.name, "--json").json["data"] == r"\x1b]0;owned\x07"


# ---- one of them


def test_show_tells_what_it_is_and_what_happened(
    run: Run, ended: RunFolder, small_text: Path
) -> None:
    ran = run("runs", "show", ended.name[:-1])
    manifest, status = read_manifest(ended), read_status(ended)
    for reported in (
        ended.name,
        str(ended.path),
        "ended: all epochs done",
        f"{status.view.progress.batch} of {status.view.progress.batch} (100%)",
        manifest.data_fingerprint,
        manifest.command,
        str(small_text),
        str(ended.best_path),
        "began",
    ):
        assert reported in ran.output
    assert run("runs", "show").output == ran.output  # the newest


def test_show_as_json_has_settings_and_events(run: Run, ended: RunFolder) -> None:
    found, manifest = run("runs", "show", "--json").json, read_manifest(ended)
    assert found["run"] == ended.name
    assert found["hyperparameters"] == manifest.hyperparameters.model_dump()
    assert found["command"] == manifest.command
    assert found["sources"] == list(manifest.sources)
    kinds = [event.kind for event in read_events(ended.events_path).events]
    assert [event["kind"] for event in found["events"]] == kinds
    assert found["events_damaged"] == 0


def test_damaged_events_are_left_out_and_counted(run: Run, ended: RunFolder) -> None:
    lines = ended.events_path.read_text().splitlines(keepends=True)
    ended.events_path.write_text("".join(["{nothing}\n", *lines]))
    assert run("runs", "show", "--json").json["events_damaged"] == 1
    assert "1 damaged lines" in run("runs", "show").output


@pytest.mark.parametrize("command", ["show", "rm", "export"])
def test_a_name_that_no_run_has_is_said_with_those_there_are(
    command: str, run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    options = ("--csv", tmp_path / "x.csv") if command == "export" else ()
    sentence = run("runs", command, "2001", *options).sentence
    assert 'there is no run "2001"' in sentence
    assert ended.name in sentence


# ---- its metrics


def test_export_writes_every_row_to_the_last_digit(
    run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    target = tmp_path / "curves.csv"
    ran = run("runs", "export", ended.name, "--csv", target)
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    assert list(rows[0]) == list(MetricsRow._fields)
    written = read_metrics(ended.metrics_path).rows
    exported = [[float(value or "nan") for value in row.values()] for row in rows]
    assert str(exported) == str(written.tolist())
    assert f"{len(rows)} rows are in {target}" in ran.output


def test_export_to_standard_output_is_the_file_and_nothing_else(
    run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    target = tmp_path / "curves.csv"
    run("runs", "export", ended.name, "--csv", target)
    ran = run("runs", "export", ended.name, "--csv", "-")
    assert (ran.status, ran.output) == (0, target.read_text())


def test_export_leaves_damaged_lines_out_and_says_so(run: Run, ended: RunFolder) -> None:
    lines = ended.metrics_path.read_bytes().splitlines(keepends=True)
    assert len(lines) > 2
    short = b"1,2"
    wrong = lines[1].replace(b",1,", b",7,", 1)
    lines[1:2] = [wrong, b"\xff\n", b"%s,%d\n" % (short, zlib.crc32(short)), b"\n"]
    ended.metrics_path.write_bytes(b"".join(lines) + b"11,torn")
    ran = run("runs", "export", ended.name, "--csv", "-")
    assert len(ran.output.splitlines()) == len(lines) - 4
    assert ran.status == 0
    assert "4 damaged lines" in ran.errors


def test_what_cannot_be_exported_is_one_sentence_and_leaves_nothing(
    run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    def export(target: Path) -> str:
        sentence: str = run("runs", "export", ended.name, "--csv", target).sentence
        return sentence

    assert "No such file" in export(tmp_path / "nowhere" / "x.csv")
    assert "another" in export(ended.metrics_path)
    assert len(read_metrics(ended.metrics_path).rows) > 0
    ended.metrics_path.unlink()
    target = tmp_path / "x.csv"
    target.write_text("older")
    assert "no metrics yet" in export(target)
    ended.metrics_path.mkdir()
    assert "cannot read" in export(target)
    assert target.read_text() == "older"


# ---- doing away with it


@pytest.mark.parametrize(("typed", "goes"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_rm_asks_first(typed: str, goes: bool, run: Run, ended: RunFolder) -> None:
    ran = run("runs", "rm", ended.name, typed=typed)
    assert ran.status == 0
    assert f"Delete run {ended.name} (ended)" in ran.errors
    assert ended.path.exists() is not goes
    assert ("deleted" in ran.output) is goes


def test_rm_does_nothing_where_nobody_answers(run: Run, ended: RunFolder) -> None:
    ran = run("runs", "rm", ended.name, typed="")
    assert ran.status == 1
    assert "--yes" in ran.errors
    assert ended.manifest_path.exists()


def test_rm_leaves_what_is_no_part_of_the_run(
    run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    outside, notes = tmp_path / "outside", ended.path / "notes.txt"
    outside.mkdir()
    (outside / "precious").write_text("x")
    notes.write_text("mine")
    ended.log_path.symlink_to(outside / "precious")
    shutil.rmtree(ended.requests_path)
    ended.requests_path.symlink_to(outside)
    ran = run("runs", "rm", ended.name, "--yes")
    assert ran.status == 0
    assert (outside / "precious").read_text() == "x"
    assert notes.read_text() == "mine"
    assert "other files stay" in ran.output
    assert run("runs", "--json").json["runs"] == []


def test_rm_does_not_follow_a_link_in_place_of_a_run(
    run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    moved = ended.path.rename(tmp_path / "moved")
    ended.path.symlink_to(moved)
    assert "is a link" in run("runs", "rm", ended.name, "--yes").sentence
    assert (moved / "run.json").exists()


@pytest.mark.parametrize(("paused", "state"), [(True, "paused"), (False, "training")])
def test_rm_refuses_a_living_run(
    paused: bool, state: str, run: Run, train_recorded: TrainRecorded
) -> None:
    trained, folder = train_recorded(paused=paused)
    wait_until(lambda: done(folder))
    assert run("runs", "--json").json["runs"][0]["state"] == state
    assert f"is {state}; stop it first" in run("runs", "rm", folder.name, "--yes").sentence
    assert not trained.status().is_over
    assert folder.manifest_path.exists()


def test_rm_refuses_a_run_that_somebody_is_about_to_continue(
    run: Run, ended: RunFolder
) -> None:
    """Its status still says that it is over."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from wordnet_tui.runs.storage.folder import RunFolder\n"
        "from wordnet_tui.runs.storage.lock import RunLock\n"
        "lock = RunLock(RunFolder(Path(sys.argv[1])))\n"
        "lock.acquire(now=1.0)\n"
        "print('has it', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(ended.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"has it\n"
        sentence = run("runs", "rm", ended.name, "--yes").sentence
        process.kill()
    assert f"trained by process {process.pid}" in sentence
    assert ended.manifest_path.exists()


def test_nobody_has_a_run_after_a_refused_rm(run: Run, ended: RunFolder) -> None:
    run("runs", "rm", ended.name, typed="n\n")
    lock = RunLock(ended)
    lock.acquire()
    lock.release()


# ---- completion


def test_a_shell_completes_the_names_of_runs(ended: RunFolder) -> None:
    other = copy_of(ended, "2020-01-01-000000")
    shell = ShellComplete(program, {}, "wordnet-tui", "_WORDNET_TUI_COMPLETE")
    elsewhere = ("--runs", str(ended.path.parent / "none"))
    subcommands = [("runs", name) for name in ("show", "plot", "rm", "export")]
    for typed in (("watch",), *subcommands):
        found = [item.value for item in shell.get_completions(list(typed), "2")]
        assert found == [ended.name, other.name]
        assert shell.get_completions([*typed, *elsewhere], "2") == []
        assert shell.get_completions([*elsewhere, *typed], "2") == []
