"""The strip at the foot of the form."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from wordnet_tui.widgets.form.field import WRONG, Explained

HINT = "↑ ↓ or Tab: another field   ← →: choose   PgUp PgDn: another section"


class HelpStrip(Static):
    """What the focused row is for, or what is wrong with it; which others are wrong."""

    def __init__(self) -> None:
        super().__init__(HINT, markup=False)

    def explain(self, row: Explained | None, others_wrong: Sequence[str]) -> None:
        """Show the help of a row.

        Args:
            row: The focused one, if any.
            others_wrong: Labels of the rows besides it that are wrong.
        """
        parts: list[str] = []
        if row and row.complaint:
            parts.append(f"{WRONG} {row.complaint}")
        elif row:
            parts.append(row.help_line)
        if others_wrong:
            also = "also wrong" if row and row.complaint else "wrong"
            parts.append(f"{also}: {', '.join(others_wrong)}")
        text = "; ".join(parts) or HINT
        if text != str(self.content):
            self.set_class(bool(row and row.complaint), "wrong")
            self.update(Content(text), layout=False)
