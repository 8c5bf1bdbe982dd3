"""`wordnet-tui demo`: the whole of the program in a few seconds and plain lines."""

from __future__ import annotations

import time

import click

from wordnet_tui.cli.inputs import open_dataset
from wordnet_tui.cli.output import say
from wordnet_tui.cli.training_display import training_display
from wordnet_tui.core.data.dataset import Dataset
from wordnet_tui.core.errors import printable
from wordnet_tui.core.inference.baselines import baselines
from wordnet_tui.core.inference.evaluation import evaluate
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.hyperparameters import PRESETS
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.training.progress import clock
from wordnet_tui.core.training.trainer import Trainer

EPOCHS = 2
FIRST_WORDS = "how", "are", "you"
NEW_WORDS = 40
TEMPERATURE = 0.8


@click.command()
def demo() -> None:
    """Train for a few seconds, then chain words.

    The corpus is the one that is built in; nothing is saved.
    """
    say("Reading chitchat, the built-in corpus of chat messages.")
    demonstrate(open_dataset(()))


def demonstrate(dataset: Dataset) -> None:
    """Train on `dataset` and chain words, telling all of it."""
    rows = len(dataset.training)
    say(
        f"Training on {rows:,} windows: {dataset.context_size} words predict the next, "
        f"out of {len(dataset.vocabulary):,}."
    )
    network = _train(dataset)
    say("A chain of words by this network:")
    words = Predictor(network).generate(
        FIRST_WORDS, NEW_WORDS, temperature=TEMPERATURE, seed=1
    )
    say(printable(" ".join((*FIRST_WORDS, *words))))


def _train(dataset: Dataset) -> TrainedNetwork:
    """A network trained for a short time, its figures printed."""
    hyperparameters = PRESETS["default"].changed(
        epochs=EPOCHS,
        context_size=dataset.context_size,
        vocabulary_size=len(dataset.vocabulary),
    )
    trainer = Trainer(dataset, hyperparameters)
    started = time.perf_counter()
    with training_display("progress") as display:
        for progress in trainer.run():
            display.show(progress)
    seconds = time.perf_counter() - started
    measured = evaluate(trainer.outcome, dataset.test, hyperparameters.activation)
    say(
        f"Trained in {clock(seconds)}; on {measured.rows:,} test windows: cross-entropy "
        f"{measured.cross_entropy:.4f} nats a word, perplexity {measured.perplexity:.2f}, "
        f"top-1 {measured.top1:.2%}, top-5 {measured.top5:.2%}."
    )
    counted = baselines(dataset.training, dataset.test, len(dataset.vocabulary))
    reached = ", ".join(f"{item.name} {item.cross_entropy:.4f}" for item in counted)
    say(f"By counting alone: {reached}.")
    return TrainedNetwork(hyperparameters, trainer.outcome, dataset.vocabulary)
