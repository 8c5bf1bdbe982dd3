"""What the Train screen says in words; pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wordnet_tui.core.errors import printable
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.status import RunState, RunStatus

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset
    from wordnet_tui.core.inference.baselines import Baseline
    from wordnet_tui.core.inference.evaluation import Evaluation

SECONDS_OF_FRESH_NEWS = 8.0
"""A process that trains reports at least every 5 s."""


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
    """Where a run that is going on stands."""
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
    """Why a run ended, what it reached, where it is kept, and what can be done now."""
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
