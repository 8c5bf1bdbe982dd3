"""Completion in a shell: the script for it, and the names of models and runs."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

from wordnet_tui.cli import program
from wordnet_tui.core.errors import WordnetError
from wordnet_tui.core.formats.model_files import shipped_networks
from wordnet_tui.core.paths import runs_folder
from wordnet_tui.runs.storage.folder import run_folders


@click.command(epilog='Example, in ~/.bashrc:  eval "$(wordnet-tui completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script for completion in a shell."""
    script = get_completion_class(shell)
    assert script is not None, "a shell that click knows"
    click.echo(script(program, {}, "wordnet-tui", "_WORDNET_TUI_COMPLETE").source())


def complete_model(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The networks that ship, then files."""
    names = [name for name in shipped_networks() if name.startswith(incomplete)]
    return [*map(CompletionItem, names), CompletionItem(incomplete, type="file")]


def complete_run(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of runs, newest first."""
    try:
        folders = run_folders(runs_folder(context.params.get("runs")))
    except WordnetError:
        return []
    names = [folder.name for folder in folders if folder.name.startswith(incomplete)]
    return list(map(CompletionItem, names))
