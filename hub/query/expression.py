"""Domains, expressions and predicates of a checked question: what a row may hold, and what is worked out from it.

It knows no relation.  Rules:

* expressions are total: no record can make one fail;
* every comparison is in one normal form: membership in enumerated keys, a closed range of steps, or two numbers;
* predicates are three-valued, as in SQL.
"""

from dataclasses import dataclass
from enum import StrEnum

Value = str | int | None
"""One value of a key or number: text, steps, or NULL."""


# --- domains -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keys:
    """An enumerated public domain, in order; snapshots store the position of the value."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A bounded number in whole steps of 1/`steps_per_unit`."""

    lower: int
    upper: int
    steps_per_unit: int = 1


Domain = Keys | Range


class Use(StrEnum):
    """How a question uses a data element; agreements permit each use by itself."""

    GROUP_BY = "group_by"
    FILTER = "filter"
    MEASURE = "measure"
    JOIN = "join"


@dataclass(frozen=True, slots=True, order=True)
class DataElement:
    """One column of one catalogue table."""

    table: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One column of a relation: canonical name, public domain, whether NULL can occur, where it came from."""

    name: str
    domain: Domain
    nullable: bool
    sources: frozenset[DataElement]


# --- expressions (row by row; total: no record can make one fail) ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """The value of an attribute of the input relation."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: steps, a key, or NULL."""

    value: Value


class Operator(StrEnum):
    """Arithmetic that cannot fail once bounds are checked."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Whole-number arithmetic on steps; both sides have the same steps per unit for + and -."""

    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Case:
    """The value beside the first predicate that holds, or `otherwise` (NULL when no ELSE was written)."""

    branches: tuple[tuple["Predicate", "Expression"], ...]
    otherwise: "Expression"


Expression = Field | Constant | Arithmetic | Case


# --- predicates (three-valued, as in SQL: a row passes only where the predicate is true) -------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """`operand` (of domain Keys) is one of `values`."""

    operand: Expression
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """`lower <= operand <= upper`, in steps; None is no bound on that side."""

    operand: Expression
    lower: int | None
    upper: int | None


@dataclass(frozen=True, slots=True)
class Less:
    """`left < right`, or `left <= right` when `or_equal`; both numbers of the same steps per unit."""

    left: Expression
    right: Expression
    or_equal: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    """`operand IS NULL`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold (AND); the empty one is true."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - the plain word belongs to typing
    """At least one part holds (OR); the empty one is false."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold; NULL stays NULL."""

    part: "Predicate"


Predicate = Member | Within | Less | IsNull | Every | Any_ | Not
