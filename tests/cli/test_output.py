from __future__ import annotations

import json
import math

import pytest

from wordnet_tui.cli.output import bar, print_columns, print_json, progress_display


def test_json_is_one_ascii_line_without_what_json_cannot_hold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_json({"words": ("caf\xe9", "\x1b[2J", "\udcff"), "loss": {"a": math.inf, "b": 0.1}})
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert printed.count("\n") == 1
    assert json.loads(printed) == {
        "words": ["caf\xe9", "\x1b[2J", "\udcff"],
        "loss": {"a": None, "b": 0.1},
    }


def test_columns_are_in_line_even_where_signs_are_two_columns_wide(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_columns([("1", "day", "0.5", ""), ("10", "日本", "12.5", "x")], align="><><")
    assert capsys.readouterr().out == " 1  day    0.5\n10  日本  12.5  x\n"


def test_columns_need_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    print_columns([], align="<>")
    assert capsys.readouterr().out == ""


def test_bars_are_for_terminals_only() -> None:
    assert bar(0.5) == ""


def test_progress_is_for_terminals_only(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_display() as show:
        show("reading", None)
        show("reading", 0.5)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
