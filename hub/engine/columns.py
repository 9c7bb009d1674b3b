"""Columns of Python values into a table of the warehouse, and back; never through a file of their own.

It does not judge values: its callers do.  Rules: one statement for each block of rows, one JSON text for each column,
because binding a list value by value takes several times as long.
"""

import json
from collections.abc import Mapping, Sequence

from hub.engine.warehouse import Row, Warehouse

_BLOCK = 100_000

Values = Sequence[str | int | None]


def fill(warehouse: Warehouse, table: str, columns: Mapping[str, tuple[str, Values]]) -> None:
    """Make `table` with these columns (name: SQL type, values) and put every value in, in order."""
    declared = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
    warehouse.run(f"CREATE TABLE {table} ({declared})")
    rows = max((len(values) for _, values in columns.values()), default=0)
    parts = ", ".join(
        f"unnest(CAST(CAST(${position} AS JSON) AS {kind}[]))"
        for position, (kind, _) in enumerate(columns.values(), start=1)
    )
    for start in range(0, rows, _BLOCK):
        block = [json.dumps(values[start : start + _BLOCK]) for _, values in columns.values()]
        warehouse.run(f"INSERT INTO {table} SELECT {parts}", block)


def fetch(warehouse: Warehouse, table: str, columns: Sequence[str]) -> tuple[list[str | int | None], ...]:
    """The columns of `table` as lists, in the order in which rows were put in."""
    rows: list[Row] = warehouse.run(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid")
    return tuple(map(list, zip(*rows, strict=True))) if rows else tuple([] for _ in columns)
