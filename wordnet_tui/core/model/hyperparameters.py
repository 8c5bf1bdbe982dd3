"""The settings of a run: each declared once, for the command line, the form and the file.

A field of `Hyperparameters` carries its limits (checked by pydantic), its label (`title`), one
line of help (`description`), and in `json_schema_extra` the `group` it belongs to, its `unit`,
and `live` where it may change during a run. Front ends are built from `model_fields`; the
sentence about a wrong value is made from the same declaration by `_sentence`.

The symbols are those of the slides: V vocabulary size, D context words, h1 embedding features
per word, h2 hidden units, N mini-batch size.

The file is longer than others, as all declarations stay in one place.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from wordnet_tui.core.errors import HyperparameterError

Activation = Literal["sigmoid", "tanh", "relu", "identity"]
Initialization = Literal["scaled", "reference", "original"]
OptimizerName = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]
Schedule = Literal["constant", "linear", "cosine"]
DType = Literal["float32", "float64"]

LARGEST_INT32 = 2**31 - 1


def _setting(
    default: Any,
    group: str,
    label: str,
    help_line: str,
    *,
    unit: str = "",
    live: bool = False,
    **limits: Any,
) -> Any:
    extra: JsonDict = {"group": group, "unit": unit, "live": live}
    return Field(
        default, title=label, description=help_line, json_schema_extra=extra, **limits
    )


class Hyperparameters(BaseModel):
    """All that decides, with the data, what a training computes.

    Weight decay and dropout are off unless asked for; `PRESETS` has whole recipes, and the one
    named "default" asks for a little decay.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    # ---- network
    context_size: int = _setting(
        3,
        "network",
        "context words (D)",
        "words read to predict the next",
        unit="words",
        ge=1,
        le=8,
    )
    vocabulary_size: int = _setting(
        250,
        "network",
        "vocabulary (V)",
        "the most frequent words of the text are kept",
        unit="words",
        ge=2,
        le=65_000,
    )
    embedding_size: int = _setting(
        50,
        "network",
        "embedding (h1)",
        "features learned for each word",
        unit="features",
        ge=1,
        le=4_096,
    )
    hidden_size: int = _setting(
        200,
        "network",
        "hidden units (h2)",
        "neurons between the embeddings and the output",
        unit="neurons",
        ge=1,
        le=16_384,
    )
    activation: Activation = _setting(
        "sigmoid", "network", "activation", "what a hidden unit does to the sum of its inputs"
    )
    init: Initialization = _setting(
        "scaled",
        "network",
        "initial weights",
        "drawn with deviation 1/sqrt(fan-in) or 0.01; original: those that the original draws",
    )
    dropout: float = _setting(
        0.0,
        "network",
        "hidden dropout",
        "share of the hidden units left out at each step",
        ge=0.0,
        lt=1.0,
    )
    embedding_dropout: float = _setting(
        0.0,
        "network",
        "embedding dropout",
        "share of the embedding features left out at each step",
        ge=0.0,
        lt=1.0,
    )
    dtype: DType = _setting("float32", "network", "precision", "precision of the arithmetic")

    # ---- optimisation
    epochs: int = _setting(
        9,
        "optimisation",
        "epochs",
        "times that the training data is gone through",
        unit="epochs",
        ge=1,
        le=1_000_000,
    )
    batch_size: int = _setting(
        100,
        "optimisation",
        "mini-batch (N)",
        "examples whose gradients are averaged for one step",
        unit="examples",
        ge=1,
        le=65_536,
    )
    optimizer: OptimizerName = _setting(
        "momentum", "optimisation", "optimizer", "the rule that turns gradients into steps"
    )
    learning_rate: float = _setting(
        0.5,
        "optimisation",
        "learning rate",
        "length of a step against its gradient",
        live=True,
        gt=0.0,
        le=1_000.0,
    )
    schedule: Schedule = _setting(
        "linear",
        "optimisation",
        "rate schedule",
        "how the rate goes from its peak to 0, if it does",
    )
    warmup_batches: int = _setting(
        0,
        "optimisation",
        "warm-up",
        "mini-batches over which the rate climbs from 0",
        unit="mini-batches",
        ge=0,
        le=LARGEST_INT32,
    )
    momentum: float = _setting(
        0.9,
        "optimisation",
        "momentum",
        "share of the last step's velocity that is kept",
        ge=0.0,
        lt=1.0,
    )
    weight_decay: float = _setting(
        0.0,
        "optimisation",
        "weight decay",
        "pull of every weight (not bias) towards 0",
        ge=0.0,
        le=1.0,
    )

    # ---- data
    shuffle: bool = _setting(
        True, "data", "shuffle", "a new order of the examples in each epoch"
    )
    seed: int = _setting(
        1,
        "data",
        "seed",
        "the same seed, data and settings give the same weights",
        ge=0,
        le=LARGEST_INT32,
    )

    # ---- stopping
    validate_every: int = _setting(
        2_000,
        "stopping",
        "validate every",
        "mini-batches of an epoch between two validations; 0: only at the end",
        unit="mini-batches",
        ge=0,
        le=LARGEST_INT32,
    )
    early_stop_iteration: int = _setting(
        -1,
        "stopping",
        "early-stop iteration",
        "the original's rule: end at this mini-batch (from 0) of the last epoch; -1: never",
        ge=-1,
        le=LARGEST_INT32,
    )
    patience: int = _setting(
        0,
        "stopping",
        "patience",
        "end after this many validations without a better one; 0: never",
        unit="validations",
        live=True,
        ge=0,
        le=1_000_000,
    )
    min_delta: float = _setting(
        0.0,
        "stopping",
        "minimal gain",
        "a smaller fall of the validation loss counts as none",
        unit="nats",
        live=True,
        ge=0.0,
        le=100.0,
    )

    @classmethod
    def checked(cls, **settings: Any) -> Hyperparameters:
        """The settings given, defaults for the rest.

        Raises:
            HyperparameterError: Names every setting that is unknown or out of range.
        """
        try:
            return cls(**settings)
        except ValidationError as error:
            raise HyperparameterError(map(_sentence, error.errors())) from None

    def changed(self, **settings: Any) -> Hyperparameters:
        """A copy with some settings changed, checked as by `checked`."""
        return self.checked(**{**self.model_dump(), **settings})


# As in the original's main.c: rows in file order, no validation, an early stop.
_REFERENCE = Hyperparameters(
    epochs=9,
    batch_size=100,
    embedding_size=50,
    hidden_size=200,
    optimizer="momentum",
    momentum=0.9,
    learning_rate=0.1,
    schedule="constant",
    init="reference",
    shuffle=False,
    validate_every=LARGEST_INT32,
    early_stop_iteration=3000,
)

PRESETS: dict[str, Hyperparameters] = {
    "default": Hyperparameters(weight_decay=1e-5),
    "reference": _REFERENCE,
    # On the data `original` it gives the original's model9-3000.bin.
    "original": _REFERENCE.changed(init="original", dtype="float64"),
    # About 20 seconds on one core with the built-in corpus, and a point of the curve every
    # half second.
    "taste": Hyperparameters(weight_decay=1e-5, epochs=4, validate_every=500),
}
"""Named recipes, by what `--preset` calls them."""

PRESET_SOURCES = {"original": "original"}
"""What a recipe learns from where no data is named, if that is not the default corpus."""


def _sentence(error: ErrorDetails) -> str:
    """What is wrong with one setting, in the words of its own declaration."""
    name = str(error["loc"][0])
    field = Hyperparameters.model_fields.get(name)
    if field is None:
        return f"there is no setting {name!r}"
    return f"{field.title} must be {allowed(field)}, not {error['input']!r}"


def allowed(field: FieldInfo) -> str:
    """The values that a setting takes, in words: "a whole number from 1 to 8 words"."""
    choices = get_args(field.annotation)
    if choices:
        return f"{', '.join(choices[:-1])} or {choices[-1]}"
    if field.annotation is bool:
        return "true or false"
    kind = "a whole number" if field.annotation is int else "a number"
    return f"{kind} {limits(field)}"


def limits(field: FieldInfo) -> str:
    """The limits of a number and its unit: "from 1 to 8 words", "from 0 to below 1"."""
    bounds = {
        kind: f"{getattr(constraint, kind):,}".removesuffix(".0")
        for constraint in field.metadata
        for kind in ("ge", "gt", "le", "lt")
        if hasattr(constraint, kind)
    }
    if "gt" in bounds:
        text = f"above {bounds['gt']} and at most {bounds['le']}"
    elif "lt" in bounds:
        text = f"from {bounds['ge']} to below {bounds['lt']}"
    else:
        text = f"from {bounds['ge']} to {bounds['le']}"
    extra = field.json_schema_extra
    unit = extra.get("unit") if isinstance(extra, dict) else ""
    return f"{text} {unit}" if unit else text
