"""The form of settings at every size: nothing overlaps, nothing is cut."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from wordnet_tui.core.model.hyperparameters import PRESETS
from wordnet_tui.widgets.form.field import Choice, FormField, HelpStrip
from wordnet_tui.widgets.form.section import SectionHeading
from wordnet_tui.widgets.form.setting_fields import SettingField


@pytest.mark.parametrize(
    "sizes",
    [
        [(80, 24, 80), (60, 16, 60), (120, 40, 120)],
        [(120, 40, 41), (80, 24, 38), (60, 16, 34)],
    ],
    ids=["alone", "in a column"],
)
async def test_nothing_overlaps_and_nothing_is_cut(
    open_form: Any, wait_for: Any, sizes: list[tuple[int, int, int]]
) -> None:
    async with open_form(sizes[0][:2], columns=sizes[0][2]) as (app, pilot):
        app.form.fill(PRESETS["reference"].changed(optimizer="nesterov", seed=2**31 - 1))
        for width, height, columns in sizes:
            app.form.parent.styles.width = columns
            await pilot.resize_terminal(width, height)
            await wait_for(pilot, lambda columns=columns: app.form.size.width == columns)
            strip = app.query_one(HelpStrip).content_region
            for field in app.query(SettingField):
                assert len(textwrap.wrap(field.help_line, strip.width)) <= strip.height
            for name in ("seed", "dtype", "optimizer", "early_stop_iteration"):
                field = app.field(name)
                await app.go_to(pilot, name)
                # the whole of it, once the form has scrolled there
                await wait_for(pilot, lambda row=field: (row, row.region) in seen_rows(app))
                check_rows(seen_rows(app), Region(0, 0, columns, height))


def check_rows(seen: list[tuple[Widget, Region]], screen: Region) -> None:
    for index, (row, region) in enumerate(seen):
        assert screen.contains_region(region)
        for other, its_region in seen[index + 1 :]:
            assert not region.overlaps(its_region), (row, other)
        if isinstance(row, FormField) and row.region == region:
            assert region.contains_region(row.editor.region)
            drawn = str(row.render()).rstrip()
            label = drawn[: row.editor.region.x - region.x]
            assert label.strip() == row.label
            assert cell_len(drawn) <= region.width
            if isinstance(row, SettingField):
                assert cell_len(shown_in(row)) <= row.editor.region.width


def seen_rows(app: Any) -> list[tuple[Widget, Region]]:
    """The rows and strips of the form that are seen, and where on the screen."""
    rows = [*app.query(FormField), *app.query(SectionHeading), *app.form.query(Static)]
    seen = [(row, app.screen.find_widget(row).visible_region) for row in rows if row.region]
    return [(row, region) for row, region in seen if region]


def shown_in(field: FormField) -> str:
    editor = field.editor
    return str(editor.render()) if isinstance(editor, Choice) else editor.value
