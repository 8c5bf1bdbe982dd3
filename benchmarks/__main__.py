"""`make bench`: print a table of timings; with `--json`, the same as JSON.

make bench BENCH="--only step,epoch"     some of them
make bench BENCH="--json"                for a program
make bench BENCH="--original PATH"       time the original's binary on the spot
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, Settings
from benchmarks.large_text import large_text
from benchmarks.speed import epoch, growth, loading, prediction, step

BENCHMARKS = {
    "step": step,
    "epoch": epoch,
    "loading": loading,
    "prediction": prediction,
    "growth": growth,
    "large-text": large_text,
}
REFERENCE = Path(__file__).parents[2] / "shared" / "reference"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", metavar="NAMES", default=",".join(BENCHMARKS))
    parser.add_argument("--original", metavar="PATH", type=Path, help="the original's binary")
    parser.add_argument("--reference", metavar="FOLDER", type=Path, default=REFERENCE)
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    if unknown := set(chosen) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")

    settings = Settings(arguments.reference, arguments.original)
    machine = (
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}"
    )
    if not arguments.json:
        print(machine)
    figures: list[Figure] = []
    for name in chosen:
        for figure in BENCHMARKS[name](settings):
            figures.append(figure)
            if not arguments.json:
                print(_line(figure), flush=True)
    if arguments.json:
        json.dump(
            {"machine": machine, "figures": [vars(figure) for figure in figures]}, sys.stdout
        )
        print()


def _line(figure: Figure) -> str:
    if isinstance(figure.value, str):
        return f"{figure.name:<46} {figure.value}"
    value = f"{figure.value:,.3f}" if figure.value < 100 else f"{figure.value:,.0f}"
    return f"{figure.name:<46} {value:>14} {figure.unit:<4} {figure.goal}".rstrip()


if __name__ == "__main__":
    main()
