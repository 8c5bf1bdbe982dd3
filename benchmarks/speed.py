"""The step, the epoch, evaluation, loading and prediction."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.engine import made_up_dataset, six_products, trainer_steps
from benchmarks.figures import (
    Figure,
    Settings,
    microseconds,
    ratio,
    reference_is_there,
    seconds_in_turn,
)
from benchmarks.rivals import ORIGINAL_SECONDS, original_seconds, torch_steps
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.inference.evaluation import cross_entropy
from wordnet_tui.core.inference.prediction import Predictor
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.trained_network import TrainedNetwork
from wordnet_tui.core.training.blas import one_blas_thread
from wordnet_tui.core.training.trainer import Trainer


def step(settings: Settings) -> Iterator[Figure]:
    """A step against its floor, PyTorch and the original; 50/200/250, N 100, float32."""
    hp = Hyperparameters()
    dataset = made_up_dataset(hp, rows=100_000)
    functions = {"floor": six_products(hp), "step": trainer_steps(hp, dataset)}
    if rival := torch_steps(hp, dataset.training):
        functions["torch"] = rival
    with one_blas_thread():
        times = seconds_in_turn(functions, calls=100)
    yield Figure("the six matrix products (floor)", microseconds(times["floor"]), "us")
    yield Figure("a training step", microseconds(times["step"]), "us")
    yield Figure("step / floor", ratio(times["step"], times["floor"]), "", "at most 1.35")
    if "torch" in times:
        yield Figure("eager PyTorch step, one thread", microseconds(times["torch"]), "us")
        yield Figure(
            "PyTorch / step", ratio(times["torch"], times["step"]), "", "at least 1.8"
        )
    else:
        yield Figure("eager PyTorch", "skipped: torch is not installed")
    if settings.original and reference_is_there(settings):
        original = original_seconds(settings.original, settings.reference)
        how = "measured now"
    else:
        original, how = ORIGINAL_SECONDS, "as it was measured; --original PATH measures it"
    yield Figure(f"the original's step ({how})", original * 1e6, "us")
    speedup = original / statistics.median(times["step"])
    yield Figure("original / step", speedup, "", "at least 30")


def epoch(settings: Settings) -> Iterator[Figure]:
    """An epoch of the default recipe on the reference data, and an evaluation."""
    if not reference_is_there(settings):
        yield Figure("epoch", f"skipped: no reference data at {settings.reference}")
        return
    dataset = load_dataset(str(settings.reference))
    hp = Hyperparameters(epochs=1)
    batches = len(dataset.training) // hp.batch_size
    evaluation_steps = round(len(dataset.validation) / hp.batch_size)

    def whole_epoch() -> None:
        for _ in Trainer(dataset, hp).run():
            pass

    next_step = trainer_steps(hp, dataset)
    trained = Trainer(dataset, hp)

    def steps_alone() -> None:
        for _ in range(batches):
            next_step()

    with one_blas_thread():
        times = seconds_in_turn(
            {
                "epoch": whole_epoch,
                "steps": steps_alone,
                "evaluation": lambda: cross_entropy(
                    trained.parameters, dataset.validation, hp.activation
                ),
            },
            rounds=5,
        )
    steps = [seconds / batches * evaluation_steps for seconds in times["steps"]]
    yield Figure("an epoch, everything included", statistics.median(times["epoch"]), "s")
    yield Figure("epoch / its steps", ratio(times["epoch"], times["steps"]), "", "at most 1.1")
    yield Figure(
        f"evaluation of {len(dataset.validation):,} rows",
        statistics.median(times["evaluation"]),
        "s",
    )
    yield Figure(
        "evaluation / training on as many rows",
        ratio(times["evaluation"], steps),
        "",
        "at most 0.45",
    )


def loading(settings: Settings) -> Iterator[Figure]:
    """Reading corpora, cold and from the cache."""
    sources = {"chitchat": ("chitchat", "at most 12", "at most 0.3")}
    if reference_is_there(settings):
        sources["reference CSVs"] = (str(settings.reference), "at most 1", "at most 0.1")
    for name, (source, cold_goal, cached_goal) in sources.items():
        cold: list[float] = []
        cached: list[float] = []
        for _ in range(3):
            with own_cache():
                cold.append(_seconds_to_load(source))
                cached.extend(_seconds_to_load(source) for _ in range(3))
        yield Figure(f"loading {name}, cold", statistics.median(cold), "s", cold_goal)
        yield Figure(f"loading {name}, cached", statistics.median(cached), "s", cached_goal)


def _seconds_to_load(source: str) -> float:
    started = time.perf_counter()
    load_dataset(source)
    return time.perf_counter() - started


@contextmanager
def own_cache() -> Iterator[Path]:
    """An empty cache folder, gone afterwards."""
    before = os.environ.get("WORDNET_TUI_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORDNET_TUI_CACHE"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["WORDNET_TUI_CACHE"]
            else:
                os.environ["WORDNET_TUI_CACHE"] = before


def prediction(settings: Settings) -> Iterator[Figure]:
    """One prediction, and how it and the step grow with the shape."""
    del settings
    with one_blas_thread():
        yield Figure(
            "a prediction, top 5 of 250",
            _prediction_time(Hyperparameters()),
            "us",
            "below 200",
        )


def _prediction_time(hp: Hyperparameters) -> float:
    dataset = made_up_dataset(hp, rows=hp.batch_size)
    trainer = Trainer(dataset, hp)
    predictor = Predictor(TrainedNetwork(hp, trainer.parameters, dataset.vocabulary))
    words = list(dataset.vocabulary.words[: hp.context_size])
    times = seconds_in_turn({"prediction": lambda: predictor.candidates(words, 5)}, calls=100)
    return microseconds(times["prediction"])


def growth(settings: Settings) -> Iterator[Figure]:
    """Step, its floor, and a prediction for growing V, h2 and N."""
    del settings
    base = Hyperparameters()
    shapes = [{"vocabulary_size": V} for V in (250, 1_000, 4_000, 16_000)]
    shapes += [{"hidden_size": H} for H in (50, 100, 400, 800, 1_600)]
    shapes += [{"batch_size": B} for B in (1, 10, 32, 320, 1_000)]
    for shape in shapes:
        hp = base.changed(**shape)
        dataset = made_up_dataset(hp, rows=20_000)
        functions = {"floor": six_products(hp), "step": trainer_steps(hp, dataset)}
        with one_blas_thread():
            times = seconds_in_turn(functions, calls=10, rounds=7)
            predicted = _prediction_time(hp)
        name = ", ".join(f"{what} {size:,}" for what, size in shape.items()).replace("_", " ")
        above_floor = ratio(times["step"], times["floor"])
        per_example = microseconds(times["step"]) / hp.batch_size
        yield Figure(
            f"growth: {name}",
            f"step {microseconds(times['step']):10,.0f} us  ({per_example:8.2f} an example)  "
            f"step/floor {above_floor:5.2f}  prediction {predicted:6,.0f} us",
        )
