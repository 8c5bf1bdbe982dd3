"""Where the networks of a run are saved when it is over: decided here, for everybody.

in the folder of the run             last.safetensors, best.safetensors
where that cannot be written,        <user's data>/networks/<time>-last.safetensors, ...
or there is none
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from wordnet_tui.core.errors import ModelFileError, WordnetError, printable
from wordnet_tui.core.formats.folder_file import FolderFile
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.paths import data_folder
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.local import Run
from wordnet_tui.runs.storage.folder import RunFolder


def save_networks(
    run: Run, folder: RunFolder | None, tries_again: Callable[[str], bool] = lambda _: False
) -> list[str]:
    """Save the last network of a run that is over, and the best if a validation was done.

    Args:
        run: The run.
        folder: Its own, if it has one.
        tries_again: Called with why the folder cannot be written; waits, and says whether to
            try once more before a network goes elsewhere.

    Returns:
        Sentences that say where they are, or why one could not be saved.
    """
    progress = run.status().progress
    if progress is None:
        return ["no mini-batch was done: nothing to save"]
    networks = {"last": run.last()}
    if progress.best_at is not None:
        networks["best"] = run.best()
    places = {"last": folder.last_file, "best": folder.best_file} if folder else {}
    stem = _free_stem(data_folder() / "networks")
    return [
        _saved(
            name, network, places.get(name), Path(f"{stem}-{name}.safetensors"), tries_again
        )
        for name, network in networks.items()
    ]


def _saved(
    name: str,
    network: TrainedNetwork,
    wanted: FolderFile | None,
    elsewhere: Path,
    tries_again: Callable[[str], bool],
) -> str:
    """Save one of them, `elsewhere` if need be; where it is, in a sentence."""
    while wanted is not None:
        try:
            write_network(wanted, network)
            return f"the {name} weights are in {printable(str(wanted))}"
        except WordnetError as error:
            logging.getLogger(__name__).warning("%s", error)
            is_of_the_disk = isinstance(error.__cause__, OSError)
            if not (is_of_the_disk and tries_again(str(error))):
                break
    try:
        elsewhere.parent.mkdir(parents=True, exist_ok=True)
        write_network(elsewhere, network)
    except (OSError, WordnetError) as error:
        return f"the {name} weights could not be saved: {error}"
    return f"the {name} weights are in {printable(str(elsewhere))}"


def _free_stem(folder: Path) -> Path:
    """A beginning for names that no file has yet: the time, and a number if need be."""
    now = time.strftime("%Y-%m-%d-%H%M%S")
    stem, number = folder / now, 1
    while any(Path(f"{stem}-{name}.safetensors").exists() for name in ("last", "best")):
        number += 1
        stem = folder / f"{now}-{number}"
    return stem


def outcome_path(folder: RunFolder, progress: TrainingProgress) -> Path:
    """Which file of a run's folder holds its outcome; see `StopReason.keeps_best`."""
    reason = progress.stop_reason
    keeps_best = reason is not None and reason.keeps_best and progress.best_at is not None
    return (folder.best_file if keeps_best else folder.last_file).path


def save_or_rescue(network: TrainedNetwork, out: Path) -> Path:
    """Write the file that was asked for; if that fails, after all that work, another.

    Returns:
        `out`.

    Raises:
        ModelFileError: `out` could not be written; names the other file.
    """
    try:
        write_network(out, network)
    except ModelFileError as error:
        rescued = data_folder() / "rescued" / f"{out.stem}-{int(time.time())}.safetensors"
        try:
            rescued.parent.mkdir(parents=True, exist_ok=True)
            write_network(rescued, network)
        except (OSError, WordnetError):
            raise error from None
        raise ModelFileError(f"{error}; the network was saved to {rescued} instead") from None
    return out
