"""Frozen dataclasses as JSON documents, and back: one field, one name, nothing left to a default.

It does not judge what the fields say; the dataclasses do that when they are constructed.  Rules:

* an unknown field refuses, and so does a missing one; types are exact (true is not 1);
* a frozenset is a sorted list without repeats, an instant is `YYYY-MM-DDThh:mm:ssZ`, an enum is its value, and bytes
  are base64.
"""

import base64
import binascii
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

from agreements import canonical, instants
from agreements.errors import AgreementError

T = TypeVar("T")

_WORDS = {int: "whole number", bool: "truth value"}


class DocumentError(AgreementError):
    """A document does not have the shape of what it should be; the sentence says where."""


def to_json(value: Any) -> Any:
    """The JSON value of a dataclass, enum, instant, set, tuple, text, whole number, truth value or None."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return instants.write(value)
    if isinstance(value, frozenset):
        return sorted(to_json(item) for item in value)
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    raise DocumentError(f"a {type(value).__name__} has no place in a document")


def from_json(kind: type[T], value: Any, place: str = "$") -> T:
    """The `kind` that `value` describes; `place` is where it stands, for the error."""
    return cast("T", _read(kind, value, place))


def from_bytes(kind: type[T], data: bytes, *, schema: str) -> T:
    """The `kind` in a canonical document whose `schema` field is `schema`."""
    value = canonical.decode(data)
    if not isinstance(value, dict) or value.pop("schema", None) != schema:
        raise DocumentError(f"the document is not of schema {schema}")
    read = from_json(kind, value)
    if to_bytes(read, schema=schema) != data:
        raise DocumentError("the document lists something twice or out of order")
    return read


def to_bytes(value: Any, *, schema: str) -> bytes:
    """Canonical bytes (RFC 8785) of a dataclass, with its `schema`."""
    return canonical.encode({"schema": schema, **to_json(value)})


def _read(kind: Any, value: Any, place: str) -> Any:
    origin = typing.get_origin(kind)
    if origin is types.UnionType:
        return None if value is None else _read(typing.get_args(kind)[0], value, place)
    if origin in {tuple, frozenset}:
        return _read_many(kind, value, place)
    if is_dataclass(kind):
        return _read_fields(kind, value, place)
    return _read_one(kind, value, place)


def _read_many(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, list):
        raise DocumentError(f"{place}: a list stands here")
    inner = typing.get_args(kind)
    if typing.get_origin(kind) is frozenset:
        return frozenset(_read(inner[0], item, place) for item in value)
    if inner[-1] is Ellipsis:
        return tuple(_read(inner[0], item, f"{place}[{position}]") for position, item in enumerate(value))
    if len(value) != len(inner):
        raise DocumentError(f"{place}: {len(inner)} values stand here")
    return tuple(_read(part, item, place) for part, item in zip(inner, value, strict=True))


def _read_fields(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, Mapping):
        raise DocumentError(f"{place}: an object stands here")
    hints = _hints(kind)
    if unknown := sorted(set(value) - set(hints)):
        raise DocumentError(f"{place}: the field {unknown[0]!r} is unknown, and nothing unknown is skipped")
    if missing := sorted(set(hints) - set(value)):
        raise DocumentError(f"{place}: the field {missing[0]!r} is missing")
    return kind(**{name: _read(hint, value[name], f"{place}.{name}") for name, hint in hints.items()})


def _read_one(kind: Any, value: Any, place: str) -> Any:
    if kind in {int, bool} and type(value) is kind:
        return value
    if not isinstance(value, str) or kind in {int, bool}:
        raise DocumentError(f"{place}: a {_WORDS.get(kind, 'text')} stands here")
    try:
        if kind is datetime:
            return instants.read(value)
        if kind is bytes:
            return _read_bytes(value)
        return kind(value)
    except AgreementError as error:
        raise DocumentError(f"{place}: {error}") from error
    except ValueError as error:
        raise DocumentError(f"{place}: {value!r} is not one of {', '.join(kind)}") from error


def _read_bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DocumentError("bytes are written in base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise DocumentError("bytes are written in base64, with padding and nothing after it")
    return data


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
