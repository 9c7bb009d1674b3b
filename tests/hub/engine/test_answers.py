import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import combinations

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from agreements.catalogue import Catalogue, Column, ColumnKind, LegalClass, Table
from hub.engine.errors import EngineError
from hub.engine.sql import compiled, vectors
from hub.engine.warehouse import Warehouse
from hub.privacy.plan import Bounds, Vector, VectorKind
from hub.query.expression import (
    Any_,
    Arithmetic,
    Constant,
    Every,
    Field,
    IsNull,
    Keys,
    Less,
    Member,
    Not,
    Operator,
    Predicate,
    Within,
)
from hub.query.model import Cut, CutBasis, Key, Where
from tests.hub.engine.community import CATALOGUE, SITES, Community, reading
from tests.hub.engine.plans import bounded, bounds, plain, scanned
from tests.reference import oracle

PERSONS_WITH_COST = Vector(
    name="persons with a cost",
    kind=VectorKind.PERSONS,
    argument=Field("t0.cost"),
    domain=None,
    where=None,
    sensitivity_squared=1,
    largest=2**62,
)

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


@pytest.fixture(scope="module")
def opened_communities(communities: list[Community]) -> Iterator[list[tuple[Community, Warehouse]]]:
    with ExitStack() as stack:
        yield [(community, stack.enter_context(reading(community.files))) for community in communities]


def engine(asked: Bounds, warehouse: Warehouse) -> dict[str, list[int]]:
    statement = compiled(asked, CATALOGUE)
    return vectors(asked, statement, warehouse.run(statement.statement))


@given(asked=bounds(), chosen=st.integers(0, 3))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_engine_and_the_reference_agree_exactly(
    opened_communities: list[tuple[Community, Warehouse]], asked: Bounds, chosen: int
) -> None:
    community, warehouse = opened_communities[chosen]
    assert engine(asked, warehouse) == oracle.vectors(asked, community.data)


@pytest.mark.parametrize("basis", [None, *CutBasis])
def test_persons_are_counted_right_for_every_choice_of_files_keys_and_cuts(
    opened_communities: list[tuple[Community, Warehouse]], basis: CutBasis | None
) -> None:
    community, warehouse = opened_communities[-1]
    names = ("site", "school_year", "kind", "urgent")
    marked = 0
    for files in (files for size in (1, 2, 3) for files in combinations(SITES, size)):
        for grouped in (grouped for size in (0, 1, 2) for grouped in combinations(names, size)):
            source = scanned(CATALOGUE.tables[0], "t0", files)
            relation = source.relation if basis is None else Cut(source.relation, 3, basis)
            named = [(f"t0.{name}", source.domain(f"t0.{name}")) for name in grouped]
            keys = tuple(Key(name=n, expression=Field(n), domain=domain, nullable=True) for n, domain in named)
            asked = bounded(relation, keys, (PERSONS_WITH_COST,) if len(grouped) == 1 else ())
            marked += "sum(m)" in compiled(asked, CATALOGUE).statement or compiled(asked, CATALOGUE).marked
            assert engine(asked, warehouse) == oracle.vectors(asked, community.data)
    assert marked > 20


@pytest.mark.parametrize(
    "condition",
    [
        Member(Field("t0.kind"), ()),
        Member(Field("t0.kind"), ("it's", 'y"; DROP')),
        Member(Field("t0.school_year"), (2023, 2025)),
        Within(Field("t0.cost"), None, None),
        Within(Field("t0.cost"), -(10**50), 10**50),
        Within(Field("t0.cost"), 10**50, None),
        Within(Field("t0.cost"), -5, -5),
        Within(Field("t0.cost"), 300, None),
        Within(Field("t0.cost"), None, -6),
        Less(Field("t0.cost"), Constant(100)),
        Less(Constant(100), Field("t0.cost"), or_equal=True),
        Less(Field("t0.cost"), Constant(None)),
        IsNull(Field("t0.kind")),
        IsNull(Constant(None)),
        Every(()),
        Any_(()),
        Every((IsNull(Field("t0.kind")), Within(Field("t0.cost"), 100, None))),
        Any_((Member(Field("t0.kind"), ("x",)), Within(Field("t0.cost"), 100, None))),
        Within(Arithmetic(Operator.MULTIPLY, Field("t0.cost"), Constant(2**40)), 2**41, 2**47),
        Less(Arithmetic(Operator.MULTIPLY, Constant(2**58), Constant(2**58)), Field("t0.cost")),
    ],
    ids=lambda condition: type(condition).__name__,
)
def test_a_condition_and_its_opposite_hold_where_they_should(
    opened_communities: list[tuple[Community, Warehouse]], condition: Predicate
) -> None:
    community, warehouse = opened_communities[-1]
    source = scanned(CATALOGUE.tables[0], "t0", SITES)
    for asked in (bounded(Where(source.relation, c), ()) for c in (condition, Not(condition), Not(Not(condition)))):
        assert engine(asked, warehouse) == oracle.vectors(asked, community.data)


def test_what_could_become_too_large_is_refused_before_any_record_is_read() -> None:
    huge = Arithmetic(Operator.MULTIPLY, Constant(2**100), Constant(2**100))
    source = scanned(CATALOGUE.tables[0], "t0", SITES)
    with pytest.raises(EngineError, match="too large"):
        compiled(bounded(Where(source.relation, Less(huge, huge)), ()), CATALOGUE)


def test_no_text_of_a_question_or_of_the_catalogue_stands_in_a_statement() -> None:
    """Payloads as names and constants: a statement has generated names, digits and words of SQL only."""
    payload = "x\"'; ATTACH '/etc/passwd' AS y; --"
    kind = Column(
        name=payload,
        kind=ColumnKind.KEY,
        description=payload,
        legal_class=LegalClass.FERPA_PII,
        keys=(payload, "other"),
    )
    site = Column(
        name="site", kind=ColumnKind.CUSTODIAN, description="d", legal_class=LegalClass.FERPA_PII, keys=(payload,)
    )
    public = Catalogue((Table(name=payload, description="d", hard_rows=3, columns=(site, kind)),))
    source = scanned(public.tables[0], payload, (payload,))
    key = Key(name=payload, expression=Field(f"{payload}.{payload}"), domain=Keys(kind.keys), nullable=False)
    condition = Member(Field(f"{payload}.{payload}"), (payload,))
    statement = compiled(bounded(Where(source.relation, condition), (key,)), public).statement
    assert re.fullmatch(r"[A-Za-z0-9_ .,()*=<>+-]*", statement)
    assert "passwd" not in statement
    assert "ATTACH" not in statement


@given(asked=plain(), chosen=st.integers(1, 3))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_counting_marked_rows_is_counting_persons(
    opened_communities: list[tuple[Community, Warehouse]], asked: Bounds, chosen: int
) -> None:
    community, warehouse = opened_communities[chosen]
    event(f"marked: {compiled(asked, CATALOGUE).marked}")
    assert engine(asked, warehouse) == oracle.vectors(asked, community.data)
