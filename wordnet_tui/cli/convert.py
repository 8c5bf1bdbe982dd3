"""`wordnet-tui convert`."""

from __future__ import annotations

from pathlib import Path

import click

from wordnet_tui.cli.inputs import open_network, vocabulary_of
from wordnet_tui.cli.options import FILE, complete_model, vocabulary_options
from wordnet_tui.cli.output import say
from wordnet_tui.core.errors import printable
from wordnet_tui.core.formats.model_files import check_target, write_network


@click.command(epilog="Example:  wordnet-tui convert reference model.bin")
@click.argument("source", metavar="IN", shell_complete=complete_model)
@click.argument("target", metavar="OUT", type=FILE)
@vocabulary_options
def convert(source: str, target: Path, vocab: Path | None, data: tuple[str, ...]) -> None:
    """Convert a model file: .bin to .safetensors, or back.

    The suffix of OUT says which format it gets: .bin is that of the original program, which
    holds no words. A .safetensors needs them: give those of a .bin with --vocab or --data.
    """
    check_target(target)
    network = open_network(source, vocab, data)
    if target.suffix.lower() != ".bin":
        vocabulary_of(network, source)
    write_network(target, network)
    say(f"saved {printable(str(target))}")
