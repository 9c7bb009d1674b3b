"""Instants as they are signed: aware, in UTC, whole seconds, written `YYYY-MM-DDThh:mm:ssZ`.

It reads no clock.  Rules: anything else is refused, so that one instant has one spelling; intervals are half-open.
"""

import re
from datetime import UTC, datetime, timedelta

from agreements.errors import AgreementError

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class InstantError(AgreementError):
    """An instant is not written the one way that is accepted."""


def check(at: datetime, name: str = "at") -> None:
    """Refuse an instant without a zone, outside UTC, or with a fraction of a second; `name` says which it is."""
    if at.utcoffset() != timedelta(0):
        raise InstantError(f"{name}: give the instant in UTC, with its zone")
    if at.microsecond:
        raise InstantError(f"{name}: give the instant in whole seconds")


def write(at: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ssZ`."""
    check(at)
    return f"{at.year:04}-{at.month:02}-{at.day:02}T{at.hour:02}:{at.minute:02}:{at.second:02}Z"


def read(text: str) -> datetime:
    """The instant that `write` would have written so."""
    if not _WRITTEN.fullmatch(text):
        raise InstantError("an instant is written YYYY-MM-DDThh:mm:ssZ")
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError as error:
        raise InstantError("an instant is a real date and time, written YYYY-MM-DDThh:mm:ssZ") from error


def words(at: datetime) -> str:
    """The instant as people write it, to the minute: `1 July 2026, 00:00 UTC`."""
    check(at)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at.hour:02}:{at.minute:02} UTC"
