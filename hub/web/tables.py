"""A released table as it is set on the page: headings in words, keys, and numbers with their ranges.

It rounds and recomputes nothing.  Rule: a number is never set without its range.
"""

from dataclasses import dataclass

from hub.privacy.intervals import Number
from hub.privacy.release import Release
from hub.privacy.spreadsheet import MISSING
from hub.privacy.table import KEY, Row


@dataclass(frozen=True, slots=True)
class Cell:
    """One number and its range, or a key, which has no range."""

    text: str
    range: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells, and why its numbers are not shown, if they are not."""

    cells: tuple[Cell, ...]
    suppressed: str


@dataclass(frozen=True, slots=True)
class Table:
    """Headings with whether numbers stand below them, and rows."""

    headings: tuple[tuple[str, bool], ...]
    keys: tuple[str, ...]
    statistics: tuple[str, ...]
    rows: tuple[Line, ...]


def table(document: Release) -> Table:
    """The table of a release."""
    columns = document.table.columns
    return Table(
        headings=tuple((_words(column.name), column.role != KEY) for column in columns),
        keys=tuple(_words(column.name) for column in columns if column.role == KEY),
        statistics=tuple(_words(column.name) for column in columns if column.role != KEY),
        rows=tuple(_line(row) for row in document.table.rows),
    )


def _line(row: Row) -> Line:
    return Line(tuple(_cell(entry) for entry in row.entries), row.suppressed)


def _cell(entry: object) -> Cell:
    if not isinstance(entry, Number):
        return Cell(MISSING if entry is None else str(entry), "", is_number=False)
    known = entry.low is not None and entry.high is not None
    shown = f"{_grouped(entry.low)} – {_grouped(entry.high)}" if known else ""
    return Cell(_grouped(entry.value) or "–", shown, is_number=True)


def _grouped(text: str | None) -> str:
    """A whole number with its thousands apart; anything else as it is."""
    return f"{int(text):,}" if text and text.lstrip("-").isdigit() else text or ""


def _words(name: str) -> str:
    return name.replace("_", " ")
