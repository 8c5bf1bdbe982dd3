"""Opening the app; `make run` comes here as `python -m wordnet_tui.cli.open`."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import os
import sys
from pathlib import Path

import click

from wordnet_tui.cli import main as run_program
from wordnet_tui.cli.output import is_terminal, say

NO_TERMINAL = 2
"""Exit status where the app cannot be opened."""


def open_app(
    *,
    data: tuple[str, ...] = (),
    model: str = "",
    screen: str = "train",
    theme: str = "",
    marker: str = "braille",
    no_mouse: bool = False,
    refresh: float = 2.0,
    runs: Path | None = None,
    on_hangup: str = "continue",
    watch: Path | None = None,
) -> None:
    """Open the app on the terminal; the arguments are the options of `wordnet-tui`.

    `watch` is the folder of a run to watch.
    """
    if not there_is_a_terminal():
        say(
            "wordnet-tui: there is no terminal to open the app on; "
            "`wordnet-tui train OUT` trains without one",
            err=True,
        )
        raise click.exceptions.Exit(NO_TERMINAL)
    gc.disable()  # until the first picture: what is made for it stays
    from wordnet_tui.app.app import THEMES, Options, WordnetApp
    from wordnet_tui.app.training_controller import ExitAction
    from wordnet_tui.core.paths import data_folder

    for stream in (sys.__stdout__, sys.__stderr__):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # what the app draws is not ASCII
    with contextlib.suppress(OSError):
        data_folder().mkdir(parents=True, exist_ok=True)
        logging.basicConfig(
            filename=data_folder() / "wordnet-tui.log",
            format="%(asctime)s %(process)d %(name)s: %(message)s",
        )
    options = Options(data, model, screen, theme, marker, refresh, runs, on_hangup, watch)
    app = WordnetApp(options)
    if theme and theme not in THEMES and theme not in app.available_themes:
        known = ", ".join([*THEMES, *app.available_themes])
        raise click.BadParameter(f"there is no theme {theme!r}; there are {known}")
    try:
        app.run(mouse=not no_mouse)
    finally:
        for sentence in app.shutdown.finish(say=_say_on_standard_error):
            say(sentence)
    run = app.training.run
    if app.training.exit_action is ExitAction.DETACH and run is not None:
        from wordnet_tui.cli.training import announce, start_detached
        from wordnet_tui.runs.storage.folder import RunFolder

        folder = RunFolder(app.runs_root / run.name)
        announce(folder, start_detached(folder, ["resume", str(folder.path)]), as_json=False)
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)


def _say_on_standard_error(sentence: str) -> None:
    say(f"wordnet-tui: {sentence}", err=True)


def there_is_a_terminal() -> bool:
    """Whether somebody sits at a terminal that can show a screen."""
    both = is_terminal(sys.stdin) and is_terminal(sys.stdout)
    return both and os.environ.get("TERM") != "dumb"


def main() -> None:
    """Open the app; where there is no terminal, do the same job in plain lines."""
    run_program([] if there_is_a_terminal() else ["demo"])


if __name__ == "__main__":
    main()
