"""Questions drawn by Hypothesis over the small catalogue: every node, every cut, every kind of vector."""

from dataclasses import dataclass, field, replace
from itertools import combinations

from hypothesis import strategies as st

from agreements.catalogue import ColumnKind, Table
from hub.privacy import cells
from hub.privacy.plan import Bounds, Vector, VectorKind
from hub.query.expression import (
    Any_,
    Arithmetic,
    Attribute,
    Case,
    Constant,
    DataElement,
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
from hub.query.model import (
    Cut,
    CutBasis,
    Derive,
    Join,
    JoinKind,
    Key,
    PerPerson,
    PersonAggregate,
    PersonAggregateKind,
    Question,
    Relation,
    Scan,
    Where,
)
from tests.hub.engine.community import CATALOGUE

LARGEST = 2**62
Draw = st.DrawFn


@dataclass(slots=True)
class Drawn:
    """A relation while it is drawn, and its attributes."""

    relation: Relation
    attributes: list[Attribute] = field(default_factory=list)

    def names(self, kind: type[Keys | Range]) -> list[str]:
        return [a.name for a in self.attributes if isinstance(a.domain, kind)]

    def domain(self, name: str) -> Domain:
        return next(a.domain for a in self.attributes if a.name == name)


def scanned(table: Table, binding: str, custodians: tuple[str, ...]) -> Drawn:
    attributes = [
        Attribute(
            name=f"{binding}.{column.name}",
            domain=Range(column.lower, column.upper, column.steps_per_unit)
            if column.kind is ColumnKind.NUMBER
            else Keys(column.keys),
            nullable=column.nullable,
            sources=frozenset({DataElement(table.name, column.name)}),
        )
        for column in table.columns
    ]
    scan = Scan(table=table.name, binding=binding, custodians=custodians, attributes=tuple(attributes))
    return Drawn(scan, attributes)


@st.composite
def scans(draw: Draw, binding: str) -> Drawn:
    table = draw(st.sampled_from(CATALOGUE.tables))
    keys = [str(key) for key in table.custodian.keys]
    chosen = draw(st.one_of(st.just(keys), st.lists(st.sampled_from(keys), min_size=1, unique=True)))
    made = scanned(table, binding, tuple(key for key in keys if key in chosen))
    if draw(st.integers(0, 2)) == 0:
        basis = draw(st.sampled_from(CutBasis))
        made.relation = Cut(made.relation, draw(st.integers(1, 5)), basis)
    return made


@st.composite
def numbers(draw: Draw, source: Drawn, depth: int = 2) -> Expression:
    named = source.names(Range)
    constants: st.SearchStrategy[Expression] = st.builds(Constant, st.one_of(st.none(), st.integers(-50, 300)))
    leaf = st.one_of(st.sampled_from(named).map(Field), constants) if named else constants
    if depth == 0 or draw(st.booleans()):
        return draw(leaf)
    inner = numbers(source, depth - 1)
    if draw(st.booleans()):
        return Arithmetic(draw(st.sampled_from(Operator)), draw(inner), draw(inner))
    return Case(((draw(predicates(source, depth - 1)), draw(inner)),), draw(inner))


@st.composite
def texts(draw: Draw, source: Drawn, depth: int = 1) -> tuple[Expression, Keys]:
    """A key expression and a domain for it, which may lack some of its values or hold others."""
    named = source.names(Keys)
    if not named:
        return Constant("x"), Keys(("x", "other"))
    name = draw(st.sampled_from(named))
    domain = source.domain(name)
    assert isinstance(domain, Keys)
    if depth == 0 or draw(st.integers(0, 2)):
        return Field(name), domain
    other = "other" if isinstance(domain.values[0], str) else 9999
    choices: list[Expression] = [Field(name), Constant(other), Constant(domain.values[0]), Constant(None)]
    choice = draw(st.sampled_from(choices))
    expression = Case(((draw(predicates(source, 1)), choice),), Field(name))
    values = draw(st.permutations([*domain.values, *([other] if other not in domain.values else [])]))
    return expression, Keys(tuple(values[: draw(st.integers(1, len(values)))]))


@st.composite
def predicates(draw: Draw, source: Drawn, depth: int = 2) -> Predicate:
    kind = draw(st.integers(0, 7 if depth else 4))
    bound = st.one_of(st.none(), st.integers(-60, 320), st.sampled_from([-(10**40), 10**40]))
    if kind == 0:
        expression, domain = draw(texts(source, 0 if depth == 0 else 1))
        return Member(expression, tuple(draw(st.lists(st.sampled_from(domain.values), unique=True, max_size=3))))
    if kind <= 2:
        return Within(draw(numbers(source, min(depth, 1))), draw(bound), draw(bound))
    if kind == 3:
        return Less(draw(numbers(source, min(depth, 1))), draw(numbers(source, 0)), draw(st.booleans()))
    if kind == 4:
        return IsNull(draw(st.one_of(numbers(source, 0), texts(source, 0).map(lambda made: made[0]))))
    parts = st.lists(predicates(source, depth - 1), max_size=3).map(tuple)
    if kind == 5:
        return Every(draw(parts))
    return Any_(draw(parts)) if kind == 6 else Not(draw(predicates(source, depth - 1)))


@st.composite
def pins(draw: Draw, source: Drawn) -> Predicate:
    """A condition that holds columns to one value each, as literal conditions do."""
    parts: list[Predicate] = []
    for name in draw(st.lists(st.sampled_from([a.name for a in source.attributes]), max_size=2, unique=True)):
        domain = source.domain(name)
        if isinstance(domain, Keys):
            parts.append(Member(Field(name), (draw(st.sampled_from(domain.values)),)))
        elif draw(st.booleans()):
            parts.append(IsNull(Field(name)))
        else:
            value = draw(st.integers(domain.lower, min(domain.upper, domain.lower + 3)))
            parts.append(Within(Field(name), value, value))
    return Every(tuple(parts))


@st.composite
def filtered(draw: Draw, inner: st.SearchStrategy[Drawn]) -> Drawn:
    made = draw(inner)
    for _ in range(draw(st.integers(0, 2))):
        made.relation = Where(made.relation, draw(st.one_of(predicates(made), pins(made))))
    if draw(st.integers(0, 2)) == 0:
        made.relation = Cut(made.relation, draw(st.integers(1, 4)), CutBasis.AFTER_FILTER)
    return made


@st.composite
def per_person(draw: Draw, inner: st.SearchStrategy[Drawn], binding: str) -> Drawn:
    source = draw(inner)
    aggregates = []
    for position in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(PersonAggregateKind))
        where = draw(st.one_of(st.none(), predicates(source, 1)))
        argument: Expression | None = draw(numbers(source, 1))
        domain: Domain = draw(st.sampled_from([Range(-(10**6), 10**6), Range(0, 3)]))
        if kind in (PersonAggregateKind.COUNT, PersonAggregateKind.ANY):
            argument = draw(st.sampled_from([None, argument]))
        elif kind is not PersonAggregateKind.SUM and source.names(Keys) and draw(st.booleans()):
            name = draw(st.sampled_from(source.names(Keys)))
            argument, domain = Field(name), source.domain(name)
        attribute = Attribute(name=f"{binding}.v{position}", domain=domain, nullable=True, sources=frozenset())
        aggregates.append(PersonAggregate(attribute=attribute, kind=kind, argument=argument, where=where))
    return Drawn(PerPerson(source.relation, tuple(aggregates)), [a.attribute for a in aggregates])


@st.composite
def derived(draw: Draw, inner: st.SearchStrategy[Drawn], binding: str) -> Drawn:
    source = draw(inner)
    columns: list[tuple[Attribute, Expression]] = []
    for position in range(draw(st.integers(1, 4))):
        domain: Domain
        if draw(st.booleans()):
            expression, domain = draw(texts(source))
        else:
            expression, domain = draw(numbers(source)), draw(st.sampled_from([Range(-9, 40), Range(-(10**9), 10**9)]))
        attribute = Attribute(name=f"{binding}.d{position}", domain=domain, nullable=True, sources=frozenset())
        columns.append((attribute, expression))
    return Drawn(Derive(source.relation, tuple(columns)), [attribute for attribute, _ in columns])


@st.composite
def joined(draw: Draw) -> Drawn:
    left = draw(filtered(scans("t0")))
    right = draw(st.one_of(filtered(scans("t1")), per_person(filtered(scans("t1")), "t1")))
    years = [name for made in (left, right) for name in made.names(Keys) if name.endswith("school_year")]
    by_year = (years[0], years[1]) if len(years) == 2 and draw(st.booleans()) else None
    join = Join(left=left.relation, right=right.relation, kind=draw(st.sampled_from(JoinKind)), by_year=by_year)
    return Drawn(join, left.attributes + right.attributes)


def relations() -> st.SearchStrategy[Drawn]:
    simple = filtered(scans("t0"))
    return st.one_of(
        simple,
        simple,
        filtered(derived(simple, "t0")),
        filtered(joined()),
        derived(filtered(joined()), "t2"),
        filtered(per_person(st.one_of(simple, joined()), "t2")),
    )


@st.composite
def keys_of(draw: Draw, source: Drawn, position: int) -> Key:
    small = [n for n in source.names(Range) if _width(source.domain(n)) < 10]
    grouped: bool = draw(st.booleans())
    if grouped and small:
        name = draw(st.sampled_from(small))
        return Key(
            name=f"k{position}", expression=Field(name), domain=source.domain(name), nullable=draw(st.booleans())
        )
    expression, domain = draw(texts(source))
    nullable: bool = draw(st.booleans())
    return Key(name=f"k{position}", expression=expression, domain=domain, nullable=nullable)


@st.composite
def vectors_of(draw: Draw, source: Drawn, position: int) -> Vector:
    kind = draw(st.sampled_from(VectorKind))
    where = draw(st.one_of(st.none(), predicates(source, 1)))
    argument: Expression | None = draw(numbers(source))
    domain = None
    if kind in (VectorKind.SUM, VectorKind.CENTRED_SUM):
        lower = draw(st.integers(-100, 100))
        domain = Range(lower, lower + draw(st.integers(0, 10**6)))
    elif draw(st.booleans()):
        argument = None
    return Vector(
        name=f"vector{position}",
        kind=kind,
        argument=argument,
        domain=domain,
        where=where,
        sensitivity_squared=1,
        largest=LARGEST,
    )


@st.composite
def bounds(draw: Draw) -> Bounds:
    """A bounded question; its persons are always measured too."""
    source = draw(relations())
    keys = tuple(draw(keys_of(source, position)) for position in range(draw(st.integers(0, 3))))
    vectors = tuple(draw(vectors_of(source, position)) for position in range(draw(st.integers(0, 3))))
    return bounded(source.relation, keys, vectors)


@st.composite
def plain(draw: Draw) -> Bounds:
    """Questions in the form for which marks are kept: plain keys of one table, cut, with literal conditions."""
    table = draw(st.sampled_from(CATALOGUE.tables))
    keys = [str(key) for key in table.custodian.keys]
    chosen = draw(st.sampled_from([c for size in range(1, len(keys) + 1) for c in combinations(keys, size)]))
    source = scanned(table, "t0", chosen)
    for _ in range(draw(st.integers(0, 2))):
        step = draw(st.integers(0, 2))
        if step == 0:
            basis = draw(st.sampled_from(CutBasis))
            source.relation = Cut(source.relation, draw(st.integers(1, 6)), basis)
        else:
            source.relation = Where(source.relation, draw(pins(source)))
    if draw(st.booleans()):
        columns = tuple((replace(a, name=f"t1.{position}"), a) for position, a in enumerate(source.attributes))
        renamed = tuple((attribute, Field(before.name)) for attribute, before in columns)
        source = Drawn(Derive(source.relation, renamed), [attribute for attribute, _ in columns])
    names = [a.name for a in source.attributes if isinstance(a.domain, Keys) or _width(a.domain) < 10]
    grouped = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    return bounded(
        source.relation,
        tuple(
            Key(name=f"k{position}", expression=Field(name), domain=source.domain(name), nullable=True)
            for position, name in enumerate(grouped)
        ),
    )


def bounded(source: Relation, keys: tuple[Key, ...], vectors: tuple[Vector, ...] = ()) -> Bounds:
    persons = Vector(
        name="persons",
        kind=VectorKind.PERSONS,
        argument=None,
        domain=None,
        where=None,
        sensitivity_squared=1,
        largest=LARGEST,
    )
    rows = Vector(
        name="rows",
        kind=VectorKind.ROWS,
        argument=None,
        domain=None,
        where=None,
        sensitivity_squared=1,
        largest=LARGEST,
    )
    question = Question(source=source, keys=keys, statistics=(), columns=(), uses=frozenset())
    return Bounds(
        question=question,
        cells=cells.every(keys),
        vectors=(persons, rows, *vectors),
        rows=1,
        person_vector="persons",
        proof=(),
    )


def _width(domain: Domain) -> int:
    return domain.upper - domain.lower if isinstance(domain, Range) else 0
