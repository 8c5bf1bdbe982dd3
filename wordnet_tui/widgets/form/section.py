"""A part of the form under a heading that folds it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
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
