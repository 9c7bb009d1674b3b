"""A literal condition on the custodian column chooses which files are opened; nothing else does."""

import pytest

from hub.query.model import JoinKind, Where, scans
from tests.hub.query.asking import DISTRICTS, SYSTEMS, plan, refused, where

TABLE = [
    ("district = 'elm'", {"elm"}),
    ("'elm' = district", {"elm"}),
    ("district IN ('elm', 'fir')", {"elm", "fir"}),
    ("district = 'elm' OR district = 'fir'", {"elm", "fir"}),
    ("NOT (district <> 'elm' AND district <> 'fir')", {"elm", "fir"}),
    ("district <> 'elm'", set(DISTRICTS) - {"elm"}),
    ("district NOT IN ('elm', 'fir')", set(DISTRICTS) - {"elm", "fir"}),
    ("district <> 'elm' AND district <> 'fir'", set(DISTRICTS) - {"elm", "fir"}),
    ("district IN ('elm', 'fir') AND district <> 'fir'", {"elm"}),
    ("(district = 'elm' AND grade = '01')", {"elm"}),
    ("NOT (district <> 'elm' OR grade = '01')", {"elm"}),
    ("CASE WHEN district = 'elm' THEN 1 ELSE 0 END = 1", {"elm"}),
    ("district = 'elm' OR grade = '01'", set(DISTRICTS)),
    ("(district = 'elm' AND grade = '01') OR district = 'fir'", set(DISTRICTS)),
    ("district IS NOT NULL", set(DISTRICTS)),
    ("grade = '01'", set(DISTRICTS)),
]


@pytest.mark.parametrize(("condition", "expected"), TABLE, ids=[text for text, _ in TABLE])
def test_only_a_literal_condition_at_the_top_leaves_files_unopened(condition: str, expected: set[str]) -> None:
    question = plan(where(condition))
    (scan,) = scans(question.source)
    assert set(scan.custodians) == expected


@pytest.mark.parametrize("condition", [text for text, custodians in TABLE if custodians == {"elm"}][:3])
def test_such_a_condition_is_no_condition_on_data(condition: str) -> None:
    question = plan(where(condition))
    assert not isinstance(question.source, Where)
    assert "district" not in {element.column for element, _ in question.uses}


def test_a_condition_that_stays_is_a_filter() -> None:
    question = plan(where("district = 'elm' OR grade = '01'"))
    assert isinstance(question.source, Where)
    assert ("district", "filter") in {(element.column, use.value) for element, use in question.uses}


THROUGH = [
    "SELECT COUNT(*) FROM (SELECT district AS d FROM school_year) WHERE d = 'elm'",
    "SELECT COUNT(*) FROM (SELECT district FROM school_year WHERE district <> 'fir') WHERE district IN ('elm', 'fir')",
    (
        "WITH a AS (SELECT person, district AS d FROM school_year), b AS (SELECT d FROM a) "
        "SELECT COUNT(*) FROM b WHERE d = 'elm'"
    ),
    "SELECT COUNT(*) FROM school_year s JOIN encounter e USING (person) WHERE s.district = 'elm'",
    "SELECT COUNT(*) FROM encounter e JOIN school_year s USING (person) WHERE s.district = 'elm'",
    "SELECT COUNT(*) FROM encounter e JOIN school_year s ON s.person = e.person AND s.district = 'elm'",
    "SELECT COUNT(*) FROM encounter e LEFT JOIN school_year s ON s.person = e.person AND s.district = 'elm'",
    "SELECT COUNT(*) FROM school_year s LEFT JOIN encounter e USING (person) WHERE s.district = 'elm'",
    "SELECT COUNT(*) FROM (SELECT person FROM school_year WHERE district = 'elm' GROUP BY person)",
]


@pytest.mark.parametrize("sql", THROUGH)
def test_a_condition_reaches_the_table_through_joins_and_subqueries(sql: str) -> None:
    scan = next(scan for scan in scans(plan(sql).source) if scan.table == "school_year")
    assert scan.custodians == ("elm",)


def test_the_side_of_a_left_join_that_may_be_empty_is_opened_whole() -> None:
    question = plan(
        "SELECT COUNT(*) FROM school_year s LEFT JOIN encounter e USING (person) WHERE e.health_system = 'lakeside'"
    )
    assert isinstance(question.source, Where)
    join = question.source.source
    assert getattr(join, "kind", None) is JoinKind.LEFT
    assert [scan.custodians for scan in scans(join)] == [DISTRICTS, SYSTEMS]
    assert ("health_system", "filter") in {(element.column, use.value) for element, use in question.uses}


def test_two_scans_of_one_table_are_chosen_apart() -> None:
    question = plan(
        "SELECT COUNT(*) FROM school_year a JOIN school_year b USING (person) "
        "WHERE a.district = 'elm' AND b.district = 'fir'"
    )
    assert [scan.custodians for scan in scans(question.source)] == [("elm",), ("fir",)]


@pytest.mark.parametrize(
    "condition",
    [
        "district = 'elm' AND district = 'fir'",
        "district IN ('elm') AND district NOT IN ('elm', 'fir')",
        "district <> 'elm' AND grade = '01' AND district = 'elm'",
    ],
)
def test_conditions_that_leave_no_custodian_are_a_problem(condition: str) -> None:
    assert any("leave no custodian" in one.message for one in refused(where(condition)))


def test_grouping_by_the_custodian_is_a_use_of_it() -> None:
    question = plan("SELECT district, COUNT(*) FROM school_year WHERE district = 'elm' GROUP BY district")
    assert {(element.column, use.value) for element, use in question.uses} == {("district", "group_by")}
