"""The weights from which the original starts, number for number.

The original draws normal deviates by Marsaglia's polar method from the `rand()` of C, which it
never seeds. On its author's machine that was the "minimal standard" generator

    x <- 16807 x mod (2^31 - 1),    from x = 1,    u = x / (2^31 - 1)

and so every training of the original begins with the same weights.

References: gingerbig/wordnet src/model.c; Park and Miller, "Random number generators: good
ones are hard to find", 1988; Marsaglia and Bray, "A convenient method for generating normal
variables", 1964.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

MULTIPLIER = 16807
MODULUS = 2**31 - 1
DEVIATION = 0.01

_BLOCK = 2**16  # numbers drawn at once; even, so that no pair is parted


def original_weights(shapes: Sequence[tuple[int, int]]) -> list[npt.NDArray[np.float64]]:
    """Matrices of the shapes given, filled in this order.

    Args:
        shapes: (inputs, outputs) of each. The original keeps its matrices (outputs, inputs)
            and fills them row by row, so ours are filled column by column.
    """
    drawn = DEVIATION * deviates(sum(inputs * outputs for inputs, outputs in shapes))
    ends = np.cumsum([inputs * outputs for inputs, outputs in shapes])[:-1]
    return [
        part.reshape(outputs, inputs).T
        for part, (inputs, outputs) in zip(np.split(drawn, ends), shapes, strict=True)
    ]


def deviates(count: int) -> npt.NDArray[np.float64]:
    """(count,) of N(0, 1), the first of the generator."""
    blocks, drawn = [np.empty(0)], 0
    for uniform in _uniform_blocks():
        if drawn >= count:
            break
        points = 2.0 * uniform.reshape(-1, 2) - 1.0
        s = points[:, 0] ** 2 + points[:, 1] ** 2
        inside = (s > 0.0) & (s < 1.0)
        s = s[inside]
        blocks.append((points[inside] * np.sqrt(-2.0 * np.log(s) / s)[:, np.newaxis]).ravel())
        drawn += len(blocks[-1])
    return np.concatenate(blocks)[:count]


def _uniform_blocks() -> Iterator[npt.NDArray[np.float64]]:
    """The sequence of u, `_BLOCK` at a time, without end."""
    powers = np.array([MULTIPLIER])  # of the multiplier: one product leads to all of a block
    while len(powers) < _BLOCK:
        powers = np.append(powers, powers * powers[-1] % MODULUS)
    x = 1
    while True:
        numbers = x * powers % MODULUS
        x = int(numbers[-1])
        yield numbers / MODULUS
