"""Trials shared out to processes that have the shim: one a core, each with one thread.

A proof is a module with `trials(root, settings)`. Each worker makes the whole list, which must
come out the same everywhere, and tries its share of it.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.torture.operations import build_shim, why_not
from benchmarks.torture.proof import Proof, Settings, TrialError
from benchmarks.ui.terminal import ROOT

KINDS_SHOWN = 12


@dataclass(frozen=True)
class Trial:
    """One of very many."""

    group: str
    """The line of the table that it counts for."""
    name: str
    """Tells it from the others of the group."""
    attempt: Callable[[], None]
    """Raises TrialError, or anything else, if it does not go well."""


Make = Callable[[Path, Settings], Iterable[Trial]]


def share_out(module: str, settings: Settings, goals: dict[str, str]) -> Iterator[Proof]:
    """All trials of a module, as a line of the table for each group.

    Args:
        module: Its name.
        settings: Of the proof.
        goals: Group -> what is to be reached; the order of the lines.
    """
    if reason := why_not():
        for group, goal in goals.items():
            yield Proof(group, f"not run: {reason}", goal=goal)
        return
    root = settings.folder / module.rpartition(".")[2]
    root.mkdir()
    tried: Counter[str] = Counter()
    problems: dict[str, list[tuple[str, str]]] = {group: [] for group in goals}
    for group, name, problem in _results(module, root, settings):
        tried[group] += 1
        if problem:
            problems[group].append((name, problem))
    for group, goal in goals.items():
        bad = problems[group]
        yield Proof(
            group,
            f"{tried[group] - len(bad):,} of {tried[group]:,}",
            goal=goal,
            holds=bool(tried[group]) and not bad,
            problems=tuple(_by_kind(bad)),
        )


def _results(module: str, root: Path, settings: Settings) -> Iterator[tuple[str, str, str]]:
    """(group, name, problem) of each trial, as they come."""
    environment = {
        **os.environ,
        "LD_PRELOAD": str(build_shim(root)),
        "OPENBLAS_NUM_THREADS": "1",  # its threads would not live in a forked child
        "OMP_NUM_THREADS": "1",
    }
    number = os.cpu_count() or 1
    with ExitStack() as workers:
        started = []
        for share in range(number):
            arguments = [module, str(root / f"worker-{share}"), str(share), str(number)]
            arguments += [str(settings.seed), str(settings.count or 0)]
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.torture.workers", *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=(root / f"worker-{share}.jsonl").open("w"),
            )
            workers.callback(process.kill)
            started.append(process)
        for share, process in enumerate(started):
            status = process.wait()
            for line in (root / f"worker-{share}.jsonl").read_text().splitlines():
                group, name, problem = json.loads(line)
                yield group, name, problem
            if status:
                raise TrialError(f"worker {share} of {module} ended with status {status}")


def _by_kind(problems: list[tuple[str, str]]) -> Iterator[str]:
    """One sentence a kind of problem, with how often and where first."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for name, problem in problems:
        kind = re.sub(r"/\S+|\.?[0-9a-f]{8,}(\.tmp)?|\d[\d,.:-]*", "_", problem)
        kinds.setdefault(kind, []).append((name, problem))
    ordered = sorted(kinds.values(), key=len, reverse=True)
    for each in ordered[:KINDS_SHOWN]:
        name, problem = each[0]
        yield f"{len(each):,} times, first at {name}: {problem[:400]}"
    if rest := ordered[KINDS_SHOWN:]:
        yield f"and {sum(map(len, rest)):,} more, of {len(rest)} kinds"


def chosen(trials: Iterable[Trial], count: int | None) -> list[Trial]:
    """All of them, or at most so many of each group, evenly spaced."""
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.group, []).append(trial)
    return [trial for group in groups.values() for trial in _spaced(group, count)]


def _spaced(group: list[Trial], count: int | None) -> list[Trial]:
    if count is None or count >= len(group):
        return group
    return [group[number * len(group) // count] for number in range(count)]


def work(module: str, root: Path, share: int, number: int, settings: Settings) -> None:
    """Try one share and print what came of it, a line of JSON for each."""
    make: Make = importlib.import_module(module).trials
    share_of_it = chosen(make(root, settings), settings.count)[share::number]
    gc.freeze()  # or each child would copy all that it passes over
    gc.disable()
    for trial in share_of_it:
        problem = ""
        try:
            trial.attempt()
        except Exception as error:  # of any kind: the next trial may go well
            kind = "" if isinstance(error, TrialError) else f"{type(error).__name__}: "
            problem = f"{kind}{error}"
        print(json.dumps([trial.group, trial.name, problem]), flush=True)


def main() -> None:
    """Be a worker."""
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("root", type=Path)
    parser.add_argument("share", type=int)
    parser.add_argument("number", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    given = parser.parse_args()
    given.root.mkdir()
    os.environ["WORDNET_TUI_CACHE"] = str(given.root / "cache")
    os.environ["WORDNET_TUI_DATA"] = str(given.root / "data")
    os.environ.pop("LD_PRELOAD")  # what a trial starts has no use for it
    settings = Settings(given.root, given.seed, given.count or None)
    work(given.module, given.root, given.share, given.number, settings)
    shutil.rmtree(given.root)


if __name__ == "__main__":
    main()
