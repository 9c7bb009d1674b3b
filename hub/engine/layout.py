"""How tables lie in a snapshot file: physical names, integer types, codes, and the marks of first rows.

It reads and writes nothing.  Rules:

* no name of the catalogue is part of a statement: tables and columns are called by position or by digest;
* a table's name holds the catalogue's digest, so under another catalogue there is no such table;
* a key is stored as its position in the catalogue's keys, a number as its steps; NULL stays NULL;
* a mark `f<bits>` is 1 on the row that is, in `rank_across` order, its person's first with these values in the marked
  columns whose bits are set (NULL is a value), else 0: persons per cell are then a plain count of marked rows.
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations

from agreements.catalogue import Catalogue, Column, ColumnKind, Table

PERSON = "person"
RANK_WITHIN = "rank_within"
RANK_ACROSS = "rank_across"

MARKED_COLUMNS = 6
"""How many columns of a table can stand in a mark."""

MARKED_AT_ONCE = 3
"""How many columns one mark holds at most."""

_LARGEST_MARKED_DOMAIN = 32
_TYPES = (("TINYINT", 7), ("SMALLINT", 15), ("INTEGER", 31), ("BIGINT", 63))
_UNSIGNED = (("UTINYINT", 8), ("USMALLINT", 16), ("UINTEGER", 32))


@lru_cache(maxsize=16)
def table_names(catalogue: Catalogue) -> Mapping[str, str]:
    """The physical name of each table of this very catalogue."""
    tag = catalogue.digest[:16]
    return {table.name: f"t{position}_{tag}" for position, table in enumerate(catalogue.tables)}


def vault_name(name: str) -> str:
    """The physical name of a delivered table or column: the same for every catalogue, and never the text itself."""
    return f"v_{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def stored_columns(table: Table) -> Mapping[str, str]:
    """The physical name of each column but the custodian's, which is a property of the file."""
    return {
        column.name: f"c{position}"
        for position, column in enumerate(table.columns)
        if column.kind is not ColumnKind.CUSTODIAN
    }


def column_type(column: Column) -> str:
    """The smallest integer type that holds every code or step of the column."""
    if column.kind is ColumnKind.NUMBER:
        needed = max(column.upper, -column.lower - 1, 0).bit_length()
        return next(name for name, bits in _TYPES if needed <= bits)
    return unsigned_type(len(column.keys))


def rank_type(table: Table) -> str:
    """The smallest type that holds the rank of every row one person may have at all custodians together."""
    return max(unsigned_type(table.hard_rows * len(table.custodian.keys)), "USMALLINT", key=_width)


def unsigned_type(values: int) -> str:
    """The smallest unsigned type that can tell `values` values apart."""
    return next(name for name, bits in _UNSIGNED if values <= 1 << bits)


def custodian_code(table: Table, custodian: str) -> int | None:
    """The position of a custodian in a table's keys, or None when it keeps no rows of that table."""
    return table.custodian.keys.index(custodian) if custodian in table.custodian.keys else None


def marked(table: Table) -> tuple[str, ...]:
    """The columns that can stand in a mark: the custodian's first, then keys and small numbers in order."""
    others = (column.name for column in table.columns if _is_small(column))
    return (table.custodian.name, *others)[:MARKED_COLUMNS]


def mark(table: Table, columns: frozenset[str]) -> str | None:
    """The mark of the first row with the values of exactly these columns, if there is one."""
    names = marked(table)
    if len(columns) > MARKED_AT_ONCE or not columns <= set(names):
        return None
    return f"f{sum(1 << names.index(name) for name in columns)}"


def marks(table: Table) -> Iterator[int]:
    """The bits of every mark of a table."""
    width = len(marked(table))
    for size in range(min(MARKED_AT_ONCE, width) + 1):
        for positions in combinations(range(width), size):
            yield sum(1 << position for position in positions)


def _is_small(column: Column) -> bool:
    if column.kind is ColumnKind.NUMBER:
        return column.upper - column.lower < _LARGEST_MARKED_DOMAIN
    return column.kind is ColumnKind.KEY


def _width(name: str) -> int:
    return dict(_UNSIGNED)[name]
