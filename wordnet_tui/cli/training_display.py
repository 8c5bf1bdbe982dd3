"""What `train` shows meanwhile: a live bar, plain lines, the original's log, or nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from wordnet_tui.cli.output import is_terminal, say
from wordnet_tui.core.training.progress import TrainingProgress, clock

FRAMES_PER_SECOND = 5


class Display(Protocol):
    """Is shown every mini-batch; must be quick."""

    def show(self, progress: TrainingProgress) -> None:
        """Take note of a mini-batch."""


@contextmanager
def training_display(log: str) -> Iterator[Display]:
    """The display for `--log` ("progress", "original" or "none"), closed at the end."""
    if log == "original":
        yield OriginalLog()
    elif log == "none":
        yield Silence()
    elif is_terminal(sys.stderr) and is_terminal(sys.stdout):
        with LiveBar() as bar:
            yield bar
    else:
        yield PlainLines()


class Silence:
    """Shows nothing."""

    def show(self, progress: TrainingProgress) -> None:
        """Show nothing."""


class OriginalLog:
    """Prints, byte for byte, what the original prints while it trains."""

    def show(self, progress: TrainingProgress) -> None:
        """Print the lines of one mini-batch."""
        p = progress
        if p.batch_in_epoch == 1:
            say(f"# Begin iteration Epoch = {p.epoch - 1}")
        say(
            f"  Training CE (@{p.batch}, minibatch {p.batch_in_epoch} of "
            f"{p.batches_per_epoch}, epoch {p.epoch}) = {p.epoch_cross_entropy:.8f}"
        )
        if p.validated_now:
            say(
                "##Start validation ...\n"
                f"##Validation CE (@{p.batch}) = {p.validation_cross_entropy:.8f}"
            )


class PlainLines:
    """For a pipe or a file: a line at each validation and at the end of each epoch."""

    def show(self, progress: TrainingProgress) -> None:
        """Print a line, if it is time to."""
        p = progress
        epoch_ended = p.batch_in_epoch == p.batches_per_epoch
        if not (p.validated_now or epoch_ended or p.stop_reason):
            return
        parts = [
            f"epoch {p.epoch}/{p.epochs}",
            f"mini-batch {p.batch:,}/{p.batches:,}",
            *_losses(p),
            f"{p.examples_per_second:,.0f} examples/s",
            f"{clock(p.seconds_left)} left",
        ]
        say("  ".join(parts))


class LiveBar:
    """For a terminal: a bar, the losses, the speed and the time left, a few times a second."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("{task.fields[figures]}"),
            console=Console(stderr=True),
            auto_refresh=False,
            expand=True,
        )
        self._task = self._bar.add_task("", total=1, epoch="", figures="")
        self._shown_at = 0.0

    def __enter__(self) -> LiveBar:
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def show(self, progress: TrainingProgress) -> None:
        """Redraw, if the last time is long enough ago."""
        p, now = progress, time.monotonic()
        if p.stop_reason is None and now - self._shown_at < 1.0 / FRAMES_PER_SECOND:
            return
        self._shown_at = now
        figures = [*_losses(p), f"{p.examples_per_second:,.0f}/s", clock(p.seconds_left)]
        self._bar.update(
            self._task,
            completed=p.batch,
            total=p.batches,
            epoch=f"{p.epoch}/{p.epochs}",
            figures="  ".join(figures),
            refresh=True,
        )


def _losses(progress: TrainingProgress) -> list[str]:
    losses = [f"training {progress.recent_cross_entropy:.4f}"]
    if progress.validation_cross_entropy is not None:
        losses.append(f"validation {progress.validation_cross_entropy:.4f}")
    return losses
