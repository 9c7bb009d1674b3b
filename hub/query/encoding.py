"""Values of the plan as canonical text, so that equal meanings sort and hash alike, and the names that stand in them.

It knows nothing of the language: a frozen dataclass is its name and its fields, whatever they are.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from hub.query.expression import Field


def canonical(value: object) -> str:
    """One text for one value: ASCII JSON, sets in order."""
    return json.dumps(_plain(value), separators=(",", ":"), sort_keys=True)


def fingerprint(value: object) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def names(value: object) -> frozenset[str]:
    """The attributes that `value` reads."""
    return frozenset(_names(value))


def _names(value: object) -> Iterator[str]:
    if isinstance(value, Field):
        yield value.name
    elif isinstance(value, tuple):
        for part in value:
            yield from _names(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _names(getattr(value, field.name))


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, frozenset):
        return sorted((_plain(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True))
    if is_dataclass(value):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **plain}
    raise TypeError(f"a {type(value).__name__} is no part of a plan")
