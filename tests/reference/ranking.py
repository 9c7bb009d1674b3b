"""The order of a person's rows, worked out with the standard library from what `hub.engine.ranks` promises."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agreements.catalogue import Column, ColumnKind, Table
from hub.query.expression import Value
from tests.reference.oracle import Stored

Delivered = tuple[int, str, Mapping[str, Value]]
"""A stable person key, a custodian, and the delivered columns of one row."""


def ranked(rows: Iterable[Delivered], table: Table, *, secret: bytes) -> list[tuple[int, Stored]]:
    """Every row with both ranks, beside its person's stable key; `Stored.person` is that key too."""
    met: Counter[tuple[object, ...]] = Counter()
    placed: dict[int, list[tuple[str, str, Mapping[str, Value]]]] = defaultdict(list)
    for key, custodian, values in rows:
        content = (key, custodian, *(values.get(column.name) for column in table.columns))
        met[content] += 1
        text = "/".join([secret.hex(), table.name, str(key), *_codes(table, custodian, values), str(met[content])])
        placed[key].append((hashlib.sha256(text.encode()).hexdigest(), custodian, values))
    return [(key, row) for key, mine in placed.items() for row in _persons(key, mine, table)]


def _persons(key: int, mine: Sequence[tuple[str, str, Mapping[str, Value]]], table: Table) -> Iterable[Stored]:
    within: Counter[str] = Counter()
    for across, (_, custodian, values) in enumerate(sorted(mine, key=lambda placed: placed[0])):
        complete = {column.name: values.get(column.name) for column in table.columns}
        complete[table.custodian.name] = custodian
        yield Stored(
            person=key, custodian=custodian, values=complete, rank_within=within[custodian], rank_across=across
        )
        within[custodian] += 1


def _codes(table: Table, custodian: str, values: Mapping[str, Value]) -> list[str]:
    others = [column for column in table.columns if column.kind is not ColumnKind.CUSTODIAN]
    return [
        str(table.custodian.keys.index(custodian)),
        *(_code(column, values.get(column.name)) for column in others),
    ]


def _code(column: Column, value: Value) -> str:
    if value is None:
        return ""
    return str(value if column.kind is ColumnKind.NUMBER else column.keys.index(value))
