"""Expressions and predicates of a checked question as SQL over integers.

It knows no tables.  Rules:

* no name and no text of the question ever enters a statement: columns have generated names, keys are positions;
* nothing can fail on a record: arithmetic is done in a type that public bounds prove wide enough, or refused here;
* predicates are three-valued as in SQL; membership in nothing is false, and unknown for NULL.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.engine.errors import EngineError
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
    Range,
    Within,
)

_WIDE = 2**62
_WIDEST = 2**124


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of a relation in SQL: its generated name, and the domain by which its integers are read."""

    name: str
    domain: Domain


Scope = Mapping[str, Slot]
"""The slot of every attribute of a relation, by its canonical name."""


@dataclass(frozen=True, slots=True)
class Number:
    """SQL for a number in steps, and the public bounds between which it lies."""

    sql: str
    lower: int
    upper: int


def number(expression: Expression, scope: Scope) -> Number:
    """A number in steps; a whole-number key counts as its value."""
    match expression:
        case Field(name):
            return _field_number(scope[name])
        case Constant(None):
            return Number("CAST(NULL AS BIGINT)", 0, 0)
        case Constant(int(value)):
            return Number(f"CAST({value} AS {_type(value, value)})", value, value)
        case Arithmetic(operator, left, right):
            return _arithmetic(operator, number(left, scope), number(right, scope))
        case Case(branches, otherwise):
            values = [number(value, scope) for _, value in branches]
            last = number(otherwise, scope)
            lower = min(value.lower for value in (*values, last))
            upper = max(value.upper for value in (*values, last))
            whens = [predicate(condition, scope) for condition, _ in branches]
            kind = _type(lower, upper)
            parts = (f"WHEN {when} THEN CAST({v.sql} AS {kind})" for when, v in zip(whens, values, strict=True))
            return Number(f"CASE {' '.join(parts)} ELSE CAST({last.sql} AS {kind}) END", lower, upper)
    raise EngineError("a question treats text as a number")


def code(expression: Expression, target: Keys, scope: Scope) -> str:
    """The position of a key in `target`; NULL for NULL and for what `target` does not hold."""
    match expression:
        case Field(name):
            slot = scope[name]
            return _recoded(slot.name, slot.domain, target)
        case Constant(value):
            held = value is not None and value in target.values
            return f"{target.values.index(value)}" if held else "CAST(NULL AS INTEGER)"
        case Case(branches, otherwise):
            parts = (
                f"WHEN {predicate(condition, scope)} THEN {code(value, target, scope)}" for condition, value in branches
            )
            return f"CASE {' '.join(parts)} ELSE {code(otherwise, target, scope)} END"
        case Arithmetic():
            made = number(expression, scope)
            return _recoded(made.sql, Range(made.lower, made.upper), target)


def value_in(expression: Expression, domain: Domain, scope: Scope) -> str:
    """SQL for the value as `domain` is stored: a position, or steps held within the bounds."""
    if isinstance(domain, Keys):
        return code(expression, domain, scope)
    return clamped(number(expression, scope), domain)


def clamped(value: Number, domain: Range) -> str:
    """SQL for a number held within `domain`; nothing is added where public bounds prove it already."""
    if domain.lower <= value.lower and value.upper <= domain.upper:
        return value.sql
    kind = _type(min(value.lower, domain.lower), max(value.upper, domain.upper))
    inside = f"LEAST(GREATEST(CAST({value.sql} AS {kind}), {domain.lower}), {domain.upper})"
    # LEAST and GREATEST of DuckDB pass over NULL, so that NULL would become a bound.
    return f"CASE WHEN {value.sql} IS NOT NULL THEN CAST({inside} AS {_type(domain.lower, domain.upper)}) END"


def predicate(condition: Predicate, scope: Scope) -> str:
    """A three-valued condition."""
    match condition:
        case Member(operand, values):
            return _member(operand, values, scope)
        case Within(operand, lower, upper):
            return _within(number(operand, scope), lower, upper)
        case Less(left, right, or_equal):
            sides = number(left, scope), number(right, scope)
            return f"({sides[0].sql} {'<=' if or_equal else '<'} {sides[1].sql})"
        case IsNull(operand):
            return f"({presence(operand, scope)} IS NULL)"
        case Every(parts):
            return f"({' AND '.join(predicate(part, scope) for part in parts) or 'TRUE'})"
        case Any_(parts):
            return f"({' OR '.join(predicate(part, scope) for part in parts) or 'FALSE'})"
        case Not(part):
            return f"(NOT {predicate(part, scope)})"


def presence(expression: Expression, scope: Scope) -> str:
    """SQL that is NULL exactly where the value is."""
    if isinstance(expression, Field):
        return scope[expression.name].name
    keys = _keys_of(expression, scope)
    return number(expression, scope).sql if keys is None else code(expression, keys, scope)


def _member(operand: Expression, values: tuple[str | int, ...], scope: Scope) -> str:
    keys = _keys_of(operand, scope)
    if keys is None:
        value = number(operand, scope)
        tested, listed = value.sql, [v for v in values if isinstance(v, int) and value.lower <= v <= value.upper]
    else:
        tested, listed = code(operand, keys, scope), [keys.values.index(v) for v in values if v in keys.values]
    if not listed:
        return f"CASE WHEN {tested} IS NOT NULL THEN FALSE END"
    return f"({tested} IN ({', '.join(map(str, listed))}))"


def _within(value: Number, lower: int | None, upper: int | None) -> str:
    """Bounds far outside the operand's are drawn in, which changes nothing and keeps every literal small."""
    tests = []
    if lower is not None:
        tests.append(f"{value.sql} >= {min(max(lower, value.lower - 1), value.upper + 1)}")
    if upper is not None:
        tests.append(f"{value.sql} <= {min(max(upper, value.lower - 1), value.upper + 1)}")
    return f"({' AND '.join(tests)})" if tests else f"CASE WHEN {value.sql} IS NOT NULL THEN TRUE END"


def _keys_of(expression: Expression, scope: Scope) -> Keys | None:
    """All keys that an expression can take, in order; None when it is a number."""
    found: dict[str | int, None] = {}
    pending = [expression]
    while pending:
        match pending.pop():
            case Field(name):
                domain = scope[name].domain
                if isinstance(domain, Range):
                    return None
                found |= dict.fromkeys(domain.values)
            case Constant(value):
                found |= dict.fromkeys(() if value is None else (value,))
            case Case(branches, otherwise):
                pending += [otherwise, *(value for _, value in branches)]
            case Arithmetic():
                return None
    return Keys(tuple(found))


def _field_number(slot: Slot) -> Number:
    if isinstance(slot.domain, Range):
        return Number(slot.name, slot.domain.lower, slot.domain.upper)
    whole = [value for value in slot.domain.values if isinstance(value, int)]
    if len(whole) != len(slot.domain.values):
        raise EngineError("a question treats text as a number")
    parts = " ".join(f"WHEN {position} THEN {value}" for position, value in enumerate(whole))
    kind = _type(min(whole), max(whole))
    return Number(f"CAST(CASE {slot.name} {parts} END AS {kind})", min(whole), max(whole))


def _recoded(sql: str, source: Domain, target: Keys) -> str:
    """From integers of one domain to positions in another."""
    place = {value: position for position, value in enumerate(target.values)}
    if isinstance(source, Keys):
        if target.values[: len(source.values)] == source.values:
            return sql
        pairs = [(position, place[value]) for position, value in enumerate(source.values) if value in place]
    else:
        pairs = [(v, p) for v, p in place.items() if isinstance(v, int) and source.lower <= v <= source.upper]
    if not pairs:
        return "CAST(NULL AS INTEGER)"
    return f"CASE {sql} {' '.join(f'WHEN {given} THEN {wanted}' for given, wanted in pairs)} END"


def _arithmetic(operator: Operator, left: Number, right: Number) -> Number:
    match operator:
        case Operator.ADD:
            ends = [left.lower + right.lower, left.upper + right.upper]
        case Operator.SUBTRACT:
            ends = [left.lower - right.upper, left.upper - right.lower]
        case Operator.MULTIPLY:
            ends = [a * b for a in (left.lower, left.upper) for b in (right.lower, right.upper)]
    kind = _type(min(*ends, left.lower, right.lower), max(*ends, left.upper, right.upper))
    sql = f"(CAST({left.sql} AS {kind}) {operator.value} CAST({right.sql} AS {kind}))"
    return Number(sql, min(ends), max(ends))


def _type(lower: int, upper: int) -> str:
    if max(abs(lower), abs(upper)) >= _WIDEST:
        raise EngineError("a number of this question can become too large; lower a factor or a bound")
    return "BIGINT" if max(abs(lower), abs(upper)) < _WIDE else "HUGEINT"
