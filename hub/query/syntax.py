"""The form of a question as it was written: frozen values with their places, before any name has a meaning.

It does not know the catalogue.  Rules: names are lower-case; brackets and comments are gone; what was refused while
reading is a `Refused`, about which a problem has been noted already.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hub.query.errors import Position
from hub.query.model import JoinKind


@dataclass(frozen=True, slots=True)
class Refused:
    """A part that is outside the language."""

    at: Position


@dataclass(frozen=True, slots=True)
class Name:
    """A column, with the table it was said to come from."""

    at: Position
    name: str
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number."""

    at: Position
    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A literal text."""

    at: Position
    value: str


@dataclass(frozen=True, slots=True)
class Flag:
    """TRUE or FALSE."""

    at: Position
    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """NULL."""

    at: Position


@dataclass(frozen=True, slots=True)
class Calculation:
    """`left + right`, or with - or *."""

    at: Position
    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Minus:
    """`-part`."""

    at: Position
    part: "Expression"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left = right`, or with <> < <= > >=."""

    at: Position
    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Between:
    """`operand BETWEEN low AND high`."""

    at: Position
    operand: "Expression"
    low: "Expression"
    high: "Expression"


@dataclass(frozen=True, slots=True)
class InList:
    """`operand IN (values)`."""

    at: Position
    operand: "Expression"
    values: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class NullTest:
    """`operand IS NULL`."""

    at: Position
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Both:
    """Parts joined by AND."""

    at: Position
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Parts joined by OR."""

    at: Position
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`NOT part`."""

    at: Position
    part: "Expression"


@dataclass(frozen=True, slots=True)
class Choice:
    """CASE: each branch is a condition and a value."""

    at: Position
    branches: tuple[tuple["Expression", "Expression"], ...]
    otherwise: "Expression | None"


@dataclass(frozen=True, slots=True)
class FirstKnown:
    """COALESCE of the parts."""

    at: Position
    parts: tuple["Expression", ...]


class Function(StrEnum):
    """The aggregates of the language."""

    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    BOOL_OR = "bool_or"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate: `argument` is None for COUNT(*); `where` is its FILTER."""

    at: Position
    function: Function
    argument: "Expression | None"
    distinct: bool = False
    where: "Expression | None" = None


Expression = (
    Refused
    | Name
    | Number
    | Text
    | Flag
    | Null
    | Calculation
    | Minus
    | Comparison
    | Between
    | InList
    | NullTest
    | Both
    | Either
    | Negation
    | Choice
    | FirstKnown
    | Aggregate
)
Condition = Comparison | Between | InList | NullTest | Both | Either | Negation


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a SELECT list and the name it was given."""

    expression: Expression
    alias: str | None

    @property
    def at(self) -> Position:
        """Where it stands."""
        return self.expression.at


@dataclass(frozen=True, slots=True)
class TableName:
    """A table, or the name of a WITH part."""

    at: Position
    name: str
    alias: str | None


@dataclass(frozen=True, slots=True)
class Subquery:
    """A SELECT in brackets in FROM."""

    at: Position
    select: "Select"
    alias: str | None


Source = TableName | Subquery | Refused


@dataclass(frozen=True, slots=True)
class Joined:
    """One JOIN: what is joined and how it aligns."""

    at: Position
    kind: JoinKind
    source: Source
    on: Expression | None
    using: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of WITH."""

    at: Position
    name: str
    select: "Select"


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT."""

    at: Position
    items: tuple[Item, ...]
    source: Source | None
    joins: tuple[Joined, ...] = ()
    where: Expression | None = None
    group_by: tuple[Expression, ...] = ()
    parts: tuple[Part, ...] = ()
