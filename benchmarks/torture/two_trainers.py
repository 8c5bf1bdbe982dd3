"""A second process wants a run that is trained; later the first is killed, and two want it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.torture.program import (
    Ended,
    batch_of,
    begun_run,
    end_of,
    run,
    running,
    status_of,
)
from benchmarks.torture.proof import Proof, Settings, expect, try_all, wait_until
from benchmarks.torture.small import LONGER, small_training, write_small_text
from benchmarks.torture.undisturbed import Undisturbed, train_undisturbed
from wordnet_tui.runs.storage.folder import RunFolder
from wordnet_tui.runs.storage.owner import Owner, this_host, write_owner

TRIALS = 5
OPTIMIZER = "adam"


def two_trainers(settings: Settings) -> Iterator[Proof]:
    """Each trial: refused while it is trained, taken over by one of two when it was killed."""
    root = settings.folder / "two-trainers"
    root.mkdir()
    options = small_training(write_small_text(root / "small.txt"), OPTIMIZER, **LONGER)
    whole = train_undisturbed(root, options)

    def trial(number: int) -> None:
        place = root / f"trial-{number}"
        place.mkdir()
        _want_it_twice(place, options, whole, forged=number % 2 == 1)

    trials = try_all(settings.at_most(TRIALS), trial)
    yield Proof(
        "two trainers; a lock left behind",
        f"{trials.share} refused, then taken over by one",
        goal="refused with a reason; taken over",
        holds=trials.all_went_well,
        problems=trials.problems,
    )


def _want_it_twice(
    place: Path, options: list[str], whole: Undisturbed, *, forged: bool
) -> None:
    out, runs = place / "out.safetensors", place / "runs"
    with running("train", out, "--runs", runs, "--log", "none", *options) as first:
        folder = begun_run(runs)
        _expect_refused(run("resume", folder.path), folder, first.pid)
        done = batch_of(status_of(folder))
        wait_until(lambda: batch_of(status_of(folder)) > done, "the first trains on")
        first.kill()
        first.wait()
    expect(
        folder.lock_file.path.exists() and folder.owner_file.path.exists(),
        "no lock is left behind",
    )
    if forged:  # another process has got its number, ours
        write_owner(folder, Owner(this_host(), os.getpid(), time.time(), token="another"))
    with running("resume", folder.path) as one, running("resume", folder.path) as other:
        ended = {process.pid: end_of(process) for process in (one, other)}
    refused = [pid for pid in ended if ended[pid].status]
    expect(len(refused) == 1, f"not one of two took it over: {list(ended.values())}")
    (winner,) = ended.keys() - set(refused)
    _expect_refused(ended[refused[0]], folder, winner)
    whole.expect_same(folder, out)


def _expect_refused(ended: Ended, folder: RunFolder, pid: int) -> None:
    """One sentence that names the process, its host and since when it trains."""
    name = re.escape(folder.name)
    sentence = (
        rf"wordnet-tui: run {name} is trained by process {pid} on {re.escape(this_host())} "
        rf"since (\S+ )?\d\d:\d\d:\d\d; `wordnet-tui watch {name}` shows it\n"
    )
    is_right = ended.status == 1 and not ended.output and re.fullmatch(sentence, ended.errors)
    expect(is_right, f"not refused as it should be: {ended}")
