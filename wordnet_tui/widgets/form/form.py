"""The form of a run's settings, one row for each field of `Hyperparameters`.

    start from < default >                                     PresetField
    ▾ data          ▾ optimisation                             sections, with a SettingField
      source ...      epochs ...                               for each setting; one column
    ▾ network       ▾ stopping                                 where two do not fit
    ▾ as a command                                             CommandSection
    what the focused row is, or what is wrong with it          a strip that does not move

A row knows whether its own text is right. The form puts the rows together, names the result,
and tells of it. Its style is in `styles/train.tcss`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.reactive import reactive

from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.paths import DEFAULT_SOURCE
from wordnet_tui.runs.train_command import as_command, is_command
from wordnet_tui.widgets.form.command_section import CommandSection
from wordnet_tui.widgets.form.field import Explained, FormField, HelpStrip
from wordnet_tui.widgets.form.section import Rows, SettingsSection, WalkedByKeys
from wordnet_tui.widgets.form.setting_fields import PresetField, SettingField, SourcesField

COLUMNS = (("data", "network"), ("optimisation", "stopping"))
"""Groups of settings; as many columns are side by side as there is room for."""

CELLS_FOR_TWO_COLUMNS = 72
CELLS_FOR_GAPS = 36
CELLS_FOR_SHORT_HELP = 48
"""In a column: for gaps behind the signs; to need fewer rows for the help."""


class HyperparameterForm(WalkedByKeys):
    """All settings of a run, checked while they are typed.

    Args:
        hyperparameters: What it shows at first.
        sources: The same of the data.
        cells: How wide it is going to be, if that is known: it need not be laid out twice.

    Attributes:
        locked: Whether a run is going: only settings that may change live can be edited.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "copy_command", "Copy as a command"),
    ]
    locked: reactive[bool] = reactive(False, init=False)

    @dataclass
    class Changed(Message):
        """Something was edited or filled in; None while anything is wrong."""

        hyperparameters: Hyperparameters | None

    @dataclass
    class LiveChanged(Message):
        """During a run, a new valid value was entered for a setting that may change then."""

        name: str
        value: float

    def __init__(
        self,
        hyperparameters: Hyperparameters | None = None,
        sources: Sequence[str] = (DEFAULT_SOURCE,),
        cells: int = 0,
    ) -> None:
        super().__init__()
        settings = hyperparameters or PRESETS["default"]
        self._settings = {
            name: SettingField(name, value) for name, value in settings.model_dump().items()
        }
        self._sources = SourcesField(sources)
        self._presets = PresetField(settings)
        self._sections = {
            group: SettingsSection(group, self._rows_of(group))
            for column in COLUMNS
            for group in column
        }
        self._command = CommandSection()
        self._help = HelpStrip()
        self._entered: dict[str, object] = {}  # of the live settings, while locked
        self._announced: tuple[object, ...] = ()
        self._put_together()
        self._fit_into(cells)

    def _rows_of(self, group: str) -> list[FormField]:
        rows: list[FormField] = [self._sources] if group == "data" else []
        for name, about in Hyperparameters.model_fields.items():
            extra = about.json_schema_extra
            if isinstance(extra, dict) and extra["group"] == group:
                rows.append(self._settings[name])
        return rows

    def compose(self) -> ComposeResult:
        """As drawn at the head of this file."""
        yield self._presets
        with Rows():
            with Container(classes="columns"):
                for column in COLUMNS:
                    yield Vertical(*(self._sections[group] for group in column))
            yield self._command
        yield self._help

    def on_mount(self) -> None:
        """Say what there is."""
        self.watch_locked(self.locked)

    def on_resize(self, event: events.Resize) -> None:
        """One column or two, and how wide they are."""
        self._fit_into(event.size.width)

    def _fit_into(self, width: int) -> None:
        columns = 2 if width >= CELLS_FOR_TWO_COLUMNS else 1
        cells = width // columns
        # All at once: with each change, the styles of all rows are found anew.
        self.update_classes(
            {
                "two-columns": columns == 2,
                "wide": cells >= CELLS_FOR_SHORT_HELP,
                "roomy": cells >= CELLS_FOR_GAPS,
            },
            update=self.is_attached,
        )
        for field in [*self._fields, self._presets, self._command.paste]:
            field.roomy = cells >= CELLS_FOR_GAPS

    # ---- what it holds

    @property
    def hyperparameters(self) -> Hyperparameters | None:
        """The settings; None while anything is wrong."""
        return self._hyperparameters

    @property
    def sources(self) -> tuple[str, ...]:
        """What to learn from."""
        return self._sources.sources

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each row that is wrong, from top to bottom."""
        return tuple(field.problem for field in self._fields if field.problem)

    @property
    def command(self) -> str:
        """The line that repeats the set-up; empty while anything is wrong."""
        if self._hyperparameters is None:
            return ""
        return as_command(self._hyperparameters, self.sources)

    @property
    def _fields(self) -> list[FormField]:
        return [self._sources, *self._settings.values()]

    def fill(
        self, hyperparameters: Hyperparameters, sources: Sequence[str] | None = None
    ) -> None:
        """Put other settings in, and other data if `sources` are given."""
        for name, field in self._settings.items():
            field.set_value(getattr(hyperparameters, name))
        if sources is not None:
            self._sources.set_sources(sources)
        self._entered = {name: self._settings[name].value for name in self._entered}
        self._put_together()

    def _put_together(self) -> None:
        """Make the settings anew from the rows; tell if anything is new."""
        self._hyperparameters = None
        if not self.problems:
            values = {name: field.value for name, field in self._settings.items()}
            self._hyperparameters = Hyperparameters.checked(**values)
        now = (self._hyperparameters, self.sources, self.problems)
        if now != self._announced:
            self._announced = now
            if self.is_attached:
                self._show()
                self.post_message(self.Changed(self._hyperparameters))

    # ---- what it shows

    def _show(self) -> None:
        self._presets.show(self._hyperparameters)
        self._command.show(self.command)
        for section in self._sections.values():
            section.sum_up(self.locked)
        self._show_help()

    def _show_help(self) -> None:
        focused = self.screen.focused
        chain = focused.ancestors_with_self if focused and self in focused.ancestors else []
        row: Explained | None = next((x for x in chain if isinstance(x, Explained)), None)
        wrong = [field.label for field in self._fields if field.problem and field is not row]
        self._help.explain(row, wrong)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _on_focus_moved(self) -> None:
        self._show_help()

    def watch_locked(self, locked: bool) -> None:
        """Close all rows but those that may change live, or open all."""
        for field in [*self._fields, self._presets, self._command.paste]:
            field.disabled = locked and not field.is_live
            field.shows_live = locked and field.is_live
        live = self._settings if locked else {}
        self._entered = {name: row.value for name, row in live.items() if row.is_live}
        if self.is_attached:
            self._show()

    # ---- what is done in it

    @on(FormField.Edited)
    def _on_edited(self, event: FormField.Edited) -> None:
        event.stop()
        field = event.field
        if isinstance(field, PresetField):
            if recipe := field.recipe:
                self.fill(recipe)
        else:
            self._put_together()
        self._show_help()

    @on(FormField.Entered)
    def _on_entered(self, event: FormField.Entered) -> None:
        event.stop()
        field = event.field
        if event.by_key:
            self.action_move(1)
        if isinstance(field, SettingField) and self.locked and not field.problem:
            name, value = field.setting, field.value
            if name in self._entered and value != self._entered[name]:
                self._entered[name] = value
                self.post_message(self.LiveChanged(name, float(field.text)))

    @on(CommandSection.Read)
    def _on_command_read(self, event: CommandSection.Read) -> None:
        event.stop()
        settings = event.settings
        self.fill(settings.hyperparameters, settings.sources or (settings.default_source,))
        self.notify("the form holds what the line says")

    def on_paste(self, event: events.Paste) -> None:
        """A command line that was pasted into any row."""
        if is_command(event.text):
            event.stop()
            self._command.read(event.text)

    def action_copy_command(self) -> None:
        """Put the command line on the clipboard."""
        if self.command:
            self.app.copy_to_clipboard(self.command)
            self.notify("the command is copied, if this terminal lets programs copy")
        else:
            self.notify("first mend what is wrong in the form", severity="warning")
