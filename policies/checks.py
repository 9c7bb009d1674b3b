"""Types and ranges of what the policies are given, refused on construction.

It judges no terms.  Each function raises the error it is given, with the name of the field.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from policies.errors import PolicyError


def require_text(values: Mapping[str, object], error: type[PolicyError]) -> None:
    """Raise unless each value is text."""
    for name, value in values.items():
        if not isinstance(value, str):
            raise error(f"{name}: give text")


def require_names(values: Mapping[str, object], error: type[PolicyError]) -> None:
    """Raise unless each value is a frozenset of texts."""
    for name, value in values.items():
        if not isinstance(value, frozenset) or not all(isinstance(member, str) for member in value):
            raise error(f"{name}: give a frozenset of text")


def require_amounts(amounts: Mapping[str, object], error: type[PolicyError]) -> None:
    """Raise unless each amount is a whole number of zero or more."""
    for name, amount in amounts.items():
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
            raise error(f"{name}: give a whole number of zero or more")


def require_instants(instants: Mapping[str, object], error: type[PolicyError]) -> None:
    """Raise unless each value is an instant in UTC."""
    for name, at in instants.items():
        if not isinstance(at, datetime) or at.utcoffset() != timedelta(0):
            raise error(f"{name}: give an instant in UTC")
