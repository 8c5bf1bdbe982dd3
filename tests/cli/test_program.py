"""The program as a whole: its commands, its help, completion, and its exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from wordnet_tui import __version__
from wordnet_tui.cli import COMMANDS, program
from wordnet_tui.cli.group import INTERRUPTED, PIPE_CLOSED, tidy_ending

Run = Callable[..., Any]
PROGRAM = (sys.executable, "-m", "wordnet_tui")


def test_without_a_terminal_the_app_does_not_open_and_says_what_to_use(run: Run) -> None:
    ran = run()
    assert ran.status == 2
    assert ran.output == ""
    (line,) = ran.errors.splitlines()
    assert "no terminal" in line
    assert "wordnet-tui train" in line


def test_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").output == f"wordnet-tui {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_every_command(run: Run, flag: str) -> None:
    ran = run(flag)
    assert ran.status == 0
    assert all(f"\n  {name} " in ran.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_itself_as_the_list_of_commands_does(run: Run, name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    assert command.help is not None
    assert command.help.splitlines()[0] == COMMANDS[name][1]
    assert run(name, "-h").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["info"],
        ["info", "a", "b"],
        ["predict", "model", "word", "-k", "0"],
        ["predict", "model", "word", "-k", "many"],
        ["generate", "model", "word", "--temperature", "-1"],
        ["evaluate", "model", "--part", "middle"],
        ["data", "fetch", "something"],
        ["data", "no-such-command"],
        ["info", "model", "--no-such-option"],
    ],
)
def test_wrong_usage_has_status_2(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert ran.output == ""
    assert "Usage:" in ran.errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["info", "MISSING"],
        ["forward", "MISSING"],
        ["predict", "MISSING", "the", "cat"],
        ["generate", "MISSING", "the", "cat"],
        ["evaluate", "MISSING"],
        ["neighbors", "MISSING", "cat"],
        ["distance", "MISSING", "cat", "dog"],
        ["convert", "MISSING", "out.bin"],
        ["data", "info", "MISSING"],
        ["occurrences", "cat", "--data", "MISSING"],
    ],
)
def test_every_command_names_the_file_that_is_missing(
    run: Run, tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*(argument.replace("MISSING", "not-here.bin") for argument in arguments))
    assert "not-here.bin" in ran.sentence
    assert ran.output == ""
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(run: Run, shell: str) -> None:
    assert "_WORDNET_TUI_COMPLETE" in run("completion", shell).output


def completions(run_program: Run, typed: str) -> list[str]:
    ran = run_program(
        _WORDNET_TUI_COMPLETE="bash_complete",
        COMP_WORDS=f"wordnet-tui {typed}",
        COMP_CWORD=str(len(typed.split(" "))),
    )
    return list(ran.output.split())


def test_a_shell_completes_commands_models_and_files(run_program: Run) -> None:
    # `python -m wordnet_tui` goes by the same name, so the variable is the same.
    assert completions(run_program, "ev") == ["plain,evaluate"]
    assert completions(run_program, "info mod")[-1] == "file,mod"


def test_a_reader_that_goes_away_ends_the_program_in_silence(small_model: Path) -> None:
    command = [*PROGRAM, "generate", str(small_model), "the", "cat", "-n", "1000000"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(7) == b"the cat"
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == PIPE_CLOSED


@pytest.mark.usefixtures("obeyed_ctrl_c")
def test_ctrl_c_ends_with_a_short_line(small_model: Path) -> None:
    command = [*PROGRAM, "forward", str(small_model)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        shown = b""
        while not shown.endswith(b"words > "):
            shown += running.stdout.read(1)
        running.send_signal(signal.SIGINT)
        assert running.stderr.read() == b"\nwordnet-tui: interrupted\n"
    assert running.returncode == INTERRUPTED


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
def test_a_full_disk_behind_the_output_is_one_sentence(small_model: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [*PROGRAM, "info", str(small_model)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert (
        done.stderr == b"wordnet-tui: the output cannot be written: No space left on device\n"
    )


def test_a_closed_standard_output_is_no_error(small_model: Path) -> None:
    command = [*PROGRAM, "predict", str(small_model), "the", "cat"]
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&-', "sh", *command],
        stderr=subprocess.PIPE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), tidy_ending():
        _ = 1 // 0


HOSTILE_COMMANDS = [
    ["info"],
    ["forward"],
    ["predict", "caf\xe9", "ok", "-k", "6"],
    ["generate", "ok", "ok", "-n", "200", "--temperature", "9"],
    ["neighbors", "ok"],
]


@pytest.mark.parametrize("arguments", HOSTILE_COMMANDS)
def test_words_that_steer_a_terminal_are_shown_harmlessly(
    run: Run, hostile_model: Path, arguments: list[str]
) -> None:
    command, *rest = arguments
    ran = run(command, hostile_model, *rest, typed="ok ok\n" + "1\n" * 9)
    assert (ran.status, ran.errors) == (0, "")
    assert ran.is_harmless
    assert "\\x1b[2J" in ran.output
    assert "[bold]red[/bold]" in ran.output
    assert "caf\xe9" in ran.output


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"PYTHONIOENCODING": "ascii"}, "caf\\xe9"),
        ({"LANG": "C", "LC_ALL": "C", "NO_COLOR": "1"}, "caf\xe9"),  # Python makes it UTF-8
    ],
)
def test_a_locale_that_lacks_a_letter_gets_an_escape(
    run_program: Run, hostile_model: Path, environment: dict[str, str], shown: str
) -> None:
    ran = run_program("forward", hostile_model, typed=b"ok ok\n", **environment)
    assert (ran.status, ran.errors) == (0, "")
    assert ran.is_harmless
    assert f" {shown} " in ran.output


def test_arguments_that_are_no_text_are_shown_harmlessly(small_model: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "neighbors", str(small_model), b"c\xff\x1b[2Jt"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert line.isprintable()
