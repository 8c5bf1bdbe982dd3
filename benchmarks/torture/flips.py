"""Single bytes of a run's files, changed, missing or cut off with all behind them."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.torture.damage import damaged
from benchmarks.torture.judge import Judge
from benchmarks.torture.proof import Proof, Settings, TrialError, try_all
from benchmarks.torture.sound_runs import make_sound_runs
from wordnet_tui.runs.storage.folder import RunFolder

TRIALS = 1_000


def flips(settings: Settings) -> Iterator[Proof]:
    """One damaged copy after the other, in this process; each file is as likely as any."""
    root = settings.folder / "flips"
    root.mkdir()
    runs = make_sound_runs(root)
    judges = {folder: Judge(folder, runs) for folder in runs.folders}

    def trial(number: int) -> bool:
        chance = random.Random(f"{settings.seed} flips {number}")
        sound = chance.choice(runs.folders)
        name = chance.choice(_names_of_files(sound))
        place = root / f"trial-{number}"
        folder = RunFolder(Path(shutil.copytree(sound.path, place / sound.name)))
        content, what = damaged((folder.path / name).read_bytes(), chance)
        (folder.path / name).write_bytes(content)
        try:
            is_reported = judges[sound].reports_damage(folder)
        except Exception as error:
            where = f"{sound.path.parent.name}: {name}, {what}"
            raise TrialError(f"{where}: {type(error).__name__}: {error}") from error
        shutil.rmtree(place)
        return is_reported

    trials = try_all(settings.at_most(TRIALS), trial)
    known = sum(trials.results)
    yield Proof(
        "a changed, missing or cut byte in any file",
        f"{trials.share}: {known:,} reported, {len(trials.results) - known:,} read right",
        goal="all reported in a sentence, or read right",
        holds=trials.all_went_well,
        problems=trials.problems,
    )


def _names_of_files(folder: RunFolder) -> list[Path]:
    """Those that hold something; a lock does not."""
    files = [path for path in folder.path.rglob("*") if path.is_file() and path.stat().st_size]
    return sorted(path.relative_to(folder.path) for path in files)
