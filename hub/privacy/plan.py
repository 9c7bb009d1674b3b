"""How a question will be measured: cut relations, public cells, and vectors with their exact sensitivities.

It reads no record and draws no noise; it is a function of the question, the agreement's bounds and the catalogue.
Rules:

* neighbours differ by one person, removed from every table and custodian;
* every sensitivity is an exact whole square, so that nothing is rounded before OpenDP rounds up;
* vectors are shared only when filter and non-NULL mask are proven identical;
* the persons of every cell of a grouped question are measured too, and that number alone decides suppression;
* `proof` tells each step to a reader, with its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from agreements.catalogue import Catalogue
from hub.privacy import cells, domains, headings, sensitivity
from hub.privacy.domains import Known
from hub.privacy.errors import UnboundedError
from hub.privacy.masks import Mask, mask
from hub.privacy.rows import Cutting, cut, uncut_rows
from hub.query.expression import Expression, Predicate, Range, Value
from hub.query.model import Question, Statistic, StatisticKind

_NEIGHBOURS = "neighbours: one person removed from every table and custodian; every step treats persons one by one"
_RANGE = "range: with up to 2^33 rows no vector reaches 2^62; one that would saturates, which moves it no further"
_NOISE = (
    "noise: each vector is one discrete Gaussian measurement (Canonne, Kamath, Steinke 2020); "
    "their losses in rho-zCDP add (Bun and Steinke 2016)"
)


class VectorKind(StrEnum):
    """What is added up in each cell."""

    PERSONS = "persons"  # different persons with a row that passes
    ROWS = "rows"  # rows that pass
    SUM = "sum"  # the argument, in steps
    CENTRED_SUM = "centred_sum"  # 2·argument - lower - upper, in steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One number for each cell, over rows where `where` is true and `argument` (if any) is not NULL.

    `domain` bounds the argument of the two sums.  `largest` bounds every exact entry in magnitude.
    """

    name: str
    kind: VectorKind
    argument: Expression | None
    domain: Range | None
    where: Predicate | None
    sensitivity_squared: int
    largest: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The vectors by name from which a statistic is worked out: a mean needs both."""

    statistic: str
    count: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What will be measured: `question` with its cuts, cells in order, vectors, and the proof of their sensitivities.

    `person_vector` names the persons of each cell; it is empty only where there are no keys and nothing asked for
    them.  A cell with fewer than `min_cell` noisy persons is suppressed.
    """

    question: Question
    cells: tuple[tuple[Value, ...], ...]
    vectors: tuple[Vector, ...]
    rows: int
    person_vector: str
    proof: tuple[str, ...]
    min_cell: int = 1
    measured: tuple[Measured, ...] = ()

    def vector(self, name: str) -> Vector:
        """The vector called `name`."""
        return next(vector for vector in self.vectors if vector.name == name)


def bounds(question: Question, *, rows_per_person: Mapping[str, int], catalogue: Catalogue, min_cell: int) -> Bounds:
    """Work out how much one person can change the answer; `rows_per_person` is the agreement's bound by table.

    Refuses what is not bounded, has too many cells, or could overflow.
    """
    headings.of(question)
    if isinstance(min_cell, bool) or min_cell < 1:
        raise UnboundedError("the agreement's smallest cell is a whole number above 0")
    cell_count = cells.count(question.keys)
    known = domains.attributes(question.source, catalogue=catalogue)
    for key in question.keys:
        domains.of(key.expression, known)
    cutting = _cutting(question, cell_count, rows_per_person=rows_per_person, catalogue=catalogue)
    drafts = _Drafts(rows=cutting.rows, cell_count=cell_count, known=known)
    person_vector = drafts.count(StatisticKind.PERSONS, None, None) if question.keys else ""
    measured = tuple(_measured(statistic, drafts) for statistic in question.statistics)
    return Bounds(
        question=replace(question, source=cutting.relation),
        cells=cells.every(question.keys),
        vectors=tuple(drafts.vectors.values()),
        rows=cutting.rows,
        person_vector=person_vector or drafts.persons_if_counted(),
        proof=(
            _NEIGHBOURS,
            *cutting.proof,
            f"cells: {cell_count}, the full product of public domains",
            *drafts.proof,
            _RANGE,
            _NOISE,
        ),
        min_cell=min_cell,
        measured=measured,
    )


def _cutting(
    question: Question, cell_count: int, *, rows_per_person: Mapping[str, int], catalogue: Catalogue
) -> Cutting:
    """Cut, unless only persons are counted and a person can be in no more cells than the cut would leave rows."""
    cutting = cut(question.source, rows_per_person=rows_per_person, catalogue=catalogue)
    only_persons = all(statistic.kind is StatisticKind.PERSONS for statistic in question.statistics)
    if cutting.relation == question.source or not only_persons or cell_count > cutting.rows:
        return cutting
    line = (
        f"only persons are counted, in {cell_count} cells: a person counts at most once in each, so nothing is cut "
        "(Wilson et al. 2019)"
    )
    return Cutting(question.source, uncut_rows(question.source, catalogue=catalogue), (line,))


def _measured(statistic: Statistic, drafts: "_Drafts") -> Measured:
    """The vectors of a statistic, drafted unless an equal one is."""
    match statistic.kind:
        case StatisticKind.COUNT | StatisticKind.PERSONS:
            return Measured(statistic.name, count=drafts.count(statistic.kind, statistic.argument, statistic.where))
        case StatisticKind.SUM:
            return Measured(statistic.name, total=drafts.total(VectorKind.SUM, statistic))
        case StatisticKind.MEAN:
            return Measured(
                statistic.name,
                count=drafts.count(StatisticKind.COUNT, statistic.argument, statistic.where),
                total=drafts.total(VectorKind.CENTRED_SUM, statistic),
            )


@dataclass(slots=True, kw_only=True)
class _Drafts:
    """The vectors drafted so far, by what they measure."""

    rows: int
    cell_count: int
    known: Known
    vectors: dict[tuple[VectorKind, Mask, Expression | None], Vector] = field(default_factory=dict)
    proof: list[str] = field(default_factory=list)

    def count(self, kind: StatisticKind, argument: Expression | None, where: Predicate | None) -> str:
        """The name of the count of rows or persons; where a person has one row the two are the same."""
        rows = self._mask(where, argument)
        if kind is StatisticKind.PERSONS and self.rows > 1:
            made, squared = VectorKind.PERSONS, sensitivity.of_persons(self.rows, self.cell_count)
            why = f"√min({self.rows} rows, {self.cell_count} cells): once in each cell"
        else:
            made, squared = VectorKind.ROWS, sensitivity.of_rows(self.rows)
            why = f"{self.rows}: all rows of a person may fall into one cell"
        return self._draft(made, rows, argument if rows.required else None, domain=None, squared=squared, why=why)

    def total(self, kind: VectorKind, statistic: Statistic) -> str:
        """The name of a plain or centred sum."""
        domain = self._domain(statistic)
        lower, upper = domain.lower, domain.upper
        if kind is VectorKind.SUM:
            squared = sensitivity.of_sum(self.rows, lower=lower, upper=upper)
            why = f"{self.rows} · max(|{lower}|, |{upper}|) steps"
        else:
            squared = sensitivity.of_centred_sum(self.rows, lower=lower, upper=upper)
            why = f"{self.rows} · ({upper} - {lower}) steps, of 2x - {lower} - {upper}"
        if squared == 0:
            raise UnboundedError(f"{statistic.name!r} is the same whatever the records are; it need not be asked")
        rows = self._mask(statistic.where, statistic.argument)
        return self._draft(kind, rows, statistic.argument, domain=domain, squared=squared, why=why)

    def persons_if_counted(self) -> str:
        """The name of the count of all persons, or nothing where it is not measured."""
        made = VectorKind.PERSONS if self.rows > 1 else VectorKind.ROWS
        found = self.vectors.get((made, Mask(None, frozenset()), None))
        return "" if found is None else found.name

    def _mask(self, where: Predicate | None, argument: Expression | None) -> Mask:
        if where is not None:
            domains.check(where, self.known)
        if argument is not None:
            domains.of(argument, self.known)
        return mask(where, argument, domains.narrowed(self.known, where))

    def _domain(self, statistic: Statistic) -> Range:
        if statistic.argument is None or statistic.domain is None:
            raise UnboundedError(f"{statistic.name!r}: name a number with public bounds to add up")
        if statistic.where is not None:
            domains.check(statistic.where, self.known)
        facts = domains.of(statistic.argument, domains.narrowed(self.known, statistic.where))
        if not facts.number or facts.span is None:
            raise UnboundedError(f"{statistic.name!r}: there is no number to add up; use a column with public bounds")
        lower, upper = max(facts.span[0], statistic.domain.lower), min(facts.span[1], statistic.domain.upper)
        if lower > upper:
            raise UnboundedError(f"{statistic.name!r}: the stated bounds hold none of the values that can occur")
        return Range(lower, upper, statistic.domain.steps_per_unit)

    def _draft(
        self,
        kind: VectorKind,
        rows: Mask,
        argument: Expression | None,
        *,
        domain: Range | None,
        squared: int,
        why: str,
    ) -> str:
        """Add the vector, unless one with the same mask and argument is there, and return its name."""
        key = (kind, rows, argument if domain is not None else None)
        if key not in self.vectors:
            name = f"{kind.value}_{len(self.vectors) + 1}"
            lower, upper = (1, 1) if domain is None else (domain.lower, domain.upper)
            largest = sensitivity.largest(lower=lower, upper=upper, centred=kind is VectorKind.CENTRED_SUM)
            if largest >= sensitivity.TOO_LARGE or squared >= sensitivity.TOO_LARGE**2:
                raise UnboundedError(
                    "a sum of so many rows could exceed 2^62 steps; ask for a narrower range of numbers"
                )
            self.vectors[key] = Vector(
                name=name,
                kind=kind,
                argument=argument,
                domain=domain,
                where=rows.where,
                sensitivity_squared=squared,
                largest=largest,
            )
            self.proof.append(f"{name}: L2 sensitivity {why} (McSherry 2009; Wilson et al. 2019)")
        return self.vectors[key].name
