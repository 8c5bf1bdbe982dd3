"""`make torture`: the program killed, hung up, starved, damaged and watched, as a table.

make torture BENCH="--only kill,flips"   some of it
make torture BENCH="--count 3"           fewer trials of each, for a quick look
make torture BENCH="--seed 2"            other moments and other bytes
make torture BENCH="--folder DIR"        work in DIR, a new one, and leave all files there
make torture BENCH="--json"              for a program

It ends with status 1 if a goal was missed. The last column tells how many cores other
programs used meanwhile: times and ratios are worth something only with little there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

from benchmarks.torture.checkpoints import checkpoints
from benchmarks.torture.crash import crash
from benchmarks.torture.flips import flips
from benchmarks.torture.full_disk import full_disk
from benchmarks.torture.hangups import hangup
from benchmarks.torture.hostile import hostile
from benchmarks.torture.kills import kill
from benchmarks.torture.large import large
from benchmarks.torture.power import power
from benchmarks.torture.proof import Proof, Settings
from benchmarks.torture.sigterms import sigterm
from benchmarks.torture.two_trainers import two_trainers
from benchmarks.torture.watchers import watchers
from benchmarks.ui.machine import OthersAtWork

PROOFS: dict[str, Callable[[Settings], Iterator[Proof]]] = {
    "kill": kill,
    "hangup": hangup,
    "sigterm": sigterm,
    "full-disk": full_disk,
    "two-trainers": two_trainers,
    "watchers": watchers,
    "flips": flips,
    "crash": crash,
    "power": power,
    "hostile": hostile,
    "large": large,
    "checkpoints": checkpoints,
}
WIDTH = 64
"""Columns of a proof's name."""


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(
        prog="make torture",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--only", metavar="NAMES", default=",".join(PROOFS))
    parser.add_argument("--count", metavar="N", type=_from_one, help="most trials of each")
    parser.add_argument("--seed", metavar="N", type=int, default=1)
    parser.add_argument("--folder", metavar="DIR", type=Path)
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    if unknown := set(chosen) - set(PROOFS):
        parser.error(f"no proof {', '.join(unknown)}; there are {', '.join(PROOFS)}")
    if arguments.folder is not None:
        arguments.folder.mkdir(parents=True)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    if not arguments.json:
        print(f"{machine:<{WIDTH}} {'took':>7}  others", flush=True)

    proofs: list[dict[str, object]] = []
    given = arguments.folder
    with nullcontext(given) if given else tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder).resolve(), arguments.seed, arguments.count)
        _use_folders_of_its_own(settings.folder)
        for name in chosen:
            others = OthersAtWork()
            for proof, seconds in _timed(name, settings):
                cores = round(others.cores(), 2)
                proofs.append(
                    {**vars(proof), "seconds": round(seconds, 1), "other_cores": cores}
                )
                if not arguments.json:
                    _print(proof, seconds, cores)
    if arguments.json:
        json.dump({"machine": machine, "proofs": proofs}, sys.stdout)
        print()
    sys.exit(not all(proof["holds"] for proof in proofs))


def _timed(name: str, settings: Settings) -> Iterator[tuple[Proof, float]]:
    """Proofs, and how long each took; one that breaks off is a proof that failed."""
    since = time.perf_counter()
    try:
        for proof in PROOFS[name](settings):
            yield proof, time.perf_counter() - since
            since = time.perf_counter()
    except Exception as error:  # of any kind: there are other proofs
        problem = f"{type(error).__name__}: {error}"
        broken_off = Proof(name, "broken off", problems=(problem,))
        yield broken_off, time.perf_counter() - since


def _use_folders_of_its_own(folder: Path) -> None:
    """Nothing of the user's is read or written, here or in the programs that are started."""
    os.environ["WORDNET_TUI_CACHE"] = str(folder / "cache")
    os.environ["WORDNET_TUI_DATA"] = str(folder / "data")
    os.environ.pop("WORDNET_TUI_RUNS", None)


def _print(proof: Proof, seconds: float, cores: float) -> None:
    print(f"{proof.name:<{WIDTH}} {seconds:>5.0f} s  {cores:.2f} cores")
    print(f"    goal     {proof.goal}")
    print(f"    reached  {proof.value}{'' if proof.holds else '   MISSED'}", flush=True)
    for problem in proof.problems:
        print("    " + problem.replace("\n", "\n    "), flush=True)


def _from_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    main()
