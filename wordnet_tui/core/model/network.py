"""Forward and backward passes of the next-word network.

    ids (B, D) -> embed y1 (B, D*E) -> affine, sigmoid y2 (B, H) -> affine, softmax y3 (B, V)

Axis letters, the same in every docstring and shape comment of the core:
    B  examples in the mini-batch (N)      D  context words per example (3)
    V  words in the vocabulary (250)       E  embedding features per word (h1, 50)
    H  hidden units (h2, 200)

Conventions: batch first, word ids from 0, losses in nats per predicted word. A gradient `d_x`
has the shape of `x`. Every array that a step needs lives in one `Layers`, allocated once: the
passes write into it, which is what the `out=` arguments are for. Nothing here knows about
files, threads or the screen.

References: the slides of gingerbig/wordnet, whose y1, y2-, y2+, y3-, y3+ are in the comments
(there examples are columns, so W1, W2, W3 are the transposes of ours); Rumelhart, Hinton and
Williams, "Learning representations by back-propagating errors", 1986.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from wordnet_tui.core.model.activations import ACTIVATIONS
from wordnet_tui.core.model.hyperparameters import Activation, Hyperparameters
from wordnet_tui.core.model.original_start import original_weights

Floats = npt.NDArray[np.floating]
WordIds = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Parameters:
    """The weights of a network; also the shape of their gradients."""

    embedding: Floats  # (V, E)   W1
    hidden_weights: Floats  # (D*E, H)   W2
    output_weights: Floats  # (H, V)   W3
    hidden_bias: Floats  # (H,)   b2
    output_bias: Floats  # (V,)   b3

    def __iter__(self) -> Iterator[Floats]:
        """The five arrays, in the order declared."""
        return (getattr(self, field.name) for field in fields(self))

    @property
    def count(self) -> int:
        """How many numbers are learned."""
        return sum(array.size for array in self)

    def packed(self, dtype: npt.DTypeLike | None = None) -> tuple[Parameters, Floats]:
        """A copy whose arrays are views of one vector, and that vector.

        One vector lets an optimizer update all parameters in one pass. The weights come first
        in it and the biases last, so that weight decay is a slice.
        """
        vector = np.concatenate([array.ravel() for array in self]).astype(
            dtype or self.embedding.dtype
        )
        ends = np.cumsum([array.size for array in self])[:-1]
        pieces = np.split(vector, ends)
        views = (piece.reshape(array.shape) for piece, array in zip(pieces, self, strict=True))
        return Parameters(*views), vector


def initial_parameters(
    hyperparameters: Hyperparameters, random: np.random.Generator
) -> Parameters:
    """Weights to start a training from; the biases are 0.

    `init` "reference" draws every weight from N(0, 0.01), as the original does; "scaled" with
    the deviation 1 / sqrt(fan-in), where the fan-in counts the inputs that a unit sums over: V
    for the one-hot words (LeCun et al., "Efficient BackProp", 1998, section 4.6). "original"
    does not look at `random`: it gives the very numbers that the original draws.
    """
    V, E = hyperparameters.vocabulary_size, hyperparameters.embedding_size
    D, H = hyperparameters.context_size, hyperparameters.hidden_size
    shapes = (V, E), (D * E, H), (H, V)
    if hyperparameters.init == "original":
        weights = original_weights(shapes)
    else:
        scaled = hyperparameters.init == "scaled"
        weights = [
            random.normal(0.0, inputs**-0.5 if scaled else 0.01, (inputs, outputs))
            for inputs, outputs in shapes
        ]
    biases = np.zeros(H), np.zeros(V)
    return Parameters(
        *(array.astype(hyperparameters.dtype, order="C") for array in (*weights, *biases))
    )


class Layers:
    """The arrays of a forward pass over mini-batches of one size, filled anew in each step.

    `Layers` and `Deltas` own every buffer of a step: allocated once, written by `out=`. The
    order of a step is `forward`, `target_log_probabilities`, `backward`; each reads what the
    one before it left here.
    """

    def __init__(self, parameters: Parameters, batch_size: int) -> None:
        B, (V, E) = batch_size, parameters.embedding.shape
        inputs, H = parameters.hidden_weights.shape
        dtype = parameters.embedding.dtype
        D = inputs // E
        self.context_ids = np.empty((B, D), np.intp)
        self.embedded = np.empty((B, inputs), dtype)  # y1
        self.embedded_words = self.embedded.reshape(B, D, E)  # the same memory, word by word
        self.embedding_mask: Floats | None = None
        self.activated = np.empty((B, H), dtype)  # y2+
        self.hidden = self.activated  # y2+ after dropout; apart only where there is dropout
        self.hidden_mask: Floats | None = None
        self.logits = np.empty((B, V), dtype)  # y3-
        self.exponentials = self.logits  # exp(y3- - max), in the place of the logits
        self.largest_logit = np.empty((B, 1), dtype)
        self.exponential_sum = np.empty(B, dtype)
        self.row_starts = np.arange(B) * V  # + target: its logit in the rows laid end to end
        self.row_of_ones = np.ones(V, dtype)

    def drop(self, hidden: float, embedding: float, random: np.random.Generator) -> None:
        """Draw new dropout masks for the next step; a share of 0 is no dropout.

        What is kept is divided by its share, so that nothing changes when the network is used
        (Srivastava et al., "Dropout", 2014, section 10).
        """
        if hidden:
            if self.hidden is self.activated:
                self.hidden = np.empty_like(self.activated)
            self.hidden_mask = _mask(self.hidden, hidden, random)
        if embedding:
            self.embedding_mask = _mask(self.embedded, embedding, random)


class Deltas:
    """The arrays of a backward pass over mini-batches of one size: dL/dy of each layer."""

    def __init__(self, parameters: Parameters, batch_size: int) -> None:
        import scipy.sparse  # slow to import, and using a network does not need it

        B, (V, E) = batch_size, parameters.embedding.shape
        inputs, H = parameters.hidden_weights.shape
        D, dtype = inputs // E, parameters.embedding.dtype
        self.d_logits = np.empty((B, V), dtype)
        self.d_hidden = np.empty((B, H), dtype)
        self.slope = np.empty((B, H), dtype)
        self.d_embedded = np.empty((B, inputs), dtype)
        self.batch_of_ones = np.ones(B, dtype)
        # (V, B*D), a single 1 in each column: times d_embedded it sums the gradient of each
        # word. Only its row indices change, so they are overwritten in place.
        self.one_hot = scipy.sparse.csc_matrix(
            (np.ones(B * D, dtype), np.zeros(B * D, np.int32), np.arange(B * D + 1)),
            shape=(V, B * D),
        )


def _mask(like: Floats, share: float, random: np.random.Generator) -> Floats:
    """0 with probability `share` (to the nearest 1/65,536), else 1 / (1 - share)."""
    steps = 1 << 16
    dropped = min(round(share * steps), steps - 1)
    drawn = random.integers(0, steps, like.shape, np.uint16)  # four times as fast as floats
    return np.multiply(drawn >= dropped, steps / (steps - dropped), dtype=like.dtype)


def forward(
    parameters: Parameters, context_ids: WordIds, activation: Activation, layers: Layers
) -> None:
    """Compute every layer up to the logits y3- for a mini-batch.

    Args:
        parameters: The weights; read, never changed.
        context_ids: (B, D) the words read, each below V (the data sets see to that).
        activation: Of the hidden units.
        layers: Buffers for B examples, filled here.
    """
    layers.context_ids[...] = context_ids
    np.take(
        parameters.embedding,
        layers.context_ids,
        axis=0,
        out=layers.embedded_words,
        mode="clip",  # "raise" would go through a second buffer
    )  # y1 = [W1 x1; W1 x2; W1 x3]
    if layers.embedding_mask is not None:
        layers.embedded *= layers.embedding_mask

    np.dot(layers.embedded, parameters.hidden_weights, out=layers.activated)
    layers.activated += parameters.hidden_bias  # y2- = W2 y1 + b2
    ACTIVATIONS[activation].apply(layers.activated)  # y2+ = sigma(y2-)
    if layers.hidden_mask is not None:
        np.multiply(layers.activated, layers.hidden_mask, out=layers.hidden)

    np.dot(layers.hidden, parameters.output_weights, out=layers.logits)
    layers.logits += parameters.output_bias  # y3- = W3 y2+ + b3


def target_log_probabilities(layers: Layers, target_ids: WordIds) -> Floats:
    """(B,) ln y3+ of the words that really came next; the loss is minus their mean.

    Takes the logits of `forward` through log-softmax, y3+ = softmax(y3-): with the largest
    logit subtracted no exponential overflows, and a tiny probability keeps its logarithm.
    Leaves the exponentials in `layers` for `backward`.
    """
    np.maximum.reduce(layers.logits, axis=1, keepdims=True, out=layers.largest_logit)
    layers.logits -= layers.largest_logit
    target_logits: Floats = layers.logits.ravel()[layers.row_starts + target_ids]  # a copy
    np.exp(layers.logits, out=layers.exponentials)
    np.dot(layers.exponentials, layers.row_of_ones, out=layers.exponential_sum)
    return target_logits - np.log(layers.exponential_sum)


def backward(
    parameters: Parameters,
    layers: Layers,
    target_ids: WordIds,
    activation: Activation,
    deltas: Deltas,
    gradients: Parameters,
) -> None:
    """Gradient of the mean cross-entropy of the mini-batch with respect to every parameter.

    Args:
        parameters: The weights that `forward` was given.
        layers: As `forward` and then `target_log_probabilities` left them for these examples.
        target_ids: (B,) the words that really came next.
        activation: As given to `forward`.
        deltas: Buffers for B examples, filled here.
        gradients: Filled here, array for array the shape of `parameters`; divided by B.
    """
    batch_size, embedding_size = len(target_ids), parameters.embedding.shape[1]

    # Softmax and cross-entropy together: dL/dy3- = (y3+ - t) / B with y3+ = exponentials / sum
    # and t one-hot.
    scale = 1.0 / (layers.exponential_sum * batch_size)
    np.multiply(layers.exponentials, scale[:, np.newaxis], out=deltas.d_logits)
    deltas.d_logits.ravel()[layers.row_starts + target_ids] -= 1.0 / batch_size
    np.dot(layers.hidden.T, deltas.d_logits, out=gradients.output_weights)  # dL/dW3
    np.dot(deltas.batch_of_ones, deltas.d_logits, out=gradients.output_bias)  # dL/db3

    np.dot(deltas.d_logits, parameters.output_weights.T, out=deltas.d_hidden)  # dL/dy2+
    if layers.hidden_mask is not None:
        deltas.d_hidden *= layers.hidden_mask
    ACTIVATIONS[activation].multiply_by_slope(deltas.d_hidden, layers.activated, deltas.slope)
    np.dot(layers.embedded.T, deltas.d_hidden, out=gradients.hidden_weights)  # dL/dW2
    np.dot(deltas.batch_of_ones, deltas.d_hidden, out=gradients.hidden_bias)  # dL/db2

    np.dot(deltas.d_hidden, parameters.hidden_weights.T, out=deltas.d_embedded)  # dL/dy1
    if layers.embedding_mask is not None:
        deltas.d_embedded *= layers.embedding_mask
    # dL/dW1 sums over all places of a word: `d_embedding[ids] += rows` would count a repeated
    # word once, and np.add.at is ten times slower than this product.
    deltas.one_hot.indices[:] = layers.context_ids.ravel()
    gradients.embedding[...] = deltas.one_hot @ deltas.d_embedded.reshape(-1, embedding_size)


def log_probabilities(
    parameters: Parameters, context_ids: WordIds, activation: Activation
) -> Floats:
    """(B, V) ln y3+ for contexts (B, D): the plain forward pass, for using a network."""
    layers = Layers(parameters, len(context_ids))
    forward(parameters, context_ids, activation, layers)
    logits: Floats = layers.logits - layers.logits.max(axis=1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return logits
