"""A whole session as somebody has it: a shell in tmux, the program, and the shell again."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.known_answers import ORIGINALS, known
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.inference.embedding_space import EmbeddingSpace
from wordnet_tui.core.inference.prediction import Predictor

DEADLINE = 30.0
"""Seconds; only what never comes waits for so long."""
TMUX = shutil.which("tmux")

pytestmark = pytest.mark.skipif(TMUX is None, reason="there is no tmux on this machine")


class Tmux:
    """A shell at 80x24 in a server of its own."""

    def __init__(self, socket: Path) -> None:
        self._command = [str(TMUX), "-u", "-S", str(socket), "-f", "/dev/null"]
        self.ask("new-session", "-d", "-x", "80", "-y", "24", "env -u ENV PS1='$ ' sh")

    def ask(self, *command: str) -> str:
        """Give tmux a command; what it answers."""
        done = subprocess.run(
            [*self._command, *command],
            capture_output=True,
            check=True,
            encoding="utf-8",
            timeout=DEADLINE,
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self.ask("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text, all of it at once."""
        self.ask("send-keys", "-l", text)

    def paste(self, text: str) -> None:
        """Paste a text as a terminal does."""
        self.ask("set-buffer", text)
        self.ask("paste-buffer", "-p")

    @property
    def text(self) -> str:
        """What is on the screen."""
        return self.ask("capture-pane", "-p")

    def until_shown(self, *patterns: str) -> None:
        """Wait until each pattern is found on the screen, blanks standing for any number."""
        sought = [re.compile(pattern.replace(" ", r"\s+")) for pattern in patterns]
        until = time.monotonic() + DEADLINE
        while not all(pattern.search(text := self.text) for pattern in sought):
            assert time.monotonic() < until, f"not so after {DEADLINE} s: {patterns}\n{text}"
            time.sleep(0.05)


@pytest.fixture
def tmux(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tmux]:
    """A shell in the test's folder; the server ends with the test."""
    del environment
    monkeypatch.delenv("TMUX", raising=False)
    with tempfile.TemporaryDirectory() as folder:  # a socket's path has to be short
        server = Tmux(Path(folder) / "socket")
        yield server
        server.ask("kill-server")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(Path("pid").read_text()), signal.SIGKILL)


@pytest.fixture(params=["a small text", *ORIGINALS])
def source(request: pytest.FixtureRequest, days_text: Path) -> Path:
    """What is trained on; all know the words "have a good"."""
    return days_text if request.param == "a small text" else known(request.param).folder


@pytest.fixture
def vocabulary_size(source: Path) -> int:
    """What the form has to ask for: of a folder all words, of a text at most so many."""
    sizes = {known(name).folder: known(name).vocabulary_size for name in ORIGINALS}
    return sizes.get(source, 250)


def test_a_session_from_the_shell_to_the_shell(
    tmux: Tmux, source: Path, vocabulary_size: int, tmp_path: Path
) -> None:
    data = shlex.quote(str(source))
    start = tmp_path / "start"
    start.write_text(
        f"echo $$ > pid\nexec {sys.executable} -m wordnet_tui --data {data} --screen predict\n"
    )
    tmux.type("sh start; echo left with $?")
    tmux.press("Enter")
    tmux.until_shown("net chitchat", rf"data \S*{re.escape(source.name)}")

    # Train on real data, and stop early.
    tmux.press("F2")
    tmux.until_shown(r"Start \(F5\)")
    settings = f"--vocabulary-size {vocabulary_size} --epochs 100000 --validate-every 4"
    tmux.paste(f"wordnet-tui train OUT --data {data} {settings}")
    tmux.until_shown("epochs 100000")
    tmux.press("F5")
    tmux.until_shown("mini-batch", r"validation \d.*, best \d")
    tmux.press("s")
    tmux.until_shown("Ended: stopped early, as asked.", "both are kept")

    # Save the best weights.
    saved = tmp_path / "mine.safetensors"
    tmux.press("C-s")
    tmux.until_shown("Which network?", "Best of the run")
    tmux.press("b")
    tmux.until_shown("Save the network", "network.safetensors")
    tmux.press("Tab", "C-a", "C-k")
    tmux.type(str(saved))
    tmux.press("Enter")
    tmux.until_shown("saved to")
    network = read_network(saved)
    assert network.provenance is not None
    assert source.name in network.provenance.data_name

    # Look up a neighbour.
    tmux.press("F3")
    tmux.until_shown(r"filter \(press /\)", "nearest")
    tmux.type("/good")
    (nearest, *_) = EmbeddingSpace(network).neighbors("good")
    tmux.until_shown(r"good +id \d+", f"{re.escape(nearest.word)} {nearest.distance:.3f}")

    # Chain three words.
    tmux.press("F4")
    tmux.until_shown("Beginnings")
    tmux.type("have a good ")
    words, predictor = ["have", "a", "good"], Predictor(network)
    for _ in range(3):
        best = predictor.candidates(words)[0]
        tmux.until_shown(f"> 1.* {re.escape(best.word)} {best.probability:.3f}")
        words.append(best.word)
        tmux.type("1")
        tmux.until_shown(" ".join(map(re.escape, words)))

    # Leave.
    tmux.press("C-q")
    tmux.until_shown("left with 0")
    flags = "#{alternate_on} #{mouse_any_flag} #{cursor_flag}"
    assert tmux.ask("display-message", "-p", flags).split() == ["0", "0", "1"]
