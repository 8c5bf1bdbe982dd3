"""One run or several beside the table: curves above, words below.

One run: its curves, its facts. Several: their validation curves laid over one another, and a
table of what differs between them. Styled by `styles/runs.tcss`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from wordnet_tui.charts.comparison_chart import NO_CURVE, Unit
from wordnet_tui.charts.raster import Markers
from wordnet_tui.charts.viewport import Viewport
from wordnet_tui.runs.status import RateChange
from wordnet_tui.view_models.run_comparison import Compared, RunCurves, comparison
from wordnet_tui.view_models.run_list import RunRow
from wordnet_tui.view_models.run_text import facts
from wordnet_tui.widgets.curve_overlay import CurveOverlay
from wordnet_tui.widgets.loss_chart import LossChart

_LABEL = 10
"""Cells of a label before a fact."""
_WAITING = "Reading its curves ..."
_NO_BATCH = "No mini-batch has been done yet."


class RunComparison(Vertical):
    """Shows what it is given of runs.

    Args:
        markers: What curves are drawn with: "braille", "block" or "ascii".
    """

    def __init__(self, markers: str) -> None:
        super().__init__()
        self._markers = markers
        self._rows: tuple[RunRow, ...] = ()
        self._letters = ""
        self._problems: list[str] = []
        self._drawn: tuple[str, RunCurves | None, Sequence[RateChange]] | None = None
        self._text = Content("")

    def compose(self) -> ComposeResult:
        """Two charts, of which one is shown, and words."""
        yield LossChart(self._markers)
        yield CurveOverlay(self._markers)
        with VerticalScroll(id="run-words"):
            yield Static(id="run-facts", markup=False)

    def show_one(self, row: RunRow, curves: RunCurves | None) -> None:
        """Show a run; None while its curves are being read."""
        self._rows = ()
        self.remove_class("-several")
        status = row.summary.status
        changes = status.view.rate_changes if status else ()
        if self._drawn != (row.name, curves, changes):
            self._draw(row, curves, changes)
        pieces: list[str | tuple[str, str]] = []
        for label, text in facts(row):
            gap = " " * max(_LABEL - len(label), 2)
            pieces += [(label, "bold"), f"{gap}{text}\n"]
        self._show_text(Content.assemble(*pieces))

    def _draw(
        self, row: RunRow, curves: RunCurves | None, changes: Sequence[RateChange]
    ) -> None:
        chart = self.query_one(LossChart)
        if self._drawn is None or self._drawn[0] != row.name:
            chart.view = Viewport()  # a zoom was into another run
        self._drawn = row.name, curves, changes
        chart.rate_changes = tuple((change.batch, change.factor) for change in changes)
        chart.batches_per_epoch = row.progress.batches_per_epoch if row.progress else 0
        chart.waiting = curves.problem or _NO_BATCH if curves else _WAITING
        chart.history = curves.history if curves else None
        chart.show()

    def show_several(
        self, rows: Sequence[RunRow], letters: str, curves: Mapping[str, RunCurves]
    ) -> None:
        """Lay runs over one another.

        Args:
            rows: The runs; not those whose settings cannot be read.
            letters: One for each.
            curves: By the names of the runs, as far as they have been read.
        """
        self.add_class("-several")
        self._rows, self._letters = tuple(rows), letters
        self._problems = [
            f"{letter}: {curves[row.name].problem}"
            for letter, row in zip(letters, rows, strict=True)
            if row.name in curves and curves[row.name].problem
        ]
        self.query_one(CurveOverlay).show(
            [curves[row.name].validation if row.name in curves else NO_CURVE for row in rows],
            letters,
        )
        self._compare()

    def show_nothing(self) -> None:
        """There is no run."""
        self._rows, self._drawn = (), None
        self.remove_class("-several")
        chart = self.query_one(LossChart)
        chart.history, chart.waiting = None, ""
        chart.show()
        self._show_text(Content(""))

    def switch_unit(self) -> None:
        """Draw several runs against mini-batches, or against epochs."""
        overlay = self.query_one(CurveOverlay)
        overlay.unit = Unit.BATCHES if overlay.unit is Unit.EPOCHS else Unit.EPOCHS
        overlay.draw()

    def switch_part(self) -> None:
        """Draw the main part of several runs, or all."""
        overlay = self.query_one(CurveOverlay)
        overlay.main_part = not overlay.main_part
        overlay.draw()

    def on_resize(self) -> None:
        """Fit the table into the new width."""
        if self._rows:
            self.call_after_refresh(self._compare)

    def _compare(self) -> None:
        compared = [
            Compared(
                manifest.hyperparameters,
                manifest.data_name,
                manifest.data_fingerprint,
                row.best,
            )
            for row in self._rows
            if (manifest := row.summary.manifest) is not None
        ]
        names = [row.name for row in self._rows]
        width = self.query_one("#run-words").scrollable_content_region.width
        markers = Markers.named(self._markers)
        lines = comparison(names, compared, self._letters, markers, width)
        self._show_text(Content("\n".join([*lines, *self._problems])))

    def _show_text(self, text: Content) -> None:
        if text != self._text:
            self._text = text
            self.query_one("#run-facts", Static).update(text)
