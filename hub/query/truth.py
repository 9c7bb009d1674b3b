"""The algebra of conditions: one normal form for every spelling of the same condition.

It does not know where a condition stands.  Rules:

* tests of one operand are merged: under AND they are shared, under OR united; parts are in canonical order, each once;
* what is true of every row, or of none, disappears;
* a test of a CASE becomes tests of its values, so that what is tested is a column or a calculation.
"""

from collections.abc import Iterable
from functools import reduce

from hub.query import intervals, limits
from hub.query.encoding import canonical
from hub.query.errors import RefusedError
from hub.query.expression import (
    Any_,
    Constant,
    Domain,
    Every,
    Expression,
    IsNull,
    Keys,
    Less,
    Member,
    Not,
    Predicate,
    Within,
)
from hub.query.intervals import Intervals
from hub.query.typed import ALWAYS, NEVER, All, Among, Order, Some, Truth, Typed, size, whole


def among(operand: Typed, inside: Intervals, *, null: bool = False) -> Truth:
    """True where the operand is inside the intervals of its domain, or is NULL when `null`."""
    if isinstance(operand.expression, Constant):
        value = operand.expression.value
        found = null if value is None else intervals.holds(inside, _position(operand.domain, value))
        return ALWAYS if found else NEVER
    if operand.otherwise is not None:
        return _bounded(_through_branches(operand, inside, null=null))
    null = null and operand.nullable
    inside = intervals.shared(inside, (whole(operand.domain),))
    if inside == (whole(operand.domain),) and (null or not operand.nullable):
        return ALWAYS
    return Among(operand, inside, null) if inside or null else NEVER


def order(left: Typed, right: Typed, *, or_equal: bool) -> Truth:
    """True where `left < right`, or `left <= right`; both are numbers of the same steps."""
    low, high = whole(left.domain), whole(right.domain)
    if (low[0] > high[1]) or (low[0] == high[1] and not or_equal):
        return NEVER
    certain = low[1] < high[0] or (low[1] == high[0] and or_equal)
    return ALWAYS if certain and not left.nullable and not right.nullable else Order(left, right, or_equal)


def every(parts: Iterable[Truth]) -> Truth:
    """True where all parts are."""
    merged = _merged(parts, All)
    if any(part == NEVER for part in merged):
        return NEVER
    return merged[0] if len(merged) == 1 else All(merged)


def either(parts: Iterable[Truth]) -> Truth:
    """True where at least one part is."""
    merged = _merged(parts, Some)
    if any(part == ALWAYS for part in merged):
        return ALWAYS
    return merged[0] if len(merged) == 1 else Some(merged)


def fails(truth: Truth) -> Truth:
    """True where the condition is not true: false or unknown."""
    match truth:
        case Among(operand=operand, inside=inside, null=null):
            return among(operand, intervals.outside(inside, whole(operand.domain)), null=not null)
        case Order(left=left, right=right, or_equal=or_equal):
            return either([order(right, left, or_equal=not or_equal), unknown(left), unknown(right)])
        case All(parts=parts):
            return either(fails(part) for part in parts)
        case Some(parts=parts):
            return every(fails(part) for part in parts)


def unknown(operand: Typed) -> Truth:
    """True where the operand is NULL."""
    return among(operand, (), null=True)


def known(operand: Typed) -> Truth:
    """True where the operand is not NULL."""
    return among(operand, (whole(operand.domain),))


def predicate(truth: Truth) -> Predicate:
    """The condition as a predicate of the plan."""
    match truth:
        case Among():
            return _tested(truth)
        case Order(left=left, right=right, or_equal=or_equal):
            return Less(left.expression, right.expression, or_equal)
        case All(parts=parts):
            return Every(tuple(predicate(part) for part in parts))
        case Some(parts=parts):
            return Any_(_alternatives(predicate(part) for part in parts))


def parts(truth: Truth) -> tuple[Truth, ...]:
    """The conditions that must all hold."""
    return truth.parts if isinstance(truth, All) else (truth,)


def _alternatives(predicates: Iterable[Predicate]) -> tuple[Predicate, ...]:
    flat = (inner.parts if isinstance(inner, Any_) else (inner,) for inner in predicates)
    return tuple(part for parts_ in flat for part in parts_)


def _tested(found: Among) -> Predicate:
    operand, first, last = found.operand.expression, *whole(found.operand.domain)
    if found.inside == ((first, last),):
        return Not(IsNull(operand))
    alternatives: list[Predicate] = []
    if isinstance(found.operand.domain, Keys):
        values = found.operand.domain.values
        chosen = tuple(values[place] for lower, upper in found.inside for place in range(lower, upper + 1))
        alternatives += [Member(operand, chosen)] if chosen else []
    else:
        alternatives += [_within(operand, interval, (first, last)) for interval in found.inside]
    alternatives += [IsNull(operand)] if found.null else []
    return alternatives[0] if len(alternatives) == 1 else Any_(tuple(alternatives))


def _within(operand: Expression, interval: tuple[int, int], domain: tuple[int, int]) -> Within:
    lower, upper = interval
    return Within(operand, None if lower == domain[0] else lower, None if upper == domain[1] else upper)


def _merged(given: Iterable[Truth], kind: type[All | Some]) -> tuple[Truth, ...]:
    tests: dict[Expression, list[Among]] = {}
    others: list[Truth] = []
    for part in _flat(given, kind):
        if isinstance(part, Among):
            tests.setdefault(part.operand.expression, []).append(part)
        else:
            others.append(part)
    simplified = [_joined(found, kind) for found in tests.values()]
    ordered = {canonical(predicate(part)): part for part in _flat([*simplified, *others], kind)}
    return tuple(ordered[text] for text in sorted(ordered))


def _flat(given: Iterable[Truth], kind: type[All | Some]) -> list[Truth]:
    return [inner for part in given for inner in (part.parts if isinstance(part, kind) else (part,))]


def _joined(tests: list[Among], kind: type[All | Some]) -> Truth:
    operand = next((found.operand for found in tests if found.operand.nullable), tests[0].operand)
    if kind is All:
        inside = reduce(intervals.shared, (found.inside for found in tests))
        return among(operand, inside, null=all(found.null for found in tests))
    inside = intervals.united(*(found.inside for found in tests))
    return among(operand, inside, null=any(found.null for found in tests))


def _bounded(truth: Truth) -> Truth:
    if size(truth) > limits.EXPRESSION_SIZE:
        raise RefusedError("this condition is too large", "split the CASE, or ask a simpler question")
    return truth


def _through_branches(operand: Typed, inside: Intervals, *, null: bool) -> Truth:
    """A test of a CASE: the first branch whose condition is true decides, else what stands after ELSE."""

    def of_value(value: Typed) -> Truth:
        return among(value, _translated(inside, operand.domain, value.domain), null=null)

    result = of_value(operand.otherwise) if operand.otherwise is not None else NEVER
    for condition, value in reversed(operand.branches):
        here = every([condition, of_value(value)])
        result = _bounded(either([here, every([fails(condition), result])]))
    return result


def _translated(inside: Intervals, domain: Domain, other: Domain) -> Intervals:
    if not isinstance(domain, Keys) or not isinstance(other, Keys):
        return inside
    chosen = {value for place, value in enumerate(domain.values) if intervals.holds(inside, place)}
    return intervals.of(place for place, value in enumerate(other.values) if value in chosen)


def _position(domain: Domain, value: str | int) -> int:
    return domain.values.index(value) if isinstance(domain, Keys) else int(value)
