"""Runs of earlier versions: shown as they were, and gone on with to the same bits."""

from __future__ import annotations

import csv
import io
import json
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Run = Callable[..., Any]
Weights = Callable[[Path], Any]

LEFT = ["killed", "paused", "branched"]
"""Runs that were not at their end; `make_fixtures.py` says what became of each."""
UNDISTURBED = {
    "killed": "data/runs/ended",
    "paused": "undisturbed/paused",
    "branched": "undisturbed/branched",
}
"""Where the networks lie that the earlier version came to when nobody interrupted it."""
TOLERANCE = {"float64": 1e-9, "float32": 1e-5}
"""Absolute; weights are of the order of 1."""


def read(name: str, file: str = "run.json") -> Any:
    """What a file of a run holds."""
    return json.loads(Path("data", "runs", name, file).read_text())


def batch_of(name: str) -> int:
    """How many mini-batches its status tells of."""
    return int(read(name, "status.json")["view"]["progress"]["batch"])


# ---- going on


@pytest.mark.parametrize("name", ["killed", "paused"])
def test_resumed_it_ends_bit_for_bit_as_if_it_were_begun_and_ended_today(
    name: str, run: Run, weights: Weights, home: Path
) -> None:
    """Its own command, from `run.json`, is what begins it today."""
    resumed, out = home / "data" / "runs" / name, home / f"{name}.safetensors"
    ran = run("resume", name, "--out", out)  # which those versions did not sign
    assert ran.status == 0, ran
    command = shlex.split(read(name)["command"].replace(str(out), "today.safetensors"))
    assert run(*command[1:], "--runs", "today").status == 0
    (today,) = (home / "today").iterdir()
    for model, expected in (
        (out, home / "today.safetensors"),
        (resumed / "last.safetensors", today / "last.safetensors"),
        (resumed / "best.safetensors", today / "best.safetensors"),
    ):
        assert weights(model).tobytes() == weights(expected).tobytes()


@pytest.mark.parametrize("name", LEFT)
def test_resumed_it_comes_to_what_the_version_that_began_it_came_to(
    name: str, run: Run, weights: Weights, home: Path
) -> None:
    """The same bits on the same machine; another processor rounds some sums otherwise."""
    ran = run("resume", name)
    assert ran.status == 0, ran
    tolerance = TOLERANCE[read(name)["hyperparameters"]["dtype"]]
    for network in ("last.safetensors", "best.safetensors"):
        found = weights(home / "data" / "runs" / name / network)
        expected = weights(home / UNDISTURBED[name] / network)
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", LEFT)
def test_resumed_its_record_tells_of_each_mini_batch_once_and_of_what_was_before(
    name: str, run: Run
) -> None:
    before = run("runs", "show", name, "--json").json
    assert run("resume", name).status == 0
    after = run("runs", "show", name, "--json").json
    assert (after["state"], after["stop_reason"]) == ("ended", "all epochs done")
    assert (before["attempt"], after["attempt"]) == (1, 2)
    assert after["mini_batch"] == after["mini_batches"] == before["mini_batches"]
    reported = len(before["events"])
    assert after["events"][:reported] == before["events"]
    assert [event["kind"] for event in after["events"][reported:]] == [
        "resumed",
        "best",
        "ended",
    ]

    exported = run("runs", "export", name, "--csv", "-")
    assert exported.errors == ""
    rows = csv.DictReader(io.StringIO(exported.output))
    spans = [(int(row["batch"]), int(row["batches_in_row"])) for row in rows]
    begun_at = before["parent"][1] if before["parent"] else 0
    ends = [begun_at, *(end for end, _ in spans)]
    assert [end - length for end, length in spans] == ends[:-1]
    assert ends[-1] == after["mini_batches"]


def test_a_request_that_lay_there_for_long_is_not_done(run: Run, home: Path) -> None:
    requests = home / "data" / "runs" / "killed" / "requests"
    (request,) = requests.iterdir()
    assert json.loads(request.read_text())["kind"] == "stop"
    assert run("resume", "killed", "--json").json["stop_reason"] == "all epochs done"
    assert list(requests.iterdir()) == []


def test_a_copy_without_the_empty_folder_for_requests_goes_on_too(
    run: Run, home: Path
) -> None:
    (home / "data" / "runs" / "paused" / "requests").rmdir()
    assert run("resume", "paused", "--json").json["stop_reason"] == "all epochs done"


def test_what_was_killed_on_this_machine_is_taken_over_as_from_another(
    run: Run, change: Callable[..., None], home: Path
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    owner = home / "data" / "runs" / "killed" / "owner.json"
    change(owner, host=socket.gethostname(), pid=dead.pid)
    reported = run("watch", "--plain", "killed").sentence
    assert f"process {dead.pid} on {socket.gethostname()} is gone" in reported
    assert run("resume", "killed").status == 0
    assert not owner.exists()


def test_what_has_ended_is_not_gone_on_with(run: Run, home: Path) -> None:
    last = home / "data" / "runs" / "ended" / "last.safetensors"
    assert run("resume", "ended").sentence == (
        f"run ended has ended: all epochs done; branch off it, or train on from {last}"
    )


# ---- as they lie there


@pytest.mark.usefixtures("home")
def test_the_list_has_the_state_of_each(run: Run) -> None:
    found = {each["run"]: each for each in run("runs", "--json").json["runs"]}
    assert {name: each["state"] for name, each in found.items()} == {
        "branched": "cut off",
        "ended": "ended",
        "killed": "cut off",
        "paused": "interrupted",
    }
    assert [name for name, each in found.items() if each["problem"]] == []
    assert sorted(name for name, each in found.items() if each["can_be_continued"]) == (
        sorted(LEFT)
    )


@pytest.mark.parametrize("name", [*LEFT, "ended"])
def test_all_that_was_noted_of_a_run_is_shown(name: str, run: Run, home: Path) -> None:
    manifest, status = read(name), read(name, "status.json")
    folder = home / "data" / "runs" / name
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    shown = run("runs", "show", name, "--json").json
    for entry in ("sources", "data_fingerprint", "data_rows", "command", "out", "start"):
        assert shown[entry] == manifest[entry]
    assert manifest["hyperparameters"].items() <= shown["hyperparameters"].items()
    assert shown["mini_batch"] == status["view"]["progress"]["batch"]
    assert shown["best_cross_entropy"] == status["view"]["progress"]["best_cross_entropy"]
    assert shown["checkpoint_at"] == status["checkpoint_at"]
    view = status["view"]
    assert shown["saved_to"] == view.get("saved_to", view.get("kept"))  # as it was called once
    assert [event["text"] for event in shown["events"]] == [each["text"] for each in events]
    assert [event["who"] for event in shown["events"]] == [each["who"] for each in events]
    assert (shown["events_damaged"], shown["problem"]) == (0, "")


@pytest.mark.usefixtures("home")
def test_where_a_branch_comes_from_is_still_known(run: Run) -> None:
    parent = ["ended", batch_of("ended")]
    assert read("branched")["parent"] == parent
    assert run("runs", "show", "branched", "--json").json["parent"] == parent


@pytest.mark.usefixtures("home")
def test_watching_them_ends_as_their_end_was(run: Run) -> None:
    ended = run("watch", "--plain", "ended")
    assert (ended.status, ended.errors) == (0, "")
    assert f"all epochs done; {batch_of('ended')} mini-batches" in ended.output
    where = f"mini-batch {batch_of('paused')}"
    assert run("watch", "--plain", "paused").sentence == (
        f"run paused was left at {where}; `wordnet-tui resume paused` continues it"
    )


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("network", ["last", "best"])
def test_its_networks_still_measure_what_they_measured(network: str, run: Run) -> None:
    model = f"data/runs/ended/{network}.safetensors"
    data = ("--data", "letters.txt", "--part", "validation")
    figures = run("info", model, "--json").json["figures"]
    measured = run("evaluate", model, *data, "--json").json
    assert measured["cross_entropy"] == pytest.approx(figures["validation cross-entropy"])


@pytest.mark.parametrize("name", [*LEFT, "ended"])
def test_deleted_nothing_is_left_of_it(name: str, run: Run, home: Path) -> None:
    assert run("runs", "rm", name, "--yes").status == 0
    assert not (home / "data" / "runs" / name).exists()
