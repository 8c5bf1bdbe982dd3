"""An app with nothing but the form of settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Label

import wordnet_tui
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.session import Session
from wordnet_tui.widgets.form.field import FormField, HelpStrip
from wordnet_tui.widgets.form.form import HyperparameterForm
from wordnet_tui.widgets.form.section import SectionHeading
from wordnet_tui.widgets.form.setting_fields import PresetField, SettingField

WaitFor = Callable[..., Awaitable[None]]


class FormApp(Session):
    """The form, in a column beside something else or alone, and what it announced."""

    CSS_PATH = Path(wordnet_tui.__file__).parent / "styles" / "train.tcss"

    def __init__(
        self, columns: int | None, make: Callable[[], HyperparameterForm], wait_for: WaitFor
    ) -> None:
        super().__init__()
        self._wait_for = wait_for
        self.reported: list[Hyperparameters | None] = []
        self.told_live: list[tuple[str, float]] = []
        self._columns = columns
        self._make = make

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Horizontal() as side:
                side.styles.width = self._columns or "1fr"
                yield self._make()
            if self._columns:
                yield Label("beside it")

    @on(HyperparameterForm.Changed)
    def note(self, event: HyperparameterForm.Changed) -> None:
        self.reported.append(event.hyperparameters)

    @on(HyperparameterForm.LiveChanged)
    def note_live(self, event: HyperparameterForm.LiveChanged) -> None:
        self.told_live.append((event.name, event.value))

    @property
    def form(self) -> HyperparameterForm:
        return self.query_one(HyperparameterForm)

    def field(self, name: str) -> FormField:
        """The row of a setting, or one of the others by its class."""
        for field in self.query(SettingField):
            if field.setting == name:
                return field
        return self.query(f".{name}").first(FormField)

    @property
    def help_text(self) -> str:
        return str(self.query_one(HelpStrip).content)

    @property
    def notes(self) -> list[str]:
        """Those of the headings."""
        return [heading.note for heading in self.query(SectionHeading)]

    async def type_into(self, pilot: Pilot[Any], name: str, text: str) -> None:
        """Go there, delete what is there, and type."""
        await self.go_to(pilot, name)
        await self.press(pilot, "end", "ctrl+u", *text)

    async def paste_into(self, pilot: Pilot[Any], name: str, text: str) -> None:
        await self.go_to(pilot, name)
        self.post_message(events.Paste(text))
        await pilot.pause()

    async def go_to(self, pilot: Pilot[Any], name: str) -> None:
        field = self.field(name)
        self.screen.set_focus(field.editor)
        await self._wait_for(
            pilot, lambda: (field.problem or field.help_line) in self.help_text
        )

    async def click(self, pilot: Pilot[Any], widget: Widget, offset: tuple[int, int]) -> None:
        """Click on a widget once it is drawn where it says to be."""
        x, y = offset

        def is_there() -> bool:
            drawn, _ = self.screen.get_widget_at(widget.region.x + x, widget.region.y + y)
            return bool(widget.region) and widget in drawn.ancestors_with_self

        await self._wait_for(pilot, is_there)
        await pilot.click(widget, offset=offset)

    async def press(self, pilot: Pilot[Any], *keys: str) -> None:
        """Press keys, and wait until the form has seen what they did."""
        await pilot.press(*keys)
        await self._wait_for(pilot, self._is_in_step)

    def _is_in_step(self) -> bool:
        settings, presets = self.form.hyperparameters, self.query_one(PresetField)
        wrong = [field.find_problem() for field in self.query(FormField)]
        if settings is None or any(wrong):
            return settings is None and self.form.problems == tuple(filter(None, wrong))
        held = {field.setting: field.value for field in self.query(SettingField)}
        return settings.model_dump() == held and presets.recipe == settings


OpenForm = Callable[..., AbstractAsyncContextManager[tuple[FormApp, Pilot[Any]]]]


@pytest.fixture
def open_form(wait_for: WaitFor) -> OpenForm:
    """Opens the app at a size, in so many columns or all, with a form as `make` gives it."""

    @asynccontextmanager
    async def open_it(
        size: tuple[int, int] = (80, 24),
        columns: int | None = None,
        make: Callable[[], HyperparameterForm] = HyperparameterForm,
    ) -> AsyncIterator[tuple[FormApp, Pilot[Any]]]:
        app = FormApp(columns, make, wait_for)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield app, pilot

    return open_it
