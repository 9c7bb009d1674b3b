"""A released table as CSV (RFC 4180): the very numbers of the document, nothing recomputed.

Rules: each number has its range in columns of its own; a missing key is `(missing)`; a text that a spreadsheet would
take for a formula is led by an apostrophe, numbers never are; lines end in CR LF, bytes are UTF-8 without a mark.
"""

import csv
import io
import re

from hub.privacy.headings import HIGH, LOW, SUPPRESSED
from hub.privacy.intervals import Number
from hub.privacy.table import KEY, Row, Table
from hub.query.expression import Value

MISSING = "(missing)"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide forms are formulas too
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def to_csv(table: Table) -> str:
    """The table as text: headings, then a line for each cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    headings: list[str] = []
    for column in table.columns:
        ranged = column.role != KEY
        headings.extend((column.name, column.name + LOW, column.name + HIGH) if ranged else (column.name,))
    writer.writerow(map(safe, (*headings, SUPPRESSED)))
    for row in table.rows:
        writer.writerow(map(safe, _fields(row)))
    return out.getvalue()


def safe(text: str) -> str:
    """The text, led by an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _fields(row: Row) -> list[str]:
    fields: list[str] = []
    for entry in row.entries:
        if isinstance(entry, Number):
            fields.extend(part or "" for part in (entry.value, entry.low, entry.high))
        else:
            fields.append(_key(entry))
    return [*fields, row.suppressed]


def _key(value: Value) -> str:
    return MISSING if value is None else str(value)
