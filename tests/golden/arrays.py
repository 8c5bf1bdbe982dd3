"""The weights of a plain network as the program keeps them."""

from __future__ import annotations

import numpy as np

from tests.golden.plain_network import PlainNetwork
from wordnet_tui.core.model.network import Parameters


def parameters_of(network: PlainNetwork) -> Parameters:
    """Float64 arrays: examples are columns there and rows here, so matrices are transposed."""
    W1, W2, b2, W3, b3 = (np.array(matrix) for matrix in network.weights)
    return Parameters(W1.T, W2.T, W3.T, b2[:, 0], b3[:, 0])
