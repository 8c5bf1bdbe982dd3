"""The curves of a run, as a widget: keys, mouse, and sending only what changed.

`charts.loss_chart` draws. A refresh costs 6 ms of processor time at 80x24 and 8 ms at 120x40,
half of it Textual's, and at two refreshes a second a training keeps 0.95 to 0.98 of its speed.
What changed is found by comparing the cells with those on the screen; only that is refreshed,
tile by tile (`tile`): 0.9 KiB at 80x24, 2 KiB at 120x40, and 6 and 15 KiB when the axes
move, which they do in steps, a few times in a run.

The widget reads `history` when `update` is called, which is the screen's business; it has no
timer. Styles: `styles/shared.tcss`. It takes no border or padding.
"""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from wordnet_tui.charts.axes import Axis
from wordnet_tui.charts.canvas import Canvas, message
from wordnet_tui.charts.decimate import line_value
from wordnet_tui.charts.loss_chart import Chart, brings_a_column, draw
from wordnet_tui.charts.plot_area import Role, Scene
from wordnet_tui.charts.raster import Markers
from wordnet_tui.charts.viewport import CrossHair, Viewport
from wordnet_tui.core.history.history import History
from wordnet_tui.widgets.tile import Tile

_PAN = 0.25
"""Share of the window that one key moves it."""
_PUT_OFF = 0.9
"""Seconds for which an update that brings little is put off."""
_TILES = 6
"""See `tile`."""


class LossChart(Widget, can_focus=True):
    """Training and validation cross-entropy against mini-batches.

    Args:
        markers: What it is drawn with: "braille", "block" or "ascii".

    Attributes:
        history: The run's curves; None while there is no run.
        baselines: Name and cross-entropy of each level line.
        rate_changes: Mini-batch and factor of each change of the learning rate by hand.
        batches_per_epoch: For the borders of epochs.
        waiting: What is said while there is nothing to draw.
        view: The window and its switches; after a change from outside call `show`.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {role.component_class for role in Role if role}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "zoom_x(True)", "Zoom in", key_display="+", show=False),
        Binding("minus", "zoom_x(False)", "Zoom out", key_display="-", show=False),
        Binding("right_square_bracket", "zoom_y(True)", "Zoom in on the losses", show=False),
        Binding("left_square_bracket", "zoom_y(False)", "Zoom out of the losses", show=False),
        Binding("left", "cross(-1, 0)", "Cross-hair left", show=False),
        Binding("right", "cross(1, 0)", "Cross-hair right", show=False),
        Binding("up", "cross(0, 1)", "Cross-hair up", show=False),
        Binding("down", "cross(0, -1)", "Cross-hair down", show=False),
        Binding("shift+left", "pan(-1, 0)", "Earlier mini-batches", show=False),
        Binding("shift+right", "pan(1, 0)", "Later mini-batches", show=False),
        Binding("shift+up", "pan(0, 1)", "Higher losses", show=False),
        Binding("shift+down", "pan(0, -1)", "Lower losses", show=False),
        Binding("f", "fit", "Fit"),
        Binding("m", "smoothing", "Smoothing"),
        Binding("n", "newest", "Newest or all"),
        Binding("c", "toggle_cross", "Cross-hair"),
        Binding("b", "baselines", "Baselines on or off", show=False),
        Binding("x", "log_x", "Mini-batches in logarithms", show=False),
        Binding("y", "log_y", "Losses in logarithms", show=False),
    ]

    def __init__(self, markers: str = "braille") -> None:
        super().__init__()
        self.history: History | None = None
        self.baselines: tuple[tuple[str, float], ...] = ()
        self.rate_changes: tuple[tuple[int, float], ...] = ()
        self.batches_per_epoch = 0
        self.waiting = "The curves appear with the first mini-batch."
        self.view = Viewport()
        self._markers = Markers.named(markers)
        self._canvas: Canvas | None = None
        self._chart: Chart | None = None
        self._drawn_at = 0.0
        self._later: Timer | None = None
        self._strips: dict[int, Strip] = {}
        self._style_of_role: dict[int, Style] = {}

    # ---- drawing

    def update(self) -> None:
        """Draw the history, if there is something new to see.

        An update that brings less than a column of new mini-batches is put off for a while,
        with what comes after it; it is never dropped.
        """
        scene, chart = self._scene(), self._chart
        is_recent = monotonic() - self._drawn_at < _PUT_OFF
        if scene is None or chart is None or not is_recent or brings_a_column(chart, scene):
            self.show()
        elif self._later is None:
            self._later = self.set_timer(_PUT_OFF, self.show)

    def show(self) -> None:
        """Draw the history as it is, and refresh the cells that are not what they were."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        width, height = self.size
        if not width or not height:
            return
        self._drawn_at = monotonic()
        if (scene := self._scene()) is None:
            self._chart, canvas = None, message(self.waiting, width, height)
        else:
            self._chart = draw(scene, width, height)
            canvas = self._chart.canvas
        changes = canvas.changes(self._canvas)
        self._canvas = canvas
        for row in {row for row, _, _ in changes}:
            self._strips.pop(row, None)
        for tile in self.query_children(Tile):
            tile.refresh_cells(changes)

    def compose(self) -> ComposeResult:
        """The picture side by side in tiles."""
        for _ in range(_TILES):
            yield Tile(self.row)

    def row(self, y: int) -> Strip:
        """A row of the picture."""
        if self._canvas is None or y >= self._canvas.height:
            return Strip.blank(self.size.width, self.rich_style)
        if y not in self._strips:
            runs = self._canvas.runs(y)
            segments = [Segment(text, self._style(role)) for text, role in runs]
            self._strips[y] = Strip(segments, self._canvas.width)
        return self._strips[y]

    def notify_style_update(self) -> None:
        """Another theme, or another focus: every row looks different."""
        super().notify_style_update()
        self._strips.clear()
        self._style_of_role.clear()
        for tile in self.query_children(Tile):
            tile.refresh()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.show()

    def _style(self, role: int) -> Style:
        if not role:
            return self.rich_style
        if role not in self._style_of_role:
            name = Role(role).component_class
            self._style_of_role[role] = self.get_component_rich_style(name)
        return self._style_of_role[role]

    def _scene(self) -> Scene | None:
        if self.history is None or not (picture := self.history.picture()).batches:
            return None
        return Scene(
            picture,
            self.view,
            self.baselines,
            self.rate_changes,
            self.batches_per_epoch,
            self._markers,
        )

    @property
    def shown_axes(self) -> tuple[Axis, Axis] | None:
        """The axes of the latest picture: mini-batches and losses."""
        return (self._chart.x, self._chart.y) if self._chart else None

    # ---- keys

    def action_zoom_x(self, closer: bool) -> None:
        """Halve or double the window, about the cross-hair if it is on."""
        self._zoom_x(closer, self.view.cross.batch if self.view.cross else None)

    def action_zoom_y(self, closer: bool) -> None:
        """Halve or double the losses shown."""
        if self._chart:
            self.view.zoom_y(self._chart.y, closer=closer)
            self.show()

    def action_pan(self, right: int, up: int) -> None:
        """Move the window."""
        if (scene := self._scene()) and self._chart:
            if right:
                self.view.pan_x(scene.picture, _PAN * right)
            if up:
                self.view.pan_y(self._chart.y, _PAN * up)
            self.show()

    def action_cross(self, right: int, up: int) -> None:
        """Move the cross-hair by cells; the first move shows it."""
        scene, chart = self._scene(), self._chart
        if scene is None or chart is None or not chart.columns:
            return
        if right or self.view.cross is None:
            self.view.move_cross(scene.picture, chart.x, chart.columns, right)
        if up and self.view.cross:
            line = line_value(scene.picture, self.view.cross.batch, self.view.smoothing)
            start = chart.y.low if line is None else line
            self.view.raise_cross(chart.y, chart.rows, up, start)
        self.show()

    def action_toggle_cross(self) -> None:
        """Show the cross-hair at the newest mini-batch, or hide it."""
        if self.view.cross is None:
            self.action_cross(0, 0)
        else:
            self.view.cross = None
            self.show()

    def action_fit(self) -> None:
        """Back to the whole run; once more: every value, or the main part of them."""
        self.view.fit()
        self.show()

    def action_smoothing(self) -> None:
        """More smoothing, and none after the most."""
        self.view.next_smoothing()
        self.show()

    def action_newest(self) -> None:
        """Follow the newest part, or all."""
        self.view.follow(newest=not self.view.newest or self.view.fixed_x is not None)
        self.show()

    def action_baselines(self) -> None:
        """Level lines on or off."""
        self.view.baselines = not self.view.baselines
        self.show()

    def action_log_x(self) -> None:
        """Mini-batches in logarithms or not."""
        self.view.turn_log_x()
        self.show()

    def action_log_y(self) -> None:
        """Losses in logarithms or not; refused where the window is not above 0."""
        self.view.log_y = not self.view.log_y
        self.show()
        if self.view.log_y and self._chart and not self._chart.y.log:
            self.notify("A log axis needs losses above 0; zoom to such.", severity="warning")
            self.action_log_y()

    # ---- mouse

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in about the pointer; with shift or ctrl on the losses."""
        self._wheel(event, closer=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out about the pointer."""
        self._wheel(event, closer=False)

    def on_click(self, event: events.Click) -> None:
        """Put the cross-hair at the pointer."""
        chart, scene = self._chart, self._scene()
        if chart is None or scene is None or not chart.columns:
            return
        batch = round(self._batch_under(event, chart))
        self.view.cross = CrossHair(min(max(batch, 1), scene.picture.batches))
        self.show()

    def _wheel(
        self, event: events.MouseScrollUp | events.MouseScrollDown, *, closer: bool
    ) -> None:
        event.stop()
        chart = self._chart
        if chart is None or not chart.columns:
            return
        if event.shift or event.ctrl:
            self.action_zoom_y(closer)
        else:
            self._zoom_x(closer, self._batch_under(event, chart))

    def _batch_under(self, event: events.MouseEvent, chart: Chart) -> float:
        column = event.screen_x - self.content_region.x - chart.left
        return chart.x.value(min(max(column, 0), chart.columns - 1), chart.columns)

    def _zoom_x(self, closer: bool, around: float | None) -> None:
        if scene := self._scene():
            self.view.zoom_x(scene.picture, closer=closer, around=around)
            self.show()
