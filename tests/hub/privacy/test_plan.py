"""What is measured, with which sensitivity, and what is refused beforehand."""

from dataclasses import replace

import pytest

from agreements.catalogue import Catalogue
from hub.privacy import cells, headings
from hub.privacy.errors import PrivacyError, TooManyCellsError, UnboundedError
from hub.privacy.plan import Bounds, VectorKind, bounds
from hub.query.expression import Arithmetic, Constant, Field, Keys, Member, Operator, Range, Within
from hub.query.model import Cut, CutBasis, Key, PersonAggregateKind, Question, Relation, Statistic, Where
from tests.hub.privacy.builders import (
    BY_KIND,
    BY_SITE,
    CATALOGUE,
    COST,
    KINDS,
    MINUTES,
    PUPIL,
    ROWS,
    SITES,
    VISIT,
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

VISITS = scan("visit")
LAKE = scan("visit", "lake")
ONCE = per_person(VISITS, PersonAggregateKind.COUNT, name="p.visits", domain=Range(0, 12))
COSTS, TIMES = Field("t0.cost"), Field("t0.minutes")
EMERGENCY = Member(Field("t0.kind"), ("EMER",))
BY_VISITS = key("visits", "p.visits", Range(0, 12), nullable=False)
TWO_KINDS = key("kind", "t0.kind", KINDS[:1])


def summary(found: Bounds) -> list[tuple[str, int]]:
    return [(vector.kind.value, vector.sensitivity_squared) for vector in found.vectors]


@pytest.mark.parametrize(
    ("source", "statistics", "keys", "expected"),
    [
        # COUNT(*): r, not its root
        (VISITS, [count()], (), [("rows", 9)]),
        (VISITS, [count()], (BY_KIND,), [("persons", 3), ("rows", 9)]),
        # COUNT(DISTINCT person): the root of min(r, K); 1 without keys
        (VISITS, [persons()], (), [("persons", 1)]),
        (VISITS, [persons()], (BY_KIND,), [("persons", 3)]),
        (VISITS, [persons()], (TWO_KINDS,), [("persons", 2)]),
        (VISITS, [persons(), count()], (BY_SITE,), [("persons", 3), ("rows", 9)]),
        # one row a person: rows are persons
        (ONCE, [count()], (BY_VISITS,), [("rows", 1)]),
        (ONCE, [persons()], (BY_VISITS,), [("rows", 1)]),
        (ONCE, [persons(), count()], (BY_VISITS,), [("rows", 1)]),
        (ONCE, [count()], (), [("rows", 1)]),
        # SUM: r times the larger bound
        (VISITS, [total(COSTS, COST)], (), [("sum", 225)]),
        (VISITS, [total(TIMES, MINUTES)], (BY_KIND,), [("persons", 3), ("sum", 729)]),
        # AVG: the count of known rows, and the centred sum with the width of the range
        (VISITS, [mean(COSTS, COST)], (), [("rows", 9), ("centred_sum", 576)]),
        (VISITS, [mean(COSTS, COST)], (BY_KIND,), [("persons", 3), ("rows", 9), ("centred_sum", 576)]),
        (ONCE, [mean(Field("p.visits"), Range(0, 12))], (BY_VISITS,), [("rows", 1), ("rows", 1), ("centred_sum", 144)]),
        # shared: equal masks only
        (VISITS, [count(), mean(TIMES, MINUTES)], (), [("rows", 9), ("centred_sum", 729)]),
        (VISITS, [count(), mean(COSTS, COST)], (), [("rows", 9), ("rows", 9), ("centred_sum", 576)]),
        (VISITS, [count(of=COSTS), mean(COSTS, COST)], (), [("rows", 9), ("centred_sum", 576)]),
        (VISITS, [count(), count("emergencies", where=EMERGENCY)], (), [("rows", 9), ("rows", 9)]),
        (VISITS, [count("a", where=EMERGENCY), count("b", where=EMERGENCY)], (), [("rows", 9)]),
        (
            VISITS,
            [persons(where=EMERGENCY)],
            (BY_SITE,),
            [("persons", 3), ("persons", 3)],
        ),
        # a condition narrows the range of what is added
        (Where(VISITS, Within(COSTS, 0, 2)), [total(COSTS, COST)], (), [("sum", 36)]),
        (VISITS, [total(COSTS, COST, where=Within(COSTS, 0, 2))], (), [("sum", 36)]),
        # one file
        (LAKE, [count()], (), [("rows", 9)]),
    ],
)
def test_the_sensitivity_of_every_vector(
    source: Relation, statistics: list[Statistic], keys: tuple[Key, ...], expected: list[tuple[str, int]]
) -> None:
    assert summary(bounded(question(source, *statistics, keys=keys))) == expected


def test_a_statistic_knows_its_vectors_and_persons_are_those_of_the_whole_cell() -> None:
    found = bounded(question(VISITS, persons(), count(), mean(COSTS, COST), keys=(BY_KIND,)))
    kinds = {vector.name: vector.kind for vector in found.vectors}
    asked, rows, average = found.measured
    assert asked.count == found.person_vector
    assert kinds[rows.count] is VectorKind.ROWS
    assert kinds[average.total] is VectorKind.CENTRED_SUM
    assert found.vector(average.count).argument == COSTS
    assert found.vector(average.total).domain == COST


def test_a_filtered_count_of_persons_does_not_decide_suppression() -> None:
    found = bounded(question(VISITS, persons("asked", where=EMERGENCY), keys=(BY_SITE,)))
    assert found.vector(found.person_vector).where is None
    assert found.measured[0].count != found.person_vector


@pytest.mark.parametrize(
    ("source", "statistic", "named"),
    [(VISITS, persons(), True), (ONCE, count(), True), (VISITS, count(), False), (VISITS, mean(COSTS, COST), False)],
)
def test_without_keys_persons_are_measured_only_when_asked_for(
    source: Relation, statistic: Statistic, *, named: bool
) -> None:
    assert bool(bounded(question(source, statistic)).person_vector) is named


def test_nothing_is_cut_where_only_persons_are_counted_and_cells_are_few() -> None:
    assert bounded(question(VISITS, persons())).question.source == VISITS
    assert bounded(question(VISITS, persons(), keys=(BY_SITE,))).question.source == VISITS
    many = bounded(question(VISITS, persons(), keys=(BY_KIND, BY_SITE)))
    assert many.question.source == Cut(VISITS, 3, CutBasis.ACROSS)
    assert bounded(question(VISITS, persons(), count())).question.source == Cut(VISITS, 3, CutBasis.ACROSS)


def test_cells_are_the_full_product_in_key_order_with_missing_last() -> None:
    found = bounded(question(VISITS, count(), keys=(BY_SITE, BY_KIND)))
    assert len(found.cells) == 12
    assert found.cells[:5] == (
        ("lake", "AMB"),
        ("lake", "EMER"),
        ("lake", "IMP"),
        ("lake", None),
        ("north", "AMB"),
    )
    assert bounded(question(VISITS, count())).cells == ((),)
    numbers = bounded(question(ONCE, count(), keys=(BY_VISITS,)))
    assert numbers.cells == tuple((n,) for n in range(13))


@pytest.mark.parametrize("size", [100_000, 100_001, 10**15])
def test_cells_are_counted_before_they_are_made(size: int) -> None:
    keys = (key("n", "t0.minutes", Range(1, size), nullable=False),)
    if size <= 100_000:
        assert cells.count(keys) == size
    else:
        with pytest.raises(TooManyCellsError, match="100,000"):
            cells.count(keys)


@pytest.mark.parametrize("domain", [Keys(()), Keys(("a", "a")), Range(2, 1)])
def test_a_key_without_values_or_with_one_twice_is_refused(domain: Keys | Range) -> None:
    with pytest.raises(TooManyCellsError):
        cells.count((replace(BY_KIND, domain=domain, nullable=False),))


def times(factor: int) -> Arithmetic:
    return Arithmetic(Operator.MULTIPLY, TIMES, Constant(factor))


@pytest.mark.parametrize(("factor", "refused"), [(2**24, False), (2**25, False), (2**26, True), (2**40, True)])
@pytest.mark.parametrize("made", [total, mean])
def test_sums_that_could_overflow_are_refused_from_public_bounds(made: object, factor: int, *, refused: bool) -> None:
    statistic = made(times(factor), Range(0, 9 * factor))  # type: ignore[operator]
    if refused:
        with pytest.raises(UnboundedError, match="2\\^62"):
            bounded(question(VISITS, statistic))
    else:
        vector = bounded(question(VISITS, statistic)).vectors[-1]
        assert vector.largest == 2**33 * 9 * factor < 2**62


@pytest.mark.parametrize(
    ("statistic", "words"),
    [
        (total(Constant(0), Range(0, 0)), "whatever the records"),
        (mean(Constant(7), Range(7, 7)), "whatever the records"),
        (total(Constant(None), Range(0, 0)), "no number to add up"),
        (total(Field("t0.kind"), Range(0, 2)), "no number to add up"),
        (total(COSTS, Range(100, 200)), "none of the values"),
        (replace(total(COSTS, COST), domain=None), "public bounds"),
        (replace(mean(COSTS, COST), argument=None), "public bounds"),
        (total(COSTS, COST, where=Within(COSTS, 90, None)), "no number to add up"),
    ],
)
def test_a_sum_without_usable_bounds_is_refused(statistic: Statistic, words: str) -> None:
    with pytest.raises(UnboundedError, match=words):
        bounded(question(VISITS, statistic))


def test_stated_bounds_narrow_a_sum_and_never_widen_it() -> None:
    assert bounded(question(VISITS, total(COSTS, Range(-99, 99, 10)))).vectors[0].domain == COST
    assert bounded(question(VISITS, total(COSTS, Range(0, 2, 10)))).vectors[0].domain == Range(0, 2, 10)


@pytest.mark.parametrize(
    "names",
    [("a", "a_low"), ("a", "a_high"), ("suppressed", "b")],
)
def test_headings_that_would_coincide_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(PrivacyError, match="another name"):
        bounded(question(VISITS, count(names[0]), count(names[1], where=EMERGENCY)))


def test_columns_that_are_not_the_keys_and_statistics_are_refused() -> None:
    asked = question(VISITS, count(), keys=(BY_KIND,))
    for columns in ((), ("rows",), ("kind", "rows", "rows"), ("kind", "other")):
        with pytest.raises(PrivacyError):
            headings.of(replace(asked, columns=columns))


@pytest.mark.parametrize("min_cell", [0, -1, True])
def test_the_smallest_cell_is_a_whole_number(min_cell: int) -> None:
    with pytest.raises(UnboundedError):
        bounded(question(VISITS, count()), min_cell=min_cell)


def test_the_same_question_has_the_same_plan_whatever_the_order_of_its_columns() -> None:
    asked = question(VISITS, count(), keys=(BY_KIND,))
    turned = replace(asked, columns=("rows", "kind"))
    assert bounded(asked).vectors == bounded(turned).vectors
    assert bounded(asked) == bounded(asked)


def test_the_proof_names_every_rule_and_its_source() -> None:
    asked = question(Where(VISITS, EMERGENCY), mean(COSTS, COST), keys=(BY_KIND, key("year", "t0.year", YEARS)))
    proof = "\n".join(bounded(asked).proof)
    for words in (
        "one person removed",
        "table visit: at most 3 rows a person",
        "first rows that pass the filter",
        "cells: 12",
        "√min(3 rows, 12 cells)",
        "3 · (5 - -3) steps",
        "McSherry 2009",
        "Wilson et al. 2019",
        "Bun and Steinke 2016",
        "Canonne, Kamath, Steinke 2020",
    ):
        assert words in proof, words


def test_an_agreement_that_binds_fewer_rows_needs_less_noise() -> None:
    asked: Question = question(VISITS, count())
    tight = bounds(asked, rows_per_person={**ROWS, "visit": 1}, catalogue=CATALOGUE, min_cell=1)
    assert summary(tight) == [("rows", 1)]
    assert tight.person_vector == tight.vectors[0].name
    with pytest.raises(UnboundedError, match="catalogue has no table"):
        bounds(asked, rows_per_person=ROWS, catalogue=Catalogue((PUPIL,)), min_cell=1)
    assert VISIT.hard_rows * len(SITES) == 12
