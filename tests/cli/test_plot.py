"""`runs plot` and `train --plot`: what is read off a plot, where it fits, what it refuses."""

from __future__ import annotations

import io
import math
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from hypothesis import given
from hypothesis import strategies as st

from wordnet_tui.cli import program
from wordnet_tui.cli.plot import PlottedRun, print_plot
from wordnet_tui.core.errors import RunError
from wordnet_tui.core.history.history import History
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.core.training.progress import TrainingProgress
from wordnet_tui.runs.storage.folder import RunFolder, run_folders
from wordnet_tui.runs.storage.status_file import read_status

Run = Callable[..., Any]

QUICK = (
    "--epochs",
    "20",
    "--batch-size",
    "10",
    "--context-size",
    "2",
    "--validate-every",
    "5",
)


@pytest.fixture
def ended(run: Run, small_text: Path, tmp_path: Path) -> RunFolder:
    """A run of the default folder that has come to its end."""
    out = tmp_path / "out.safetensors"
    assert run("train", out, "--data", small_text, *QUICK).status == 0
    return run_folders(runs_folder())[0]


def copy_of(folder: RunFolder, name: str) -> RunFolder:
    return RunFolder(shutil.copytree(folder.path, folder.path.with_name(name)))


def plotted(
    name: str, losses: Sequence[float], figures: Sequence[float] | None = None
) -> PlottedRun:
    """A run with these losses, and a validation figure after each mini-batch."""
    history, best, best_at = History(), None, None
    for batch, loss in enumerate(losses, start=1):
        figure = figures[batch - 1] if figures else None
        if figure is not None and math.isfinite(figure) and (best is None or figure < best):
            best, best_at = figure, batch
        head = (batch, len(losses), 1, 1, batch, len(losses), loss, loss)
        at = None if figure is None else batch
        history.add(TrainingProgress(*head, figure, at, best, best_at, 0, 0.1, 1.0, 1.0, None))
    return PlottedRun(name, history.picture())


def value_of_row(rows: list[str], row: int) -> float:
    """What lies in the middle of a row, by the two outermost labels of the upright axis."""
    labels = {
        number: float(found[1].replace(",", ""))
        for number, text in enumerate(rows)
        if (found := re.match(r"\s*([-\d.,]+)[┤+]", text))
    }
    (first, low), (last, high) = min(labels.items()), max(labels.items())
    return low + (high - low) * (row - first) / (last - first)


def rows_with(mark: str, rows: list[str]) -> list[int]:
    """The rows inside of the plot that have a mark."""
    end = next(number for number, row in enumerate(rows) if "└" in row)
    return [number for number, row in enumerate(rows[:end]) if mark in row[6:]]


# ---- one run


def test_a_run_is_plotted_in_exactly_the_size_and_without_escapes(
    run: Run, ended: RunFolder
) -> None:
    for arguments, size in (((), (100, 30)), (("--size", "77x21"), (77, 21))):
        ran = run("runs", "plot", ended.name, *arguments)
        assert (ran.status, ran.errors) == (0, "")
        assert ran.is_harmless
        rows = ran.output.splitlines()
        assert [len(row) for row in rows] == [size[0]] * size[1]


def test_a_stranger_reads_what_it_shows_and_against_what(run: Run, ended: RunFolder) -> None:
    rows = run("runs", "plot", ended.name).output.splitlines()
    progress = read_status(ended).view.progress
    assert rows[0].startswith("nats per word")
    assert f"run {ended.name}" in rows[0]
    assert rows[-4].strip() == "mini-batches"
    training, validation, best = (row.split() for row in rows[-3:])
    assert training[:3] == ["⠒", "training,", "smoothed"]
    assert validation[:2] == ["○", "validation"]
    assert validation[2] == f"{progress.validation_cross_entropy:.4f}"
    assert best[:3] == ["◆", "best", "validation"]
    assert best[3] == f"{progress.best_cross_entropy:.4f}"
    assert best[-1] == f"{progress.best_at:,}"


@pytest.mark.parametrize("options", [(), ("--log-x",), ("--log-y",), ("--log-x", "--log-y")])
def test_any_axis_can_be_logarithmic(
    options: tuple[str, ...], run: Run, ended: RunFolder
) -> None:
    ran = run("runs", "plot", ended.name, *options)
    assert ran.status == 0
    axis = ran.output.splitlines()[-5].split()
    assert (axis[0] == "1") == ("--log-x" in options)
    assert rows_with("◆", ran.output.splitlines())


def test_values_can_be_read_off_the_axes(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [6 - 3 * batch / 400 for batch in range(400)]
    figures[300] = best = 2.1
    print_plot([plotted("a", [9.0, 2.0] * 200, figures)], (90, 40))
    rows = capsys.readouterr().out.splitlines()
    step = abs(value_of_row(rows, 3) - value_of_row(rows, 2))
    (row,) = rows_with("◆", rows)
    assert value_of_row(rows, row) == pytest.approx(best, abs=step)
    last = max(
        (row for row in rows_with("○", rows)), key=lambda number: rows[number].rindex("○")
    )
    assert value_of_row(rows, last) == pytest.approx(figures[-1], abs=step)
    labels = rows[-5]
    start = labels.index("300")
    assert rows[row].index("◆") == pytest.approx(start + 1, abs=1)


# ---- several runs


def test_several_runs_are_told_apart_by_letters_and_named(run: Run, ended: RunFolder) -> None:
    other = copy_of(ended, "2020-01-01-000000")
    ran = run("runs", "plot", ended.name, "2020", ended.path, "--size", "80x24")
    rows = ran.output.splitlines()
    assert [len(row) for row in rows] == [80] * 24
    assert "validation of 2 runs" in rows[0]
    best = f"best {read_status(ended).view.progress.best_cross_entropy:.4f}"
    for letter, name, row in zip("ab", (ended.name, other.name), rows[-2:], strict=True):
        assert row.startswith(f"{letter} {name}")
        assert best in row
        assert rows_with(letter, rows[1:])  # the title has letters, too


def test_a_run_that_diverged_does_not_flatten_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    falling = [5 - 2 * batch / 100 for batch in range(100)]
    good = plotted("good", falling, falling)
    bad = plotted("bad", [4.0] * 50 + [1e9] * 50, [4.0] * 50 + [1e9] * 50)
    print_plot([good, bad], (80, 24))
    rows = capsys.readouterr().out.splitlines()
    assert "main part" in rows[0]
    assert value_of_row(rows, 2) < 10
    print_plot([good, bad], (80, 24), log_y=True)
    rows = capsys.readouterr().out.splitlines()
    assert "main part" not in rows[0]
    assert rows_with("b", rows[1:])[0] <= 2


def test_a_run_that_was_never_validated_is_named_beside_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_plot([plotted("old", [3.0] * 9, [3.0] * 9), plotted("new", [3.0] * 9)], (60, 14))
    assert capsys.readouterr().out.splitlines()[-1].split() == ["b", "new", "best", "-"]


# ---- where it is printed


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["encoding", "locale"],
)
def test_a_terminal_without_unicode_gets_ascii(
    environment: dict[str, str], run_program: Run, ended: RunFolder
) -> None:
    renamed = ended.path.rename(ended.path.with_name("caf\xe9-\u65e5\u672c"))
    copy_of(RunFolder(renamed), "other")
    for names in ([renamed.name], [renamed.name, "other"]):
        ran = run_program("runs", "plot", *names, **environment)
        assert (ran.status, ran.errors) == (0, "")
        assert ran.output.isascii()
        assert [len(row) for row in ran.output.splitlines()] == [100] * 30
        if "LC_ALL" not in environment:  # there names are bytes
            assert "caf\\xe9-\\u65e5\\u672c" in ran.output


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_is_filled_and_coloured_unless_that_is_not_wanted(
    no_color: str, ended: RunFolder
) -> None:
    command = (sys.executable, "-m", "wordnet_tui", "runs", "plot", ended.name)
    screen, terminal = pty.openpty()
    subprocess.run(
        ["/bin/sh", "-c", f"stty cols 70 rows 25; exec {' '.join(command)}"],
        stdin=terminal,
        stdout=terminal,
        check=True,
        env={**os.environ, "NO_COLOR": no_color, "COLUMNS": "", "LINES": ""},
    )
    os.close(terminal)
    shown = b""
    while b"best validation" not in shown or not shown.endswith(b"\n"):
        shown += os.read(screen, 65_536)
    os.close(screen)
    assert (b"\x1b[" in shown) == (not no_color)
    rows = re.sub(r"\x1b\[[\d;]*m", "", shown.decode()).split("\r\n")[:-1]
    assert [len(row) for row in rows] == [70] * 24  # a row is left for the prompt


@pytest.mark.parametrize(
    "name", ["short", "a-name-that-is-much-longer-than-the-plot-is-wide-" * 3]
)
def test_the_name_is_there_at_the_least_size(name: str, run: Run, ended: RunFolder) -> None:
    copy_of(ended, name)
    for names in ((name,), (name, ended.name)):
        ran = run("runs", "plot", *names, "--size", "60x12")
        assert name[-20:] in ran.output
        assert {len(row) for row in ran.output.splitlines()} == {60}


def test_names_cannot_steer_a_terminal_or_break_the_rows(run: Run, ended: RunFolder) -> None:
    hostile = copy_of(ended, "a\x1b[2J\u202eb\u65e5")
    for names in ((hostile.name,), (hostile.name, ended.name)):
        ran = run("runs", "plot", *names)
        assert ran.is_harmless
        assert {len(row) for row in ran.output.splitlines()} == {100}


any_loss = st.floats(0, 20) | st.sampled_from(
    [math.nan, math.inf, -math.inf, 0.0, 1e300, 1e-300, 1e29, 3.0]
)


@given(
    st.lists(st.lists(any_loss, min_size=1, max_size=12), min_size=1, max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_whatever_the_losses_it_is_a_plot_or_one_sentence(
    runs: list[list[float]], log_x: bool, log_y: bool
) -> None:
    named = [plotted(f"run-{n}", each, each[::-1]) for n, each in enumerate(runs)]
    printed, sentence = io.StringIO(), ""
    try:
        with redirect_stdout(printed):
            print_plot(named, (60, 14), log_x=log_x, log_y=log_y)
    except RunError as error:
        sentence = str(error)
    rows = printed.getvalue().splitlines()
    assert len(sentence.splitlines()) == (not rows)
    assert not rows or [len(row) for row in rows] == [60] * 14


# ---- what is refused


@pytest.mark.parametrize(
    "size", ["", "100", "100x", "x30", "59x30", "100x11", "501x30", "1e2x9"]
)
def test_a_bad_size_is_wrong_usage(size: str, run: Run, ended: RunFolder) -> None:
    ran = run("runs", "plot", ended.name, "--size", size)
    assert (ran.status, ran.output) == (2, "")
    assert "COLUMNSxROWS, from 60x12 to 500x200" in ran.errors


def test_too_many_runs_are_wrong_usage(run: Run, ended: RunFolder) -> None:
    names = [copy_of(ended, f"copy-{number}").name for number in range(8)]
    assert run("runs", "plot", *names).status == 0
    assert "needs 17 rows" in run("runs", "plot", *names, "--size", "80x16").errors
    ran = run("runs", "plot", ended.name, *names)
    assert (ran.status, ran.output) == (2, "")
    assert "room for 8 runs" in ran.errors


def test_what_cannot_be_plotted_is_one_sentence(run: Run, ended: RunFolder) -> None:
    assert 'there is no run "2001"' in run("runs", "plot", "2001").sentence
    for path in (ended.metrics_file.path, ended.checkpoint_file.path, ended.status_file.path):
        path.unlink(missing_ok=True)
    sentence = run("runs", "plot", ended.name).sentence
    assert sentence == f"run {ended.name} has no loss yet that could be drawn"
    other = copy_of(ended, "other")
    sentence = run("runs", "plot", ended.name, other.name).sentence
    assert sentence == "none of these runs has been validated yet"


def test_a_loss_of_zero_is_refused_on_a_logarithmic_axis() -> None:
    with pytest.raises(RunError, match="cannot show a loss of 0; omit --log-y"):
        print_plot([plotted("a", [1.0, 1.0], [1.0, 0.0])], (60, 20), log_y=True)


def test_damaged_lines_are_left_out_and_said(run: Run, ended: RunFolder) -> None:
    ended.checkpoint_file.path.unlink(missing_ok=True)
    lines = ended.metrics_file.path.read_bytes().splitlines(keepends=True)
    ended.metrics_file.path.write_bytes(b"".join([lines[0], b"1,2,3\n", *lines[1:]]))
    ran = run("runs", "plot", ended.name)
    assert ran.status == 0
    assert "1 damaged lines" in ran.errors
    assert rows_with("◆", ran.output.splitlines())


def test_the_folder_of_runs_can_be_named_and_names_are_completed(
    run: Run, ended: RunFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(ended.path, elsewhere / "2021-05-06-070809")
    for arguments in (
        ("runs", "plot", "--runs", elsewhere),
        ("runs", "--runs", elsewhere, "plot"),
    ):
        assert "2021-05-06-070809" in run(*arguments, "2021").output
    shell = ShellComplete(program, {}, "wordnet-tui", "_WORDNET_TUI_COMPLETE")
    typed = ["runs", "plot", "--runs", str(elsewhere), "2021-05-06-070809"]
    found = [item.value for item in shell.get_completions(typed, "20")]
    assert found == ["2021-05-06-070809"]


# ---- at the end of a training


def test_train_plots_after_its_last_line_as_runs_plot_does(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.safetensors"
    ran = run("train", out, "--data", small_text, *QUICK, "--plot")
    assert ran.status == 0
    lines = ran.output.splitlines()
    assert lines[-31] == f"saved to {out}"
    name = run_folders(runs_folder())[0].name
    assert lines[-30:] == run("runs", "plot", name).output.splitlines()


@pytest.mark.parametrize("other", ["--json", "--detach"])
@pytest.mark.parametrize("command", ["train", "resume"])
def test_there_is_no_plot_where_lines_are_for_programs_or_for_later(
    command: str, other: str, run: Run, tmp_path: Path
) -> None:
    out = (tmp_path / "out.safetensors",) if command == "train" else ()
    ran = run(command, *out, "--plot", other)
    assert (ran.status, ran.output) == (2, "")
    assert "--plot goes neither" in ran.errors
