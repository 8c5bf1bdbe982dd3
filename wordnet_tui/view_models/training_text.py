"""What the Train screen and the status line say of a run, and its curve in words."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len, set_cell_size

from wordnet_tui.charts.cell_text import short
from wordnet_tui.core.errors import printable
from wordnet_tui.core.history.history import History, Values
from wordnet_tui.core.training.progress import TrainingProgress, clock
from wordnet_tui.runs.status import RunState, RunStatus

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.inference.baselines import Baseline
    from wordnet_tui.core.inference.evaluation import Evaluation

SECONDS_OF_FRESH_NEWS = 8.0
"""A process that trains reports at least every 5 s."""
STATE_SIGNS = {
    RunState.TRAINING: "▶",
    RunState.PAUSED: "‖",
    RunState.INTERRUPTED: "■",
    RunState.ENDED: "■",
    RunState.FAILED: "✗",
}
_LATEST = 5
"""Validations that a trend is taken from."""
_FLAT = 0.002
"""Change between two validations, in nats per word, below which a curve is flat."""


def invitation(dataset: Dataset | None) -> str:
    """What one can do before there is a run."""
    if dataset is None:
        return "No corpus is open: Ctrl-D opens a text."
    return (
        f"F5 trains on {len(dataset.training):,} windows of {printable(dataset.name)}: "
        f"{dataset.context_size} words predict the next, of {len(dataset.vocabulary):,}."
    )


def figures_on_test(reached: Evaluation, compared: Sequence[Baseline]) -> str:
    """How good a network is on the test part, beside what counting reaches."""
    known = ", ".join(
        f"{name} {cross_entropy:.4f}" for name, cross_entropy in chart_baselines(compared)
    )
    return (
        f"test {reached.cross_entropy:.4f} nats, perplexity {reached.perplexity:.2f}, "
        f"top-1 {reached.top1:.1%}, top-5 {reached.top5:.1%}; {known}"
    )


def chart_baselines(found: Sequence[Baseline]) -> tuple[tuple[str, float], ...]:
    """The two lines that a network should fall below: unigram, and the best of Kneser-Ney."""
    lines = [*[item for item in found if item.order == 1][:1], *found[-1:]]
    return tuple((item.name, item.cross_entropy) for item in lines)


def headline(view: RunStatus, progress: TrainingProgress) -> str:
    """How far a run is that is going on."""
    hand = "" if view.rate_factor == 1.0 else f" (x{view.rate_factor:g} by hand)"
    paused = "paused: " if view.state is RunState.PAUSED else ""
    line = (
        f"{paused}epoch {progress.epoch} of {progress.epochs}, mini-batch "
        f"{progress.batch:,} of {progress.batches:,}, rate {progress.learning_rate:.3g}{hand}"
    )
    return "\n".join(filter(None, [line, news(view), view.write_error]))


def news(view: RunStatus) -> str:
    """How old the news of a run of another process is, where that is worth saying."""
    age = view.silent_for
    if view.is_over or age is None or age < SECONDS_OF_FRESH_NEWS:
        return ""
    return view.silence or f"news is {age:.0f} s old"


def patience_phrase(progress: TrainingProgress, patience: int) -> str:
    """How much of the patience is used up."""
    return f"; no better for {progress.validations_without_gain} of {patience}"


def summary(view: RunStatus, figures: str) -> str:
    """Why a run ended, what it reached, where it was saved, and what can be done now."""
    progress = view.progress
    if view.failure:
        lines = [f"Failed: {view.failure}."]
    elif view.state is RunState.INTERRUPTED:
        lines = ["Left before its end; the Runs screen (F7) or `wordnet-tui resume` goes on."]
    else:
        lines = [f"Ended: {progress.stop_reason if progress else 'before it began'}."]
    if progress is not None and progress.best_cross_entropy is not None:
        lines.append(
            f"best {progress.best_cross_entropy:.4f} at mini-batch {progress.best_at:,}, last "
            f"{progress.validation_cross_entropy:.4f} (validation); both are kept"
        )
    lines += view.saved_to[-1:]  # the best ones lie beside the last ones
    lines += filter(None, [view.write_error])
    if figures:
        lines.append(figures)
    lines.append("t test  u use it in F3, F4  k train on  Ctrl-S save  F5 again")
    return "\n".join(lines)


# ---- the status line


def corpus_phrase(name: str, doing: str = "", share: float | None = None) -> str:
    """The name of the corpus; or what is being read, and which share (0 to 1) is done."""
    if not doing:
        return name
    return doing if share is None else f"{doing} {share:.0%}"


def status_text(data: str, network: str, view: RunStatus | None, width: int) -> str:
    """The most telling parts that fit into `width` cells, parted by two blanks.

    Args:
        data: The corpus, or what is being read.
        network: The open network.
        view: The run, if there is one.
        width: Cells.
    """
    parts = _run_parts(view) if view else ["no run"]
    parts += [f"data {short(data)}", f"net {short(network)}"]
    while len(parts) > 1 and cell_len("  ".join(parts)) > width:
        parts.pop()
    return set_cell_size("  ".join(parts), width)


def _run_parts(view: RunStatus) -> list[str]:
    """The run in phrases, the most telling first."""
    p = view.progress
    if p is None:
        return [f"{STATE_SIGNS[view.state]} {'failed' if view.failure else 'starting'}"]
    parts = [f"{STATE_SIGNS[view.state]} {view.state} {p.batch / p.batches:.0%}"]
    if view.write_error:
        parts.append("! its folder cannot be written")
    if view.silence:
        parts.append(f"? {view.silence}")
    parts.append(f"epoch {p.epoch}/{p.epochs}")
    parts.append(f"train {p.recent_cross_entropy:.3f}")
    if p.validation_cross_entropy is not None and p.best_cross_entropy is not None:
        parts.append(f"valid {p.validation_cross_entropy:.3f}")
    if not view.is_over:
        parts.append(f"{clock(p.seconds_left)} left")
    if p.best_cross_entropy is not None:
        parts.append(f"best {p.best_cross_entropy:.3f} at {p.best_at:,}")
    if not view.is_over:
        parts.append(f"{p.examples_per_second:,.0f}/s")
    return parts


# ---- the validation curve, for those who cannot see it


class Trend(StrEnum):
    """Where a curve goes."""

    FALLING = "falling"
    FLAT = "flat"
    RISING = "rising"


def trend(figures: npt.ArrayLike) -> Trend | None:
    """The slope of the straight line through the latest figures; None for less than two."""
    latest = np.asarray(figures, np.float64)[-_LATEST:]
    if len(latest) < 2:
        return None
    places = np.arange(len(latest)) - (len(latest) - 1) / 2
    slope = float(places @ (latest - latest.mean()) / (places @ places))
    if abs(slope) < _FLAT:
        return Trend.FLAT
    return Trend.FALLING if slope < 0 else Trend.RISING


def curve_in_words(history: History) -> str:
    """One line, such as "validation 2.980, best 2.914 at batch 4,200, falling"."""
    picture = history.picture()
    if picture.latest is None:
        return "no mini-batch yet"
    batches, figures = picture.validations
    recent = picture.latest.recent_cross_entropy
    if not len(figures):
        words = [f"training {recent:.3f}"] if isfinite(recent) else []
        words.append("no validation yet")
    else:
        words = [f"validation {figures[-1]:.3f}", _best(batches, figures)]
        if (going := trend(figures)) is not None:
            words.append(going.value)
    if not isfinite(recent):
        words.append("the training loss is no longer finite")
    return ", ".join(words)


def _best(batches: Values, figures: Values) -> str:
    best = int(np.argmin(figures))
    words = f"best {figures[best]:.3f} at batch {int(batches[best]):,}"
    since = len(figures) - 1 - best
    if not since:
        return words
    return words + (" (1 validation ago)" if since == 1 else f" ({since:,} validations ago)")
