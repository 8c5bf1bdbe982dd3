"""A run of the original C program, repeated: the figures it printed, the weights it saved."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wordnet_tui.core.data.dataset import CorpusReport, Dataset, Windows
from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.model.hyperparameters import PRESETS, Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.training.progress import StopReason
from wordnet_tui.core.training.trainer import Trainer


def read_parameters(path: Path) -> Parameters:
    """W1, W2, b2, W3, b3 after 72 bytes of header, examples in columns: ours are in rows."""
    numbers = np.fromfile(path, "<f8", offset=72)
    W1, W2, b2, W3, b3 = np.split(numbers, np.cumsum([50 * 250, 200 * 150, 200, 250 * 200]))
    return Parameters(
        W1.reshape(50, 250).T, W2.reshape(200, 150).T, W3.reshape(250, 200).T, b2, b3
    )


def read_settings(path: Path) -> Hyperparameters:
    """The header, as the table in the reference data's README lays it out."""
    N, h1, h2, epochs, early_stop = struct.unpack_from("<5i", header := path.read_bytes()[:72])
    momentum, rate, every = struct.unpack_from("<ddi", header, 24)
    return PRESETS["reference"].changed(
        batch_size=N,
        embedding_size=h1,
        hidden_size=h2,
        epochs=epochs,
        early_stop_iteration=early_stop,
        momentum=momentum,
        learning_rate=rate,
        validate_every=every,
        dtype="float64",
    )


def read_rows(path: Path) -> Windows:
    return np.loadtxt(path, np.int64, delimiter=",").astype(np.uint8) - np.uint8(1)


@pytest.fixture(scope="module")
def original_data(reference: Path) -> Dataset:
    return Dataset(
        "reference",
        "0" * 64,
        Vocabulary((reference / "vocab.txt").read_text().split()),
        *(read_rows(reference / f"{part}_data.csv") for part in ("train", "valid", "test")),
        report=CorpusReport(np.zeros(250, np.int64)),
    )


def test_fine_tuning_repeats_the_original_s_log_and_ends_at_its_weights(
    original_data: Dataset, reference: Path
) -> None:
    start = reference / "finetune_start.bin"
    trainer = Trainer(
        original_data, read_settings(start), read_parameters(start), as_original=True
    )
    lines = []
    for progress in trainer.run():
        step = f"minibatch {progress.batch_in_epoch} of {progress.batches_per_epoch}"
        where = f"@{progress.batch}, {step}, epoch {progress.epoch}"
        lines.append(f"  Training CE ({where}) = {progress.epoch_cross_entropy:.8f}")
        if progress.validated_now:
            lines.append("##Start validation ...")
            figure = progress.validation_cross_entropy
            lines.append(f"##Validation CE (@{progress.batch}) = {figure:.8f}")
    assert progress.stop_reason is StopReason.EARLY_STOP_ITERATION
    whole_batches = len(original_data.test) // 100 * 100
    figure = cross_entropy(
        trainer.outcome, original_data.test[:whole_batches], "sigmoid", True
    )
    lines += ["# Finish training ...", "##Start testing ...", f"##Test CE = {figure:.8f}"]

    log = (reference / "finetune_log.txt").read_text().splitlines()
    begin = log.index("# Begin iteration Epoch = 0") + 1
    assert len(lines) == 301 + 4 + 3
    assert lines == log[begin : begin + len(lines)]
    saved = read_parameters(reference / "finetune_end.bin")
    for ours, theirs in zip(trainer.outcome, saved, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


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
