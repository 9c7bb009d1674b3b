"""Where rows are cut, and how many one person can have at every node."""

import pytest

from hub.privacy.errors import UnboundedError
from hub.privacy.rows import Cutting, cut, uncut_rows
from hub.query.expression import Field, Member
from hub.query.model import Cut, CutBasis, Derive, Join, JoinKind, PersonAggregateKind, Relation, Where
from tests.hub.privacy.builders import CATALOGUE, ROWS, per_person, scan

VISITS, LAKE, TWO = scan("visit"), scan("visit", "lake"), scan("visit", "lake", "north")
PUPILS = scan("pupil", binding="t1")
EMERGENCY = Member(Field("t0.kind"), ("EMER",))
ALDER = scan("pupil", "alder", binding="t1")


def made(relation: Relation) -> Cutting:
    return cut(relation, rows_per_person=ROWS, catalogue=CATALOGUE)


@pytest.mark.parametrize(
    ("relation", "expected", "rows"),
    [
        (VISITS, Cut(VISITS, 3, CutBasis.ACROSS), 3),
        (LAKE, Cut(LAKE, 3, CutBasis.WITHIN), 3),
        (TWO, Cut(TWO, 3, CutBasis.AFTER_FILTER), 3),
        (Where(VISITS, EMERGENCY), Cut(Where(VISITS, EMERGENCY), 3, CutBasis.AFTER_FILTER), 3),
        (Where(LAKE, EMERGENCY), Cut(Where(LAKE, EMERGENCY), 3, CutBasis.AFTER_FILTER), 3),
        (
            Where(Where(VISITS, EMERGENCY), EMERGENCY),
            Cut(Where(Where(VISITS, EMERGENCY), EMERGENCY), 3, CutBasis.AFTER_FILTER),
            3,
        ),
        (ALDER, ALDER, 2),  # the hard bound of one file is the agreement's bound: nothing to cut
        (Where(Derive(VISITS, ()), EMERGENCY), Where(Derive(Cut(VISITS, 3, CutBasis.ACROSS), ()), EMERGENCY), 3),
        (per_person(VISITS, PersonAggregateKind.COUNT), per_person(VISITS, PersonAggregateKind.COUNT), 1),
    ],
)
def test_a_scan_is_cut_where_the_bound_needs_it(relation: Relation, expected: Relation, rows: int) -> None:
    found = made(relation)
    assert found.relation == expected
    assert found.rows == rows
    assert found.proof


ONCE = per_person(PUPILS, PersonAggregateKind.COUNT)


@pytest.mark.parametrize(
    ("right", "kind", "rows"),
    [
        (PUPILS, JoinKind.INNER, 6),
        (PUPILS, JoinKind.LEFT, 6),
        (ONCE, JoinKind.INNER, 3),
        (ONCE, JoinKind.LEFT, 3),
        (ALDER, JoinKind.INNER, 6),
    ],
)
@pytest.mark.parametrize("by_year", [None, ("t0.year", "t1.year")])
def test_rows_multiply_through_joins_and_years_do_not_help(
    right: Relation, kind: JoinKind, rows: int, by_year: tuple[str, str] | None
) -> None:
    joined = Join(left=VISITS, right=right, kind=kind, by_year=by_year)
    assert made(joined).rows == rows
    assert made(Where(joined, EMERGENCY)).rows == rows
    assert made(per_person(joined, PersonAggregateKind.COUNT)).rows == 1


def test_both_sides_of_a_join_are_cut_and_what_is_grouped_by_person_is_not() -> None:
    joined = made(Join(left=VISITS, right=ONCE, kind=JoinKind.LEFT, by_year=None))
    assert isinstance(joined.relation, Join)
    assert joined.relation.left == Cut(VISITS, 3, CutBasis.ACROSS)
    assert joined.relation.right == ONCE


def test_uncut_rows_multiply_the_hard_bound_by_the_opened_files() -> None:
    assert uncut_rows(VISITS, catalogue=CATALOGUE) == 12
    assert uncut_rows(TWO, catalogue=CATALOGUE) == 8
    joined = Join(left=Where(LAKE, EMERGENCY), right=PUPILS, kind=JoinKind.LEFT, by_year=None)
    assert uncut_rows(Derive(joined, ()), catalogue=CATALOGUE) == 16
    assert uncut_rows(per_person(joined, PersonAggregateKind.COUNT), catalogue=CATALOGUE) == 1


@pytest.mark.parametrize(
    ("relation", "rows_per_person", "words"),
    [
        (VISITS, {"pupil": 2}, "no bound of rows a person for table 'visit'"),
        (VISITS, {"visit": 0}, "whole number above 0"),
        (VISITS, {"visit": True}, "whole number above 0"),
        (VISITS, {"visit": 2.5}, "whole number above 0"),
        (Cut(VISITS, 2, CutBasis.ACROSS), ROWS, "already holds a cut"),
        (per_person(Cut(VISITS, 2, CutBasis.ACROSS), PersonAggregateKind.COUNT), ROWS, "already holds a cut"),
        (scan("visit", "lake", "lake"), ROWS, "no file of table"),
        (scan("visit", "elsewhere"), ROWS, "no file of table"),
    ],
)
def test_what_is_not_bounded_is_refused(relation: Relation, rows_per_person: dict[str, int], words: str) -> None:
    with pytest.raises(UnboundedError, match=words):
        cut(relation, rows_per_person=rows_per_person, catalogue=CATALOGUE)


def test_a_table_that_is_only_grouped_by_person_needs_no_agreed_bound() -> None:
    assert cut(ONCE, rows_per_person={}, catalogue=CATALOGUE).rows == 1
