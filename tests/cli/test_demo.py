from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from wordnet_tui.cli.demo import demonstrate
from wordnet_tui.core.data.load import load_dataset


def test_the_demo_trains_tells_its_figures_and_chains_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "chat.txt"
    chooser = random.Random(3)
    words = ["how", "are", "you", "i", "am", "fine", "and", "they"]
    lines = [" ".join(chooser.choices(words, k=12)) for _ in range(600)]
    text.write_text("\n".join(lines))
    demonstrate(load_dataset(str(text)))
    printed = capsys.readouterr().out
    assert "epoch 2/2" in printed
    (loss,) = re.findall(r"cross-entropy (\d\.\d{4}) nats a word", printed)
    assert 2.0 < float(loss) < 2.2  # ln 8 = 2.079: the words were drawn at random
    chain = printed.splitlines()[-1].split()
    assert chain[:3] == ["how", "are", "you"]
    assert len(chain) == 43
    assert set(chain) <= set(words)
