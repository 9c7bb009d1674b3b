"""What values an attribute or expression can hold, proven from the catalogue alone: range, and whether NULL occurs.

A scan's columns are looked up in the catalogue and everything else is computed; a domain that the question states for a
derived attribute can only narrow that, because the engine holds derived values within it.  Rules:

* `span` holds every value that can reach an aggregate, conditions considered; `raw` every value that can be computed on
  any row, conditions ignored, because an engine may compute before it filters;
* no `raw` value, of any part of any expression, may reach 2^62: refused beforehand, so that no record can overflow;
* a CASE branch is narrowed by its own condition and by those before it; the right side of a left join can be NULL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agreements.catalogue import Catalogue, ColumnKind
from hub.privacy.errors import UnboundedError
from hub.privacy.rows import table_of, uncut_rows
from hub.query.expression import (
    Any_,
    Arithmetic,
    Attribute,
    Case,
    Constant,
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
    Within,
)
from hub.query.model import (
    Cut,
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

Span = tuple[int, int] | None
"""Smallest and largest value in steps; None where there never is a value."""

_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Facts:
    """What is publicly known of a value; both spans are None for keys, which are no numbers."""

    number: bool
    span: Span
    raw: Span
    nullable: bool


Known = Mapping[str, Facts]


def attributes(relation: Relation, *, catalogue: Catalogue) -> Known:
    """The facts of every attribute of `relation` by name; refuses arithmetic that could overflow on some record."""
    match relation:
        case Scan():
            return _scanned(relation, catalogue)
        case Where(source=source, predicate=predicate):
            known = attributes(source, catalogue=catalogue)
            check(predicate, known)
            return narrowed(known, predicate)
        case Cut(source=source):
            return attributes(source, catalogue=catalogue)
        case Join(left=left, right=right, kind=kind):
            beside = attributes(right, catalogue=catalogue)
            if kind is JoinKind.LEFT:
                beside = {name: replace(facts, nullable=True) for name, facts in beside.items()}
            return {**attributes(left, catalogue=catalogue), **beside}
        case PerPerson(source=source, aggregates=aggregates):
            known, most = attributes(source, catalogue=catalogue), uncut_rows(source, catalogue=catalogue)
            return {each.attribute.name: _held(each.attribute, _aggregated(each, known, most)) for each in aggregates}
        case Derive(source=source, columns=columns):
            known = attributes(source, catalogue=catalogue)
            return {attribute.name: _held(attribute, of(expression, known)) for attribute, expression in columns}


def of(expression: Expression, known: Known) -> Facts:
    """The facts of an expression over a relation whose attributes are `known`."""
    match expression:
        case Field(name=name):
            if name not in known:
                raise UnboundedError(f"nothing is known of {name!r}: it is no attribute of the relation it stands on")
            return known[name]
        case Constant(value=None):
            return Facts(number=True, span=None, raw=None, nullable=True)
        case Constant(value=int(value)):
            return _bounded(Facts(number=True, span=(value, value), raw=(value, value), nullable=False))
        case Constant():
            return Facts(number=False, span=None, raw=None, nullable=False)
        case Arithmetic(operator=operator, left=left, right=right):
            return _calculated(operator, of(left, known), of(right, known))
        case Case():
            return _chosen(expression, known)


def check(predicate: Predicate, known: Known) -> None:
    """Refuse a predicate in which some record could overflow."""
    match predicate:
        case Member(operand=operand) | Within(operand=operand) | IsNull(operand=operand):
            of(operand, known)
        case Less(left=left, right=right):
            of(left, known)
            of(right, known)
        case Every(parts=parts) | Any_(parts=parts):
            for part in parts:
                check(part, known)
        case Not(part=part):
            check(part, known)


def narrowed(known: Known, predicate: Predicate | None) -> Known:
    """The same facts on rows for which `predicate` is true."""
    match predicate:
        case Every(parts=parts):
            for part in parts:
                known = narrowed(known, part)
            return known
        case Within(operand=Field(name=name), lower=lower, upper=upper):
            facts = known[name]
            return {**known, name: replace(facts, span=_between(facts.span, lower, upper), nullable=False)}
        case Member(operand=Field(name=name)) | Not(part=IsNull(operand=Field(name=name))):
            return {**known, name: replace(known[name], nullable=False)}
        case Not(part=Within() as part):
            opposite = _opposite(part)
            return known if opposite is None else narrowed(known, opposite)
        case _:
            return known


def _scanned(scan: Scan, catalogue: Catalogue) -> Known:
    table = table_of(scan, catalogue)
    known: dict[str, Facts] = {}
    for attribute in scan.attributes:
        columns = [table.column(source.column) for source in attribute.sources if source.table == scan.table]
        column = columns[0] if len(columns) == 1 and len(attribute.sources) == 1 else None
        if column is None:
            raise UnboundedError(f"{attribute.name!r} is no column of table {scan.table!r} in the catalogue")
        number = column.kind is ColumnKind.NUMBER
        span = (column.lower, column.upper) if number else None
        known[attribute.name] = Facts(number=number, span=span, raw=span, nullable=column.nullable)
    return known


def _held(attribute: Attribute, facts: Facts) -> Facts:
    """The facts of a derived attribute: numbers are held within its range, and keys outside its list are NULL."""
    if isinstance(attribute.domain, Keys):
        return replace(facts, nullable=True)
    lower, upper = attribute.domain.lower, attribute.domain.upper
    nullable = facts.nullable or attribute.nullable
    return replace(
        facts, span=_clamped(facts.span, lower, upper), raw=_clamped(facts.raw, lower, upper), nullable=nullable
    )


def _clamped(span: Span, lower: int, upper: int) -> Span:
    """A span after its values were held within bounds."""
    return None if span is None else (max(lower, min(upper, span[0])), max(lower, min(upper, span[1])))


def _aggregated(entry: PersonAggregate, known: Known, most: int) -> Facts:
    if entry.where is not None:
        check(entry.where, known)
    match entry.kind:
        case PersonAggregateKind.COUNT:
            if entry.argument is not None:
                of(entry.argument, known)
            return _bounded(Facts(number=True, span=(0, most), raw=(0, most), nullable=False))
        case PersonAggregateKind.ANY:
            return Facts(number=True, span=(0, 1), raw=(0, 1), nullable=False)
        case _ if entry.argument is None:
            raise UnboundedError(f"{entry.attribute.name!r}: {entry.kind.value} needs something to be taken of")
    of(entry.argument, known)
    facts = replace(of(entry.argument, narrowed(known, entry.where)), nullable=True)
    if entry.kind is PersonAggregateKind.SUM:
        _refuse_text(facts)
        return _bounded(replace(facts, span=_times(facts.span, most), raw=_times(facts.raw, most)))
    return facts


def _calculated(operator: Operator, left: Facts, right: Facts) -> Facts:
    _refuse_text(left)
    _refuse_text(right)
    return _bounded(
        Facts(
            number=True,
            span=_combined(operator, left.span, right.span),
            raw=_combined(operator, left.raw, right.raw),
            nullable=left.nullable or right.nullable,
        )
    )


def _chosen(case: Case, known: Known) -> Facts:
    """The union over the branches, each on the rows that can reach it."""
    results: list[Facts] = []
    reaching = known
    for predicate, expression in case.branches:
        check(predicate, known)
        results.append(of(expression, narrowed(reaching, predicate)))
        opposite = _opposite(predicate)
        if opposite is not None:
            without = narrowed(reaching, opposite)
            reaching = {name: replace(without[name], nullable=facts.nullable) for name, facts in reaching.items()}
    results.append(of(case.otherwise, reaching))
    return Facts(
        number=all(facts.number for facts in results),
        span=_hull([facts.span for facts in results]),
        raw=_hull([facts.raw for facts in results]),
        nullable=any(facts.nullable for facts in results),
    )


def _opposite(predicate: Predicate) -> Within | None:
    """What must hold of a number (if it is not NULL) where a one-sided range does not hold."""
    match predicate:
        case Within(operand=Field() as operand, lower=int(lower), upper=None):
            return Within(operand, None, lower - 1)
        case Within(operand=Field() as operand, lower=None, upper=int(upper)):
            return Within(operand, upper + 1, None)
        case _:
            return None


def _combined(operator: Operator, left: Span, right: Span) -> Span:
    if left is None or right is None:
        return None
    (a, b), (c, d) = left, right
    match operator:
        case Operator.ADD:
            return a + c, b + d
        case Operator.SUBTRACT:
            return a - d, b - c
        case Operator.MULTIPLY:
            corners = (a * c, a * d, b * c, b * d)
            return min(corners), max(corners)


def _between(span: Span, lower: int | None, upper: int | None) -> Span:
    if span is None:
        return None
    low = span[0] if lower is None else max(span[0], lower)
    high = span[1] if upper is None else min(span[1], upper)
    return (low, high) if low <= high else None


def _times(span: Span, most: int) -> Span:
    return None if span is None else (min(0, span[0] * most), max(0, span[1] * most))


def _hull(spans: list[Span]) -> Span:
    present = [span for span in spans if span is not None]
    return (min(low for low, _ in present), max(high for _, high in present)) if present else None


def _refuse_text(facts: Facts) -> None:
    if not facts.number:
        raise UnboundedError("keys cannot be calculated with; use a column that the catalogue lists as a number")


def _bounded(facts: Facts) -> Facts:
    if facts.raw is not None and max(abs(facts.raw[0]), abs(facts.raw[1])) >= _LARGEST:
        raise UnboundedError("a number in the question could reach 2^62; use smaller factors or fewer of them")
    return facts
