"""CASE, COALESCE and conditions used as values, with the domain that their branches make.

Rules: numbers are brought to the same steps; texts are literals, and together they are the keys of the result; a branch
that can never be reached disappears.
"""

from collections.abc import Sequence
from dataclasses import replace

from hub.query import limits, truth
from hub.query.arithmetic import aligned
from hub.query.errors import RefusedError
from hub.query.expression import Case, Keys, Range
from hub.query.typed import ALWAYS, NEVER, NULL, Among, Truth, Typed, literal, size, sources

Branches = Sequence[tuple[Truth, Typed]]


def choose(branches: Branches, otherwise: Typed) -> Typed:
    """The value of the first branch whose condition is true, else `otherwise`."""
    if 1 + sum(size(condition) + value.size for condition, value in branches) > limits.EXPRESSION_SIZE:
        raise RefusedError("this CASE is too large", "ask a simpler question")
    reachable: list[tuple[Truth, Typed]] = []
    narrowed: list[Typed] = []
    before: Truth = ALWAYS
    for condition, value in branches:
        here = truth.every([before, condition])
        if here == NEVER:
            continue
        if here == before:
            otherwise = value
            break
        reachable.append((condition, value))
        narrowed.append(_under(value, here))
        before = truth.every([before, truth.fails(condition)])
    values = _alike([value for _, value in reachable] + [otherwise])
    if not reachable:
        return values[0]
    kept = tuple((condition, value) for (condition, _), value in zip(reachable, values, strict=False))
    return _case(kept, values[-1], _alike([*narrowed, _under(otherwise, before)]))


def first_known(parts: Sequence[Typed]) -> Typed:
    """COALESCE: the first part that is not NULL."""
    result = parts[-1]
    for part in reversed(parts[:-1]):
        if isinstance(part.domain, Keys):
            raise RefusedError("COALESCE takes numbers", "leave it out: NULL is a cell of its own")
        result = choose([(truth.known(part), part)], result)
    return result


def flag(holds: Truth, holds_not: Truth, *, certain: bool) -> Typed:
    """A condition as a value: 1 where it is true, 0 where its negation is, else NULL.

    `certain` says that the condition compares nothing that can be NULL, so that one of the two is always true.
    """
    one, zero = literal(1), literal(0)
    if certain or truth.either([holds, holds_not]) == ALWAYS:
        return choose([(holds, one)], zero)
    return choose([(holds, one), (holds_not, zero)], NULL)


def _case(branches: tuple[tuple[Truth, Typed], ...], otherwise: Typed, narrowed: list[Typed]) -> Typed:
    values = [value for _, value in branches] + [otherwise]
    total = 1 + sum(size(condition) for condition, _ in branches) + sum(value.size for value in values)
    if total > limits.EXPRESSION_SIZE:
        raise RefusedError("this CASE is too large", "ask a simpler question")
    written = tuple((truth.predicate(condition), value.expression) for condition, value in branches)
    read = [sources(condition) for condition, _ in branches] + [value.sources for value in values]
    return Typed(
        Case(written, otherwise.expression),
        _domain(narrowed),
        any(value.nullable for value in narrowed),
        frozenset().union(*read),
        total,
        branches,
        otherwise,
    )


def _under(value: Typed, condition: Truth) -> Typed:
    """The value where the condition is true: what is tested there has a narrower domain, and may not be NULL."""
    for part in truth.parts(condition):
        if isinstance(part, Among) and part.operand.expression == value.expression and part.inside:
            domain = value.domain
            if isinstance(domain, Range):
                domain = replace(domain, lower=part.inside[0][0], upper=part.inside[-1][1])
            return replace(value, domain=domain, nullable=value.nullable and part.null)
    return value


def _alike(values: list[Typed]) -> list[Typed]:
    """The same values, in the same steps when they are numbers."""
    given = [value for value in values if not value.is_null]
    if not given:
        raise RefusedError("every branch is NULL", "give a branch a value")
    if all(isinstance(value.domain, Range) for value in given):
        same = iter(aligned(*given))
        return [value if value.is_null else next(same) for value in values]
    for value in given:
        if isinstance(value.domain, Range):
            raise RefusedError("the branches mix numbers and texts", "write numbers only, or texts only")
        if not value.is_literal and not value.branches:
            raise RefusedError("a key column cannot be a branch of CASE", "write its keys as text, or group by it")
    return values


def _domain(values: list[Typed]) -> Keys | Range:
    domains = [value.domain for value in values if not value.is_null]
    ranges = [domain for domain in domains if isinstance(domain, Range)]
    if ranges:
        lower, upper = min(part.lower for part in ranges), max(part.upper for part in ranges)
        return Range(lower, upper, ranges[0].steps_per_unit)
    keys = [value for domain in domains if isinstance(domain, Keys) for value in domain.values]
    return Keys(tuple(dict.fromkeys(keys)))
