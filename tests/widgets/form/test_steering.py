"""The form of settings by keyboard and mouse, and while a run is going."""

from __future__ import annotations

from typing import Any

from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.widgets.form.field import FormField
from wordnet_tui.widgets.form.section import SectionHeading
from wordnet_tui.widgets.form.setting_fields import SettingField

FIELDS: dict[str, Any] = dict(Hyperparameters.model_fields)
LIVE = {"learning_rate", "patience", "min_delta"}


async def test_during_a_run_only_what_may_change_live_is_open(open_form: Any) -> None:
    async with open_form() as (app, pilot):
        app.form.locked = True
        await pilot.pause()
        fields = {field for field in app.query(FormField) if field.editor.focusable}
        assert fields == {app.field(name) for name in LIVE}
        assert app.notes[:4] == ["locked"] * 2 + ["locked, but for ●"] * 2
        await app.paste_into(pilot, "patience", "wordnet-tui train --epochs 3")
        assert app.form.hyperparameters == PRESETS["default"]
        app.form.locked = False
        await pilot.pause()
        assert all(field.editor.focusable for field in app.query(FormField))


async def test_a_live_change_is_announced_when_it_is_entered_and_right(
    open_form: Any, wait_for: Any
) -> None:
    async with open_form() as (app, pilot):
        await app.type_into(pilot, "patience", "4")
        await app.press(pilot, "enter")
        app.form.locked = True
        await pilot.pause()
        await app.type_into(pilot, "learning_rate", "0.25")
        assert app.told_live == []  # not 0.2 on the way
        await app.press(pilot, "enter")
        await wait_for(pilot, lambda: app.told_live == [("learning_rate", 0.25)])
        await app.type_into(pilot, "patience", "-5")
        await app.press(pilot, "enter")
        await app.type_into(pilot, "patience", "5")
        await app.go_to(pilot, "min_delta")  # to leave it enters it as well
        await wait_for(pilot, lambda: len(app.told_live) > 1)
        await app.press(pilot, "enter")
        assert app.told_live == [("learning_rate", 0.25), ("patience", 5.0)]


async def test_rows_are_walked_through_from_top_to_bottom(
    open_form: Any, wait_for: Any
) -> None:
    async with open_form((60, 16), columns=38) as (app, pilot):
        walked: list[Any] = []
        while not walked or app.focused is not walked[-1]:
            walked.append(app.focused)
            app.form.action_move(1)  # what the arrow does, but at once
        rows = [row.parent.setting for row in walked if isinstance(row.parent, SettingField)]
        order = ["data", "network", "optimisation", "stopping"]
        group = {name: about.json_schema_extra["group"] for name, about in FIELDS.items()}
        assert rows == sorted(FIELDS, key=lambda name: order.index(group[name]))
        await wait_for(pilot, lambda: app.screen.can_view_entire(app.focused))
        assert walked == [
            widget for widget in app.screen.focus_chain if app.form in widget.ancestors
        ]


async def test_arrows_enter_and_page_keys_move_from_row_to_row(open_form: Any) -> None:
    async with open_form((60, 16), columns=38) as (app, pilot):
        await app.go_to(pilot, "epochs")
        for key, setting in {
            "down": "batch_size",
            "enter": "optimizer",
            "tab": "learning_rate",
            "up": "optimizer",
        }.items():
            await app.press(pilot, key)
            assert app.focused is app.field(setting).editor
        for key, section in {"pageup": 2, "pagedown": 3}.items():
            await app.press(pilot, key)
            assert app.focused is app.query(SectionHeading)[section]


async def test_a_folded_section_still_says_what_is_wrong_in_it(open_form: Any) -> None:
    async with open_form() as (app, pilot):
        await app.type_into(pilot, "seed", "x")
        await app.press(pilot, "pageup", "enter")
        assert not app.field("seed").region
        assert app.notes[0] == "✗ 1 wrong"
        await app.press(pilot, "right")
        assert app.field("seed").region


async def test_the_mouse_turns_choices_folds_sections_and_finds_fields_by_their_label(
    open_form: Any, wait_for: Any
) -> None:
    async with open_form() as (app, pilot):
        optimizer, epochs, seed = (app.field(x) for x in ("optimizer", "epochs", "seed"))
        await app.click(pilot, optimizer.editor, (0, 0))
        await wait_for(pilot, lambda: optimizer.text == "sgd")
        await app.click(pilot, optimizer.editor, (4, 0))
        await wait_for(pilot, lambda: optimizer.text == "momentum")
        await app.click(pilot, epochs, (3, 0))
        await wait_for(pilot, lambda: app.focused is epochs.editor)
        await app.click(pilot, app.query(SectionHeading).first(), (3, 0))
        await wait_for(pilot, lambda: not seed.region)
