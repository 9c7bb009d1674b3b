"""What values can occur: ranges through every expression, NULL, and overflow refused beforehand."""

import pytest

from hub.privacy import domains
from hub.privacy.domains import Facts
from hub.privacy.errors import UnboundedError
from hub.privacy.masks import mask
from hub.query.expression import (
    Arithmetic,
    Attribute,
    Case,
    Constant,
    DataElement,
    Every,
    Expression,
    Field,
    IsNull,
    Less,
    Member,
    Not,
    Operator,
    Predicate,
    Range,
    Within,
)
from hub.query.model import Derive, Join, JoinKind, PersonAggregateKind, Scan, Where
from tests.hub.privacy.builders import CATALOGUE, per_person, scan

COST, MINUTES, KIND = Field("t0.cost"), Field("t0.minutes"), Field("t0.kind")
KNOWN = domains.attributes(scan("visit"), catalogue=CATALOGUE)
COSTLY, CHEAP = Within(COST, 2, None), Within(COST, None, 1)


def times(left: Expression, right: Expression) -> Arithmetic:
    return Arithmetic(Operator.MULTIPLY, left, right)


@pytest.mark.parametrize(
    ("expression", "span", "nullable"),
    [
        (COST, (-3, 5), True),
        (MINUTES, (0, 9), False),
        (Constant(4), (4, 4), False),
        (Constant(None), None, True),
        (Arithmetic(Operator.ADD, COST, MINUTES), (-3, 14), True),
        (Arithmetic(Operator.SUBTRACT, COST, MINUTES), (-12, 5), True),
        (times(COST, COST), (-15, 25), True),
        (times(COST, Constant(-2)), (-10, 6), True),
        (times(COST, Constant(None)), None, True),
        (Case(((COSTLY, COST),), Constant(0)), (0, 5), False),
        (Case(((COSTLY, COST),), Constant(None)), (2, 5), True),
        (Case(((COSTLY, Constant(2)),), COST), (-3, 2), True),  # the least of cost and 2
        (Case(((CHEAP, Constant(0)), (COSTLY, COST)), Constant(1)), (0, 5), False),
        (Case(((Every((COSTLY, Within(COST, None, 3))), COST),), Constant(2)), (2, 3), False),
        (Case(((Not(COSTLY), COST),), Constant(9)), (-3, 9), False),
        (Case(((Less(COST, MINUTES), COST),), MINUTES), (-3, 9), True),
        (Case(((Within(COST, 50, None), COST),), Constant(1)), (1, 1), False),
        (Case(((Not(IsNull(COST)), COST),), Constant(0)), (-3, 5), False),
    ],
)
def test_the_range_of_an_expression(expression: Expression, span: tuple[int, int] | None, nullable: object) -> None:
    facts = domains.of(expression, KNOWN)
    assert (facts.span, facts.nullable) == (span, nullable)


def test_a_condition_narrows_what_reaches_an_aggregate_and_not_what_an_engine_may_compute() -> None:
    known = domains.attributes(Where(scan("visit"), COSTLY), catalogue=CATALOGUE)
    assert known["t0.cost"] == Facts(number=True, span=(2, 5), raw=(-3, 5), nullable=False)


def test_the_right_side_of_a_left_join_can_be_missing() -> None:
    joined = Join(left=scan("visit"), right=scan("pupil", binding="t1"), kind=JoinKind.LEFT, by_year=None)
    known = domains.attributes(joined, catalogue=CATALOGUE)
    assert known["t1.absent"].nullable
    assert not known["t0.minutes"].nullable


@pytest.mark.parametrize(
    ("kind", "argument", "span"),
    [
        (PersonAggregateKind.COUNT, None, (0, 12)),
        (PersonAggregateKind.SUM, COST, (-36, 60)),
        (PersonAggregateKind.SUM, MINUTES, (0, 108)),
        (PersonAggregateKind.MIN, COST, (-3, 5)),
        (PersonAggregateKind.ANY, None, (0, 1)),
    ],
)
def test_what_is_computed_for_each_person_is_bounded_by_the_hard_rows(
    kind: PersonAggregateKind, argument: Expression | None, span: tuple[int, int]
) -> None:
    relation = per_person(scan("visit"), kind, argument=argument, where=Not(IsNull(KIND)))
    assert domains.attributes(relation, catalogue=CATALOGUE)["p.value"].span == span


def test_a_stated_domain_narrows_a_derived_attribute_and_never_widens_it() -> None:
    for stated, span in ((Range(0, 2), (0, 2)), (Range(-99, 99), (-3, 5))):
        attribute = Attribute(name="d.x", domain=stated, nullable=False, sources=frozenset())
        known = domains.attributes(Derive(scan("visit"), ((attribute, COST),)), catalogue=CATALOGUE)
        assert known["d.x"].span == span
        assert known["d.x"].nullable


HUGE = times(times(Constant(2**31), Constant(2**30)), MINUTES)


@pytest.mark.parametrize(
    "predicate",
    [
        Within(HUGE, 0, None),
        IsNull(HUGE),
        Less(MINUTES, HUGE),
        Every((Not(Member(HUGE, (1,))),)),
        Within(Case(((Within(MINUTES, 0, 0), HUGE),), Constant(0)), 0, 1),  # no branch is safe by its condition
    ],
)
def test_a_condition_that_could_overflow_is_refused_whatever_the_records(predicate: Predicate) -> None:
    with pytest.raises(UnboundedError, match="2\\^62"):
        domains.attributes(Where(scan("visit"), predicate), catalogue=CATALOGUE)


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**62 - 1])
def test_numbers_below_the_limit_are_accepted_and_one_step_more_is_refused(value: int) -> None:
    assert domains.of(Constant(value), KNOWN).span == (value, value)
    with pytest.raises(UnboundedError):
        domains.of(times(Constant(value), Constant(2**9)), KNOWN)


def test_keys_are_not_calculated_with() -> None:
    with pytest.raises(UnboundedError, match="keys cannot be calculated with"):
        domains.of(times(KIND, Constant(1)), KNOWN)
    with pytest.raises(UnboundedError, match="keys cannot"):
        domains.attributes(per_person(scan("visit"), PersonAggregateKind.SUM, argument=KIND), catalogue=CATALOGUE)


def test_unknown_attributes_and_columns_are_refused() -> None:
    with pytest.raises(UnboundedError, match="no attribute"):
        domains.of(Field("t9.x"), KNOWN)
    foreign = Attribute(
        name="t0.x", domain=Range(0, 1), nullable=False, sources=frozenset({DataElement("visit", "secret")})
    )
    with pytest.raises(UnboundedError, match="no column of table"):
        domains.attributes(
            Scan(table="visit", binding="t0", custodians=("lake",), attributes=(foreign,)), catalogue=CATALOGUE
        )


def test_a_scan_takes_its_bounds_from_the_catalogue_and_not_from_the_question() -> None:
    lying = Attribute(
        name="t0.cost", domain=Range(0, 1), nullable=False, sources=frozenset({DataElement("visit", "cost")})
    )
    known = domains.attributes(
        Scan(table="visit", binding="t0", custodians=("lake",), attributes=(lying,)), catalogue=CATALOGUE
    )
    assert known["t0.cost"].span == (-3, 5)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ((None, COST), (None, times(COST, Constant(2))), True),
        ((None, MINUTES), (None, None), True),
        ((None, COST), (None, None), False),
        ((COSTLY, None), (None, None), False),
        ((COSTLY, COST), (COSTLY, None), True),
        ((Every(()), None), (None, None), True),
        ((None, Arithmetic(Operator.ADD, COST, MINUTES)), (None, COST), True),
    ],
)
def test_masks_are_one_only_when_proven_identical(
    left: tuple[Predicate | None, Expression | None], right: tuple[Predicate | None, Expression | None], *, same: bool
) -> None:
    masks = [mask(where, argument, domains.narrowed(KNOWN, where)) for where, argument in (left, right)]
    assert (masks[0] == masks[1]) is same
