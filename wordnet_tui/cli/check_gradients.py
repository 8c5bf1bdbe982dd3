"""`wordnet-tui check-gradients`."""

from __future__ import annotations

from dataclasses import asdict
from typing import get_args

import click

from wordnet_tui.cli.options import json_option
from wordnet_tui.cli.output import print_columns, print_json, say
from wordnet_tui.core.model.hyperparameters import Activation
from wordnet_tui.core.training.gradient_check import (
    CHECKED_NETWORK,
    STEP,
    TOLERANCE,
    GradientComparison,
    compare_gradients,
)

ALL_ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)


@click.command(epilog="Example:  wordnet-tui check-gradients --activation relu --seed 7")
@click.option(
    "--activation",
    "activations",
    type=click.Choice(ALL_ACTIVATIONS),
    multiple=True,
    help="Of the hidden units; may be given several times.  [default: all]",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Draws the network and its words."
)
@json_option
@click.pass_context
def check_gradients(
    context: click.Context, activations: tuple[Activation, ...], seed: int, as_json: bool
) -> None:
    """Compare the gradients with measured slopes.

    Every weight of a small random network is moved a little to either side, and the change of
    the loss is compared with the gradient that training would use. Exit status 0 if all agree,
    1 if one does not.

    Keys of --json: seed, step, tolerance, agree, arrays (activation, array, shape, entries,
    largest_difference, largest_relative_difference and agrees of each).
    """
    compared = [
        comparison
        for activation in activations or ALL_ACTIVATIONS
        for comparison in compare_gradients(
            CHECKED_NETWORK.changed(activation=activation, seed=seed)
        )
    ]
    agree = all(comparison.agrees for comparison in compared)
    if as_json:
        arrays = [{**asdict(item), "agrees": item.agrees} for item in compared]
        print_json(
            {
                "seed": seed,
                "step": STEP,
                "tolerance": TOLERANCE,
                "agree": agree,
                "arrays": arrays,
            }
        )
    else:
        _print_table(compared)
    context.exit(0 if agree else 1)


def _print_table(compared: list[GradientComparison]) -> None:
    print_columns(
        [
            (
                "activation",
                "gradient of",
                "shape",
                "entries",
                "largest difference",
                "relative",
                "",
            ),
            *(
                (
                    item.activation,
                    item.array,
                    " x ".join(map(str, item.shape)),
                    str(item.entries),
                    f"{item.largest_difference:.1e}",
                    f"{item.largest_relative_difference:.1e}",
                    "agrees" if item.agrees else "DIFFERS",
                )
                for item in compared
            ),
        ],
        align="<<<>>><",
    )
    entries = sum(item.entries for item in compared)
    wrong = sum(not item.agrees for item in compared)
    if wrong:
        verdict = f"{wrong} of {len(compared)} arrays hold a gradient that is not the slope"
    else:
        verdict = f"all {entries:,} gradients agree with the slopes"
    say(f"{verdict} (relative difference at most {TOLERANCE:g}, step {STEP:g})")
