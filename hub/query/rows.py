"""Relations while a question is being checked, and where its conditions go.

It builds no plan yet; `planned` does.  Rules:

* a condition goes down to the one relation it speaks of, so that it stands directly on the table that it filters;
* it never goes to the side of a LEFT JOIN that may be empty, nor below GROUP BY person;
* a literal condition on the custodian column leaves files unopened and is no condition on data any more.
"""

from dataclasses import dataclass, field

from agreements.catalogue import Table
from hub.query import intervals, truth
from hub.query.encoding import names
from hub.query.errors import Position, Problems
from hub.query.expression import Attribute, Field
from hub.query.model import JoinKind, PersonAggregate
from hub.query.typed import ALWAYS, NEVER, Among, Truth, Typed

NO_ROW = "no row can pass this condition", "conditions that contradict each other cost and say nothing"


@dataclass(slots=True, kw_only=True)
class Kept:
    """What every relation has: the conditions that its rows must pass, with their places in the text."""

    conditions: list[tuple[Position, Truth]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Scanned(Kept):
    """A table of the catalogue at some custodians."""

    table: Table
    binding: str
    custodians: tuple[str, ...]
    attributes: tuple[Attribute, ...]


@dataclass(slots=True, kw_only=True)
class Paired(Kept):
    """Two relations joined on person."""

    left: "Rows"
    right: "Rows"
    kind: JoinKind
    by_year: tuple[str, str] | None


@dataclass(slots=True, kw_only=True)
class Grouped(Kept):
    """One row for each person of another relation."""

    source: "Rows"
    binding: str
    aggregates: dict[str, PersonAggregate] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Computed(Kept):
    """The same rows with computed columns."""

    source: "Rows"
    columns: tuple[tuple[Attribute, Typed], ...]


Rows = Scanned | Paired | Grouped | Computed


def available(rows: Rows) -> frozenset[str]:
    """The attributes that the rows have."""
    match rows:
        case Scanned(attributes=attributes):
            return frozenset(attribute.name for attribute in attributes)
        case Paired(left=left, right=right):
            return available(left) | available(right)
        case Grouped(aggregates=aggregates):
            return frozenset(aggregates)
        case Computed(columns=columns):
            return frozenset(attribute.name for attribute, _ in columns)


def tables(rows: Rows) -> frozenset[str]:
    """Every table below."""
    match rows:
        case Scanned(table=table):
            return frozenset({table.name})
        case Paired(left=left, right=right):
            return tables(left) | tables(right)
        case Grouped(source=source) | Computed(source=source):
            return tables(source)


def most_rows(rows: Rows) -> int:
    """The most rows that one person can have, by the catalogue's hard bounds and the custodians that are left."""
    match rows:
        case Scanned(table=table, custodians=custodians):
            return table.hard_rows * len(custodians)
        case Paired(left=left, right=right, kind=kind):
            fan_out = most_rows(right)
            return most_rows(left) * (max(1, fan_out) if kind is JoinKind.LEFT else fan_out)
        case Grouped():
            return 1
        case Computed(source=source):
            return most_rows(source)


def keep(rows: Rows, condition: Truth, at: Position, *, problems: Problems) -> None:
    """Keep only the rows for which the condition is true; every part of an AND goes where it belongs."""
    if condition == NEVER:
        problems.add(at, *NO_ROW)
    for part in truth.parts(condition):
        if part != ALWAYS:
            _place(rows, part, at, problems)


def _place(rows: Rows, condition: Truth, at: Position, problems: Problems) -> None:
    read = names(truth.predicate(condition))
    match rows:
        case Paired(left=left) if read <= available(left):
            _place(left, condition, at, problems)
        case Paired(right=right, kind=JoinKind.INNER) if read <= available(right):
            _place(right, condition, at, problems)
        case Scanned() if isinstance(condition, Among) and _is_custodian(rows, condition.operand):
            keys = rows.table.custodian.keys
            chosen = {key for place, key in enumerate(keys) if intervals.holds(condition.inside, place)}
            rows.custodians = tuple(custodian for custodian in rows.custodians if custodian in chosen)
            if not rows.custodians:
                problems.add(at, "these conditions leave no custodian", "name at least one")
        case _:
            rows.conditions.append((at, condition))


def _is_custodian(rows: Scanned, operand: Typed) -> bool:
    return operand.expression == Field(f"{rows.binding}.{rows.table.custodian.name}")
