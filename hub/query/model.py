"""A checked question as frozen values: relations, predicates, expressions, and what is counted.

The text a person wrote is gone here.  Rules:

* names are canonical (`t0.grade_band`: the n-th table of the question), so spelling and aliases do not matter;
* what a row may hold, and what is worked out from it, is in `hub.query.expression`;
* the digest of the canonical bytes of a `Question` names the question.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hub.query.expression import Attribute, DataElement, Domain, Expression, Predicate, Range, Use

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
