"""Every data element a question names is reported with its use, wherever and however it is named."""

import pytest

from hub.query.expression import Use
from tests.hub.query.asking import plan, uses, where

ONE = "SELECT COUNT(*) AS n FROM school_year WHERE grade = '01'"

USES = [
    ("SELECT COUNT(*) FROM school_year", {"school_year.person:measure"}),
    ("SELECT COUNT(DISTINCT person) FROM school_year", {"school_year.person:measure"}),
    (where("district = 'elm'"), {"school_year.person:measure"}),
    ("SELECT grade, COUNT(*) FROM school_year GROUP BY grade", {"school_year.grade:group_by"}),
    (where("grade = '01'"), {"school_year.grade:filter"}),
    ("SELECT COUNT(*) FILTER (WHERE grade = '01') AS n FROM school_year", {"school_year.grade:filter"}),
    ("SELECT COUNT(days_absent) FROM school_year", {"school_year.days_absent:measure"}),
    ("SELECT SUM(days_absent), AVG(days_absent) FROM school_year", {"school_year.days_absent:measure"}),
    ("SELECT district, COUNT(*) FROM school_year GROUP BY 1", {"school_year.district:group_by"}),
    (
        "SELECT COUNT(*) FROM school_year JOIN encounter USING (person)",
        {"school_year.person:join", "encounter.person:join"},
    ),
    (
        "SELECT COUNT(*) FROM school_year JOIN encounter USING (person, school_year)",
        {
            "school_year.person:join",
            "encounter.person:join",
            "school_year.school_year:filter",
            "encounter.school_year:filter",
        },
    ),
    ("SELECT COUNT(*) FROM (SELECT person FROM encounter GROUP BY person)", {"encounter.person:join"}),
    (
        (
            "SELECT flag, COUNT(*) FROM (SELECT person, BOOL_OR(class = 'EMER') AS flag FROM encounter "
            "GROUP BY person) "
            "GROUP BY flag"
        ),
        {"encounter.person:join", "encounter.class:group_by"},
    ),
    (
        (
            "SELECT COUNT(*) FROM (SELECT person, BOOL_OR(class = 'EMER') AS flag FROM encounter GROUP BY person) "
            "WHERE flag"
        ),
        {"encounter.person:join", "encounter.class:filter"},
    ),
    (
        "SELECT AVG(flag) FROM (SELECT person, BOOL_OR(class = 'EMER') AS flag FROM encounter GROUP BY person)",
        {"encounter.person:join", "encounter.class:measure"},
    ),
    (
        (
            "SELECT n, COUNT(*) FROM (SELECT person, COUNT(*) FILTER (WHERE class = 'EMER') AS n FROM encounter "
            "GROUP BY person) GROUP BY n"
        ),
        {"encounter.person:join", "encounter.class:filter", "encounter.class:group_by"},
    ),
    (
        (
            "SELECT AVG(x) FROM (SELECT person, SUM(days_absent) FILTER (WHERE grade = '01') AS x FROM school_year "
            "WHERE school_year = 2025 GROUP BY person)"
        ),
        {
            "school_year.person:join",
            "school_year.grade:filter",
            "school_year.school_year:filter",
            "school_year.days_absent:measure",
        },
    ),
    (
        "SELECT CASE WHEN days_absent > 9 THEN 'many' ELSE 'few' END AS k, COUNT(*) FROM school_year GROUP BY k",
        {"school_year.days_absent:group_by"},
    ),
    (
        "SELECT SUM(CASE WHEN grade = '01' THEN days_absent ELSE 0 END) AS s FROM school_year",
        {"school_year.grade:measure", "school_year.days_absent:measure"},
    ),
]


@pytest.mark.parametrize(("sql", "expected"), USES, ids=[sql for sql, _ in USES])
def test_the_uses_of_a_question_are_these(sql: str, expected: set[str]) -> None:
    assert uses(sql) == expected


# A column that an agreement forbids, in every place where a name may stand.
ANYWHERE = {
    "a condition": where("days_enrolled > 3"),
    "a condition under OR": where("grade = '01' OR days_enrolled > 3"),
    "a condition that is always true": where("grade = '01' OR days_enrolled >= 0 OR days_enrolled IS NULL"),
    "a condition beside a true one": where("1 = 1 OR days_enrolled > 3"),
    "a condition that says nothing": where("grade = '01' AND (days_enrolled > 3 OR 1 = 1)"),
    "BETWEEN": where("days_absent BETWEEN 0 AND 3 OR days_enrolled BETWEEN 0 AND 3"),
    "a bound of BETWEEN": where("days_absent BETWEEN 3 AND days_enrolled"),
    "IN": where("days_enrolled IN (1, 2)"),
    "IS NULL": where("days_enrolled IS NULL"),
    "a comparison with a column": where("days_absent < days_enrolled"),
    "arithmetic": where("days_absent + 0 * days_enrolled > 3"),
    "CASE in a condition": where("CASE WHEN days_enrolled > 3 THEN 1 ELSE 0 END = 1"),
    "a branch of CASE": where("CASE WHEN grade = '01' THEN days_enrolled ELSE 0 END = 1"),
    "a branch that is never reached": "SELECT SUM(CASE WHEN 1 = 1 THEN days_absent ELSE days_enrolled END) AS s "
    "FROM school_year",
    "COALESCE": where("COALESCE(days_enrolled, 0) = 1"),
    "a second part of COALESCE": "SELECT SUM(COALESCE(school_moves, days_enrolled)) AS s FROM school_year",
    "a key": "SELECT days_enrolled, COUNT(*) FROM school_year GROUP BY days_enrolled",
    "a key by position": "SELECT days_enrolled AS d, COUNT(*) FROM school_year GROUP BY 1",
    "a key by alias": "SELECT days_enrolled AS d, COUNT(*) FROM school_year GROUP BY d",
    "a computed key": "SELECT days_enrolled > 5 AS d, COUNT(*) FROM school_year GROUP BY d",
    "SUM": "SELECT SUM(days_enrolled) AS s FROM school_year",
    "AVG": "SELECT AVG(days_enrolled) AS s FROM school_year",
    "COUNT": "SELECT COUNT(days_enrolled) AS s FROM school_year",
    "COUNT of what is never NULL": "SELECT COUNT(COALESCE(days_enrolled, 0)) AS s FROM school_year",
    "FILTER": "SELECT COUNT(*) FILTER (WHERE days_enrolled > 3) AS s FROM school_year",
    "FILTER that is always true": "SELECT COUNT(*) FILTER (WHERE days_enrolled > 3 OR 1 = 1) AS s FROM school_year",
    "ON": "SELECT COUNT(*) FROM encounter e JOIN school_year s ON s.person = e.person AND s.days_enrolled > 3",
    "ON of a left join": "SELECT COUNT(*) FROM encounter e LEFT JOIN school_year s "
    "ON s.person = e.person AND s.days_enrolled > 3",
    "a subquery's condition": "SELECT COUNT(*) FROM (SELECT grade FROM school_year WHERE days_enrolled > 3)",
    "a subquery's column": "SELECT COUNT(*) FROM (SELECT days_enrolled AS x FROM school_year) WHERE x > 3",
    "a subquery's unused column": "SELECT COUNT(*) FROM (SELECT days_enrolled AS x FROM school_year)",
    "WITH": "WITH a AS (SELECT days_enrolled AS x FROM school_year) SELECT COUNT(*) FROM a WHERE x > 3",
    "WITH of WITH": "WITH a AS (SELECT days_enrolled AS x FROM school_year), b AS (SELECT x + 1 AS y FROM a) "
    "SELECT y, COUNT(*) FROM b GROUP BY y",
    "a person's total": "SELECT AVG(x) FROM (SELECT person, SUM(days_enrolled) AS x FROM school_year GROUP BY person)",
    "a person's unused total": "SELECT COUNT(*) FROM (SELECT person, SUM(days_enrolled) AS x FROM school_year "
    "GROUP BY person)",
    "a person's flag": "SELECT x, COUNT(*) FROM (SELECT person, BOOL_OR(days_enrolled > 3) AS x FROM school_year "
    "GROUP BY person) GROUP BY x",
    "a person's FILTER": "SELECT x, COUNT(*) FROM (SELECT person, COUNT(*) FILTER (WHERE days_enrolled > 3) AS x "
    "FROM school_year GROUP BY person) GROUP BY x",
    "a flag through a left join": "SELECT COALESCE(a.x, 0) AS k, COUNT(*) FROM encounter e LEFT JOIN (SELECT person, "
    "BOOL_OR(days_enrolled > 3) AS x FROM school_year GROUP BY person) a USING (person) GROUP BY k",
    "a computed column through a left join": "SELECT a.x, COUNT(*) FROM encounter e LEFT JOIN "
    "(SELECT person, days_enrolled + 1 AS x FROM school_year) a USING (person) GROUP BY a.x",
}


@pytest.mark.parametrize("place", ANYWHERE)
def test_a_forbidden_column_is_seen_wherever_it_stands(place: str) -> None:
    assert any(one.startswith("school_year.days_enrolled:") for one in uses(ANYWHERE[place]))


@pytest.mark.parametrize(
    ("sql", "use"),
    [
        ("SELECT SUM(days_enrolled) AS s FROM school_year", Use.MEASURE),
        ("SELECT days_enrolled, COUNT(*) FROM school_year GROUP BY 1", Use.GROUP_BY),
        (where("days_enrolled > 3"), Use.FILTER),
    ],
)
def test_a_column_is_used_as_it_is_written_and_no_other_way(sql: str, use: Use) -> None:
    assert {one for element, one in plan(sql).uses if element.column == "days_enrolled"} == {use}


def test_a_column_used_in_three_ways_is_reported_three_times() -> None:
    found = uses(
        "SELECT days_absent, SUM(days_absent) AS s FROM school_year WHERE days_absent > 3 GROUP BY days_absent"
    )
    assert found == {f"school_year.days_absent:{use}" for use in ("group_by", "measure", "filter")}


def test_a_table_that_is_only_joined_is_reported_too() -> None:
    assert "immunization.person:join" in uses("SELECT COUNT(*) FROM school_year JOIN immunization USING (person)")
