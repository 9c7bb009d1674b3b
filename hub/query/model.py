"""A checked question as frozen values: relations, predicates, expressions, and what is counted.

The text a person wrote is gone here.  Rules:

* names are canonical (`t0.grade_band`: the n-th table of the question), so spelling and aliases do not matter;
* every comparison is in one normal form: membership in enumerated keys, a closed range of steps, or two numbers;
* every attribute knows its public domain and the data elements it came from;
* the digest of the canonical bytes of a `Question` names the question.
"""

from collections.abc import Iterator
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


# --- relations ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The rows of a private table at the custodians whose files are opened.

    `custodians` is what a literal top-level condition on the custodian column leaves; the others are neither opened
    nor charged.
    """

    table: str
    binding: str
    custodians: tuple[str, ...]
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """The rows for which `predicate` is true."""

    source: "Relation"
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Cut:
    """At most `rows` rows of each person, by the random order fixed at load.

    Put in by the privacy analysis, never by the person who asks.  `basis` tells how: see `CutBasis`.
    """

    source: "Relation"
    rows: int
    basis: "CutBasis"


class CutBasis(StrEnum):
    """Which stored rank bounds the rows of a person."""

    WITHIN = "rank within the custodian"  # directly on a scan of one file: rank_within < rows
    ACROSS = "rank across the snapshot"  # directly on a scan of every file: rank_across < rows
    AFTER_FILTER = "first rows that pass the filter"  # a window over what passes, ordered by rank_across


class JoinKind(StrEnum):
    """Which rows a join keeps."""

    INNER = "inner"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Private with private on `person`, and on the school year too when `by_year` names the two year attributes."""

    left: "Relation"
    right: "Relation"
    kind: JoinKind
    by_year: tuple[str, str] | None


class PersonAggregateKind(StrEnum):
    """What may be computed for each person, where it never leaves."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    ANY = "any"  # 1 if the predicate held for some row, else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAggregate:
    """One column of a `PerPerson` relation; COUNT without argument counts rows; ANY has its predicate in `where`."""

    attribute: Attribute
    kind: PersonAggregateKind
    argument: Expression | None = None
    where: Predicate | None = None


@dataclass(frozen=True, slots=True)
class PerPerson:
    """GROUP BY person: one row per person, with flags and totals over that person's rows."""

    source: "Relation"
    aggregates: tuple[PersonAggregate, ...]


@dataclass(frozen=True, slots=True)
class Derive:
    """The same rows with other columns: each attribute is computed by its expression."""

    source: "Relation"
    columns: tuple[tuple[Attribute, Expression], ...]


Relation = Scan | Where | Cut | Join | PerPerson | Derive


# --- the question ------------------------------------------------------------------------------------------------


class StatisticKind(StrEnum):
    """What is released for each cell."""

    COUNT = "count"
    PERSONS = "count_persons"
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A grouping column: its cells are the whole public domain, plus NULL where that can occur."""

    name: str
    expression: Expression
    domain: Domain
    nullable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A released column.  COUNT without argument counts rows; `domain` is that of the argument of SUM and MEAN."""

    name: str
    kind: StatisticKind
    argument: Expression | None = None
    domain: Range | None = None
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, checked: `columns` is the order in which keys and statistics are shown, by name."""

    source: Relation
    keys: tuple[Key, ...]
    statistics: tuple[Statistic, ...]
    columns: tuple[str, ...]
    uses: frozenset[tuple[DataElement, Use]]


def scans(relation: Relation) -> Iterator[Scan]:
    """Every scan below `relation`, left to right."""
    match relation:
        case Scan():
            yield relation
        case Join(left=left, right=right):
            yield from scans(left)
            yield from scans(right)
        case Where(source=source) | Cut(source=source) | PerPerson(source=source) | Derive(source=source):
            yield from scans(source)


def contributors(question: Question) -> frozenset[str]:
    """Every custodian whose file the question opens."""
    return frozenset(custodian for scan in scans(question.source) for custodian in scan.custodians)
