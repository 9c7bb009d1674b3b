"""Adding or removing one person never moves a vector by more than the plan declares."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.privacy.errors import UnboundedError
from hub.privacy.plan import Bounds, VectorKind
from hub.query.expression import (
    Arithmetic,
    Attribute,
    Case,
    Constant,
    Every,
    Expression,
    Field,
    IsNull,
    Member,
    Not,
    Operator,
    Predicate,
    Range,
    Within,
)
from hub.query.model import Cut, CutBasis, Derive, Join, JoinKind, Key, PersonAggregateKind, Relation, Statistic, Where
from tests.hub.privacy.builders import (
    BANDS,
    BY_BAND,
    BY_KIND,
    BY_SITE,
    COST,
    DISTRICTS,
    KINDS,
    SITES,
    YEARS,
    bounded,
    count,
    key,
    mean,
    per_person,
    persons,
    question,
    scan,
    total,
)
from tests.hub.privacy.oracle import Data, measured


def moves(bounds: Bounds, data: Data) -> dict[str, int]:
    """The largest squared L2 distance by which removing one person moves each vector."""
    before = measured(bounds, data)
    worst = dict.fromkeys(before, 0)
    for person in {record["person"] for records in data.values() for record in records}:
        without = {table: tuple(r for r in records if r["person"] != person) for table, records in data.items()}
        for name, after in measured(bounds, without).items():
            moved = sum((one - other) ** 2 for one, other in zip(before[name], after, strict=True))
            worst[name] = max(worst[name], moved)
    return worst


def declared(bounds: Bounds) -> dict[str, int]:
    return {vector.name: vector.sensitivity_squared for vector in bounds.vectors}


# --- drawn data: few persons, many rows, values at their ends ----------------------------------------------------

null = st.none()


def rows_of(person: int, custodians: tuple[str, ...], hard: int, columns: dict[str, Any]) -> st.SearchStrategy[Any]:
    one = [
        st.lists(
            st.fixed_dictionaries({"person": st.just(person), "custodian": st.just(custodian), **columns}),
            max_size=hard,
        )
        for custodian in custodians
    ]
    return st.tuples(*one).map(lambda lists: [row for rows in lists for row in rows])


VISITS = {
    "year": null | st.sampled_from(YEARS),
    "kind": null | st.sampled_from(KINDS),
    "cost": null | st.sampled_from((-3, 0, 5)),
    "minutes": st.sampled_from((0, 4, 9)),
}
PUPILS = {
    "year": null | st.sampled_from(YEARS),
    "band": null | st.sampled_from(BANDS),
    "days": null | st.sampled_from((0, 90, 200)),
    "absent": st.sampled_from((0, 1)),
}


def people(custodians: tuple[str, ...], hard: int, columns: dict[str, Any]) -> st.SearchStrategy[Any]:
    drawn = [rows_of(person, custodians, hard, columns) for person in (1, 2)]
    return st.tuples(*drawn).map(lambda lists: tuple(row for rows in lists for row in rows))


DATA = st.fixed_dictionaries({"visit": people(SITES, 4, VISITS), "pupil": people(DISTRICTS, 2, PUPILS)})

# --- drawn plans -------------------------------------------------------------------------------------------------

EMERGENCY = Member(Field("t0.kind"), ("EMER",))
COSTLY = Within(Field("t0.cost"), 1, None)
SEVERAL = Every((Not(IsNull(Field("t0.kind"))), Within(Field("t0.minutes"), None, 4)))
FILTERS: list[Predicate | None] = [None, EMERGENCY, COSTLY, SEVERAL, Not(COSTLY)]
TAKEN = st.sampled_from([SITES, SITES[:1], SITES[:2]])


@st.composite
def visits(draw: st.DrawFn) -> Relation:
    relation: Relation = scan("visit", *draw(TAKEN))
    for _ in range(draw(st.integers(0, 2))):
        chosen = draw(st.sampled_from(FILTERS))
        relation = relation if chosen is None else Where(relation, chosen)
    return relation


@st.composite
def beside(draw: st.DrawFn) -> Relation:
    """The other side of a join."""
    pupils = scan("pupil", *draw(st.sampled_from([DISTRICTS, DISTRICTS[:1]])), binding="t1")
    choices: list[Relation] = [pupils, Where(pupils, Member(Field("t1.band"), ("K-2",)))]
    filtered = draw(st.sampled_from(choices))
    kind = draw(st.sampled_from([None, *PersonAggregateKind]))
    if kind is None:
        return filtered
    argument = None if kind in (PersonAggregateKind.COUNT, PersonAggregateKind.ANY) else Field("t1.days")
    where = Within(Field("t1.days"), 90, None) if kind is PersonAggregateKind.ANY else None
    return per_person(filtered, kind, argument=argument, where=where)


@st.composite
def relations(draw: st.DrawFn) -> Relation:
    left = draw(visits())
    if draw(st.booleans()):
        return left
    right = draw(beside())
    yearly = not hasattr(right, "aggregates") and draw(st.booleans())
    return Join(
        left=left,
        right=right,
        kind=draw(st.sampled_from(JoinKind)),
        by_year=("t0.year", "t1.year") if yearly else None,
    )


FIELD = Field("t0.cost")
EXPRESSIONS: list[Expression] = [
    FIELD,
    Arithmetic(Operator.SUBTRACT, FIELD, Field("t0.minutes")),
    Arithmetic(Operator.MULTIPLY, FIELD, FIELD),
    Case(((COSTLY, FIELD), (EMERGENCY, Constant(7))), Constant(None)),
    Case(((Within(FIELD, None, 2), FIELD),), Constant(2)),
]
WIDE = Range(-10_000, 10_000, 10)
STATISTICS = st.sampled_from(FILTERS).flatmap(
    lambda where: st.sampled_from(EXPRESSIONS).flatmap(
        lambda of: st.sampled_from(
            [
                count("rows", where=where),
                count("known", of=of, where=where),
                persons(where=where),
                total(of, WIDE, where=where),
                mean(of, WIDE, where=where),
            ]
        )
    )
)
KEYS: st.SearchStrategy[tuple[Key, ...]] = st.sampled_from(
    [(), (BY_KIND,), (BY_SITE,), (BY_KIND, BY_SITE), (BY_KIND, key("year", "t0.year", YEARS), BY_SITE)]
)


@settings(max_examples=300, deadline=None)
@given(relations(), st.lists(STATISTICS, min_size=1, max_size=3, unique_by=lambda each: each.name), KEYS, DATA)
def test_one_person_moves_no_vector_by_more_than_its_sensitivity(
    relation: Relation, statistics: list[Statistic], keys: tuple[Key, ...], data: Data
) -> None:
    refused = ""
    try:
        bounds = bounded(question(relation, *statistics, keys=keys))
    except UnboundedError as error:
        refused = str(error)
    if refused:  # a filter can leave nothing to add up
        assert "no number to add up" in refused or "whatever the records" in refused
        return
    for name, moved in moves(bounds, data).items():
        assert moved <= declared(bounds)[name], (name, bounds.proof)


# --- each rule is as tight as it says, so that a smaller one would be caught -------------------------------------


def visit(person: int, site: str, **values: Any) -> dict[str, Any]:
    usual = {"year": 2025, "kind": "AMB", "cost": 5, "minutes": 9}
    return {"person": person, "custodian": site, **usual, **values}


MANY = {
    "visit": tuple(visit(1, site, kind=kind) for site in SITES for kind in (*KINDS, "AMB")),
    "pupil": tuple(
        {"person": 1, "custodian": d, "year": 2025, "band": "K-2", "days": 200, "absent": 1} for d in DISTRICTS * 2
    ),
}
ALIKE = {**MANY, "visit": tuple(visit(1, site) for site in SITES * 4)}
BESIDE = scan("pupil", binding="t1")


@pytest.mark.parametrize(
    ("relation", "statistic", "keys", "data"),
    [
        (scan("visit"), count(), (BY_KIND,), ALIKE),
        (scan("visit", "lake"), count(), (BY_KIND,), ALIKE),
        (scan("visit", "lake", "north"), count(), (), ALIKE),
        (Where(scan("visit"), EMERGENCY), count(), (), {**MANY, "visit": (visit(1, "lake", kind="EMER"),) * 4}),
        (scan("visit"), total(FIELD, COST), (), ALIKE),
        (scan("visit"), mean(FIELD, COST), (), ALIKE),
        (scan("visit"), persons(), (), ALIKE),
        (Join(left=scan("visit"), right=BESIDE, kind=JoinKind.INNER, by_year=None), count(), (), ALIKE),
        (Join(left=scan("visit"), right=BESIDE, kind=JoinKind.LEFT, by_year=None), total(FIELD, COST), (), ALIKE),
        (
            Join(
                left=scan("visit"),
                right=per_person(BESIDE, PersonAggregateKind.COUNT),
                kind=JoinKind.INNER,
                by_year=None,
            ),
            count(),
            (),
            ALIKE,
        ),
    ],
)
def test_the_declared_sensitivity_is_reached_so_a_smaller_one_would_be_found(
    relation: Relation, statistic: Statistic, keys: tuple[Key, ...], data: Data
) -> None:
    bounds = bounded(question(relation, statistic, keys=keys))
    reached, stated = moves(bounds, data), declared(bounds)
    asked = bounds.measured[0].total or bounds.measured[0].count
    assert reached[asked] == stated[asked]


def test_persons_by_cell_reach_the_root_of_the_rows() -> None:
    bounds = bounded(question(scan("visit"), count(), keys=(BY_KIND, BY_SITE)))
    spread = {**MANY, "visit": tuple(visit(1, site, kind=kind) for site, kind in zip(SITES, KINDS, strict=True))}
    assert moves(bounds, spread)[bounds.person_vector] == 3 == declared(bounds)[bounds.person_vector]


@pytest.mark.parametrize(
    "mistake",
    [
        lambda cut: Cut(cut.source, cut.rows, CutBasis.WITHIN),  # a rank within custodians taken for one across them
        lambda cut: Cut(cut.source, cut.rows + 1, cut.basis),
        lambda cut: cut.source,  # no cut at all
    ],
)
def test_a_planted_mistake_in_a_cut_is_found(mistake: Any) -> None:
    bounds = bounded(question(scan("visit"), count()))
    wrong = replace(bounds, question=replace(bounds.question, source=mistake(bounds.question.source)))
    assert moves(wrong, ALIKE)["rows_1"] > declared(wrong)["rows_1"]


def test_a_planted_square_root_is_found() -> None:
    bounds = bounded(question(scan("visit"), count(), keys=(BY_KIND,)))
    assert moves(bounds, ALIKE)["rows_2"] > 3


def test_a_left_join_keeps_those_without_a_match_once_each() -> None:
    nobody = {**ALIKE, "pupil": ()}
    bounds = bounded(
        question(Join(left=scan("visit"), right=BESIDE, kind=JoinKind.LEFT, by_year=None), count("n"), keys=())
    )
    assert measured(bounds, nobody)["rows_1"] == [3]


def test_a_derived_flag_is_counted_once_for_each_row() -> None:
    flag = Attribute(name="d.flag", domain=Range(0, 1), nullable=False, sources=frozenset())
    made = Case(((EMERGENCY, Constant(1)),), Constant(0))
    asked = question(
        Derive(scan("visit"), ((flag, made),)),
        total(Field("d.flag"), Range(0, 1)),
        keys=(key("flag", "d.flag", Range(0, 1), nullable=False),),
    )
    bounds = bounded(asked)
    assert next(v for v in bounds.vectors if v.kind is VectorKind.SUM).sensitivity_squared == 9
    assert all(moved <= declared(bounds)[name] for name, moved in moves(bounds, MANY).items())


def test_bands_of_a_pupil_are_bounded_without_relying_on_one_row_a_year() -> None:
    asked = question(Where(scan("pupil"), Member(Field("t0.year"), (2025,))), count(), keys=(BY_BAND,))
    bounds = bounded(asked)
    assert bounds.question.source == Cut(asked.source, 2, CutBasis.AFTER_FILTER)
    assert moves(bounds, MANY)["rows_2"] == 4 == declared(bounds)["rows_2"]
