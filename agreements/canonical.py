"""One byte string for one meaning: canonical JSON (RFC 8785) and its digest, the name of a document.

It does not sign.  Rules: no floats; whole numbers below 2^53; no duplicate keys; no lone surrogates; what is read must
already be canonical, so that the bytes that verify are the bytes that are evaluated.
"""

import hashlib
import json
from typing import Any

import rfc8785

from agreements.errors import AgreementError

_LARGEST = 2**53 - 1

Json = None | bool | int | str | list["Json"] | tuple["Json", ...] | dict[str, "Json"]


class NotCanonicalError(AgreementError):
    """The document is not canonical JSON; the sentence says where."""


def encode(value: Any) -> bytes:
    """Canonical bytes of a JSON value of text, whole numbers, booleans, null, lists and objects."""
    try:
        _refuse_floats(value, "$")
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise NotCanonicalError("the document cannot be written as canonical JSON (RFC 8785)") from error


def decode(data: bytes) -> Any:
    """The value of canonical bytes; anything that `encode` would have written otherwise is refused."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_float=_number, parse_constant=_number)
    except AgreementError:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError("the document is not JSON in UTF-8") from error
    if encode(value) != data:
        raise NotCanonicalError("the document is JSON, but not in its canonical form (RFC 8785)")
    return value


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in pairs:
        if name in read:
            raise NotCanonicalError(f"the name {name!r} stands twice in one object")
        read[name] = value
    return read


def _number(text: str) -> Any:
    raise NotCanonicalError(f"{text} is not a whole number; write amounts as whole numbers of a smaller unit")


def _refuse_floats(value: Any, place: str) -> None:
    if isinstance(value, float):
        raise NotCanonicalError(f"{place}: {value} is not a whole number")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        raise NotCanonicalError(f"{place}: whole numbers lie between -(2^53-1) and 2^53-1")
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_floats(inner, f"{place}.{name}")
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            _refuse_floats(inner, f"{place}[{position}]")
