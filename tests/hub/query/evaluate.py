"""What a plan answers, computed row by row in plain Python: slow, short and easy to believe.

Numbers are steps, keys are themselves, NULL is None; a predicate is True, False or None.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import add, mul, sub
from typing import Any

from hub.query.expression import (
    Any_,
    Arithmetic,
    Case,
    Constant,
    Every,
    Expression,
    Field,
    IsNull,
    Less,
    Member,
    Not,
    Operator,
    Predicate,
    Value,
    Within,
)
from hub.query.model import (
    Derive,
    Join,
    JoinKind,
    PerPerson,
    PersonAggregate,
    PersonAggregateKind,
    Question,
    Relation,
    Scan,
    Statistic,
    StatisticKind,
    Where,
)
from tests.hub.query.asking import CATALOGUE

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]

_CALCULATE: dict[Operator, Callable[[int, int], int]] = {
    Operator.ADD: add,
    Operator.SUBTRACT: sub,
    Operator.MULTIPLY: mul,
}


def value(expression: Expression, row: Row) -> Any:
    match expression:
        case Field(name=name):
            return row[name]
        case Constant(value=constant):
            return constant
        case Arithmetic(operator=operator, left=left, right=right):
            first, second = value(left, row), value(right, row)
            return None if first is None or second is None else _CALCULATE[operator](first, second)
        case Case(branches=branches, otherwise=otherwise):
            for condition, chosen in branches:
                if holds(condition, row):
                    return value(chosen, row)
            return value(otherwise, row)


def holds(predicate: Predicate, row: Row) -> bool | None:
    match predicate:
        case IsNull(operand=operand):
            return value(operand, row) is None
        case Every(parts=parts):
            return _all(holds(part, row) for part in parts)
        case Any_(parts=parts):
            return _not(_all(_not(holds(part, row)) for part in parts))
        case Not(part=part):
            return _not(holds(part, row))
        case Less(left=left, right=right, or_equal=or_equal):
            first, second = value(left, row), value(right, row)
            return None if first is None or second is None else first < second or (or_equal and first == second)
        case Member(operand=operand, values=values):
            tested = value(operand, row)
            return None if tested is None else tested in values
        case Within(operand=operand, lower=lower, upper=upper):
            tested = value(operand, row)
            return None if tested is None else (lower is None or tested >= lower) and (upper is None or tested <= upper)


def _all(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    if False in found:
        return False
    return None if None in found else True


def _not(part: bool | None) -> bool | None:  # noqa: FBT001 - three-valued logic speaks of nothing else
    return None if part is None else not part


def rows(relation: Relation, tables: Tables) -> list[Row]:
    match relation:
        case Scan():
            return _scanned(relation, tables)
        case Where(source=source, predicate=predicate):
            return [row for row in rows(source, tables) if holds(predicate, row)]
        case Join():
            return _joined(relation, tables)
        case PerPerson(source=source, aggregates=aggregates):
            persons: dict[int, list[Row]] = {}
            for row in rows(source, tables):
                persons.setdefault(row["person"], []).append(row)
            return [
                {"person": person, **{one.attribute.name: _folded(one, own) for one in aggregates}}
                for person, own in persons.items()
            ]
        case Derive(source=source, columns=columns):
            return [
                {
                    "person": row["person"],
                    **{attribute.name: value(expression, row) for attribute, expression in columns},
                }
                for row in rows(source, tables)
            ]
    raise AssertionError(relation)


def _scanned(scan: Scan, tables: Tables) -> list[Row]:
    table = CATALOGUE.table(scan.table)
    assert table is not None
    kept = [row for row in tables[scan.table] if row[table.custodian.name] in scan.custodians]
    names = [attribute.name.partition(".")[2] for attribute in scan.attributes]
    return [{"person": row["person"], **{f"{scan.binding}.{name}": row[name] for name in names}} for row in kept]


def _joined(join: Join, tables: Tables) -> list[Row]:
    found: list[Row] = []
    right = rows(join.right, tables)
    empty = dict.fromkeys(_names(join.right))
    for row in rows(join.left, tables):
        matches = [other for other in right if other["person"] == row["person"] and _same_year(join, row, other)]
        found += [other | row for other in matches]
        if not matches and join.kind is JoinKind.LEFT:
            found.append(empty | row)
    return found


def _same_year(join: Join, row: Row, other: Row) -> bool:
    if join.by_year is None:
        return True
    ours, theirs = join.by_year
    return row[ours] is not None and row[ours] == other[theirs]


def _names(relation: Relation) -> list[str]:
    match relation:
        case Scan(attributes=attributes):
            return [attribute.name for attribute in attributes]
        case Join(left=left, right=right):
            return _names(left) + _names(right)
        case PerPerson(aggregates=aggregates):
            return [one.attribute.name for one in aggregates]
        case Derive(columns=columns):
            return [attribute.name for attribute, _ in columns]
        case Where(source=source):
            return _names(source)
    raise AssertionError(relation)


def _folded(one: PersonAggregate, own: list[Row]) -> Value:
    passing = [row for row in own if one.where is None or holds(one.where, row)]
    if one.kind is PersonAggregateKind.ANY:
        return int(bool(passing))
    if one.argument is None:
        return len(passing)
    known = [found for row in passing if (found := value(one.argument, row)) is not None]
    match one.kind:
        case PersonAggregateKind.COUNT:
            return len(known)
        case PersonAggregateKind.SUM:
            return sum(known) if known else None
        case PersonAggregateKind.MIN:
            return min(known, default=None)
        case _:
            return max(known, default=None)


def answer(question: Question, tables: Tables) -> dict[tuple[Value, ...], tuple[float | None, ...]]:
    """For each cell with rows (or the only one), the statistics in order."""
    cells: dict[tuple[Value, ...], list[Row]] = {} if question.keys else {(): []}
    for row in rows(question.source, tables):
        cells.setdefault(tuple(value(key.expression, row) for key in question.keys), []).append(row)
    return {cell: tuple(_measured(one, own) for one in question.statistics) for cell, own in cells.items()}


def _measured(statistic: Statistic, own: list[Row]) -> float | None:
    passing = [row for row in own if statistic.where is None or holds(statistic.where, row)]
    if statistic.kind is StatisticKind.PERSONS:
        return len({row["person"] for row in passing})
    if statistic.argument is None:
        return len(passing)
    known = [found for row in passing if (found := value(statistic.argument, row)) is not None]
    if statistic.kind is StatisticKind.COUNT:
        return len(known)
    assert statistic.domain is not None
    assert all(statistic.domain.lower <= one <= statistic.domain.upper for one in known)
    total: float = sum(known) / statistic.domain.steps_per_unit
    if not known:
        return None
    return total if statistic.kind is StatisticKind.SUM else total / len(known)
