"""What a cut question counts, row by row: tiny, slow, and written without a look at the plan's analysis."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.privacy.plan import Bounds, Vector, VectorKind
from hub.query.expression import (
    Arithmetic,
    Case,
    Constant,
    Every,
    Expression,
    Field,
    IsNull,
    Member,
    Not,
    Operator,
    Predicate,
    Within,
)
from hub.query.model import (
    Cut,
    CutBasis,
    Derive,
    Join,
    JoinKind,
    PerPerson,
    PersonAggregate,
    PersonAggregateKind,
    Relation,
    Scan,
    Where,
)

Record = Mapping[str, Any]
"""A row as stored: its columns, `person`, and the custodian under the custodian column."""

Data = Mapping[str, tuple[Record, ...]]


@dataclass(frozen=True)
class Row:
    person: int
    values: Mapping[str, Any]
    within: int = 0
    across: int = 0


def measured(bounds: Bounds, data: Data) -> dict[str, list[int]]:
    """Every vector of the plan, cell by cell."""
    rows = relation(bounds.question.source, data)
    inside: dict[tuple[Any, ...], list[Row]] = {cell: [] for cell in bounds.cells}
    for row in rows:
        cell = tuple(value(key.expression, row.values) for key in bounds.question.keys)
        if cell in inside:
            inside[cell].append(row)
    return {vector.name: [_total(vector, inside[cell]) for cell in bounds.cells] for vector in bounds.vectors}


def relation(source: Relation, data: Data) -> list[Row]:
    match source:
        case Scan():
            return [row for row in _ranked(source, data) if row.values["#custodian"] in source.custodians]
        case Where(inner, predicate):
            return [row for row in relation(inner, data) if holds(predicate, row.values) is True]
        case Cut(inner, most, basis):
            return _cut(relation(inner, data), most, basis)
        case Join(left=left, right=right):
            return _joined(source, relation(left, data), relation(right, data))
        case PerPerson(inner, aggregates):
            rows = relation(inner, data)
            return [
                Row(person, {each.attribute.name: _aggregate(each, mine) for each in aggregates})
                for person, mine in _by_person(rows).items()
            ]
        case Derive(inner, columns):
            return [
                Row(row.person, {each.name: value(made, row.values) for each, made in columns})
                for row in relation(inner, data)
            ]


def value(expression: Expression, values: Mapping[str, Any]) -> Any:
    match expression:
        case Field(name):
            return values[name]
        case Constant(constant):
            return constant
        case Arithmetic(operator, left, right):
            one, other = value(left, values), value(right, values)
            if one is None or other is None:
                return None
            return {Operator.ADD: one + other, Operator.SUBTRACT: one - other, Operator.MULTIPLY: one * other}[operator]
        case Case(branches, otherwise):
            return next((value(e, values) for p, e in branches if holds(p, values) is True), value(otherwise, values))


def holds(predicate: Predicate, values: Mapping[str, Any]) -> bool | None:
    match predicate:
        case Member(operand, listed):
            found = value(operand, values)
            return None if found is None else found in listed
        case Within(operand, lower, upper):
            found = value(operand, values)
            if found is None:
                return None
            return (lower is None or found >= lower) and (upper is None or found <= upper)
        case IsNull(operand):
            return value(operand, values) is None
        case Every(parts):
            truths = [holds(part, values) for part in parts]
            return False if False in truths else None if None in truths else True
        case Not(part):
            truth = holds(part, values)
            return None if truth is None else not truth
    raise AssertionError(predicate)


def _ranked(scan: Scan, data: Data) -> list[Row]:
    """The rows of a table, each with its place among its person's rows: by a hash of person and content."""
    seen: dict[str, int] = {}
    placed: list[tuple[bytes, int, str, Record]] = []
    for record in data[scan.table]:
        content = repr(sorted(record.items()))
        seen[content] = seen.get(content, 0) + 1
        place = hashlib.sha256(f"{content}/{seen[content]}".encode()).digest()
        placed.append((place, record["person"], record["custodian"], record))
    rows: list[Row] = []
    mine: dict[tuple[Any, ...], int] = {}
    for _, person, custodian, record in sorted(placed, key=lambda entry: entry[0]):
        values = {a.name: record.get(a.name.split(".")[1], custodian) for a in scan.attributes}
        across, within = mine.get((person,), 0), mine.get((person, custodian), 0)
        mine[person,], mine[person, custodian] = across + 1, within + 1
        rows.append(Row(person, {**values, "#custodian": custodian}, within, across))
    return rows


def _cut(rows: list[Row], most: int, basis: CutBasis) -> list[Row]:
    match basis:
        case CutBasis.WITHIN:
            return [row for row in rows if row.within < most]
        case CutBasis.ACROSS:
            return [row for row in rows if row.across < most]
        case CutBasis.AFTER_FILTER:
            ordered = (sorted(mine, key=lambda row: row.across)[:most] for mine in _by_person(rows).values())
            return [row for mine in ordered for row in mine]


def _joined(join: Join, left: list[Row], right: list[Row]) -> list[Row]:
    rows = []
    for one in left:
        matches = [other for other in right if other.person == one.person and _same_year(join, one, other)]
        rows += [Row(one.person, {**one.values, **other.values}) for other in matches]
        if not matches and join.kind is JoinKind.LEFT:
            rows.append(Row(one.person, {**_Missing(), **one.values}))
    return [Row(row.person, _Missing(row.values)) for row in rows]


class _Missing(dict[str, Any]):
    """An outer row: what is not there is NULL."""

    def __missing__(self, name: str) -> None:
        return None


def _same_year(join: Join, one: Row, other: Row) -> bool:
    if join.by_year is None:
        return True
    year = one.values[join.by_year[0]]
    return year is not None and year == other.values[join.by_year[1]]


def _aggregate(aggregate: PersonAggregate, rows: list[Row]) -> Any:
    passing = [row for row in rows if aggregate.where is None or holds(aggregate.where, row.values) is True]
    if aggregate.kind is PersonAggregateKind.ANY:
        return int(bool(passing))
    if aggregate.argument is None:
        return len(passing)
    found = [value(aggregate.argument, row.values) for row in passing]
    kept = [each for each in found if each is not None]
    if aggregate.kind is PersonAggregateKind.COUNT:
        return len(kept)
    if not kept:
        return None
    made = {PersonAggregateKind.SUM: sum(kept), PersonAggregateKind.MIN: min(kept), PersonAggregateKind.MAX: max(kept)}
    return made[aggregate.kind]


def _by_person(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.person, []).append(row)
    return found


def _total(vector: Vector, rows: list[Row]) -> int:
    passing = [row for row in rows if vector.where is None or holds(vector.where, row.values) is True]
    if vector.argument is not None:
        passing = [row for row in passing if value(vector.argument, row.values) is not None]
    match vector.kind:
        case VectorKind.ROWS:
            return len(passing)
        case VectorKind.PERSONS:
            return len({row.person for row in passing})
    assert vector.argument is not None
    assert vector.domain is not None
    numbers = [value(vector.argument, row.values) for row in passing]
    lower, upper = vector.domain.lower, vector.domain.upper
    assert all(lower <= number <= upper for number in numbers), "the range is not proven"
    return sum(numbers) if vector.kind is VectorKind.SUM else sum(2 * number - lower - upper for number in numbers)
