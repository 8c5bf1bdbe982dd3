"""A set-up as one command line: there and back, and as the real command reads it."""

from __future__ import annotations

import shlex
import string
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from wordnet_tui.cli.options import given as given_settings
from wordnet_tui.cli.train import train
from wordnet_tui.core.errors import HyperparameterError
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.runs.train_command import (
    CommandSettings,
    as_command,
    as_text,
    as_value,
    from_command,
    is_command,
    option_of,
)

FIELDS = Hyperparameters.model_fields


def values_of(field: FieldInfo) -> st.SearchStrategy[Any]:
    """Everything that a setting may be, limits included."""
    if choices := get_args(field.annotation):
        return st.sampled_from(choices)
    if field.annotation is bool:
        return st.booleans()
    limits = {
        kind: getattr(limit, kind)
        for limit in field.metadata
        for kind in ("ge", "gt", "le", "lt")
        if hasattr(limit, kind)
    }
    lowest, highest = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    if field.annotation is int:
        return st.integers(lowest, highest)
    return st.floats(lowest, highest, exclude_min="gt" in limits, exclude_max="lt" in limits)


any_settings = st.builds(
    lambda preset, changes: PRESETS[preset].changed(**changes),
    st.sampled_from(sorted(PRESETS)),
    st.fixed_dictionaries(
        {}, optional={name: values_of(field) for name, field in FIELDS.items()}
    ),
)
any_sources = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3)


def as_the_command_reads(line: str) -> tuple[Hyperparameters, tuple[str, ...], str]:
    """What `wordnet-tui train` itself makes of a line."""
    words = shlex.split(line)
    assert words[:2] == ["wordnet-tui", "train"]
    names = ["-h", "--help"]  # click remembers them, for all that use the command later
    given = train.make_context("train", words[2:], help_option_names=names).params
    settings = PRESETS[given["preset"] or "default"].changed(**given_settings(given))
    (out,) = given["files"]
    return settings, given["data"], str(out)


@given(hyperparameters=any_settings, sources=any_sources)
@example(
    hyperparameters=Hyperparameters(), sources=["", "-x", "--seed", "it's", 'a "b" \\', "é"]
)
def test_any_set_up_comes_back_from_its_line(
    hyperparameters: Hyperparameters, sources: list[str]
) -> None:
    line = as_command(hyperparameters, sources)
    assert from_command(line) == CommandSettings(hyperparameters, tuple(sources))


@given(hyperparameters=any_settings, sources=any_sources)
def test_the_real_command_reads_the_same_from_the_line(
    hyperparameters: Hyperparameters, sources: list[str]
) -> None:
    line = as_command(hyperparameters, sources)
    settings, data, out = as_the_command_reads(line)
    assert (settings, data, out) == (hyperparameters, tuple(sources), "OUT.safetensors")


@pytest.mark.parametrize("out", ["my net.safetensors", "-.bin", "--seed"])
def test_any_name_of_the_model_file_is_read_as_one(out: str) -> None:
    line = as_command(Hyperparameters(seed=5), ["book.txt"], out)
    assert as_the_command_reads(line) == (Hyperparameters(seed=5), ("book.txt",), out)
    assert from_command(line).hyperparameters.seed == 5


def test_a_line_names_only_what_differs_from_the_nearest_preset_and_the_seed() -> None:
    plain, original = PRESETS["default"], PRESETS["reference"]
    assert as_command(plain, []) == "wordnet-tui train OUT.safetensors --seed 1"
    assert as_command(plain.changed(seed=7, shuffle=False), ["a b.txt", "c"], "my.bin") == (
        "wordnet-tui train my.bin --data 'a b.txt' --data c --no-shuffle --seed 7"
    )
    assert as_command(original.changed(epochs=2, shuffle=True), ["reference"]) == (
        "wordnet-tui train OUT.safetensors --data reference "
        "--preset reference --epochs 2 --shuffle --seed 1"
    )


@given(hyperparameters=any_settings)
def test_no_other_preset_makes_the_line_shorter(hyperparameters: Hyperparameters) -> None:
    def to_say(preset: str) -> int:
        here, there = PRESETS[preset].model_dump(), hyperparameters.model_dump()
        differ = sum(here[name] != there[name] for name in FIELDS if name != "seed")
        return differ + (preset != "default")

    line = as_command(hyperparameters, [])
    options = [word for word in line.split() if word.startswith("--")]
    assert len(options) == min(map(to_say, PRESETS)) + len(["--seed"])


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_is_called_as_the_real_command_calls_it(name: str) -> None:
    options = {option for parameter in train.params for option in parameter.opts}
    assert option_of(name) in options


@pytest.mark.parametrize(
    "beginning",
    [
        "wordnet-tui",
        "$ wordnet-tui",
        "  $wordnet-tui",
        ".venv/bin/wordnet-tui",
        "python -m wordnet_tui",
        "$ /usr/bin/python3.12 -m wordnet_tui",
    ],
)
def test_the_program_may_be_called_in_several_ways(beginning: str) -> None:
    line = f"{beginning} train out.bin --data x --data=y --epochs=3 \\\n  --seed 7\n"
    assert is_command(line)
    expected = CommandSettings(PRESETS["default"].changed(epochs=3, seed=7), ("x", "y"))
    assert from_command(line) == expected


def test_what_says_nothing_about_the_set_up_is_read_over() -> None:
    line = "wordnet-tui train out.bin --log none --json --log=progress"
    assert from_command(line) == CommandSettings(PRESETS["default"], ())
    assert from_command("wordnet-tui train") == CommandSettings(PRESETS["default"], ())


def test_the_last_of_a_repeated_option_counts() -> None:
    line = "wordnet-tui train --epochs 3 --shuffle --no-shuffle --epochs 4 --preset taste"
    expected = PRESETS["taste"].changed(epochs=4, shuffle=False)
    assert from_command(line).hyperparameters == expected


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        ("--epoch 3", "there is no option --epoch; --epochs is close to it"),
        ("--zzzzzzzz", "there is no option --zzzzzzzz"),
        ("-e 3", "there is no option -e"),
        ("--\x1b[31m", "there is no option --\\x1b[31m"),
        ("--seed", "a value must follow --seed"),
        ("--shuffle=yes", "--shuffle takes no value"),
        ("--preset best", "preset must be default, reference, original or taste, not 'best'"),
        ("--log original", "--log can only be progress or none here"),
        ("a.bin b.bin", "only OUT may be named, without a START, not a.bin b.bin"),
        ("--data 'my book", "the line cannot be read: a quote is not closed"),
        ("--data my\\", "the line cannot be read: a backslash comes last"),
        (
            "--epochs many --optimizer best --shuffl",
            (
                "there is no option --shuffl; --shuffle is close to it; "
                "epochs must be a whole number from 1 to 1,000,000 epochs, not 'many'; "
                "optimizer must be sgd, momentum, nesterov, adagrad, rmsprop or adam, "
                "not 'best'"
            ),
        ),
        (
            "--learning-rate nan",
            "learning rate must be a number above 0 and at most 1,000, not nan",
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_one_sentence(rest: str, sentence: str) -> None:
    with pytest.raises(HyperparameterError) as caught:
        from_command(f"wordnet-tui train {rest}")
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "nothing"),
        ("ls -l", "ls -l"),
        ("wordnet-tui predict have a good", "wordnet-tui predict"),
        ("wordnet-tui trainer", "wordnet-tui trainer"),
        ("\x1b]0;x train", "\\x1b]0;x train"),
    ],
)
def test_another_line_is_not_taken_for_one(text: str, named: str) -> None:
    assert not is_command(text)
    with pytest.raises(HyperparameterError) as caught:
        from_command(text)
    assert str(caught.value) == f"the line must begin with wordnet-tui train, not {named}"


@given(st.text(st.sampled_from(string.printable + "\x00é‮")))
def test_no_line_does_worse_than_a_sentence(rest: str) -> None:
    said = "nothing is wrong"
    try:
        from_command(f"wordnet-tui train {rest}")
    except HyperparameterError as error:
        said = str(error)
    assert said.isprintable()


@given(st.data())
def test_a_value_comes_back_from_its_text(data: st.DataObject) -> None:
    name = data.draw(
        st.sampled_from([n for n, f in FIELDS.items() if f.annotation is not bool])
    )
    value = data.draw(values_of(FIELDS[name]))
    assert as_value(name, as_text(value)) == value
