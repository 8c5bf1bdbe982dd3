"""What lists that draw only the lines in view have in common."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget


def set_length(view: ScrollView, lines: int) -> None:
    """Tell how many lines can be scrolled through.

    To set `virtual_size` would lay out the whole screen anew, some 10 ms at each keystroke in
    a filter; but only the scroll bar depends on it, which is always there.
    """
    view.set_reactive(Widget.virtual_size, Size(0, lines))
    view._scroll_update(view.virtual_size)  # as Textual's own lists do
    view.refresh()
