"""JSON without anything that two readers could understand differently."""

from __future__ import annotations

import json
import math
from typing import Any

MOST_DIGITS = 18  # of a whole number: Python would spend long on one of thousands of digits


def load_json(text: str) -> Any:
    """JSON without repeated names, NaN, or numbers beyond those of float64 and int64.

    Raises:
        ValueError: It is not such JSON, or is nested without end.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refused,
            parse_float=_finite,
            parse_int=_short,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def json_text(value: Any, *, compact: bool = False) -> str:
    r"""`value` as JSON with the letters of all scripts as they are.

    A lone surrogate, which the name of a file can hold, has no UTF-8; it is written as its
    JSON escape, such as `\udc80`.

    Args:
        value: Tables, lists, texts, and finite numbers, which come back exactly.
        compact: Without blanks.
    """
    separators = (",", ":") if compact else None
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=separators)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name occurs twice")
    return table


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _short(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise ValueError("a number is too large")
    return int(digits)
