"""Terminals that can do little, or that are none."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.hostile_files import MakePipe
from wordnet_tui.core.paths import data_folder

Terminal = Any
"""That of conftest, which cannot be imported."""
OpenTerminal = Callable[..., Terminal]

SENTENCE = (
    "wordnet-tui: there is no terminal to open the app on; "
    "`wordnet-tui train OUT` trains without one"
)


@pytest.mark.usefixtures("environment")
def test_without_a_terminal_one_sentence_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wordnet_tui"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", SENTENCE + "\n")


def test_a_terminal_that_can_show_no_screen_gets_the_same_sentence(
    open_terminal: OpenTerminal,
) -> None:
    terminal = open_terminal(TERM="dumb")
    assert terminal.end() == 2
    assert terminal.written.decode().split() == SENTENCE.split()


@pytest.mark.parametrize(
    "driver",
    [
        "",
        "nonsense",
        "no.such.module:Driver",
        "textual.driver:Driver",  # one to be made of
        "textual.app:App",
        "textual.app:nothing",
        "no\x1b[2J:x",
    ],
)
def test_a_driver_that_is_none_is_named_in_one_sentence(
    driver: str, open_terminal: OpenTerminal
) -> None:
    terminal = open_terminal(TEXTUAL_DRIVER=driver, size=(200, 24))
    assert terminal.end() == 1
    named = driver.replace("\x1b", r"\x1b")
    assert terminal.written.decode().splitlines() == [
        f'wordnet-tui: TEXTUAL_DRIVER is "{named}", which is no driver of Textual; unset it'
    ]


def test_a_driver_of_textual_may_be_named(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(TEXTUAL_DRIVER="textual.drivers.linux_driver:LinuxDriver")
    terminal.until_shown("Start", "net small")
    terminal.send(b"q")
    assert terminal.end() == 0


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_lies_in_the_place_of_the_log_is_left_alone(
    kind: str, open_terminal: OpenTerminal, tmp_path: Path, make_pipe: MakePipe
) -> None:
    log = data_folder() / "wordnet-tui.log"
    log.parent.mkdir(parents=True)
    if kind == "pipe":
        make_pipe(log)
    else:
        log.symlink_to(tmp_path / "elsewhere")
    terminal = open_terminal()
    terminal.until_shown("Start", "net small")
    terminal.send(b"q")
    assert terminal.end() == 0
    assert not (tmp_path / "elsewhere").exists()


def test_no_color_means_no_colour_at_all(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(NO_COLOR="1")
    terminal.train()
    terminal.send(b"\x1bOR")
    terminal.until_shown("length")
    terminal.send(b"\x1bOS")
    terminal.until_shown("Predict")
    rows = re.findall(rb"\x1b\[([\d;:]*)m", terminal.written)
    codes = {int(code) for row in rows for code in re.split(rb"[;:]", row) if code}
    colours = {*range(30, 50), *range(90, 108)}
    assert codes & colours <= {39, 49}, codes & colours  # 39 and 49 end a colour


def test_a_locale_without_letters_beyond_ascii_still_shows_everything(
    open_terminal: OpenTerminal,
) -> None:
    terminal = open_terminal(LANG="C", LC_ALL="C")
    terminal.train()
    assert "▶ training" in terminal.text
    terminal.send(b"q")
    terminal.until_shown("A training is going on.")
    terminal.send(b"l")
    assert terminal.end() == 0


def test_the_mouse_can_be_left_to_the_terminal(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal("--no-mouse")
    terminal.until_shown("Start", "net small")
    assert "1000" not in terminal.modes
    terminal.send(b"q")
    assert terminal.end() == 0


def test_pictures_can_be_made_of_ascii(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal("--marker", "ascii")
    terminal.train()
    assert re.search("[⠀-⣿]", terminal.text) is None
