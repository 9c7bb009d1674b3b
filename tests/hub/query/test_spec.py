"""What a question means: its text, and the parts of the plan that it must become."""

import pytest

from hub.query.expression import (
    Any_,
    Arithmetic,
    Case,
    Constant,
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
from hub.query.model import PerPerson, StatisticKind, Where, contributors, scans
from tests.hub.query.asking import DISTRICTS, SYSTEMS, plan, predicate, shape, where

MOVES, DAYS, RATE, GRADE, YEAR = (
    Field(f"t0.{name}") for name in ("school_moves", "days_absent", "attendance_rate", "grade", "school_year")
)

PREDICATES: list[tuple[str, Predicate | None]] = [
    ("grade_band = 'K-2'", Member(Field("t0.grade_band"), ("K-2",))),
    ("'K-2' = grade_band", Member(Field("t0.grade_band"), ("K-2",))),
    ("grade_band IN ('6-8', 'K-2')", Member(Field("t0.grade_band"), ("K-2", "6-8"))),
    ("grade_band <> 'K-2'", Member(Field("t0.grade_band"), ("early", "3-5", "6-8", "9-12", "other"))),
    ("school_year = 2025", Member(YEAR, (2025,))),
    ("school_year >= 2025", Member(YEAR, (2025, 2026))),
    ("school_year BETWEEN 2000 AND 2025", Member(YEAR, (2024, 2025))),
    ("attendance_rate < 0.95", Within(RATE, None, 949)),
    ("attendance_rate <= 0.950", Within(RATE, None, 950)),
    ("0.95 < attendance_rate", Within(RATE, 951, None)),
    ("attendance_rate BETWEEN 0.9 AND .95", Within(RATE, 900, 950)),
    ("attendance_rate >= 0", Not(IsNull(RATE))),
    ("attendance_rate IS NULL", IsNull(RATE)),
    ("NOT attendance_rate IS NULL", Not(IsNull(RATE))),
    ("school_moves <> 2", Any_((Within(MOVES, None, 1), Within(MOVES, 3, None)))),
    ("school_moves IN (1, 2, 4)", Any_((Within(MOVES, 1, 2), Within(MOVES, 4, None)))),
    ("school_moves >= 0", None),
    ("school_moves = 2 + 2", Within(MOVES, 4, None)),
    ("school_moves < -(-1)", Within(MOVES, None, 0)),
    ("1 = 1", None),
    ("chronic_absence", Within(Field("t0.chronic_absence"), 1, None)),
    ("NOT chronic_absence", Within(Field("t0.chronic_absence"), None, 0)),
    ("chronic_absence = TRUE", Within(Field("t0.chronic_absence"), 1, None)),
    ("days_absent < days_enrolled", Less(DAYS, Field("t0.days_enrolled"))),
    ("days_absent >= days_enrolled", Less(Field("t0.days_enrolled"), DAYS, or_equal=True)),
    ("NOT days_absent >= days_enrolled", Less(DAYS, Field("t0.days_enrolled"))),
    (
        "days_absent < attendance_rate",
        Less(Arithmetic(Operator.MULTIPLY, DAYS, Constant(1000)), RATE),
    ),
    ("COALESCE(days_absent, 0) > 3", Within(DAYS, 4, None)),
    ("CASE WHEN days_absent > 3 THEN 'many' ELSE 'few' END = 'many'", Within(DAYS, 4, None)),
    ("CASE grade WHEN '01' THEN 1 WHEN '02' THEN 2 END = 2", Member(GRADE, ("02",))),
    ("days_absent - 5 > 10", Within(Arithmetic(Operator.ADD, DAYS, Constant(-5)), 11, None)),
]


@pytest.mark.parametrize(("condition", "expected"), PREDICATES, ids=[text for text, _ in PREDICATES])
def test_a_condition_becomes_one_normal_form(condition: str, expected: Predicate | None) -> None:
    assert predicate(condition) == expected


SHAPES = [
    ("SELECT COUNT(*) FROM encounter", "t0:encounter"),
    (where("grade = '01'"), "where(t0:school_year)"),
    ("SELECT COUNT(*) FROM (SELECT grade FROM school_year) WHERE grade = '01'", "where(t0:school_year)"),
    (
        (
            "SELECT COUNT(*) FROM school_year s JOIN encounter e ON s.person = e.person "
            "WHERE s.grade = '01' AND e.class = 'EMER'"
        ),
        "inner(where(t0:school_year), where(t1:encounter))",
    ),
    (
        "SELECT COUNT(*) FROM school_year s JOIN encounter e ON e.person = s.person AND e.school_year = s.school_year",
        "inner by year(t0:school_year, t1:encounter)",
    ),
    (
        "SELECT COUNT(*) FROM school_year JOIN encounter USING (person, school_year)",
        "inner by year(t0:school_year, t1:encounter)",
    ),
    (
        (
            "SELECT COUNT(*) FROM school_year s LEFT JOIN encounter e USING (person) "
            "WHERE s.grade = '01' AND e.class = 'EMER'"
        ),
        "where(left(where(t0:school_year), t1:encounter))",
    ),
    (
        "SELECT COUNT(*) FROM school_year s LEFT JOIN encounter e ON s.person = e.person AND e.class = 'EMER'",
        "left(t0:school_year, where(t1:encounter))",
    ),
    (
        (
            "SELECT COUNT(*) FROM school_year s JOIN encounter e "
            "ON s.person = e.person AND s.grade = '01' AND e.class = 'EMER'"
        ),
        "inner(where(t0:school_year), where(t1:encounter))",
    ),
    (
        "SELECT COUNT(*) FROM school_year s JOIN school_year p USING (person) WHERE s.days_absent > p.days_absent",
        "where(inner(t0:school_year, t1:school_year))",
    ),
    (
        "SELECT COUNT(*) FROM (SELECT person, COUNT(*) AS n FROM encounter GROUP BY person) WHERE n > 3",
        "where(perperson(t0:encounter))",
    ),
    (
        (
            "SELECT COUNT(*) FROM school_year s JOIN (SELECT person FROM condition WHERE condition = 'asthma' "
            "GROUP BY person) a ON a.person = s.person"
        ),
        "inner(t0:school_year, perperson(where(t1:condition)))",
    ),
    (
        (
            "WITH sick AS (SELECT person, 1 AS yes FROM condition GROUP BY person) "
            "SELECT COALESCE(yes, 0) AS sick, COUNT(*) FROM school_year s LEFT JOIN sick USING (person) GROUP BY 1"
        ),
        "left(t0:school_year, derive(perperson(t1:condition)))",
    ),
    (
        (
            "SELECT COUNT(*) FROM school_year a JOIN encounter b USING (person) LEFT JOIN condition c USING (person) "
            "WHERE b.class = 'EMER' AND a.grade = '01' AND c.condition = 'lead'"
        ),
        "where(left(inner(where(t0:school_year), where(t1:encounter)), t2:condition))",
    ),
    (
        (
            "SELECT COUNT(*) FROM school_year a LEFT JOIN condition c USING (person) JOIN encounter b USING (person) "
            "WHERE c.condition IS NULL AND b.class = 'EMER'"
        ),
        "inner(where(left(t0:school_year, t1:condition)), where(t2:encounter))",
    ),
    (
        (
            "SELECT COUNT(*) FROM (SELECT person, MAX(n) AS most FROM "
            "(SELECT person, COUNT(*) AS n FROM encounter GROUP BY person) GROUP BY person) WHERE most > 1"
        ),
        "where(perperson(perperson(t0:encounter)))",
    ),
]


@pytest.mark.parametrize(("sql", "expected"), SHAPES, ids=[expected for _, expected in SHAPES])
def test_a_condition_stands_on_the_relation_it_speaks_of(sql: str, expected: str) -> None:
    assert shape(plan(sql).source) == expected


def test_statistics_know_what_they_measure() -> None:
    question = plan(
        "SELECT grade, COUNT(*), COUNT(days_absent), COUNT(district) AS c, COUNT(1) AS d, COUNT(DISTINCT person), "
        "SUM(days_absent), AVG(attendance_rate), COUNT(*) FILTER (WHERE school_moves > 1) AS moved "
        "FROM school_year GROUP BY grade"
    )
    assert question.columns == (
        "grade", "count", "count_days_absent", "c", "d", "persons", "sum_days_absent", "avg_attendance_rate", "moved"
    )  # fmt: skip
    assert [(one.kind, one.argument, one.domain, one.where) for one in question.statistics] == [
        (StatisticKind.COUNT, None, None, None),
        (StatisticKind.COUNT, DAYS, None, None),
        (StatisticKind.COUNT, None, None, None),
        (StatisticKind.COUNT, None, None, None),
        (StatisticKind.PERSONS, None, None, None),
        (StatisticKind.SUM, DAYS, Range(0, 200), None),
        (StatisticKind.MEAN, RATE, Range(0, 1000, 1000), None),
        (StatisticKind.COUNT, None, None, Within(MOVES, 2, None)),
    ]


def test_only_what_is_needed_is_read() -> None:
    question = plan(
        "SELECT COUNT(*) FROM (SELECT person, COUNT(*) AS n, SUM(days_absent) AS s, grade_flag FROM "
        "(SELECT person, days_absent, grade = '01' AS grade_flag FROM school_year) GROUP BY person)".replace(
            ", grade_flag FROM", " FROM"
        )
    )
    assert isinstance(question.source, PerPerson)
    assert question.source.aggregates == ()
    assert next(scans(question.source)).attributes == ()


def test_the_same_flag_written_twice_is_one_column() -> None:
    source = plan(
        "SELECT SUM(a) AS s, SUM(b) AS t FROM (SELECT person, BOOL_OR(grade = '01') AS a, "
        "MAX(CASE WHEN NOT grade <> '01' THEN 1 ELSE 0 END) AS b FROM school_year GROUP BY person)"
    ).source
    assert isinstance(source, PerPerson)
    assert len(source.aggregates) == 1


def test_a_flag_that_is_missing_for_children_without_visits_can_be_made_zero() -> None:
    (key,) = plan(
        "SELECT COALESCE(e.er, 0) AS er, COUNT(*) FROM school_year s LEFT JOIN (SELECT person, "
        "BOOL_OR(class = 'EMER') AS er FROM encounter GROUP BY person) e USING (person) GROUP BY er"
    ).keys
    assert not key.nullable
    assert isinstance(key.expression, Case)
    assert key.expression.otherwise == Constant(0)


def test_every_attribute_says_where_it_came_from() -> None:
    source = plan(
        "SELECT SUM(x) AS s FROM (SELECT person, SUM(days_absent * school_moves) AS x FROM school_year GROUP BY person)"
    ).source
    assert isinstance(source, PerPerson)
    assert {element.column for element in source.aggregates[0].attribute.sources} == {"days_absent", "school_moves"}


def test_a_question_without_a_condition_opens_every_file() -> None:
    question = plan("SELECT COUNT(*) FROM school_year JOIN encounter USING (person)")
    assert contributors(question) == {*DISTRICTS, *SYSTEMS}


def test_two_conditions_at_two_levels_meet_on_the_table() -> None:
    source = plan(
        "SELECT COUNT(*) FROM (SELECT person, days_absent FROM school_year WHERE days_absent > 5) WHERE days_absent < 9"
    ).source
    assert isinstance(source, Where)
    assert source.predicate == Within(DAYS, 6, 8)
