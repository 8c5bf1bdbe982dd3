"""Putting a run's networks away when nobody is there to be asked for a name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from wordnet_tui.core.errors import WordnetError, printable
from wordnet_tui.core.formats.model_files import write_network
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.paths import data_folder
from wordnet_tui.runs.local import Run


def networks_of(run: Run) -> dict[str, TrainedNetwork]:
    """The last network of a run that is over, and the best one if anything was measured."""
    progress = run.status().progress
    if progress is None:
        return {}
    networks = {"last": run.last()}
    if progress.best_at is not None:
        networks["best"] = run.best()
    return networks


def keep_network(name: str, network: TrainedNetwork, path: Path) -> str:
    """Save one of them; say where it is.

    Raises:
        WordnetError: It cannot be written.
    """
    write_network(path, network)
    return f"the {name} weights are in {printable(str(path))}"


def keep_networks(networks: Mapping[str, TrainedNetwork]) -> list[str]:
    """Save networks of a run that has no folder; say what was done.

    They go to `networks/` in the user's data folder, under the time of day.

    Args:
        networks: By name, as `networks_of` gives them.
    """
    folder = data_folder() / "networks"
    stem = _free_stem(folder)
    told = []
    for name, network in networks.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            told.append(keep_network(name, network, folder / f"{stem}-{name}.safetensors"))
        except (OSError, WordnetError) as error:
            told.append(f"the {name} weights could not be saved: {error}")
    return told or ["no mini-batch was done: nothing to save"]


def _free_stem(folder: Path) -> str:
    """A beginning for names that no file has yet: the time, and a number if need be."""
    now = time.strftime("%Y-%m-%d-%H%M%S")
    stem, number = now, 1
    while any((folder / f"{stem}-{name}.safetensors").exists() for name in ("last", "best")):
        number += 1
        stem = f"{now}-{number}"
    return stem
