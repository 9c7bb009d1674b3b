"""The rows of one table from every delivery, linked and coded, in one table of a database in memory.

It orders nothing.  Rules: what a delivery does not hold is empty; a value outside the catalogue's domain refuses the
delivery, because the catalogue may have become narrower since it was received; unlinked records are left out.
"""

from agreements.catalogue import Column, ColumnKind, Table
from hub.engine.errors import DeliveryRefusedError
from hub.engine.layout import PERSON, column_type, custodian_code, stored_columns, unsigned_type, vault_name
from hub.engine.vault_file import RECORD
from hub.engine.warehouse import Warehouse


def gather(warehouse: Warehouse, table: Table, custodians: list[str]) -> None:
    """Make `gathered` (person, key, custodian, columns) from the attached deliveries `d0`, `d1` ... and `people`."""
    columns = [(name, column_type(column)) for name, column in _stored(table)]
    declared = "".join(f", {name} {kind}" for name, kind in columns)
    code_type = unsigned_type(len(table.custodian.keys))
    warehouse.run(f"CREATE OR REPLACE TABLE gathered ({PERSON} INTEGER, key BIGINT, custodian {code_type}{declared})")
    for position, custodian in enumerate(custodians):
        code = custodian_code(table, custodian)
        if code is not None and _code(warehouse, table, f"d{position}"):
            selected = "".join(f", {name}" for name, _ in columns)
            warehouse.run(
                f"INSERT INTO gathered SELECT {PERSON}, key, {code}{selected} FROM coded JOIN people "
                f"ON file = {position} AND people.{RECORD} = coded.{RECORD}"
            )


def _code(warehouse: Warehouse, table: Table, file: str) -> bool:
    """Make `coded` from one delivery; False when it was written before the table stood in the catalogue."""
    source = vault_name(table.name)
    listed = warehouse.run(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = $1 AND table_name = $2", [file, source]
    )
    present = {str(name) for (name,) in listed}
    if not present:
        return False
    parameters: list[object] = []
    selected = "".join(_selected(name, column, present, parameters) for name, column in _stored(table))
    warehouse.run(f"CREATE OR REPLACE TABLE coded AS SELECT {RECORD}{selected} FROM {file}.{source}", parameters)
    for name, column in _stored(table):
        if warehouse.run(f"SELECT count(given_{name}) <> count({name}) FROM coded") != [(False,)]:
            raise DeliveryRefusedError(
                f"table {table.name!r}, column {column.name!r}: a value lies outside the public domain"
            )
    return True


def _selected(name: str, column: Column, present: set[str], parameters: list[object]) -> str:
    """The delivered value and its code: two columns, equally often empty when every value is admitted."""
    kind, value = column_type(column), vault_name(column.name)
    if value not in present:
        return f", CAST(NULL AS {kind}) AS {name}, CAST(NULL AS {kind}) AS given_{name}"
    if column.kind is ColumnKind.NUMBER:
        code = f"CASE WHEN {value} BETWEEN {column.lower} AND {column.upper} THEN {value} END"
    else:
        parameters.append(list(column.keys))
        code = f"list_position(${len(parameters)}, {value}) - 1"
    return f", CAST({code} AS {kind}) AS {name}, {value} AS given_{name}"


def _stored(table: Table) -> list[tuple[str, Column]]:
    names = stored_columns(table)
    return [(names[column.name], column) for column in table.columns if column.name in names]
