"""Everything that reads a run, let loose on a damaged one, and held against the sound one.

Right is a sentence (a `WordnetError`, or where the reading says that something is damaged),
or what the sound files say. Of a table that was damaged, the sound lines are right. All else,
and any other exception, is a failure of the trial.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.torture.program import bits
from benchmarks.torture.proof import expect
from benchmarks.torture.readings import (
    are_among,
    listed,
    no_error_logged,
    shown,
    taken,
    watch_plainly,
    watched,
)
from benchmarks.torture.sound_runs import SoundRuns
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.runs.lifecycle import reopen, train_and_save
from wordnet_tui.runs.storage import checkpoint_file
from wordnet_tui.runs.storage.checkpoints import (
    Checkpoint,
    read_checkpoint,
    read_newest_network,
)
from wordnet_tui.runs.storage.events import read_events
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.metrics_file import read_metrics

MOST_LOST_LINES = 2
"""A byte that becomes a newline, or a newline that becomes another byte."""
_PASSING = {"folder", "seconds_silent", "problem", "events_damaged"}
"""Keys of `runs show --json` that differ though nothing else does."""


class Judge:
    """Reads a sound run once; then `reports_damage` looks at damaged copies of it.

    Args:
        folder: The sound run.
        runs: It is one of them.
    """

    def __init__(self, folder: RunFolder, runs: SoundRuns) -> None:
        self._runs = runs
        self._summary = listed(folder)
        self._shown = shown(folder)
        self._view, self._picture = watched(folder)
        files = folder.checkpoint_file, folder.checkpoint_before_file
        self._checkpoints = [_content(checkpoint_file.read(file)) for file in files]
        self._newest = {_weights(checkpoint_file.read_network(file)) for file in files}
        self._models = {
            path.name: bits(path)
            for path in (folder.last_file.path, folder.best_file.path)
            if path.exists()
        }
        self._rows = list(map(bytes, read_metrics(folder.metrics_file).rows))
        self._events = read_events(folder.events_file).events
        self._requests = taken(folder)[0]

    def reports_damage(self, folder: RunFolder) -> bool:
        """Whether anything said that something is damaged; else all was read as if sound.

        Raises:
            TrialError: Something was neither.
        """
        checks: tuple[Callable[[RunFolder], bool], ...] = (
            self._list,
            self._show,
            self._watch,
            watch_plainly,
            self._read_checkpoints,
            self._read_models,
            self._read_tables,
            self._take_requests,
            self._continue,
        )
        with no_error_logged():
            reported = [check(folder) for check in checks]  # all, whatever the first ones say
        return any(reported)

    def _list(self, folder: RunFolder) -> bool:
        found, sound = listed(folder), self._summary
        if found.problem:
            expect(found.manifest in (None, sound.manifest), "the list has another manifest")
            expect(found.status in (None, sound.status), "the list has another status")
            return True
        facts = found.manifest, found.status, found.condition
        expect(
            facts == (sound.manifest, sound.status, sound.condition),
            "the list tells something else and no problem",
        )
        return False

    def _show(self, folder: RunFolder) -> bool:
        found = shown(folder)
        if found.keys() == {"error"}:
            return True
        other = {key for key in self._shown if found[key] != self._shown[key]} - _PASSING
        if "events" in other:
            sound = self._shown["events"]
            expect(are_among(found["events"], sound), "`runs show` tells of other events")
            other.remove("events")
        expect(found["problem"] or not other, f"`runs show` tells other {', '.join(other)}")
        return bool(found["problem"] or found["events_damaged"])

    def _watch(self, folder: RunFolder) -> bool:
        (view, picture), sound = watched(folder), self._view
        batches = self._picture.batches
        expect(picture.batches <= batches, f"a curve of {picture.batches} mini-batches")
        measured, known = picture.validations.T.tolist(), self._picture.validations.T.tolist()
        expect(are_among(measured, known), "other validations on the screen")
        same = (view.state, view.progress) == (sound.state, sound.progress)
        expect(
            view.write_error or same, f"the screen shows another state and no error: {view}"
        )
        return bool(view.write_error)

    def _read_checkpoints(self, folder: RunFolder) -> bool:
        checkpoint = read_checkpoint(folder)  # one of two is sound, so there must be one
        assert checkpoint is not None
        content = _content(checkpoint)
        expect(content in self._checkpoints, "another checkpoint than any that was written")
        which = self._checkpoints.index(content)
        expect(which == bool(checkpoint.remark), "an older checkpoint without a remark")
        network = read_newest_network(folder)
        assert network is not None
        expect(_weights(network) in self._newest, "another network in the newest checkpoint")
        return bool(checkpoint.remark)

    def _read_models(self, folder: RunFolder) -> bool:
        is_reported = False
        for name, expected in self._models.items():
            try:
                expect(bits(folder.path / name) == expected, f"another network in {name}")
            except WordnetError:
                is_reported = True
        return is_reported

    def _read_tables(self, folder: RunFolder) -> bool:
        rows, events = read_metrics(folder.metrics_file), read_events(folder.events_file)
        expect(are_among(list(map(bytes, rows.rows)), self._rows), "other rows of metrics")
        expect(are_among(events.events, self._events), "other events")
        dropped = rows.dropped + events.dropped
        expect(dropped <= MOST_LOST_LINES, f"{dropped} lines are dropped for one byte")
        return bool(dropped)

    def _take_requests(self, folder: RunFolder) -> bool:
        requests, refused = taken(folder)
        is_right = requests == self._requests or (refused and not requests)
        expect(is_right, f"other requests: {requests}")
        return bool(refused)

    def _continue(self, folder: RunFolder) -> bool:
        try:
            run, recorder = reopen(folder)
        except WordnetError as error:
            return "has ended" not in str(error)  # what the sound one says as well
        train_and_save(run, recorder)
        for name, path in (("last", folder.last_file.path), ("best", folder.best_file.path)):
            is_same = bits(path) == getattr(self._runs, name)
            expect(is_same, f"it went on to other {name} weights, silently")
        return False


def _content(checkpoint: Checkpoint) -> bytes:
    """All that it says; equal where two say the same to the last bit."""
    return b"".join(checkpoint_file.encode(checkpoint))


def _weights(network: TrainedNetwork) -> bytes:
    return network.parameters.packed()[1].tobytes()
