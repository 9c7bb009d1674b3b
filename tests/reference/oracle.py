"""What a question's exact answer is, row by row in plain Python: slow, obvious, and no SQL anywhere.

Rows come with their person and ranks; text and steps are as in the catalogue, None is NULL.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.privacy.plan import Bounds, Vector, VectorKind
from hub.query.expression import (
    Any_,
    Arithmetic,
    Case,
    Constant,
    Domain,
    Every,
    Expression,
    Field,
    IsNull,
    Keys,
    Less,
    Member,
    Not,
    Operator,
    Predicate,
    Value,
    Within,
)
from hub.query.model import (
    Cut,
    CutBasis,
    Derive,
    Join,
    JoinKind,
    Key,
    PerPerson,
    PersonAggregate,
    PersonAggregateKind,
    Question,
    Relation,
    Scan,
    Where,
)

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One row of a snapshot: catalogue columns (the custodian's included) by name."""

    person: int
    custodian: str
    values: Values
    rank_within: int
    rank_across: int


Data = Mapping[str, Sequence[Stored]]
"""The rows of every table of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a relation: attributes by canonical name, and what puts a person's rows in order."""

    person: int
    values: Values
    order: tuple[int, ...]
    within: int = 0


def vectors(bounds: Bounds, data: Data) -> dict[str, list[int]]:
    """Every vector of a bounded question, cell by cell."""
    rows = relation(bounds.question.source, data)
    found = {vector.name: [0] * len(bounds.cells) for vector in bounds.vectors}
    for position, cell in enumerate(bounds.cells):
        inside = [row for row in rows if cell_of(bounds.question.keys, row) == cell]
        for vector in bounds.vectors:
            found[vector.name][position] = _total(vector, inside)
    return found


def answer(question: Question, cells: Iterable[tuple[Value, ...]], data: Data) -> list[dict[str, Any]]:
    """The statistics of an uncut question for each cell: rows, persons, sums in steps; means as (sum, count)."""
    rows = relation(question.source, data)
    answers = []
    for cell in cells:
        inside = [row for row in rows if cell_of(question.keys, row) == cell]
        told: dict[str, Any] = {}
        for statistic in question.statistics:
            held = _passing(inside, statistic.where, statistic.argument)
            total = sum(whole(statistic.argument, row) or 0 for row in held) if statistic.domain else 0
            told[statistic.name] = {
                "count": len(held),
                "count_persons": len({row.person for row in held}),
                "sum": total,
                "mean": (total, len(held)),
            }[statistic.kind.value]
        answers.append(told)
    return answers


def cell_of(keys: Sequence[Key], row: Row) -> tuple[Value, ...]:
    """The cell in which a row falls; a value outside a key's domain counts as NULL there."""
    return tuple(_kept(value(key.expression, row.values), key.domain) for key in keys)


def relation(source: Relation, data: Data) -> list[Row]:
    """The rows of a relation."""
    match source:
        case Scan():
            return [_scanned(source, row) for row in data[source.table] if row.custodian in source.custodians]
        case Where(inner, predicate):
            return [row for row in relation(inner, data) if holds(predicate, row.values) is True]
        case Cut(inner, most, basis):
            return _cut(relation(inner, data), most, basis)
        case Join():
            return _joined(source, relation(source.left, data), relation(source.right, data))
        case PerPerson(inner, aggregates):
            return _per_person(relation(inner, data), aggregates)
        case Derive(inner, columns):
            return [
                replace(row, values={a.name: _held(value(e, row.values), a.domain) for a, e in columns})
                for row in relation(inner, data)
            ]


def value(expression: Expression, values: Values) -> Value:
    """The value of an expression on one row."""
    match expression:
        case Field(name):
            return values[name]
        case Constant(constant):
            return constant
        case Arithmetic(operator, left, right):
            a, b = value(left, values), value(right, values)
            if a is None or b is None:
                return None
            assert isinstance(a, int)
            assert isinstance(b, int)
            return {Operator.ADD: a + b, Operator.SUBTRACT: a - b, Operator.MULTIPLY: a * b}[operator]
        case Case(branches, otherwise):
            return next((value(e, values) for p, e in branches if holds(p, values) is True), value(otherwise, values))


def whole(expression: Expression | None, row: Row) -> int | None:
    """The value of a number."""
    found = None if expression is None else value(expression, row.values)
    assert found is None or isinstance(found, int)
    return found


def holds(predicate: Predicate, values: Values) -> bool | None:
    """Three-valued truth on one row."""
    match predicate:
        case Member(operand, listed):
            found = value(operand, values)
            return None if found is None else found in listed
        case Within(operand, lower, upper):
            return _between(value(operand, values), lower, upper)
        case Less(left, right, or_equal):
            return _compared(value(left, values), value(right, values), or_equal=or_equal)
        case IsNull(operand):
            return value(operand, values) is None
        case Every(parts):
            return _settled([holds(part, values) for part in parts], by=False)
        case Any_(parts):
            return _settled([holds(part, values) for part in parts], by=True)
        case Not(part):
            truth = holds(part, values)
            return None if truth is None else not truth


def _settled(truths: Sequence[bool | None], *, by: bool) -> bool | None:
    """One truth `by` settles a conjunction or disjunction; otherwise one that is not known leaves it open."""
    return by if by in truths else None if None in truths else not by


def _compared(left: Any, right: Any, *, or_equal: bool) -> bool | None:
    if left is None or right is None:
        return None
    return bool(left <= right if or_equal else left < right)


def _between(number: Any, lower: int | None, upper: int | None) -> bool | None:
    if number is None:
        return None
    return (lower is None or number >= lower) and (upper is None or number <= upper)


def _scanned(scan: Scan, row: Stored) -> Row:
    values = {a.name: row.values[next(iter(a.sources)).column] for a in scan.attributes}
    return Row(person=row.person, values=values, order=(row.rank_across,), within=row.rank_within)


def _cut(rows: list[Row], most: int, basis: CutBasis) -> list[Row]:
    match basis:
        case CutBasis.WITHIN:
            return [row for row in rows if row.within < most]
        case CutBasis.ACROSS:
            return [row for row in rows if row.order[0] < most]
        case CutBasis.AFTER_FILTER:
            kept: list[Row] = []
            for mine in _by_person(rows).values():
                kept += sorted(mine, key=lambda row: row.order)[:most]
            return kept


def _joined(join: Join, left: list[Row], right: list[Row]) -> list[Row]:
    rows = []
    nothing: Values = dict.fromkeys(_attributes(join.right))
    for one in left:
        partners = [other for other in right if other.person == one.person and _same_year(join, one, other)]
        rows += [replace(one, values={**one.values, **p.values}, order=one.order + p.order) for p in partners]
        if not partners and join.kind is JoinKind.LEFT:
            rows.append(replace(one, values={**one.values, **nothing}))
    return rows


def _same_year(join: Join, one: Row, other: Row) -> bool:
    if join.by_year is None:
        return True
    year = one.values[join.by_year[0]]
    return year is not None and year == other.values[join.by_year[1]]


def _attributes(source: Relation) -> list[str]:
    match source:
        case Scan(attributes=attributes):
            return [attribute.name for attribute in attributes]
        case Where(source=inner) | Cut(source=inner):
            return _attributes(inner)
        case Join(left=left, right=right):
            return _attributes(left) + _attributes(right)
        case PerPerson(aggregates=aggregates):
            return [aggregate.attribute.name for aggregate in aggregates]
        case Derive(columns=columns):
            return [attribute.name for attribute, _ in columns]


def _per_person(rows: list[Row], aggregates: Sequence[PersonAggregate]) -> list[Row]:
    return [
        Row(
            person=person,
            values={a.attribute.name: _held(_one(a, mine), a.attribute.domain) for a in aggregates},
            order=(),
        )
        for person, mine in _by_person(rows).items()
    ]


def _one(aggregate: PersonAggregate, rows: list[Row]) -> Value:
    passing = _passing(rows, aggregate.where, aggregate.argument)
    if aggregate.kind is PersonAggregateKind.COUNT:
        return len(passing)
    if aggregate.kind is PersonAggregateKind.ANY:
        return int(bool(passing))
    assert aggregate.argument is not None
    found: list[Any] = [value(aggregate.argument, row.values) for row in passing]
    if not found:
        return None
    if aggregate.kind is PersonAggregateKind.SUM:
        return int(sum(found))
    place = _places(aggregate.attribute.domain)
    ends: list[Value] = sorted(found, key=lambda v: place[v] if place else int(v or 0))
    return ends[0] if aggregate.kind is PersonAggregateKind.MIN else ends[-1]


def _places(domain: Domain) -> dict[Any, int]:
    return {v: position for position, v in enumerate(domain.values)} if isinstance(domain, Keys) else {}


def _by_person(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.person, []).append(row)
    return grouped


def _passing(rows: Iterable[Row], where: Predicate | None, argument: Expression | None) -> list[Row]:
    return [
        row
        for row in rows
        if (where is None or holds(where, row.values) is True)
        and (argument is None or value(argument, row.values) is not None)
    ]


def _total(vector: Vector, rows: list[Row]) -> int:
    passing = _passing(rows, vector.where, vector.argument)
    if vector.kind is VectorKind.ROWS:
        return len(passing)
    if vector.kind is VectorKind.PERSONS:
        return len({row.person for row in passing})
    assert vector.domain is not None
    held: list[Any] = [_held(whole(vector.argument, row), vector.domain) for row in passing]
    if vector.kind is VectorKind.SUM:
        return sum(held)
    return sum(2 * x - vector.domain.lower - vector.domain.upper for x in held)


def _held(found: Value, domain: Domain) -> Value:
    """A number inside its bounds; a key outside its list is NULL."""
    if isinstance(domain, Keys):
        return _kept(found, domain)
    return None if found is None else max(domain.lower, min(domain.upper, found))


def _kept(found: Value, domain: Domain) -> Value:
    return None if isinstance(domain, Keys) and found not in domain.values else found
