"""Expressions and conditions whose meaning is known: what they may be, what they read, how large they are.

It does not build them; `truth`, `arithmetic` and `choices` do.  A condition says for which rows it is *true*: nothing
in a question asks whether a condition is false or unknown, because NOT has been carried to the comparisons before.
"""

from dataclasses import dataclass

from hub.query.expression import Constant, DataElement, Domain, Expression, Keys, Range
from hub.query.intervals import Interval, Intervals


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression with its public domain; a CASE keeps its branches, so that tests on it become tests on them."""

    expression: Expression
    domain: Domain
    nullable: bool
    sources: frozenset[DataElement] = frozenset()
    size: int = 1
    branches: tuple[tuple["Truth", "Typed"], ...] = ()
    otherwise: "Typed | None" = None

    @property
    def is_literal(self) -> bool:
        """Whether it is the same for every row."""
        return isinstance(self.expression, Constant)

    @property
    def is_null(self) -> bool:
        """Whether it is NULL for every row."""
        return isinstance(self.expression, Constant) and self.expression.value is None


@dataclass(frozen=True, slots=True)
class Person:
    """The linkage column of a relation; `optional` when a LEFT JOIN may leave it empty."""

    optional: bool = False


Column = Typed | Person


@dataclass(frozen=True, slots=True)
class Among:
    """The operand is inside the intervals (of steps, or of positions in its keys), or is NULL where `null` says so."""

    operand: Typed
    inside: Intervals
    null: bool


@dataclass(frozen=True, slots=True)
class Order:
    """`left < right`, or `left <= right`: numbers of the same steps."""

    left: Typed
    right: Typed
    or_equal: bool


@dataclass(frozen=True, slots=True)
class All:
    """Every part is true."""

    parts: tuple["Truth", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part is true."""

    parts: tuple["Truth", ...]


Truth = Among | Order | All | Some

ALWAYS = All(())
NEVER = Some(())


def whole(domain: Domain) -> Interval:
    """The interval of all steps, or of all positions in the keys."""
    return (0, len(domain.values) - 1) if isinstance(domain, Keys) else (domain.lower, domain.upper)


def literal(value: str | int, steps_per_unit: int = 1) -> Typed:
    """A literal: a text, or a number in steps."""
    if isinstance(value, str):
        return Typed(Constant(value), Keys((value,)), nullable=False)
    return Typed(Constant(value), Range(value, value, steps_per_unit), nullable=False)


NULL = Typed(Constant(None), Range(0, 0), nullable=True)


def size(truth: Truth) -> int:
    """How many parts a condition has."""
    match truth:
        case Among(operand=operand, inside=inside):
            return operand.size + max(len(inside), 1)
        case Order(left=left, right=right):
            return left.size + right.size + 1
        case _:
            return 1 + sum(size(part) for part in truth.parts)


def sources(truth: Truth) -> frozenset[DataElement]:
    """The data elements a condition reads."""
    match truth:
        case Among(operand=operand):
            return operand.sources
        case Order(left=left, right=right):
            return left.sources | right.sources
        case _:
            return frozenset().union(*(sources(part) for part in truth.parts))
