"""Days and instants as sources write them, and the school year that a day lies in.

It never guesses: which of `1/05/2023` is the month is declared by the site, or the day is not read.
"""

import re
from datetime import UTC, date, datetime
from enum import StrEnum

_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")
_FIRST_MONTH = 7
_ISO_DAY = 10


class DateOrder(StrEnum):
    """How a source writes days."""

    ISO = "iso"  # 2023-05-01, a time after it is ignored
    MONTH_FIRST = "month-first"  # also 5/01/2023
    DAY_FIRST = "day-first"  # also 1/05/2023


def day(text: str, order: DateOrder = DateOrder.ISO) -> date | None:
    """The day that `text` names, or None when it names none under this order."""
    slashed = _SLASHED.match(text) if order is not DateOrder.ISO else None
    try:
        if slashed:
            first, second, year = (int(part) for part in slashed.groups())
            month, day_of_month = (first, second) if order is DateOrder.MONTH_FIRST else (second, first)
            return date(year, month, day_of_month)
        if text[_ISO_DAY : _ISO_DAY + 1] not in {"", "T", " "} or text[4:8:3] != "--":
            return None
        return date.fromisoformat(text[:_ISO_DAY])
    except ValueError:
        return None


def school_year_of(text: str) -> int | None:
    """The school year (July to June, named by its end) of a FHIR date or date-time, as written at its place.

    A date without a month lies in no one school year.
    """
    year, month = text[:4], text[5:7]
    if not (year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        return None
    return int(year) + (int(month) >= _FIRST_MONTH)


def instant(text: str) -> str:
    """An instant in a form whose order as text is its order in time; empty when there is none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
