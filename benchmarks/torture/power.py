"""Power loss: every state that a crash of the machine may leave on the disk, at every call.

Each state is looked at; of those with the same checkpoints, metrics and condition one is
continued to the end.
"""

from __future__ import annotations

import os
import shutil
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.torture.aftermath import expect_checkpoint, expect_rows, newest_mark
from benchmarks.torture.children import ChildEnd, in_child
from benchmarks.torture.operations import EXITED, Fault, Operation, arm, marks, read_log
from benchmarks.torture.proof import Proof, Settings, expect
from benchmarks.torture.replay import Recording, State
from benchmarks.torture.scenarios import Scenario, make_scenarios
from benchmarks.torture.tiny import Place
from benchmarks.torture.workers import Trial, share_out
from wordnet_tui.core.errors import RunError
from wordnet_tui.runs.listing import list_runs
from wordnet_tui.runs.storage.checkpoints import read_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder

_ALL = "power loss: what was not flushed is lost, or in part"
GOAL = "no finished checkpoint lost, no gap, equal bit for bit"


def power(settings: Settings) -> Iterator[Proof]:
    """The scenarios of `crash`, their calls replayed on a disk that forgets."""
    yield from share_out(__name__, settings, {_ALL: GOAL})


def trials(root: Path, settings: Settings) -> Iterator[Trial]:
    """All states of all scenarios."""
    for scenario in make_scenarios(root, strict=False):
        place = Place(root / scenario.name.replace(" ", "-"))
        recording = _record(scenario, place.root)
        continued: set[object] = set()
        for state in recording.states(f"{settings.seed} power"):

            def attempt(
                scenario: Scenario = scenario,
                recording: Recording = recording,
                state: State = state,
                place: Place = place,
                continued: set[object] = continued,
            ) -> None:
                _look_and_continue(scenario, recording, state, place, continued)

            yield Trial(_ALL, f"{scenario.name}, {recording.words(state)}", attempt)


def _record(scenario: Scenario, root: Path) -> Recording:
    """Do it once, undisturbed."""
    place = scenario.prepare(root)
    before, log = root.with_suffix(".before"), root.with_suffix(".log")
    shutil.copytree(root, before)

    def run() -> None:
        os.environ["WORDNET_TUI_DATA"] = str(place.data)
        scenario.first()
        arm(place.root, Fault(), log, with_data=True)
        scenario.run(place)

    end = in_child(run)
    expect(end.status == 0, f"{scenario.name} ends with {end.status}: {end.output}")
    shutil.rmtree(root)
    before.rename(root)
    return Recording(root, read_log(log))


def _look_and_continue(
    scenario: Scenario,
    recording: Recording,
    state: State,
    place: Place,
    continued: set[object],
) -> None:
    tree, log = recording.tree(state), recording.log_until(state.at)
    tree.write(place.root)
    kind = _look(place, log)
    if kind not in continued:
        continued.add(kind)
        scenario.judge(place, ChildEnd(EXITED, ""), log)


def _look(place: Place, log: list[Operation]) -> object:
    """What must hold at once; gives what tells the state from others."""
    expect_checkpoint(place, newest_mark(log))
    kind: list[object] = [*marks(log)]
    for summary in list_runs(place.runs, time.time()):
        folder = summary.folder
        _expect_rows_up_to_checkpoint(folder)
        kind += folder.name, summary.condition, bool(summary.problem)
        kind += map(
            _content, (folder.metrics_file.path, *folder.path.glob("[bcl]*.safetensors"))
        )
    others = (path for path in sorted(place.root.rglob("*")) if place.runs not in path.parents)
    return (*kind, *map(_content, others))


def _expect_rows_up_to_checkpoint(folder: RunFolder) -> None:
    try:
        checkpoint = read_checkpoint(folder)
    except RunError:
        return  # whether there must be one is for others to say
    expect_rows(folder, checkpoint.state.batch if checkpoint else 0)


def _content(path: Path) -> tuple[str, int]:
    return path.name, zlib.crc32(path.read_bytes()) if path.is_file() else 0
