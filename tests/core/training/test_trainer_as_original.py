"""A run of the original C program, repeated: the figures it printed, the weights it saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.golden.arrays import parameters_of
from tests.golden.plain_network import Settings
from tests.golden.plain_program import read_model
from tests.support.known_answers import CSV_OF_PART, Original
from wordnet_tui.core.data.dataset import CorpusReport, Dataset, Windows
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.progress import StopReason
from wordnet_tui.core.training.trainer import Trainer


def hyperparameters_of(header: Settings) -> Hyperparameters:
    """The settings of a model file of the original."""
    return PRESETS["reference"].changed(
        batch_size=header.N,
        embedding_size=header.h1,
        hidden_size=header.h2,
        epochs=header.epochs,
        early_stop_iteration=header.early_stop,
        momentum=header.momentum,
        learning_rate=header.rate,
        validate_every=header.validate_every,
        context_size=header.D,
        vocabulary_size=header.V,
        dtype="float64",
    )


def read_rows(path: Path) -> Windows:
    return np.loadtxt(path, np.int64, delimiter=",").astype(np.uint8) - np.uint8(1)


@pytest.fixture(scope="module")
def original_data(original: Original) -> Dataset:
    return Dataset(
        "reference",
        "0" * 64,
        Vocabulary(original.words),
        *(read_rows(original.folder / name) for name in CSV_OF_PART.values()),
        report=CorpusReport(np.zeros(original.vocabulary_size, np.int64)),
    )


def test_fine_tuning_repeats_the_original_s_log_and_ends_at_its_weights(
    original_data: Dataset, original: Original
) -> None:
    start = read_model(original.folder / "finetune_start.bin")
    settings = hyperparameters_of(start.settings)
    trainer = Trainer(original_data, settings, parameters_of(start), as_original=True)
    lines = ["# Start training ..."]
    for progress in trainer.run():
        if progress.batch_in_epoch == 1:
            lines.append(f"# Begin iteration Epoch = {progress.epoch - 1}")
        step = f"minibatch {progress.batch_in_epoch} of {progress.batches_per_epoch}"
        where = f"@{progress.batch}, {step}, epoch {progress.epoch}"
        lines.append(f"  Training CE ({where}) = {progress.epoch_cross_entropy:.8f}")
        if progress.validated_now:
            lines.append("##Start validation ...")
            figure = progress.validation_cross_entropy
            lines.append(f"##Validation CE (@{progress.batch}) = {figure:.8f}")
    assert progress.stop_reason is StopReason.EARLY_STOP_ITERATION
    whole_batches = len(original_data.test) // settings.batch_size * settings.batch_size
    figure = cross_entropy(
        trainer.outcome, original_data.test[:whole_batches], "sigmoid", True
    )
    lines += ["# Finish training ...", "##Start testing ...", f"##Test CE = {figure:.8f}"]

    log = (original.folder / "finetune_log.txt").read_text().splitlines()
    assert [*lines, "# Saving model to out.bin"] == log[log.index(lines[0]) :]
    saved = parameters_of(read_model(original.folder / "finetune_end.bin"))
    for ours, theirs in zip(trainer.outcome, saved, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=original.weights_within)


def test_as_the_original_nothing_is_measured_at_the_end_unless_it_is_due(
    toy_dataset: Callable[..., Dataset],
) -> None:
    sizes = {"context_size": 2, "vocabulary_size": 10, "embedding_size": 4, "hidden_size": 5}
    recipe = Hyperparameters(**sizes, batch_size=20, epochs=1, validate_every=6)
    measured = {}
    for as_original in (True, False):
        records = Trainer(toy_dataset(), recipe, as_original=as_original).run()
        measured[as_original] = [record.batch for record in records if record.validated_now]
    assert measured == {True: [7, 13, 19], False: [7, 13, 19, 20]}


def test_as_the_original_no_example_costs_more_than_30_nats(
    toy_dataset: Callable[..., Dataset], random_parameters: Callable[..., Parameters]
) -> None:
    start = random_parameters(V=10, D=2, E=4, H=5, deviation=0.0)
    start.output_bias[0] = 1000.0
    rows = toy_dataset().training
    wrong = rows[rows[:, -1] != 0][:20]
    sizes = {"context_size": 2, "vocabulary_size": 10, "embedding_size": 4, "hidden_size": 5}
    recipe = Hyperparameters(**sizes, batch_size=20, dtype="float64")
    for as_original, nats in ((True, 30.0), (False, 1000.0)):
        dataset = toy_dataset(training=wrong)
        first = next(Trainer(dataset, recipe, start, as_original=as_original).run())
        assert first.epoch_cross_entropy == pytest.approx(nats)
