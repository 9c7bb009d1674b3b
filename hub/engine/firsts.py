"""Which stored mark counts the persons of every cell, if one does.

It writes no SQL.  A mark is 1 on a person's first row, in the order of `rank_across`, with its values of some columns.
Counting marked rows by cell is counting persons by cell when

* the rows are those of one table: scanned, cut, held to single values of plain columns, renamed, and nothing else;
* the mark's columns are the keys' and the held ones, so that a person's rows of one cell agree in all of them;
* every custodian of the table is scanned and no cut is by the rank within a custodian, or the custodian is itself one
  of the mark's columns: then a cut that drops the first row of a cell drops every other row of that cell too.

Otherwise persons are counted as different numbers, which is slower and always right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agreements.catalogue import Catalogue, Column, ColumnKind, Table
from hub.engine.layout import mark
from hub.query.expression import (
    Attribute,
    Domain,
    Every,
    Expression,
    Field,
    IsNull,
    Keys,
    Member,
    Predicate,
    Range,
    Within,
)
from hub.query.model import Cut, CutBasis, Derive, Key, Question, Relation, Scan, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Rows of one scan: the stored column behind each attribute, the columns held to one value, the cuts."""

    scan: Scan
    table: Table
    columns: Mapping[str, Column]
    held: frozenset[str] = frozenset()
    within: bool = False


def mark_of(question: Question, catalogue: Catalogue) -> str:
    """The name of the mark to count persons with, or empty."""
    origin = _origin(question.source, catalogue)
    if origin is None:
        return ""
    named = [_key_column(key, origin) for key in question.keys]
    columns = origin.held | {column.name for column in named if column is not None}
    custodian = origin.table.custodian.name
    everywhere = set(origin.scan.custodians) >= set(origin.table.custodian.keys)
    if len(origin.scan.custodians) == 1:
        columns |= {custodian}
    if None in named or (custodian not in columns and (origin.within or not everywhere)):
        return ""
    return mark(origin.table, columns) or ""


def _key_column(key: Key, origin: _Origin) -> Column | None:
    """The plain column of a key whose cells keep its values apart."""
    column = origin.columns.get(key.expression.name) if isinstance(key.expression, Field) else None
    apart = column is not None and (_covers(key.domain, column) or not key.nullable)
    return column if apart else None


def _origin(relation: Relation, catalogue: Catalogue) -> _Origin | None:
    if isinstance(relation, Scan):
        table = catalogue.table(relation.table)
        return _scan_origin(relation, table) if table else None
    if not isinstance(relation, Where | Cut | Derive) or (origin := _origin(relation.source, catalogue)) is None:
        return None
    match relation:
        case Where(_, predicate):
            names = [_held(part) for part in (predicate.parts if isinstance(predicate, Every) else (predicate,))]
            if not all(name in origin.columns for name in names):
                return None
            return replace(origin, held=origin.held | {origin.columns[name].name for name in names if name})
        case Cut(_, _, basis):
            return replace(origin, within=origin.within or basis is CutBasis.WITHIN)
        case Derive(_, columns):
            return replace(origin, columns=_renamed(columns, origin))


def _scan_origin(scan: Scan, table: Table) -> _Origin:
    named = {attribute.name: _only(table, attribute) for attribute in scan.attributes}
    return _Origin(scan=scan, table=table, columns={name: column for name, column in named.items() if column})


def _only(table: Table, attribute: Attribute) -> Column | None:
    return table.column(next(iter(attribute.sources)).column) if len(attribute.sources) == 1 else None


def _held(part: Predicate) -> str:
    """The attribute that a condition holds to one value (or to NULL), or empty."""
    match part:
        case Member(Field(name), (_,)) | IsNull(Field(name)):
            return name
        case Within(Field(name), lower, upper) if lower is not None and lower == upper:
            return name
    return ""


def _renamed(columns: tuple[tuple[Attribute, Expression], ...], origin: _Origin) -> dict[str, Column]:
    kept = {}
    for attribute, expression in columns:
        column = origin.columns.get(expression.name) if isinstance(expression, Field) else None
        if column is not None and _covers(attribute.domain, column):
            kept[attribute.name] = column
    return kept


def _covers(domain: Domain, column: Column) -> bool:
    """Whether every value of a column keeps its own place in a domain."""
    if column.kind is ColumnKind.NUMBER:
        inside = range(column.lower, column.upper + 1)
        if isinstance(domain, Range):
            return domain.lower <= column.lower and column.upper <= domain.upper
        return len(inside) <= len(domain.values) and set(inside) <= set(domain.values)
    return isinstance(domain, Keys) and set(column.keys) <= set(domain.values)
