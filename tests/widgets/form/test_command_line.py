"""The form's set-up as a command line: copied out of it, pasted into it."""

from __future__ import annotations

from typing import Any

from textual.widgets import Static

from wordnet_tui.core.model.hyperparameters import PRESETS
from wordnet_tui.runs.train_command import as_command


async def test_the_command_line_follows_the_form_and_is_copied_by_a_key(
    open_form: Any,
) -> None:
    async with open_form() as (app, pilot):
        await app.type_into(pilot, "seed", "7")
        await app.press(pilot, "f6")
        assert app.clipboard == "wordnet-tui train OUT.safetensors --data chitchat --seed 7"
        assert str(app.query_one(".command", Static).content) == app.clipboard
        await app.type_into(pilot, "epochs", "0")
        assert "once all is right" in str(app.query_one(".command", Static).content)
        await app.press(pilot, "f6")
        assert app.clipboard == "wordnet-tui train OUT.safetensors --data chitchat --seed 7"


async def test_a_line_pasted_anywhere_fills_the_form(open_form: Any, wait_for: Any) -> None:
    async with open_form() as (app, pilot):
        await app.type_into(pilot, "epochs", "x")
        for seed, target in enumerate(("seed", "optimizer", "paste", "presets")):
            wanted = PRESETS["reference"].changed(epochs=2, seed=seed)
            line = as_command(wanted, ["my book.txt", "x"])
            await app.paste_into(pilot, target, f"$ {line}\n")
            await wait_for(pilot, lambda wanted=wanted: app.form.hyperparameters == wanted)
            assert app.form.sources == ("my book.txt", "x")
            assert app.field("paste").text == ""
            assert app.form.command == line


async def test_what_is_wrong_with_a_pasted_line_is_shown_beneath_it_until_it_is_mended(
    open_form: Any, wait_for: Any
) -> None:
    async with open_form() as (app, pilot):
        await app.paste_into(pilot, "seed", "wordnet-tui train --epochs 0")
        field = app.field("paste")
        problem = app.query_one(".paste-problem", Static)
        await wait_for(pilot, lambda: app.focused is field.editor and problem.region)
        assert (
            str(problem.content)
            == "✗ epochs must be a whole number from 1 to 1,000,000 epochs, not 0"
        )
        assert problem.region.y == field.region.bottom
        assert app.form.hyperparameters == PRESETS["default"]
        assert app.field("seed").text == "1"
        assert field.text == "wordnet-tui train --epochs 0"
        await app.press(pilot, "end", "backspace", "2", "enter")
        assert app.form.hyperparameters == PRESETS["default"].changed(epochs=2)
        assert field.text == ""
        assert not problem.display


async def test_other_pasted_text_goes_into_the_row_harmlessly(
    open_form: Any, wait_for: Any
) -> None:
    async with open_form() as (app, pilot):
        await app.paste_into(pilot, "sources", "a\x1b[31m.txt\nb.txt")
        await wait_for(pilot, lambda: app.field("sources").text == "a\\x1b[31m.txt b.txt")
