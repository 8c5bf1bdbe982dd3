from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.known_answers import Original
from wordnet_tui.core.formats.model_files import read_network, write_network
from wordnet_tui.core.model.trained_network import Provenance

Run = Callable[..., Any]


def test_it_begins_with_the_table_of_the_original(run: Run, original: Original) -> None:
    transcript = (original.folder / "forward_transcript.txt").read_text()
    table = transcript[transcript.index("## Model Info") : transcript.index("##---")]
    ran = run("info", original.model)
    assert ran.status == 0
    assert ran.output.startswith(table)
    assert "words                    = not in the file" in ran.output


def test_json_tells_sizes_settings_and_parameters(run: Run, original: Original) -> None:
    found = run("info", original.model, "--json").json
    assert found["hyperparameters"]["learning_rate"] == 0.1
    assert found["hyperparameters"]["early_stop_iteration"] == 3000
    inputs = 3 * original.embedding_size
    assert found["shapes"]["hidden_weights"] == [inputs, original.hidden_size]
    # The file: a header of 72 bytes, then 8 bytes a parameter.
    assert found["parameters"] == (original.model.stat().st_size - 72) / 8
    assert found["words"] is None
    assert found["data_rows"] == list(original.rows)


def test_figures_and_origin_are_shown_as_the_file_holds_them(
    run: Run, small_model: Path
) -> None:
    origin = Provenance(
        data_name="book\x1b[2J.txt",
        data_fingerprint="ab12",
        data_rows=(80, 10, 10),
        figures={"test cross-entropy": 1.23456},
        program_version="0.1.0",
    )
    network = dataclasses.replace(read_network(small_model), provenance=origin)
    write_network(small_model, network)
    ran = run("info", small_model)
    lines = ran.output.splitlines()
    assert "   Raw training data rows   =       80" in lines
    assert "   test cross-entropy       = 1.2346" in lines
    assert "   data                     = book\\x1b[2J.txt" in lines
    assert "   fingerprint of the data  = ab12" in lines
    assert "   words                    = 6: the cat dog sat do nt" in lines
    assert ran.is_harmless
    assert run("info", small_model, "--json").json["figures"] == {
        "test cross-entropy": 1.23456
    }


def test_words_are_given_to_a_file_that_holds_none(run: Run, original: Original) -> None:
    ran = run("info", original.model, "--vocab", original.folder / "vocab.txt")
    first = " ".join(original.words_shown[:12])
    assert f"= {original.vocabulary_size}: {first} ...\n" in ran.output


def test_a_list_of_another_number_of_words_is_refused(
    run: Run, original: Original, tmp_path: Path
) -> None:
    (tmp_path / "words.txt").write_text("a\nb\n")
    sentence = run("info", original.model, "--vocab", tmp_path / "words.txt").sentence
    assert f" {original.vocabulary_size} " in sentence
    assert " 2" in sentence
