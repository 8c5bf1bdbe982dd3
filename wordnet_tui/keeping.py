"""Putting a run's networks away when nobody is there to be asked for a name."""

from __future__ import annotations

import time
from pathlib import Path

from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.model_files import write_network
from wordnet_tui.core.paths import data_folder
from wordnet_tui.core.trained_network import TrainedNetwork
from wordnet_tui.run import Run


def keep_networks(run: Run) -> list[str]:
    """Save the best and the last weights of a run that is over; say what was done.

    They go to `networks/` in the user's data folder, under the time of day.
    """
    view = run.look()
    if view.progress is None:
        return ["no mini-batch was done: nothing to save"]
    folder = data_folder() / "networks"
    stem = _free_stem(folder)
    networks = {"last": run.last()}
    if view.progress.best_at is not None:
        networks["best"] = run.best()
    return [
        _keep(name, network, folder / f"{stem}-{name}.safetensors")
        for name, network in networks.items()
    ]


def _free_stem(folder: Path) -> str:
    """A beginning for names that no file has yet: the time, and a number if need be."""
    now = time.strftime("%Y-%m-%d-%H%M%S")
    stem, number = now, 1
    while any((folder / f"{stem}-{name}.safetensors").exists() for name in ("last", "best")):
        number += 1
        stem = f"{now}-{number}"
    return stem


def _keep(name: str, network: TrainedNetwork, path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_network(path, network)
    except (OSError, WordnetError) as error:
        return f"the {name} weights could not be saved: {error}"
    return f"the {name} weights are in {path}"
