"""One row at the bottom of every screen: the corpus, the open network, and the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widgets import Static

from wordnet_tui.charts.cell_text import short
from wordnet_tui.core.training.progress import clock
from wordnet_tui.runs.status import RunState, RunStatus
from wordnet_tui.session import Loading, Session

if TYPE_CHECKING:
    from wordnet_tui.core.data.dataset import Dataset

SIGNS = {
    RunState.TRAINING: "▶",
    RunState.PAUSED: "‖",
    RunState.INTERRUPTED: "■",
    RunState.ENDED: "■",
    RunState.FAILED: "✗",
}


class StatusLine(Static):
    """Looks at the session a few times a second and redraws itself when its text changed."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._text = ""

    def on_mount(self) -> None:
        """Begin to look."""
        self._look()
        self.set_interval(cast("Session", self.app).seconds_between_looks, self._look)

    def on_resize(self) -> None:
        """Fit the new width."""
        self._look()

    def _look(self) -> None:
        if not self.screen.is_current:
            return
        session = cast("Session", self.app)
        run = session.run_of_training
        text = status_text(
            corpus_phrase(session.dataset, session.loading),
            session.network.name if session.network else "none",
            run.status() if run else None,
            self.size.width,
        )
        if text != self._text:
            self._text = text
            self.update(Content(text), layout=False)


def corpus_phrase(dataset: Dataset | None, loading: Loading | None) -> str:
    """What is known of the corpus, in a few words."""
    if loading is not None:
        share = "" if loading.share is None else f" {loading.share:.0%}"
        return f"{loading.doing}{share}"
    return dataset.name if dataset else "none"


def status_text(data: str, network: str, view: RunStatus | None, width: int) -> str:
    """The most telling parts that fit into `width` cells, parted by two blanks.

    Args:
        data: The corpus, or what is being read.
        network: The open network.
        view: The run, if there is one.
        width: Cells.
    """
    parts = run_parts(view) if view else ["no run"]
    parts += [f"data {short(data)}", f"net {short(network)}"]
    while len(parts) > 1 and _width(parts) > width:
        parts.pop()
    return set_cell_size("  ".join(parts), width)


def run_parts(view: RunStatus) -> list[str]:
    """The run in phrases, the most telling first."""
    p = view.progress
    if p is None:
        return [f"{SIGNS[view.state]} {'failed' if view.failure else 'starting'}"]
    parts = [f"{SIGNS[view.state]} {view.state} {p.batch / p.batches:.0%}"]
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


def _width(parts: list[str]) -> int:
    return cell_len("  ".join(parts))
