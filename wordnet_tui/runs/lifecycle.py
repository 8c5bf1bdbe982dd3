"""Runs that have a folder: begun, continued, or branched off another.

    begin      a new training                   wordnet-tui train, Start in the app
    reopen     one that was left or cut off     wordnet-tui resume, Continue in the app
    branch     from a checkpoint of another     Branch in the app

Each gives a `Run` that has not begun and the `Recorder` that writes it down; `train_and_save`
takes both to their end.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from wordnet_tui import __version__
from wordnet_tui.core.data.dataset import Dataset, as_the_original_cuts
from wordnet_tui.core.data.load import Progress, load_dataset
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import RunError, WordnetError, printable
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.paths import absolute_source
from wordnet_tui.core.training.branching import branched
from wordnet_tui.core.training.state import TrainingState
from wordnet_tui.runs.checkpoint_writer import SECONDS_BETWEEN_CHECKPOINTS
from wordnet_tui.runs.listing import obstacle
from wordnet_tui.runs.liveness import LastNews, RunCondition
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.recorder import Recorder
from wordnet_tui.runs.saved_networks import save_networks
from wordnet_tui.runs.storage.checkpoints import Checkpoint, read_checkpoint
from wordnet_tui.runs.storage.folder import RunFolder, create_run
from wordnet_tui.runs.storage.lock import RunLock
from wordnet_tui.runs.storage.manifest import Manifest, read_manifest, write_manifest
from wordnet_tui.runs.storage.own_runs import signature
from wordnet_tui.runs.storage.removal import clear_left_overs
from wordnet_tui.runs.storage.requests import ids_of_requests
from wordnet_tui.runs.storage.status_file import StatusRecord, read_status
from wordnet_tui.runs.train_command import as_command


def begin(
    run: Run,
    root: Path,
    sources: Sequence[str],
    *,
    out: str = "",
    start: str = "",
    parent: tuple[str, int] | None = None,
    folder: RunFolder | None = None,
    seconds_between_checkpoints: float = SECONDS_BETWEEN_CHECKPOINTS,
) -> Recorder | None:
    """Give a run that has not begun a folder of its own.

    Args:
        run: The run.
        root: Where the folders of runs lie.
        sources: What its corpus was asked for as.
        out: The model file that it is to write in the end, if any.
        start: The model file that it goes on from, if any.
        parent: The run it branches off, and where.
        folder: An empty folder that was made for it; a new one if None.
        seconds_between_checkpoints: How much work a crash may cost.

    Returns:
        Its recorder; None if no folder can be written: `run.status().write_error` says why.
    """
    hyperparameters, dataset = run.hyperparameters, run.dataset
    named = tuple(map(absolute_source, sources))
    now = time.time()
    manifest = Manifest(
        created_at=now,
        hyperparameters=hyperparameters,
        sources=named,
        data_name=dataset.name,
        data_fingerprint=dataset.fingerprint,
        data_rows=dataset.rows,
        program_version=__version__,
        host=socket.gethostname(),
        command=as_command(hyperparameters, named, out or "OUT.safetensors", start),
        out=out,
        out_signature=signature(out, now) if out else "",
        start=start,
        as_original=run.as_original,
        parent=parent,
    )
    clear_left_overs(root)
    try:
        if folder is None:
            folder = create_run(root, datetime.now())
        lock = RunLock(folder)
        lock.acquire()
        write_manifest(folder, manifest)
    except (OSError, WordnetError) as error:
        run.note(write_error=f"this run has no folder, a crash would lose it: {error}")
        return None
    return Recorder(
        run, folder, manifest, lock, seconds_between_checkpoints=seconds_between_checkpoints
    )


def reopen(
    folder: RunFolder,
    on_progress: Progress | None = None,
    *,
    seconds_between_checkpoints: float = SECONDS_BETWEEN_CHECKPOINTS,
) -> tuple[Run, Recorder]:
    """Go on with a run where its newest checkpoint was taken.

    Args:
        folder: The run's.
        on_progress: Called with how far its corpus has been read.
        seconds_between_checkpoints: How much work a crash may cost.

    Raises:
        WordnetError: Another process trains it, it has ended, its files are damaged, or its
            corpus is no longer what it was.
    """
    manifest = read_manifest(folder)
    clear_left_overs(folder.path.parent)
    lock = RunLock(folder)
    lock.acquire()
    try:
        meant_for_another = ids_of_requests(folder)
        status = _status_of(folder)
        if why := obstacle(folder, manifest, status):
            raise RunError(f"run {printable(folder.name)} cannot be continued: {why}")
        checkpoint = read_checkpoint(folder)
        if checkpoint is None:
            run = _begun_anew(manifest, on_progress)
        else:
            _refuse_if_ended(folder, lock, status, checkpoint)
            run = _run_from(checkpoint, manifest, on_progress)
        recorder = Recorder(
            run,
            folder,
            manifest,
            lock,
            attempt=(status.attempt if status else 1) + 1,
            meant_for_another=meant_for_another,
            seconds_between_checkpoints=seconds_between_checkpoints,
        )
        return run, recorder
    except BaseException as error:  # or whoever reports the progress wants no more of it
        lock.undo()
        if isinstance(error, OSError):
            raise RunError(f"cannot continue {printable(folder.name)}: {error}") from error
        raise


def branch(
    folder: RunFolder,
    changes: Mapping[str, object],
    root: Path,
    on_progress: Progress | None = None,
) -> tuple[Run, Recorder | None]:
    """A new run that begins as a copy of another, with other settings from there on.

    Args:
        folder: The run to branch off; it may be over or going on.
        changes: Hyperparameters; see `branched` for those that can be changed.
        root: Where the folder of the new run goes.
        on_progress: Called with how far the corpus has been read.

    Raises:
        WordnetError: The checkpoint cannot be read, or the changes cannot be made.
    """
    manifest, checkpoint = read_manifest(folder), _checkpoint_of(folder)
    hyperparameters = checkpoint.hyperparameters.changed(**changes)
    state = branched(checkpoint.state, checkpoint.hyperparameters, hyperparameters)
    run = _run_from(checkpoint, manifest, on_progress, hyperparameters, state)
    parent = folder.name, checkpoint.state.batch
    return run, begin(run, root, manifest.sources, start=manifest.start, parent=parent)


def train_and_save(
    run: Run, recorder: Recorder | None, unwanted: Callable[[], bool] = lambda: False
) -> None:
    """Train to the end, in this thread, and keep what came of it.

    Args:
        run: Not yet begun.
        recorder: Of its folder, if it has one.
        unwanted: Asked at the end whether nothing is to be saved.
    """
    if recorder is not None:
        recorder.start()
    run.run_to_end()
    if not unwanted():
        run.note(saved_to=recorder.finish() if recorder else save_networks(run, None))
    elif recorder is not None:
        recorder.discard()


def _checkpoint_of(folder: RunFolder) -> Checkpoint:
    checkpoint = read_checkpoint(folder)
    if checkpoint is None:
        raise RunError(f"run {printable(folder.name)} has no checkpoint to go on from")
    return checkpoint


def _refuse_if_ended(
    folder: RunFolder, lock: RunLock, status: StatusRecord | None, checkpoint: Checkpoint
) -> None:
    """Raises RunError if nothing is left to be done of the run.

    One is finished that trained to its end and is listed otherwise, since a kill or a power
    loss came before its networks were saved and its last status was on the disk.
    """
    progress, owner = checkpoint.state.progress, lock.owner_before
    if progress is None or progress.stop_reason is None:
        return
    news = LastNews(status, owner, owner, is_alive=False, problems=())
    if news.condition(silent_for=None) is RunCondition.ENDED:
        raise RunError(
            f"run {printable(folder.name)} has ended: {progress.stop_reason}; branch off it, "
            f"or train on from {printable(str(folder.last_file))}"
        )


def _begun_anew(manifest: Manifest, on_progress: Progress | None) -> Run:
    dataset = _corpus_of(manifest, None, on_progress)
    return Run(dataset, manifest.hyperparameters, as_original=manifest.as_original)


def _run_from(
    checkpoint: Checkpoint,
    manifest: Manifest,
    on_progress: Progress | None,
    hyperparameters: Hyperparameters | None = None,
    state: TrainingState | None = None,
) -> Run:
    dataset = _corpus_of(manifest, checkpoint.vocabulary, on_progress)
    return Run(
        dataset,
        hyperparameters or checkpoint.hyperparameters,
        as_original=checkpoint.as_original,
        state=state or checkpoint.state,
        history=checkpoint.history,
        rate_changes=checkpoint.rate_changes,
    )


def _corpus_of(
    manifest: Manifest, vocabulary: Vocabulary | None, on_progress: Progress | None
) -> Dataset:
    """The very rows that the run was trained on."""
    hp, sources = manifest.hyperparameters, manifest.sources
    dataset = load_dataset(
        sources if len(sources) > 1 else sources[0],
        context_size=hp.context_size,
        vocabulary_size=hp.vocabulary_size,
        seed=hp.seed,
        vocabulary=vocabulary if manifest.start else None,
        on_progress=on_progress,
    )
    if dataset.fingerprint != manifest.data_fingerprint:
        raise RunError(
            f"{printable(manifest.data_name)} is no longer what this run was trained on: the "
            f"content of {printable(', '.join(manifest.sources))} has changed"
        )
    if manifest.as_original and manifest.start:
        return as_the_original_cuts(dataset, hp.batch_size)
    return dataset


def _status_of(folder: RunFolder) -> StatusRecord | None:
    """What it said last; None if that is nothing, or damaged."""
    try:
        return read_status(folder)
    except RunError:
        return None
