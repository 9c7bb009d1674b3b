"""One delivery at rest: its tables in one encrypted file, as the custodian sent them, and back.

It knows no person: rows carry the custodian's own record numbers.  Rules:

* a delivery is taken whole or refused whole, and the refusal names table and column, never a value;
* every value lies in the catalogue's public domain; a column that the delivery leaves out is empty in every row;
* no record has more rows in a table than the catalogue's `hard_rows`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from agreements.catalogue import Catalogue, Column, ColumnKind, Table
from hub.engine.columns import fetch, fill
from hub.engine.errors import DeliveryRefusedError
from hub.engine.layout import vault_name
from hub.engine.warehouse import VaultFile, created, opened

RECORD = "record"
"""The column of a delivered table that says whose row it is, by the custodian's own pseudonymous number."""

Tables = Mapping[str, Mapping[str, Sequence[str | int | None]]]

_LARGEST_RECORD = 2**63


def check(tables: Tables, *, catalogue: Catalogue, custodian: str) -> None:
    """Refuse tables that the catalogue does not allow this custodian to deliver."""
    for name, columns in tables.items():
        table = catalogue.table(name)
        if table is None or custodian not in table.custodian.keys:
            raise DeliveryRefusedError(f"table {name!r} is not one that this custodian delivers under the catalogue")
        if len({len(values) for values in columns.values()}) > 1:
            raise DeliveryRefusedError(f"table {name!r}: its columns are not equally long")
        _check_records(table, columns.get(RECORD))
        for column, values in columns.items():
            if column != RECORD:
                _check_values(table, column, values)


def write(file: VaultFile, tables: Tables, *, catalogue: Catalogue, custodian: str) -> None:
    """Check a delivery and write it to a new encrypted file."""
    check(tables, catalogue=catalogue, custodian=custodian)
    with created(file) as warehouse:
        for table in _delivering(catalogue, custodian):
            given = tables.get(table.name, {RECORD: ()})
            empty = (None,) * len(given[RECORD])
            stored = {vault_name(c.name): (_type(c), given.get(c.name, empty)) for c in _delivered(table)}
            fill(warehouse, f"v.{vault_name(table.name)}", {RECORD: ("BIGINT", given[RECORD])} | stored)


def read(file: VaultFile, *, catalogue: Catalogue, custodian: str) -> Tables:
    """The tables of a delivery, every catalogue column of each."""
    read_tables: dict[str, dict[str, list[str | int | None]]] = {}
    with opened(file) as warehouse:
        for table in _delivering(catalogue, custodian):
            names = [column.name for column in _delivered(table)]
            values = fetch(warehouse, f"v.{vault_name(table.name)}", [RECORD, *map(vault_name, names)])
            read_tables[table.name] = dict(zip([RECORD, *names], values, strict=True))
    return read_tables


def _check_records(table: Table, records: Sequence[str | int | None] | None) -> None:
    if records is None or not all(type(record) is int and 0 <= record < _LARGEST_RECORD for record in records):
        raise DeliveryRefusedError(f"table {table.name!r}: every row needs a record number between 0 and 2^63 - 1")
    if max(Counter(records).values(), default=0) > table.hard_rows:
        raise DeliveryRefusedError(
            f"table {table.name!r}: a record has more rows than the catalogue's bound of {table.hard_rows}"
        )


def _check_values(table: Table, name: str, values: Sequence[str | int | None]) -> None:
    column = table.column(name)
    if column is None or column.kind is ColumnKind.CUSTODIAN:
        raise DeliveryRefusedError(f"table {table.name!r}: {name!r} is not a column to deliver")
    kinds = {type(value) for value in values}
    if not kinds <= {int, str, type(None)} or not all(map(column.admits, set(values))):
        raise DeliveryRefusedError(f"table {table.name!r}, column {name!r}: a value lies outside the public domain")


def _delivering(catalogue: Catalogue, custodian: str) -> list[Table]:
    return [table for table in catalogue.tables if custodian in table.custodian.keys]


def _delivered(table: Table) -> list[Column]:
    return [column for column in table.columns if column.kind is not ColumnKind.CUSTODIAN]


def _type(column: Column) -> str:
    return "VARCHAR" if column.kind is ColumnKind.KEY and isinstance(column.keys[0], str) else "BIGINT"
