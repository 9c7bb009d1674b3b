"""What a delivery holds: the account, rows by table, linkage tokens; and whether it is what was agreed.

It does not sign or seal.  Rules:

* the columns of a table, and of the tokens, are lists of one length; persons are numbers below 2^63;
* whoever has a row has tokens; nothing travels that the manifest's elements do not name;
* every value lies in the catalogue's domain, and nobody has more rows than the catalogue's hard bound.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from agreements.catalogue import Catalogue, Column, ColumnKind, Table
from connectors.errors import DeliveryError
from connectors.minimise import RECORD, Fitted, named

_LARGEST = 2**63


class Tokens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Linkage tokens, one by one: the person's number, the kind of token, the token."""

    record: list[int]
    kind: list[int]
    token: list[int]


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is sealed in a delivery.  Its representation shows nothing."""

    account: dict[str, Any]
    tables: dict[str, dict[str, list[Fitted]]]
    tokens: Tokens

    def __repr__(self) -> str:
        return "Contents()"

    def to_bytes(self) -> bytes:
        """MessagePack bytes."""
        return msgspec.msgpack.encode(self)


def from_bytes(data: bytes) -> Contents:
    """Read MessagePack bytes; an unknown field or a value of another type refuses.

    The decoder's own message is not repeated: it may quote what was sealed.
    """
    contents = _decoded(data)
    if contents is None:
        raise DeliveryError("the sealed part of the delivery does not have the form of a delivery; deliver again")
    return contents


def check(contents: Contents, *, custodian: str, agreed: Iterable[str], catalogue: Catalogue) -> None:
    """Refuse contents that are not what a custodian may deliver under these data elements."""
    _check_lists("tokens", (contents.tokens.record, contents.tokens.kind, contents.tokens.token))
    _check_range("tokens", (contents.tokens.record, contents.tokens.kind, contents.tokens.token))
    allowed = {(element.table, element.column) for element in named(agreed, custodian)}
    tables = {table for table, _ in allowed}
    known = set(contents.tokens.record)
    for name, columns in contents.tables.items():
        table = catalogue.table(name)
        if table is None or name not in tables or custodian not in table.custodian.keys:
            raise DeliveryError("the delivery holds a table that the agreement does not list for this custodian")
        if RECORD not in columns:
            raise DeliveryError(f"{name}: the column {RECORD} is missing")
        _check_lists(name, columns.values())
        _check_records(table, columns[RECORD], known)
        for column_name, values in columns.items():
            column = table.column(column_name)
            if column_name == RECORD:
                continue
            if column is None or column.kind is ColumnKind.CUSTODIAN or (name, column_name) not in allowed:
                raise DeliveryError(f"{name}: a column travels that the agreement does not list")
            _check_column(f"{name}.{column_name}", column, values)


def counts(contents: Contents) -> Mapping[str, int]:
    """How many rows each table holds."""
    return {name: len(columns[RECORD]) for name, columns in contents.tables.items()}


def _check_lists(name: str, columns: Iterable[list[Any]]) -> None:
    if len({len(column) for column in columns}) > 1:
        raise DeliveryError(f"{name}: the columns are not of one length")


def _check_range(name: str, columns: Iterable[list[int]]) -> None:
    if any(column and (min(column) < 0 or max(column) >= _LARGEST) for column in columns):
        raise DeliveryError(f"{name}: numbers lie between 0 and 2^63-1")


def _check_records(table: Table, records: list[Fitted], known: set[int]) -> None:
    if not known.issuperset(records):
        raise DeliveryError(f"{table.name}: a row belongs to a person without linkage tokens")
    most = max(Counter(records).values(), default=0)
    if most > table.hard_rows:
        raise DeliveryError(f"{table.name}: a person has more than {table.hard_rows} rows")


def _check_column(name: str, column: Column, values: list[Fitted]) -> None:
    if not all(column.admits(value) for value in set(values)):
        raise DeliveryError(f"{name}: a value lies outside the catalogue's domain")


def _decoded(data: bytes) -> Contents | None:
    try:
        return msgspec.msgpack.decode(data, type=Contents)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
