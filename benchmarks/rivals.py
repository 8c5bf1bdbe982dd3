"""The same step by others: eager PyTorch, and the original C program."""

from __future__ import annotations

import importlib.util
import re
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from wordnet_tui.core.data.dataset import Windows
from wordnet_tui.core.model.hyperparameters import Hyperparameters

ORIGINAL_SECONDS = 0.0285
"""A step of the original on the machine where the goal was set."""


def torch_steps(
    hyperparameters: Hyperparameters, windows: Windows
) -> Callable[[], object] | None:
    """A function that takes one step in eager PyTorch on one thread; None without torch."""
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    torch.set_num_threads(1)
    hp = hyperparameters
    embedding = torch.nn.Embedding(hp.vocabulary_size, hp.embedding_size)
    hidden = torch.nn.Linear(hp.context_size * hp.embedding_size, hp.hidden_size)
    output = torch.nn.Linear(hp.hidden_size, hp.vocabulary_size)
    network = torch.nn.Sequential(
        embedding, torch.nn.Flatten(), hidden, torch.nn.Sigmoid(), output
    )
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=hp.momentum)
    cross_entropy = torch.nn.CrossEntropyLoss()
    rows = torch.from_numpy(windows.astype(np.int64))
    place = 0

    def step() -> None:
        nonlocal place
        batch = rows[place : place + hp.batch_size]
        place = (place + hp.batch_size) % (len(rows) - hp.batch_size)
        optimizer.zero_grad()
        loss = cross_entropy(network(batch[:, :-1]), batch[:, -1])
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def original_seconds(binary: Path, reference: Path, steps: int = 60) -> float:
    """Seconds a step of the original, from the times at which it prints its mini-batches.

    It is run in a folder of its own, on the reference data, and stopped after `steps`.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").symlink_to(reference.resolve())
        start = bytearray((reference / "finetune_start.bin").read_bytes())
        struct.pack_into("<i", start, 16, 10 + steps)  # early-stop iteration
        (folder / "start.bin").write_bytes(start)
        command = ["stdbuf", "-oL", str(binary.resolve()), "train", "start.bin", "end.bin"]
        marks = {}
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.match(r"  Training CE \(@(\d+),", line):
                    marks[int(found[1])] = time.perf_counter()
                if 10 + steps in marks:
                    process.kill()
        return (marks[10 + steps] - marks[10]) / steps
