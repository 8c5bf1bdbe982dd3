"""`wordnet-tui check-gradients`, as a user sees it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from wordnet_tui.cli import program
from wordnet_tui.core.model import network
from wordnet_tui.core.training import gradient_check


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["check-gradients", *arguments])


@pytest.fixture
def broken_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    def backward(*arguments: object) -> None:
        network.backward(*arguments)  # type: ignore[arg-type]
        arguments[-1].output_bias[3] += 0.01  # type: ignore[attr-defined]

    monkeypatch.setattr(gradient_check, "backward", backward)


def test_a_table_shows_every_array_for_every_activation_and_the_verdict() -> None:
    result = run()
    assert result.exit_code == 0
    heading, *rows, verdict = result.output.splitlines()
    assert heading.split()[-4:] == ["entries", "largest", "difference", "relative"]
    assert [row.split()[0] for row in rows[::5]] == ["sigmoid", "tanh", "relu", "identity"]
    assert len(rows) == 20
    assert all(row.endswith("agrees") for row in rows)
    assert rows[1].split()[:6] == ["sigmoid", "hidden_weights", "15", "x", "7", "105"]
    assert verdict.startswith("all 1,072 gradients agree with the slopes")


def test_activations_can_be_chosen() -> None:
    result = run("--activation", "relu", "--activation", "tanh", "--seed", "5")
    assert result.exit_code == 0
    chosen = [line.split()[0] for line in result.output.splitlines()[1:-1]]
    assert chosen == ["relu"] * 5 + ["tanh"] * 5


def test_the_seed_draws_another_network() -> None:
    figures = [run("--activation", "tanh", "--seed", seed).output for seed in ("1", "1", "2")]
    assert figures[0] == figures[1] != figures[2]


@pytest.mark.usefixtures("broken_gradient")
def test_a_gradient_that_differs_is_pointed_out_and_the_exit_status_is_1() -> None:
    result = run("--activation", "sigmoid")
    assert result.exit_code == 1
    *_, output_bias, verdict = result.output.splitlines()
    assert output_bias.split()[1] == "output_bias"
    assert output_bias.endswith("DIFFERS")
    assert result.output.count("DIFFERS") == 1
    assert verdict.startswith("1 of 5 arrays hold a gradient that is not the slope")


def test_as_json_it_is_one_object_with_the_figures() -> None:
    result = run("--activation", "identity", "--json")
    assert result.exit_code == 0
    reported = json.loads(result.output)
    assert reported["agree"] is True
    assert (reported["seed"], reported["step"], reported["tolerance"]) == (1, 1e-5, 1e-6)
    first = reported["arrays"][0]
    assert (first["activation"], first["array"]) == ("identity", "embedding")
    assert (first["shape"], first["entries"], first["agrees"]) == ([12, 5], 60, True)
    assert 0.0 < first["largest_difference"] < first["largest_relative_difference"] < 1e-6


@pytest.mark.usefixtures("broken_gradient")
def test_as_json_a_difference_is_reported_and_the_exit_status_is_1() -> None:
    result = run("--json")
    assert result.exit_code == 1
    reported = json.loads(result.output)
    assert reported["agree"] is False
    wrong = [item["array"] for item in reported["arrays"] if not item["agrees"]]
    assert wrong == ["output_bias"] * 4


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--seed", "-1"], 1, "seed must be a whole number from 0 to 2,147,483,647, not -1"),
        (["--activation", "softsign"], 2, "'softsign' is not one of 'sigmoid', 'tanh'"),
        (["surplus"], 2, "unexpected extra argument"),
    ],
)
def test_a_wrong_option_is_a_sentence(
    arguments: list[str], status: int, sentence: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == status
    assert sentence in result.stderr
    assert result.stdout == ""
