"""Runs to read and to damage, and random records of any kind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st

from wordnet_tui.core.errors import bounded
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.training.progress import StopReason, TrainingProgress
from wordnet_tui.runs.status import RateChange, RunState, RunStatus
from wordnet_tui.runs.storage.folder import RunFolder, create_run
from wordnet_tui.runs.storage.manifest import Manifest
from wordnet_tui.runs.storage.status_file import Acknowledgement, StatusRecord

WHEN = datetime(2026, 11, 23, 14, 30, 5)

Record = TypeVar("Record")
AnyOf = Callable[[type[Record]], st.SearchStrategy[Record]]

whole = st.integers(0, 10**17)
text = st.text(st.characters(), max_size=10)  # lone surrogates too, as names of files hold


@cache
def any_record(kind: type[Record]) -> st.SearchStrategy[Record]:
    """Random records of a dataclass; its fields may hold anything that their types allow."""
    of: dict[str, st.SearchStrategy[Any]] = {
        "int": whole,
        "int | None": st.none() | whole,
        "float": st.floats(),
        "float | None": st.none() | st.floats(),
        "ProcessId": st.integers(1, 2**31 - 1),
        "UnixTime": st.floats(0, 2**33, exclude_max=True),
        "UnixTime | None": st.none() | st.floats(0, 2**33, exclude_max=True),
        "bool": st.booleans(),
        "str": text,
        "ForPeople": text.map(bounded),
        "tuple[str, ...]": st.lists(text, max_size=3).map(tuple),
        "tuple[ForPeople, ...]": st.lists(text.map(bounded), max_size=3).map(tuple),
        "tuple[int, int, int]": st.tuples(whole, whole, whole),
        "tuple[str, int] | None": st.none() | st.tuples(text, whole),
        "RunState": st.sampled_from(RunState),
        "StopReason | None": st.none() | st.sampled_from(StopReason),
        "Hyperparameters": st.sampled_from(list(PRESETS.values())),
    }
    for nested in (RunStatus, TrainingProgress, RateChange, Acknowledgement):
        records = st.deferred(lambda nested=nested: any_record(nested))
        of[nested.__name__] = records
        of[f"{nested.__name__} | None"] = st.none() | records
        of[f"tuple[{nested.__name__}, ...]"] = st.lists(records, max_size=3).map(tuple)
    arguments: dict[str, Any] = {field.name: of[str(field.type)] for field in fields(kind)}
    return st.builds(kind, **arguments)


@pytest.fixture(scope="session")
def any_of() -> AnyOf[Any]:
    return any_record


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """Of a run that holds nothing yet."""
    return create_run(tmp_path / "runs", WHEN)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A folder to write to again and again."""
    return create_run(tmp_path_factory.mktemp("runs"), WHEN)


@pytest.fixture
def manifest() -> Manifest:
    return Manifest(
        created_at=1_795_444_205.25,
        hyperparameters=Hyperparameters(),
        sources=("/home/lea/größe.txt", "chitchat"),
        data_name="größe.txt, chitchat",
        data_fingerprint="9f" * 32,
        data_rows=(80, 10, 10),
        program_version="0.3.0",
        host="tower",
        command="wordnet-tui train out.safetensors --seed 1",
        parent=("2026-11-22-090000", 1_500),
    )


@pytest.fixture
def status() -> StatusRecord:
    progress = TrainingProgress(
        batch=250,
        batches=1_000,
        epoch=3,
        epochs=10,
        batch_in_epoch=50,
        batches_per_epoch=100,
        epoch_cross_entropy=2.5,
        recent_cross_entropy=float("inf"),
        validation_cross_entropy=2.625,
        validated_at=200,
        best_cross_entropy=2.625,
        best_at=200,
        validations_without_gain=0,
        learning_rate=0.05,
        examples_per_second=98_765.4,
        seconds_left=7.5,
        stop_reason=None,
    )
    view = RunStatus(
        state=RunState.TRAINING,
        progress=progress,
        rate_changes=(RateChange(100, 0.5),),
        rate_factor=0.5,
        patience=3,
        min_delta=0.001,
        failure="",
        saved_to=("best in best.safetensors",),
        write_error="cannot write metrics.csv: No space left on device",
        message="paused, as lea asked",
    )
    return StatusRecord(
        view=view,
        written_at=1_795_444_300.5,
        host="tower",
        pid=4_711,
        attempt=2,
        elapsed_seconds=91.5,
        checkpoint_at=200,
        acknowledged=(Acknowledgement("9f3a", "lea", "paused"),),
    )


Damages = Callable[[bytes], Iterator[bytes]]


def all_damages(content: bytes) -> Iterator[bytes]:
    """`content` with a bit of each byte turned, each byte missing, and cut at each place."""
    for place in range(len(content)):
        before, byte, after = content[:place], content[place], content[place + 1 :]
        yield before + bytes([byte ^ 1 << place % 8]) + after
        yield before + after
        yield before


@pytest.fixture(scope="session")
def damages() -> Damages:
    return all_damages


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Under which a program that takes no care writes what everybody may write to."""
    before = os.umask(0)
    yield
    os.umask(before)
