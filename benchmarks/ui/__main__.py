"""`make bench-ui`: the real program in a pseudo-terminal beside the same training without one.

make bench-ui BENCH="--only speed,idle"   some of the figures
make bench-ui BENCH="--seconds 30"        longer measurements, less noise
make bench-ui BENCH="--json"              for a program

The last column tells how many cores other programs used meanwhile: with more than a few
tenths of one, measure again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version

from benchmarks.figures import Figure
from benchmarks.ui.answers import echo, leaving, picture
from benchmarks.ui.idle import idle
from benchmarks.ui.in_app import filtering, keystroke
from benchmarks.ui.machine import OthersAtWork
from benchmarks.ui.program import Settings
from benchmarks.ui.training import line, speed, unread

BENCHMARKS: dict[str, Callable[[Settings], Iterator[Figure]]] = {
    "speed": speed,
    "unread": unread,
    "line": line,
    "echo": echo,
    "idle": idle,
    "picture": picture,
    "leaving": leaving,
    "keystroke": keystroke,
    "filter": filtering,
}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(
        prog="make bench-ui",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", metavar="NAMES", default=",".join(BENCHMARKS))
    parser.add_argument(
        "--seconds", metavar="N", type=float, default=10.0, help="of a measurement"
    )
    parser.add_argument(
        "--rounds", metavar="N", type=int, default=5, help="of what is compared in turn"
    )
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    if unknown := set(chosen) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")

    settings = Settings(arguments.seconds, arguments.rounds)
    machine = (
        f"Python {platform.python_version()}, Textual {version('textual')}, "
        f"{os.cpu_count()} cores"
    )
    if not arguments.json:
        print(machine)
        print(f"{'figure':<48} {'measured':>14} goal          other programs")
    measured: list[dict[str, object]] = []
    for name in chosen:
        others = OthersAtWork()
        for figure in BENCHMARKS[name](settings):
            cores = round(others.cores(), 2)
            measured.append({**vars(figure), "other_cores": cores})
            if not arguments.json:
                print(_line(figure, cores), flush=True)
    if arguments.json:
        json.dump({"machine": machine, "figures": measured}, sys.stdout)
        print()


def _line(figure: Figure, others: float) -> str:
    value = f"{figure.value:.2f}" if isinstance(figure.value, float) else figure.value
    return (
        f"{figure.name:<48} {value:>8} {figure.unit:<5} {figure.goal:<13} {others:.2f} cores"
    )


if __name__ == "__main__":
    main()
