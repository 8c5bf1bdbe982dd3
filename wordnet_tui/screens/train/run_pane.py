"""The run on the Train screen: a headline, how far it is, its curves, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from wordnet_tui.view_models.training_text import (
    curve_in_words,
    headline,
    patience_phrase,
    summary,
)
from wordnet_tui.widgets.lines import ChangingText, ProgressLine
from wordnet_tui.widgets.loss_chart import LossChart

if TYPE_CHECKING:
    from wordnet_tui.runs.handle import RunHandle
    from wordnet_tui.runs.status import RunStatus
    from wordnet_tui.session import Loading


class RunPane(Vertical):
    """Shows what it is given; styled by `styles/train.tcss`."""

    def __init__(self, markers: str) -> None:
        super().__init__(id="curves")
        self._markers = markers

    def compose(self) -> ComposeResult:
        """One over another."""
        yield ChangingText(id="headline")
        yield ProgressLine(id="progress")
        yield LossChart(self._markers)
        yield ChangingText(id="words")

    @property
    def chart(self) -> LossChart:
        """The curves."""
        return self.query_one(LossChart)

    def show_headline(self, text: str) -> None:
        """Say something in place of a run."""
        self.query_one("#headline", ChangingText).show(text)

    def show_loading(self, loading: Loading | None, *, is_going: bool) -> None:
        """Show how far a corpus is read; the bar stays while a run is going on."""
        bar = self.query_one(ProgressLine)
        bar.display = loading is not None or is_going
        if loading is not None:
            bar.show(loading.share)
            self.show_headline(f"{loading.doing} ...")

    def show_run(self, run: RunHandle, status: RunStatus, figures: str) -> None:
        """Show a run as it is now.

        Args:
            run: For its curves.
            status: What it does now.
            figures: What it reached on the test part; empty where that is not known.
        """
        chart, progress, words = self.chart, status.progress, ""
        chart.history = run.history
        chart.rate_changes = tuple(
            (change.batch, change.factor) for change in status.rate_changes
        )
        if progress is not None:
            chart.batches_per_epoch = progress.batches_per_epoch
        chart.update()
        if status.is_over:
            text = summary(status, figures)
        elif progress is None:
            text = "starting ..."
        else:
            text, words = headline(status, progress), curve_in_words(run.history)
            if status.patience:
                words += patience_phrase(progress, status.patience)
            self.query_one(ProgressLine).show(progress.batch / progress.batches)
        self.show_headline(text)
        self.query_one("#words", ChangingText).show(words)
