"""`train`: from scratch, fine-tuning, the original's log, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.known_answers import Original
from wordnet_tui.cli.options import given
from wordnet_tui.cli.train import train
from wordnet_tui.core.formats.model_files import read_network
from wordnet_tui.core.model.hyperparameters import Hyperparameters

Run = Callable[..., Any]

QUICK = (
    "--epochs",
    "3",
    "--batch-size",
    "10",
    "--context-size",
    "2",
    "--vocabulary-size",
    "8",
)


@pytest.fixture
def trained(run: Run, small_text: Path, tmp_path: Path) -> Path:
    out = tmp_path / "trained.safetensors"
    assert run("train", out, "--data", small_text, *QUICK).status == 0
    return out


def floats_of(path: Path) -> Any:
    return np.fromfile(path, "<f8", offset=72)


def test_every_hyperparameter_has_an_option_of_its_name() -> None:
    options = {parameter.name for parameter in train.params}
    assert set(Hyperparameters.model_fields) <= options
    assert {"preset", "data", "log", "as_json"} <= options


def test_only_what_was_named_counts_as_given() -> None:
    options = {"epochs": 4, "shuffle": False, "seed": 0, "momentum": None, "log": "none"}
    assert given(options) == {"epochs": 4, "shuffle": False, "seed": 0}


def test_a_network_trained_from_scratch_predicts_its_text(run: Run, trained: Path) -> None:
    candidates = run("predict", trained, "sat on", "-k", "1", "--json").json["candidates"]
    assert candidates[0]["word"] == "the"


def test_the_file_tells_where_the_network_comes_from(trained: Path, small_text: Path) -> None:
    network = read_network(trained)
    assert network.hyperparameters.epochs == 3
    assert network.hyperparameters.context_size == 2
    assert network.provenance.data_name == str(small_text)
    assert len(network.provenance.data_fingerprint) == 64
    assert sum(network.provenance.data_rows) > 0
    assert network.provenance.program_version
    assert set(network.provenance.figures) == {
        "training cross-entropy",
        "validation cross-entropy",
        "test cross-entropy",
    }


def test_the_figures_saved_are_those_that_evaluate_measures(
    run: Run, trained: Path, small_text: Path
) -> None:
    saved = read_network(trained).provenance.figures
    for part in ("validation", "test"):
        ran = run("evaluate", trained, "--data", small_text, "--part", part, "--json")
        assert ran.json["cross_entropy"] == pytest.approx(saved[f"{part} cross-entropy"])


def test_the_same_seed_gives_the_same_file(run: Run, small_text: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.safetensors" for name in "abc"]
    for path, seed in zip(files, ("7", "7", "8"), strict=True):
        run("train", path, "--data", small_text, *QUICK, "--dropout", "0.1", "--seed", seed)
    same, again, other = (path.read_bytes() for path in files)
    assert same == again
    assert same != other


def test_fine_tuning_takes_over_what_the_file_holds(
    run: Run, trained: Path, small_text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tuned.safetensors"
    ran = run("train", trained, out, "--data", small_text, "--epochs", "1")
    assert ran.status == 0, ran
    before, after = read_network(trained), read_network(out)
    assert after.hyperparameters == before.hyperparameters.changed(epochs=1)
    assert after.vocabulary == before.vocabulary


def test_in_a_pipe_a_plain_line_comes_now_and_then(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    ran = run("train", tmp_path / "out.bin", "--data", small_text, *QUICK)
    lines = ran.output.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["1/3", "2/3", "3/3"]
    assert re.search(r"training \d\.\d{4}.* examples/s  \d+:\d\d left$", lines[0])
    assert lines[-1] == f"saved to {tmp_path / 'out.bin'}"


def test_json_is_one_object_with_the_figures(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.safetensors"
    found = run("train", out, "--data", small_text, *QUICK, "--json").json
    assert found["out"] == str(out)
    assert found["stop_reason"] == "all epochs done"
    assert 0 < found["test_cross_entropy"] < np.log(8)


class TestOriginal:
    """Against what the C program printed and saved."""

    @pytest.fixture
    def tune(self, run: Run, original: Original, tmp_path: Path) -> Callable[..., Any]:
        def call(start: Path, *options: str) -> Any:
            out = tmp_path / "out.bin"
            data = "--data", original.folder, "--dtype", "float64", "--no-shuffle"
            return run("train", start, out, *data, "--log", "original", *options)

        return call

    def test_its_log_is_reproduced_byte_for_byte(
        self, tune: Run, original: Original, tmp_path: Path
    ) -> None:
        log = (original.folder / "finetune_log.txt").read_text(encoding="utf-8")
        expected = log[log.index("# Start training ...") :]
        ran = tune(original.folder / "finetune_start.bin")
        assert ran.output == expected.replace("out.bin", str(tmp_path / "out.bin"))

    def test_its_file_is_reproduced(
        self, tune: Run, original: Original, tmp_path: Path
    ) -> None:
        tune(original.folder / "finetune_start.bin")
        ours, theirs = tmp_path / "out.bin", original.folder / "finetune_end.bin"
        np.testing.assert_allclose(
            floats_of(ours), floats_of(theirs), rtol=0, atol=original.weights_within
        )
        assert ours.read_bytes()[:72] == theirs.read_bytes()[:72]

    def test_with_a_smaller_mini_batch_it_visits_as_many_batches(
        self, tune: Run, original: Original, tmp_path: Path
    ) -> None:
        """Its main.c counts mini-batches of 100 rows before it reads N from the file."""
        start = bytearray((original.folder / "finetune_start.bin").read_bytes())
        struct.pack_into("<i", start, 0, 40)  # N
        struct.pack_into("<i", start, 12, 1)  # epochs
        struct.pack_into("<i", start, 16, 2)  # early-stop iteration
        (tmp_path / "start.bin").write_bytes(start)
        ran = tune(tmp_path / "start.bin")
        assert f"minibatch 3 of {original.rows[0] // 100}, epoch 1" in ran.output


def test_all_settings_out_of_range_are_named_at_once(run: Run, tmp_path: Path) -> None:
    options = ("--epochs", "0", "--momentum", "1", "--hidden-size", "-2")
    sentence = run("train", tmp_path / "out.bin", *options).sentence
    assert "epochs must be" in sentence
    assert "momentum must be" in sentence
    assert "hidden units (h2) must be" in sentence


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["a.bin", "b.bin", "c.bin"], 2),
        ([], 2),
        (["start.bin", "out.bin", "--preset", "reference"], 2),
        (["out.bin", "--epochs", "many"], 2),
        (["missing.bin", "out.bin"], 1),
        (["no-such-folder/out.bin"], 1),
        (["out.txt"], 1),
    ],
)
def test_wrong_usage_and_wrong_files_have_their_status(
    run: Run, arguments: list[str], status: int
) -> None:
    assert run("train", *arguments).status == status


def test_a_bad_target_is_found_before_the_training(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    endless = "--epochs", "1000000"
    out = tmp_path / "missing" / "out.bin"
    sentence = run("train", out, "--data", small_text, *endless).sentence
    assert "does not exist" in sentence


def test_fewer_windows_than_a_mini_batch_is_one_sentence(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.bin"
    ran = run("train", out, "--data", small_text, "--batch-size", "5000")
    assert "fewer than one mini-batch" in ran.sentence
    assert not out.exists()


def test_what_diverges_before_any_validation_saves_nothing(
    run: Run, small_text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.safetensors"
    absurd = "--learning-rate", "1000", "--activation", "relu", "--init", "scaled"
    ran = run("train", out, "--data", small_text, *QUICK, *absurd, "--validate-every", "0")
    assert "no longer finite" in ran.errors
    assert ran.status == 1
    assert not out.exists()


@pytest.mark.usefixtures("obeyed_ctrl_c")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_training_saves_what_there_is_and_says_where(
    number: signal.Signals, small_text: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.safetensors"
    command = [
        sys.executable,
        "-m",
        "wordnet_tui",
        "train",
        str(out),
        "--data",
        str(small_text),
    ]
    command += [*QUICK, "--epochs", "1000000"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it trains
        process.send_signal(number)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()  # which would train for hours
    assert process.returncode == 130
    assert errors.startswith(f"wordnet-tui: interrupted; what was trained is in {out}; ")
    assert "`wordnet-tui resume " in errors
    assert read_network(out).hyperparameters.epochs == 1_000_000


def test_a_target_that_cannot_be_written_any_more_costs_nothing(
    run: Run, small_text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder vanishes while the training goes on; the network goes to the data folder."""
    folder = tmp_path / "vanishing"
    folder.mkdir()
    from wordnet_tui.cli import training as module

    train_for_real = module.show_training

    def train_and_remove(*arguments: Any) -> Any:
        progress = train_for_real(*arguments)
        folder.rmdir()
        return progress

    monkeypatch.setattr("wordnet_tui.cli.training.show_training", train_and_remove)
    sentence = run("train", folder / "out.bin", "--data", small_text, *QUICK).sentence
    rescued = re.search(r"was saved to (\S+) instead$", sentence)
    assert rescued
    assert read_network(Path(rescued[1])).hyperparameters.epochs == 3
