"""What is typed, chosen and filled into the form of settings, and what it makes of it."""

from __future__ import annotations

from typing import Any, get_args

from textual.widgets import Input, Static

from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.widgets.form.field import Choice
from wordnet_tui.widgets.form.form import HyperparameterForm
from wordnet_tui.widgets.form.setting_fields import SettingField

FIELDS: dict[str, Any] = dict(Hyperparameters.model_fields)


async def test_each_setting_has_a_row_with_its_value_unit_and_help(open_form: Any) -> None:
    async with open_form((120, 40)) as (app, _pilot):
        assert {field.setting for field in app.query(SettingField)} == set(FIELDS)
        for name, about in FIELDS.items():
            field = app.field(name)
            unit = about.json_schema_extra["unit"]
            assert str(field.render()).split() == [*str(about.title).split(), *unit.split()]
            assert str(about.description) in field.help_line


async def test_choices_and_switches_are_turned_and_numbers_are_typed(open_form: Any) -> None:
    async with open_form() as (app, pilot):
        for name, about in FIELDS.items():
            editor = app.field(name).editor
            values = get_args(about.annotation) or (about.annotation is bool and ("no", "yes"))
            if values:
                assert isinstance(editor, Choice)
                assert editor.values == tuple(values)
            else:
                assert isinstance(editor, Input)
        await app.go_to(pilot, "optimizer")
        await app.press(pilot, "right")
        assert app.form.hyperparameters == PRESETS["default"].changed(optimizer="nesterov")
        await app.press(pilot, "left", "left", "space", "left")
        assert app.form.hyperparameters == PRESETS["default"].changed(optimizer="sgd")
        await app.go_to(pilot, "shuffle")
        await app.press(pilot, "space")
        assert app.form.hyperparameters is not None
        assert app.form.hyperparameters.shuffle is False


async def test_a_wrong_value_is_marked_at_once_with_its_sentence_until_it_is_mended(
    open_form: Any, wait_for: Any
) -> None:
    async with open_form() as (app, pilot):
        field = app.field("context_size")
        await app.type_into(pilot, "context_size", "9")
        sentence = "context words (D) must be a whole number from 1 to 8 words, not 9"
        assert app.form.hyperparameters is None
        await wait_for(pilot, lambda: None in app.reported)
        assert app.form.problems == (sentence,)
        assert str(field.render()).startswith("✗ context words")
        assert app.help_text == f"✗ {sentence}"
        assert app.notes[1] == "✗ 1 wrong"
        assert app.form.command == ""
        await app.press(pilot, "backspace", "8")
        assert app.form.hyperparameters == PRESETS["default"].changed(context_size=8)
        await wait_for(pilot, lambda: app.reported[-1] == app.form.hyperparameters)
        assert app.form.problems == ()
        assert str(field.render()).startswith("  context words")
        assert app.notes[1] == ""
        assert "✗" not in app.help_text


async def test_all_that_is_wrong_is_known_and_named_from_any_row(open_form: Any) -> None:
    async with open_form() as (app, pilot):
        await app.type_into(pilot, "epochs", "many")
        await app.type_into(pilot, "learning_rate", "")
        assert [problem.split(" must")[0] for problem in app.form.problems] == [
            "epochs",
            "learning rate",
        ]
        assert app.help_text.endswith("also wrong: epochs")
        await app.go_to(pilot, "seed")
        assert app.help_text.endswith("wrong: epochs, learning rate")
        assert app.notes[2] == "✗ 2 wrong"


async def test_data_sources_are_read_as_a_shell_reads_them(open_form: Any) -> None:
    async with open_form() as (app, pilot):
        assert app.form.sources == ("chitchat",)
        await app.type_into(pilot, "sources", "a 'b c'")
        assert app.form.sources == ("a", "b c")
        for wrong, sentence in {
            "": "source must be chitchat, reference or paths of text files, not empty",
            "it's": "source cannot be read: a quote is not closed",
        }.items():
            await app.type_into(pilot, "sources", wrong)
            assert app.form.hyperparameters is None
            assert sentence in app.form.problems[0]


async def test_sources_that_cannot_be_shown_are_kept_as_they_are(open_form: Any) -> None:
    async with open_form() as (app, pilot):
        app.form.fill(PRESETS["default"], ["\x1b[31m.txt"])
        await pilot.pause()
        assert app.form.sources == ("\x1b[31m.txt",)
        assert all(editor.value.isprintable() for editor in app.query(Input))
        assert str(app.query_one(".command", Static).content).isprintable()


async def test_presets_fill_the_form_and_what_was_changed_is_not_lost(open_form: Any) -> None:
    async with open_form() as (app, pilot):
        presets = app.field("presets")
        await app.go_to(pilot, "presets")
        shown = []
        for _ in PRESETS:
            shown.append((presets.text, app.form.hyperparameters))
            await app.press(pilot, "right")
        assert presets.text == "default"  # nothing was changed to go back to
        assert shown == [
            ("default", PRESETS["default"]),
            ("original's recipe", PRESETS["reference"]),
            ("original's start", PRESETS["original"]),
            ("20-second taste", PRESETS["taste"]),
        ]
        app.form.fill(PRESETS["default"])
        await app.type_into(pilot, "epochs", "5")
        own = app.form.hyperparameters
        assert own == PRESETS["default"].changed(epochs=5)
        assert presets.text == "changed"
        await app.go_to(pilot, "presets")
        await app.press(pilot, "right")
        assert app.form.hyperparameters == PRESETS["default"]
        await app.press(pilot, "left")
        assert (presets.text, app.form.hyperparameters) == ("changed", own)


async def test_filling_tells_once_and_only_of_what_is_new(
    open_form: Any, wait_for: Any
) -> None:
    async with open_form() as (app, pilot):
        app.form.fill(PRESETS["reference"], ["reference"])
        app.form.fill(PRESETS["reference"], ["reference"])
        app.form.fill(PRESETS["taste"])
        await wait_for(pilot, lambda: PRESETS["taste"] in app.reported)
        assert app.reported == [PRESETS["reference"], PRESETS["taste"]]
        assert app.form.hyperparameters == PRESETS["taste"]
        assert app.form.sources == ("reference",)


async def test_the_form_can_be_filled_and_locked_before_it_is_shown(open_form: Any) -> None:
    def make() -> HyperparameterForm:
        form = HyperparameterForm(sources=[])
        assert form.hyperparameters is None
        assert len(form.problems) == 1
        form.fill(PRESETS["taste"], ["x"])
        form.locked = True
        return form

    async with open_form(make=make) as (app, _pilot):
        assert app.form.hyperparameters == PRESETS["taste"]
        assert app.form.sources == ("x",)
        assert app.field("presets").text == "20-second taste"
        assert not app.field("epochs").editor.focusable
