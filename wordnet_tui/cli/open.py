"""Opening the app; `make run` comes here as `python -m wordnet_tui.cli.open`."""

from __future__ import annotations

import contextlib
import gc
import importlib
import inspect
import io
import logging
import os
import sys
from pathlib import Path

import click

from wordnet_tui.cli import main as run_program
from wordnet_tui.cli.output import is_terminal, say
from wordnet_tui.core.errors import WordnetError, printable

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
    _refuse_unknown_driver()
    _begin_log(data_folder())
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


def _refuse_unknown_driver() -> None:
    """Raise WordnetError if the environment names a driver that Textual cannot use."""
    from textual import constants
    from textual.driver import Driver

    if constants.DRIVER is None:
        return
    module, _, name = constants.DRIVER.partition(":")
    try:
        driver = getattr(importlib.import_module(module), name)
    except Exception:  # whatever a module may raise that is none of ours
        driver = None
    is_driver = inspect.isclass(driver) and issubclass(driver, Driver)
    if not is_driver or inspect.isabstract(driver):
        raise WordnetError(
            f'TEXTUAL_DRIVER is "{printable(constants.DRIVER)}", which is no driver of '
            "Textual; unset it"
        )


def _begin_log(folder: Path) -> None:
    """Errors of the program go to a file; to none where something else has its place."""
    path = folder / "wordnet-tui.log"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or (path.exists() and not path.is_file()):
            logging.basicConfig(handlers=[logging.NullHandler()])  # a pipe would be waited for
        else:
            form = "%(asctime)s %(process)d %(name)s: %(message)s"
            logging.basicConfig(filename=path, format=form)


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
