"""Keep of a reading only what the agreement names, fitted to the catalogue.

It does not know where rows came from.  Rules:

* a table or column that the agreement does not list leaves nothing: no rows, no name; the custodian's own column is
  the file's, and does not travel;
* a key that the catalogue does not have becomes NULL; a number is rounded to the catalogue's step and held to its
  bounds;
* of a person with more rows than the catalogue's hard bound, rows of a known year are kept first, then by a digest of
  the person's number and the row: the choice depends on nobody else's rows;
* rows are ordered by number and digest, so that they tell nothing of the order in the export.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agreements import elements
from agreements.catalogue import PERSON, Catalogue, Column, ColumnKind, Table
from agreements.elements import Element
from connectors.errors import DeliveryError
from connectors.records import Row, Value
from connectors.tables import COLUMNS

Fitted = str | int | None
"""A value as it travels: a catalogue key, a number in steps, or NULL."""

RECORD = "record"
"""The name of the column that numbers persons in a delivery."""


@dataclass(frozen=True, slots=True)
class Minimised:
    """The tables that leave, column by column, and how many rows went over a person's bound, by table."""

    tables: Mapping[str, Mapping[str, list[Fitted]]] = field(repr=False)
    dropped: Mapping[str, int]


def named(agreed: Iterable[str], custodian: str) -> tuple[Element, ...]:
    """The data elements of an agreement that are this custodian's."""
    return tuple(element for element in map(elements.parse, sorted(agreed)) if element.org == custodian)


def minimise(
    rows: Iterable[Row], *, catalogue: Catalogue, agreed: Iterable[Element], numbers: Mapping[str, int]
) -> Minimised:
    """The rows that may leave; `numbers` gives the number of each person by the source's identifier."""
    columns: dict[str, set[str]] = defaultdict(set)
    for element in agreed:
        columns[element.table].add(element.column)
    persons: dict[str, dict[int, list[tuple[Value, ...]]]] = {name: defaultdict(list) for name in columns}
    for row in rows:
        if row.table in persons:
            persons[row.table][numbers[row.person]].append(row.values)
    tables: dict[str, Mapping[str, list[Fitted]]] = {}
    dropped: dict[str, int] = {}
    for name, kept in columns.items():
        table = catalogue.table(name)
        if table is None or name not in COLUMNS:
            raise DeliveryError(f"the agreement lists {name}, which this connector cannot fill; update the connector")
        listed = kept - {PERSON, table.custodian.name}
        tables[name], dropped[name] = _table(table, persons[name], listed, catalogue.year_column)
    return Minimised(tables, dropped)


def fit(value: Value, column: Column) -> Fitted:
    """A value as the catalogue allows it."""
    fitted: Fitted = None
    if value is not None and column.kind is ColumnKind.NUMBER:
        if isinstance(value, str):
            raise DeliveryError(f"{column.name}: a connector filled a number with text; please report this")
        fitted = min(max(math.floor(value * column.steps_per_unit + 0.5), column.lower), column.upper)
    elif isinstance(value, (str, int)):
        fitted = value if column.admits(value) else None
    if not column.admits(fitted):
        raise DeliveryError(f"{column.name}: the catalogue has no place for a value of this connector; update it")
    return fitted


class _Fitter(dict[Value, Fitted]):
    """A column's fitted values by what they are fitted from; each is worked out once."""

    def __init__(self, column: Column) -> None:
        """Fit values to `column`."""
        super().__init__()
        self._column = column

    def __missing__(self, value: Value) -> Fitted:
        self[value] = fitted = fit(value, self._column)
        return fitted


def _table(
    table: Table, persons: Mapping[int, list[tuple[Value, ...]]], kept: set[str], year: str
) -> tuple[dict[str, list[Fitted]], int]:
    fillable = COLUMNS[table.name]
    filled = [(place, column) for place, name in enumerate(fillable) if (column := table.column(name))]
    if absent := sorted(kept - {column.name for _, column in filled}):
        raise DeliveryError(f"the agreement lists {table.name}.{absent[0]}, which this connector cannot fill")
    years = [place for place, (_, column) in enumerate(filled) if column.name == year]
    dropped = 0
    fitters = [(place, _Fitter(column)) for place, column in filled]
    columns: dict[str, list[Fitted]] = {
        name: [] for name in (RECORD, *(column.name for _, column in filled)) if name in {RECORD, *kept}
    }
    for number in sorted(persons):
        rows = [tuple([fitter[values[place]] for place, fitter in fitters]) for values in persons[number]]
        ordered = sorted(rows, key=lambda row: _order(number, row, years))
        dropped += max(0, len(ordered) - table.hard_rows)
        for row in ordered[: table.hard_rows]:
            columns[RECORD].append(number)
            for value, (_, column) in zip(row, filled, strict=True):
                if column.name in kept:
                    columns[column.name].append(value)
    return columns, dropped


def _order(number: int, row: tuple[Fitted, ...], years: list[int]) -> tuple[bool, bytes]:
    unknown_year = any(row[place] is None for place in years)
    return unknown_year, hashlib.sha256(f"{number} {row!r}".encode()).digest()
