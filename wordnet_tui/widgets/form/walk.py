"""How one goes from row to row of a form by the keyboard."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Offset, Region
from textual.widget import Widget

from wordnet_tui.widgets.form.section import SectionHeading


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
