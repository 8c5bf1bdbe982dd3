"""Folders of runs whose every text would steer a terminal."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from wordnet_tui.core.formats.model_files import read_network, write_network
from wordnet_tui.runs.storage.events import Event, append_events
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.manifest import read_manifest, write_manifest
from wordnet_tui.runs.storage.owner import this_process, write_owner
from wordnet_tui.runs.storage.requests import new_request, put_request
from wordnet_tui.runs.storage.status_file import Acknowledgement, read_status, write_status

STEERING = "\x1b[2J\x1b]0;owned\x07\x9b31m\x9d0;x\x9c\u202e\u2066\u200b\x7f\r\n\t[bold red]"
HOSTILE = STEERING + "y" * 20_000
NAME = "2026-11-23-1430\x1b]0;owned\x07\x9b2J\u202e\n[bold red]"
"""Of a folder."""


def hostile_copy(folder: RunFolder, root: Path, state: str, **texts: Any) -> RunFolder:
    """A copy of a run in which every text, and the name, is hostile.

    Args:
        folder: The run.
        root: Where the copy goes.
        state: What its status says it is.
        texts: Further fields of its manifest.
    """
    copy = RunFolder(root / NAME)
    shutil.copytree(folder.path, copy.path)
    manifest = read_manifest(copy)
    kept = {"hyperparameters", "created_at", "data_fingerprint", "sources", "parent", "out"}
    hostile = {
        name: HOSTILE
        for name, value in vars(manifest).items()
        if isinstance(value, str) and name not in kept
    }
    write_manifest(copy, replace(manifest, **{**hostile, "start": "", **texts}))
    status = read_status(copy)
    assert status is not None
    view = replace(
        status.view,
        state=type(status.view.state)(state),
        failure=HOSTILE if state == "failed" else "",
        saved_to=(HOSTILE, HOSTILE),
        write_error=HOSTILE,
        message=HOSTILE,
    )
    acknowledged = (Acknowledgement(HOSTILE, HOSTILE, HOSTILE),)
    status = replace(status, view=view, host=HOSTILE, acknowledged=acknowledged)
    write_status(copy, replace(status, written_at=1.0))
    append_events(copy.events_file, [Event(1.0, 1, HOSTILE, HOSTILE, HOSTILE)] * 3)
    for path in (copy.best_file.path, copy.last_file.path):
        plant_in_model(path)
    return copy


def take_away_its_process(folder: RunFolder) -> None:
    """Leave the run as a process of another machine does that was killed long ago."""
    write_owner(folder, replace(this_process(1.0), host=HOSTILE))


def ask_for_a_step(folder: RunFolder) -> None:
    """Put a request with a hostile name of who asks, whoever writes it."""
    from wordnet_tui.runs.commands import VALIDATE

    request = new_request(VALIDATE, "x", 4e9)
    put_request(folder, replace(request, who=HOSTILE))


def plant_in_model(path: Path) -> None:
    """Make the origin of a network hostile, but for what it was measured on."""
    network = read_network(path)
    origin = replace(
        network.provenance,
        data_name=HOSTILE,
        data_fingerprint=HOSTILE,
        program_version=HOSTILE,
        figures={HOSTILE: 1.0},
    )
    write_network(path, replace(network, provenance=origin))


def is_harmless(text: str) -> bool:
    """Whether a terminal would show it and do nothing else; newlines are fine."""
    return text.replace("\n", "").isprintable()


def has_planted_texts(text: str) -> bool:
    """Whether some of what was planted is in it, as escapes."""
    return json.dumps("\x1b")[1:-1].replace("u001b", "x1b") in text
