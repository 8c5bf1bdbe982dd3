"""Parts of the form under headings that fold them away, and the way through them by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Offset, Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from wordnet_tui.widgets.form.field import LIVE, WRONG, Explained, FormField


class SectionHeading(Explained, Widget, can_focus=True):
    """The title of a section, and a note on what is in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "fold", "Fold or unfold", show=False),
        Binding("left", "fold(True)", "Fold", show=False),
        Binding("right", "fold(False)", "Unfold", show=False),
    ]
    help_line = "Enter folds the section and unfolds it; PgUp and PgDn go from one to the next"
    folded: reactive[bool] = reactive(False)
    note: reactive[str] = reactive("")

    class Folded(Message):
        """The section was folded or unfolded."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def render(self) -> Content:
        """The sign says whether it is folded."""
        text = f"{'▸' if self.folded else '▾'} {self._title}"
        return Content.assemble((text, "bold"), f"  {self.note}" if self.note else "")

    def on_click(self) -> None:
        """Fold or unfold."""
        self.action_fold()

    def action_fold(self, folded: bool | None = None) -> None:
        """Fold, unfold, or change from one to the other."""
        self.folded = not self.folded if folded is None else folded
        self.post_message(self.Folded())


class FormSection(Vertical):
    """Rows under a heading."""

    def __init__(self, title: str, rows: Sequence[Widget]) -> None:
        super().__init__()
        self.heading = SectionHeading(title)
        self._rows = Vertical(*rows, classes="rows")

    def compose(self) -> ComposeResult:
        """The heading over the rows."""
        yield self.heading
        yield self._rows

    def on_section_heading_folded(self, event: SectionHeading.Folded) -> None:
        """Hide or show the rows."""
        event.stop()
        self._rows.display = not self.heading.folded

    def unfold(self) -> None:
        """Show the rows."""
        self.heading.action_fold(False)


class SettingsSection(FormSection):
    """Rows with settings; the heading knows how many are wrong, also when it is folded."""

    def __init__(self, title: str, fields: Sequence[FormField]) -> None:
        super().__init__(title, fields)
        self._fields = fields

    def sum_up(self, locked: bool) -> None:
        """Note in the heading how many rows are wrong, or whether they are locked."""
        wrong = sum(bool(field.problem) for field in self._fields)
        live = any(field.is_live for field in self._fields)
        if wrong:
            self.heading.note = f"{WRONG} {wrong} wrong"
        elif locked:
            self.heading.note = f"locked, but for {LIVE}" if live else "locked"
        else:
            self.heading.note = ""


class Rows(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the focused row; the arrows move the focus."""

    def scroll_to_region(self, region: Region, **options: Any) -> Offset:
        """Jump there now: a key that came while it glides would see where it has been."""
        return super().scroll_to_region(
            region, **{**options, "animate": False, "immediate": True}
        )

    def on_resize(self) -> None:
        """Keep the focused row in view: where it was, something else may be now."""
        self.call_after_refresh(self._show_focused)

    def _show_focused(self) -> None:
        focused = self.screen.focused
        if focused is not None and self in focused.ancestors:
            self.scroll_to_widget(focused)


class WalkedByKeys(Vertical):
    """The arrows go to the row above and below, the page keys to the next heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Previous field", show=False),
        Binding("down,enter", "move(1)", "Next field", show=False),
        Binding("pageup", "section(-1)", "Previous section", show=False),
        Binding("pagedown", "section(1)", "Next section", show=False),
    ]

    def action_move(self, step: int) -> None:
        """Focus the next row, or the one before."""
        before, after = self._stops()
        self._focus_first(after if step > 0 else before)

    def action_section(self, step: int) -> None:
        """Focus the heading of the next section, or of this one or the one before."""
        before, after = self._stops()
        stops = after if step > 0 else before
        self._focus_first([stop for stop in stops if isinstance(stop, SectionHeading)])

    def _stops(self) -> tuple[list[Widget], list[Widget]]:
        """What can be focused before and after what is, the nearest first."""
        chain = [widget for widget in self.screen.focus_chain if self in widget.ancestors]
        focused = self.screen.focused
        if focused not in chain:
            return [], []
        here = chain.index(focused)
        return chain[:here][::-1], chain[here + 1 :]

    def _focus_first(self, stops: list[Widget]) -> None:
        if stops:
            # At once, not by `focus()`: the next key may be waiting already.
            self.screen.set_focus(stops[0])
