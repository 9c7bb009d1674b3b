"""A small catalogue, and relations and questions over it, written by hand."""

from decimal import Decimal

from agreements.catalogue import Catalogue, Column, ColumnKind, LegalClass, Table
from hub.privacy.calibrated import Calibrated
from hub.privacy.mechanism import calibrate
from hub.privacy.offer import Offer
from hub.privacy.plan import Bounds, Measured, Vector, VectorKind, bounds
from hub.query.expression import Attribute, DataElement, Domain, Expression, Field, Keys, Predicate, Range, Value
from hub.query.model import (
    Key,
    PerPerson,
    PersonAggregate,
    PersonAggregateKind,
    Question,
    Relation,
    Scan,
    Statistic,
    StatisticKind,
)

SITES = ("lake", "north", "prairie")
DISTRICTS = ("alder", "birch")
KINDS = ("AMB", "EMER", "IMP")
BANDS = ("K-2", "3-5")
YEARS = (2025, 2026)


def _column(name: str, kind: ColumnKind, *, null: str = "", **domain: object) -> Column:
    return Column(
        name=name,
        kind=kind,
        description=name,
        legal_class=LegalClass.FERPA_PII,
        null_means=null,
        **domain,  # type: ignore[arg-type]
    )


VISIT = Table(
    name="visit",
    description="visits",
    hard_rows=4,
    columns=(
        _column("site", ColumnKind.CUSTODIAN, keys=SITES),
        _column("year", ColumnKind.KEY, keys=YEARS, null="not dated"),
        _column("kind", ColumnKind.KEY, keys=KINDS, null="not recorded"),
        _column("cost", ColumnKind.NUMBER, lower=-3, upper=5, steps_per_unit=10, null="not recorded"),
        _column("minutes", ColumnKind.NUMBER, lower=0, upper=9),
    ),
)
PUPIL = Table(
    name="pupil",
    description="pupils",
    hard_rows=2,
    columns=(
        _column("district", ColumnKind.CUSTODIAN, keys=DISTRICTS),
        _column("year", ColumnKind.KEY, keys=YEARS, null="not dated"),
        _column("band", ColumnKind.KEY, keys=BANDS, null="not recorded"),
        _column("days", ColumnKind.NUMBER, lower=0, upper=200, null="not recorded"),
        _column("absent", ColumnKind.NUMBER, lower=0, upper=1),
    ),
)
CATALOGUE = Catalogue((VISIT, PUPIL), year_column="year")
ROWS = {"visit": 3, "pupil": 2}


def domain_of(column: Column) -> Domain:
    if column.kind is ColumnKind.NUMBER:
        return Range(column.lower, column.upper, column.steps_per_unit)
    return Keys(column.keys)


def scan(table: str, *custodians: str, binding: str = "t0") -> Scan:
    listed = CATALOGUE.table(table)
    assert listed is not None
    attributes = tuple(
        Attribute(
            name=f"{binding}.{column.name}",
            domain=domain_of(column),
            nullable=column.nullable,
            sources=frozenset({DataElement(table, column.name)}),
        )
        for column in listed.columns
    )
    opened = custodians or tuple(str(key) for key in listed.custodian.keys)
    return Scan(table=table, binding=binding, custodians=opened, attributes=attributes)


def per_person(
    source: Relation,
    kind: PersonAggregateKind,
    *,
    argument: Expression | None = None,
    where: Predicate | None = None,
    name: str = "p.value",
    domain: Domain | None = None,
) -> PerPerson:
    attribute = Attribute(name=name, domain=domain or Range(-10_000, 10_000), nullable=True, sources=frozenset())
    return PerPerson(source, (PersonAggregate(attribute=attribute, kind=kind, argument=argument, where=where),))


def key(name: str, attribute: str, values: tuple[str | int, ...] | Range, *, nullable: bool = True) -> Key:
    domain = values if isinstance(values, Range) else Keys(values)
    return Key(name=name, expression=Field(attribute), domain=domain, nullable=nullable)


BY_KIND = key("kind", "t0.kind", KINDS)
BY_SITE = key("site", "t0.site", SITES, nullable=False)
BY_BAND = key("band", "t0.band", BANDS)


def count(name: str = "rows", *, of: Expression | None = None, where: Predicate | None = None) -> Statistic:
    return Statistic(name=name, kind=StatisticKind.COUNT, argument=of, where=where)


def persons(name: str = "persons", *, where: Predicate | None = None) -> Statistic:
    return Statistic(name=name, kind=StatisticKind.PERSONS, where=where)


def total(of: Expression, domain: Range, *, name: str = "total", where: Predicate | None = None) -> Statistic:
    return Statistic(name=name, kind=StatisticKind.SUM, argument=of, domain=domain, where=where)


def mean(of: Expression, domain: Range, *, name: str = "mean", where: Predicate | None = None) -> Statistic:
    return Statistic(name=name, kind=StatisticKind.MEAN, argument=of, domain=domain, where=where)


COST, MINUTES, DAYS = Range(-3, 5, 10), Range(0, 9), Range(0, 200)


def question(source: Relation, *statistics: Statistic, keys: tuple[Key, ...] = ()) -> Question:
    columns = (*(each.name for each in keys), *(each.name for each in statistics))
    return Question(source=source, keys=keys, statistics=statistics, columns=columns, uses=frozenset())


def bounded(asked: Question, *, min_cell: int = 1) -> Bounds:
    return bounds(asked, rows_per_person=ROWS, catalogue=CATALOGUE, min_cell=min_cell)


def offered(asked: Question, *, epsilon: str = "1", min_cell: int = 1) -> Calibrated:
    offer = Offer(epsilon_micro=int(Decimal(epsilon) * 1_000_000), delta_e12=1_000_000)
    return calibrate(bounded(asked, min_cell=min_cell), offer)


def plain(cell_count: int, *, squared: int = 1, kind: VectorKind = VectorKind.ROWS) -> Bounds:
    """One vector over so many cells, whatever they are."""
    numbers = key("n", "t0.n", Range(1, cell_count), nullable=False)
    vector = Vector(
        name="rows_1", kind=kind, argument=None, domain=None, where=None, sensitivity_squared=squared, largest=2**40
    )
    cells: tuple[tuple[Value, ...], ...] = tuple((n,) for n in range(1, cell_count + 1))
    return Bounds(
        question=question(scan("visit"), count(), keys=(numbers,)),
        cells=cells,
        vectors=(vector,),
        rows=1,
        person_vector="",
        proof=(),
        measured=(Measured("rows", count="rows_1"),),
    )
