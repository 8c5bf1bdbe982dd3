"""A dataclass as what a file of tensors holds: its arrays by name, and the rest as JSON.

A dataclass inside another becomes a table, its arrays are named "outer.inner"; a mapping of
arrays is taken apart likewise. Numbers come back exactly. JSON knows neither infinity nor NaN,
and not everybody reads whole numbers beyond 2^53: those are written as texts. On the way back
every field must be there, and of the type that it is declared with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

Record = TypeVar("Record")
Array = npt.NDArray[Any]

_LARGEST_EXACT = 2**53


def take_apart(record: Any, prefix: str = "") -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays of a dataclass by name, each with `prefix`, and all else as JSON holds it."""
    arrays: dict[str, Array] = {}
    values: dict[str, Any] = {}
    for name, hint in _hints(type(record)).items():
        value = getattr(record, name)
        if _is_array(hint):
            arrays[prefix + name] = value
        elif _is_mapping(hint):
            arrays |= {f"{prefix}{name}.{key}": array for key, array in value.items()}
        elif is_dataclass(hint):
            inner, values[name] = take_apart(value, f"{prefix}{name}.")
            arrays |= inner
        else:
            values[name] = _writable(_adapter(hint).dump_python(value))
    return arrays, values


def put_together(
    kind: type[Record], arrays: Mapping[str, Array], values: Any, prefix: str = ""
) -> Record:
    """The opposite of `take_apart`; other arrays may be there too.

    Raises:
        ValueError: An array or a value is missing, a value is too many or of another type;
            names it.
    """
    found: dict[str, Any] = {}
    hints = _hints(kind)
    expected = {
        name for name, hint in hints.items() if not (_is_array(hint) or _is_mapping(hint))
    }
    if not isinstance(values, dict) or values.keys() != expected:
        raise ValueError(f'"{prefix}" does not hold {", ".join(sorted(expected))}')
    for name, hint in hints.items():
        whole = prefix + name
        if _is_array(hint):
            if whole not in arrays:
                raise ValueError(f'there is no "{whole}"')
            found[name] = arrays[whole]
        elif _is_mapping(hint):
            inside = [key for key in arrays if key.startswith(f"{whole}.")]
            found[name] = {key.removeprefix(f"{whole}."): arrays[key] for key in inside}
        elif is_dataclass(hint) and isinstance(hint, type):
            found[name] = put_together(hint, arrays, values[name], f"{whole}.")
        else:
            found[name] = _checked(hint, whole, values[name])
    return kind(**found)


def _checked(hint: Any, name: str, value: Any) -> Any:
    try:
        return _adapter(hint).validate_python(value)
    except ValidationError as error:
        raise ValueError(f'"{name}" is not what it should be') from error


def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)


def _is_array(hint: Any) -> bool:
    return get_origin(hint) is np.ndarray


def _is_mapping(hint: Any) -> bool:
    return get_origin(hint) is Mapping


def _writable(value: Any) -> Any:
    """`value` with the numbers that JSON does not know as texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(float(value))
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        return str(value)
    if isinstance(value, dict):
        return {name: _writable(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(entry) for entry in value]
    return value
