"""`wordnet-tui completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from wordnet_tui.cli import program


@click.command(epilog='Example, in ~/.bashrc:  eval "$(wordnet-tui completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script for completion in a shell."""
    script = get_completion_class(shell)
    assert script is not None, "a shell that click knows"
    click.echo(script(program, {}, "wordnet-tui", "_WORDNET_TUI_COMPLETE").source())
