"""Write the golden set again: `python -m tests.golden`.

It has the layout and the file names of the original's reference data, so that a test asks the
same of both: a tiny corpus, a network trained on it by the original's recipe, the log and the
result of a fine-tuning, and a dialogue. All figures come from the plain network.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.golden import corpus
from tests.golden.plain_network import Matrix, PlainNetwork, Rows, Settings, train
from tests.golden.plain_program import dialogue, model_bytes, shapes

DATA = Path(__file__).parent / "data"
NEVER = 2**31 - 1
TYPED = ["have a good", "", "2", "", "3", "5", "", "4", "1", "x", ""]
"""What is typed into the dialogue; all but 1 to 5 means 1."""


def write(folder: Path = DATA) -> None:
    """Write all files of the set."""
    folder.mkdir(exist_ok=True)
    texts = corpus.sentences()
    words = corpus.vocabulary(texts)
    parts = corpus.parts(texts, words)
    files: dict[str, str | bytes] = {
        "raw_sentences.txt": lines(texts),
        "vocab.txt": lines(words),
        "vocab_ordered.txt": lines(sorted(words)),
    }
    for name, rows in zip(("train", "valid", "test"), parts, strict=True):
        files[f"{name}_data.csv"] = lines([",".join(map(str, row)) for row in rows])

    recipe = Settings(
        N=100, h1=5, h2=7, epochs=9, early_stop=3000, momentum=0.9, rate=0.1,
        validate_every=NEVER, training_rows=len(parts[0]), validation_rows=len(parts[1]),
        test_rows=len(parts[2]), columns=4, D=3, V=len(words),
    )  # fmt: skip
    network = PlainNetwork(recipe, start(recipe))
    log_of(network, parts)
    files["model9-3000.bin"] = model_bytes(network)
    files["forward_input.txt"] = lines(TYPED)
    files["forward_transcript.txt"] = dialogue(
        network, "model9-3000.bin", words, sorted(words), TYPED
    )

    fine_tuning = recipe._replace(epochs=2, early_stop=4, validate_every=3)
    network = PlainNetwork(fine_tuning, network.weights)
    files["finetune_start.bin"] = model_bytes(network)
    files["finetune_log.txt"] = log_of(network, parts)
    files["finetune_end.bin"] = model_bytes(network)

    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def start(settings: Settings) -> list[Matrix]:
    """Weights and biases between -1 and 1, so that a few mini-batches change the answers."""
    dice = random.Random(4)
    return [
        [[2 * dice.random() - 1 for _ in range(columns)] for _ in range(rows)]
        for rows, columns in shapes(settings)
    ]


def log_of(network: PlainNetwork, parts: tuple[Rows, Rows, Rows]) -> str:
    """What training it prints."""
    return lines(list(train(network, *parts, out="out.bin")))


def lines(texts: list[str]) -> str:
    """Texts, each on a line of its own."""
    return "".join(f"{text}\n" for text in texts)


if __name__ == "__main__":
    write()
