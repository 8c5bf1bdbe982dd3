"""What `pip install .` gives: the whole program, with the networks that ship."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wordnet_tui.core.formats.model_files import NAMES

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and installed into a folder of its own, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-deps", "--no-index"]
    build = [*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", folder, PROJECT]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("wordnet_tui-*.whl")
    subprocess.run([*pip, "install", *offline, "--target", folder / "site", wheel], check=True)
    return folder / "site"


def run_installed(installed: Path, folder: Path, *command: str | Path) -> str:
    """What a command prints where only the installed program can be meant."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("name", NAMES)
def test_an_installed_program_knows_each_network_that_ships(
    installed: Path, tmp_path: Path, name: str
) -> None:
    shown = run_installed(installed, tmp_path, installed / "bin" / "wordnet-tui", "info", name)
    assert "Vocabulary size          =      250" in shown
    ask = f"from wordnet_tui.core.formats.model_files import resolve; print(resolve({name!r}))"
    found = run_installed(installed, tmp_path, "-c", ask).strip()
    assert Path(found).is_relative_to(installed)


def test_the_styles_of_the_app_travel_too(installed: Path) -> None:
    package = PROJECT / "wordnet_tui"
    styles = {path.relative_to(package) for path in package.rglob("*.tcss")}
    assert styles
    assert all((installed / "wordnet_tui" / style).is_file() for style in styles)
