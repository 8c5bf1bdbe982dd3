"""What users of earlier commits left behind, put where a test can work with it.

`make_fixtures.py` tells what there is. Run folders, and what the app remembers, name absolute
paths, and here the files lie elsewhere. So `run.json` and `last-session.json` get the place of
the copy instead of the user's, and `run.json` is sealed again: its last entry is the CRC-32 of
all characters before it. Git keeps no empty folders, so those for requests are made again. All
else is byte for byte what the program wrote.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from wordnet_tui.cli import program

USERS_FOLDER = "/home/lea"
WRITTEN = sorted(Path(__file__).parent.glob("written_by_*"))


@pytest.fixture(params=WRITTEN, ids=lambda folder: folder.name)
def home(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of a user of an earlier commit; we are in it, its data and cache are ours."""
    home = tmp_path / "home"
    shutil.copytree(request.param, home)
    here = json.dumps(str(home))[1:-1]
    for manifest in home.glob("data/runs/*/run.json"):
        manifest.with_name("requests").mkdir(exist_ok=True)
        manifest.write_text(sealed_again(manifest.read_text().replace(USERS_FOLDER, here)))
    session = home / "data" / "last-session.json"
    session.write_text(session.read_text().replace(USERS_FOLDER, here))
    monkeypatch.chdir(home)
    monkeypatch.setenv("WORDNET_TUI_DATA", str(home / "data"))
    monkeypatch.setenv("WORDNET_TUI_CACHE", str(home / "cache"))
    return home


def sealed_again(text: str) -> str:
    """A changed text of sealed JSON with the checksum that it should have."""
    content, mark, _ = text.rpartition('"crc32": "')
    return f'{content}{mark}{zlib.crc32(content.encode()):08x}"\n}}\n'


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """The one object that was printed."""
        assert self.status == 0, self
        return json.loads(self.output)

    @property
    def sentence(self) -> str:
        """The one line of a clean failure."""
        assert self.status == 1, self
        (line,) = self.errors.splitlines()
        return line.removeprefix("wordnet-tui: ")


Run = Callable[..., Ran]


@pytest.fixture
def run() -> Run:
    """Run a command of the program as it is now; a bug in it fails the test."""

    def invoke(*arguments: str | Path) -> Ran:
        result = CliRunner().invoke(program, list(map(str, arguments)))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return invoke


@pytest.fixture
def change() -> Callable[..., None]:
    """Change entries of a sealed file; takes its path and the entries."""

    def changed(path: Path, **entries: object) -> None:
        text = json.dumps({**json.loads(path.read_text()), **entries}, indent=1)
        path.write_text(sealed_again(text))

    return changed


@pytest.fixture
def weights(run: Run, tmp_path: Path) -> Callable[[Path], Any]:
    """Reads all weights of a model file as float64, which holds float32 exactly.

    By way of the original's format, which never changes.
    """

    def read(model: Path) -> Any:
        ran = run("convert", model, tmp_path / "weights.bin")
        assert ran.status == 0, ran
        return np.fromfile(tmp_path / "weights.bin", "<f8", offset=72)

    return read
