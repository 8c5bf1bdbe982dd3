"""Random networks survive being saved; random damage is noticed or harmless, never worse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from wordnet_tui.core.data.vocabulary import Vocabulary
from wordnet_tui.core.errors import ModelFileError
from wordnet_tui.core.formats import original
from wordnet_tui.core.formats import safetensors as safetensors_file
from wordnet_tui.core.formats.model_files import read_network, write_network
from wordnet_tui.core.model.compatibility import parameter_shapes
from wordnet_tui.core.model.hyperparameters import Hyperparameters
from wordnet_tui.core.model.network import Parameters
from wordnet_tui.core.model.trained_network import Provenance, TrainedNetwork

same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(
    lambda text: text.split() == [text]
)
# As Python shows the name of a file, whose bytes need not be UTF-8.
any_character = st.characters(codec="utf-8") | st.sampled_from("\udc80\udcff")
counts = st.integers(0, 2**31 - 1)
finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def networks(draw: st.DrawFn, **fixed: Any) -> TrainedNetwork:
    vocabulary = draw(st.none() | st.lists(words, min_size=2, max_size=8, unique=True))
    size = len(vocabulary) if vocabulary else draw(st.integers(2, 8))
    chosen = {
        "activation": draw(st.sampled_from(["sigmoid", "tanh", "relu", "identity"])),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "epochs": draw(st.integers(1, 10**6)),
        "early_stop_iteration": draw(st.integers(-1, 2**31 - 1)),
        "validate_every": draw(st.integers(0, 2**31 - 1)),
        "momentum": draw(st.floats(0, 1, exclude_max=True)),
        "learning_rate": draw(st.floats(0, 1000, exclude_min=True)),
    }
    hyperparameters = Hyperparameters(
        context_size=draw(st.integers(1, 8)),
        vocabulary_size=size,
        embedding_size=draw(st.integers(1, 4)),
        hidden_size=draw(st.integers(1, 4)),
        **{**chosen, **fixed},
    )
    arrays = {}
    for name, shape in parameter_shapes(hyperparameters).items():
        width = 64 if hyperparameters.dtype == "float64" else 32
        elements = st.floats(width=width, allow_nan=False, allow_infinity=False)
        arrays[name] = draw(npst.arrays(hyperparameters.dtype, shape, elements=elements))
    return TrainedNetwork(
        hyperparameters,
        Parameters(**arrays),
        Vocabulary(vocabulary, draw(st.permutations(vocabulary))) if vocabulary else None,
        Provenance(
            data_name=draw(st.text(any_character)),
            data_fingerprint=draw(st.text(max_size=8)),
            data_rows=draw(st.tuples(counts, counts, counts)),
            figures=draw(st.dictionaries(st.text(max_size=8), finite, max_size=3)),
            program_version="0.1.0",
        ),
    )


def bits(parameters: Parameters, dtype: str) -> list[bytes]:
    return [array.astype(dtype).tobytes() for array in parameters]


@settings(same_folder, max_examples=settings().max_examples // 2)  # each makes a network
@given(networks())
def test_any_network_survives_a_safetensors_file(
    tmp_path: Path, network: TrainedNetwork
) -> None:
    path = tmp_path / "any.safetensors"
    write_network(path, network)
    back = read_network(path)
    dtype = network.hyperparameters.dtype
    assert bits(back.parameters, dtype) == bits(network.parameters, dtype)
    assert {array.dtype for array in back.parameters} == {np.dtype(dtype)}
    assert back.hyperparameters == network.hyperparameters
    assert back.vocabulary == network.vocabulary
    if network.vocabulary and back.vocabulary:
        assert back.vocabulary.shown == network.vocabulary.shown
    assert back.provenance == network.provenance


@settings(same_folder, max_examples=settings().max_examples // 2)
@given(networks(activation="sigmoid"))
def test_any_network_with_sigmoids_survives_a_bin(
    tmp_path: Path, network: TrainedNetwork
) -> None:
    path = tmp_path / "any.bin"
    write_network(path, network)
    back = read_network(path, network.vocabulary)
    assert bits(back.parameters, "float64") == bits(network.parameters, "float64")
    assert back.vocabulary == network.vocabulary
    assert back.provenance.data_rows == network.provenance.data_rows
    for setting in ("context_size", "vocabulary_size", "embedding_size", "hidden_size",
                    "epochs", "batch_size", "momentum", "learning_rate",
                    "early_stop_iteration"):  # fmt: skip
        expected = getattr(network.hyperparameters, setting)
        assert getattr(back.hyperparameters, setting) == expected
    first = path.read_bytes()
    write_network(path, back)
    assert path.read_bytes() == first


@st.composite
def damages(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` with bits flipped, or bytes cut out, inserted, overwritten or added."""
    changed = bytearray(content)
    header = st.integers(0, min(len(content), 120) - 1)  # where damage is most interesting
    for _ in range(draw(st.integers(1, 3))):
        place = draw(header | st.integers(0, len(content) - 1)) % max(len(changed), 1)
        kind = draw(st.sampled_from(["flip", "cut", "insert", "overwrite", "end", "extend"]))
        if kind == "flip" and changed:
            changed[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del changed[place : place + draw(st.integers(1, 16))]
        elif kind == "insert":
            changed[place:place] = draw(st.binary(min_size=1, max_size=16))
        elif kind == "overwrite":
            replacement = draw(st.sampled_from([b"\xff\xff\xff\x7f", b"\0\0\0\x80", bytes(4)]))
            changed[place : place + 4] = replacement
        elif kind == "end":
            del changed[place:]
        else:
            changed += draw(st.binary(min_size=1, max_size=16))
    return bytes(changed)


@pytest.mark.parametrize("suffix", [".bin", ".safetensors"])
@same_folder
@given(data=st.data())
def test_damage_is_reported_in_one_sentence_or_does_no_harm(
    tmp_path: Path, make_network, suffix: str, data: st.DataObject
) -> None:
    path = tmp_path / f"damaged{suffix}"
    encode = {".bin": original.encode, ".safetensors": safetensors_file.encode}[suffix]
    sound = b"".join(encode(path, make_network()))
    path.write_bytes(data.draw(damages(sound)))
    try:
        network = read_network(path)
    except ModelFileError as error:
        sentence = str(error)
        assert str(path) in sentence
        assert sentence.isprintable()
        assert len(sentence) < 2_000
    else:
        shapes = parameter_shapes(network.hyperparameters)
        for name, shape in shapes.items():
            assert getattr(network.parameters, name).shape == shape
            assert np.isfinite(getattr(network.parameters, name)).all()


@same_folder
@given(content=st.binary(max_size=300), name=st.sampled_from(["a.bin", "a.safetensors", "a"]))
def test_random_bytes_are_no_model(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelFileError):
        read_network(path)
