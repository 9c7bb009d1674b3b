"""Keys, bounds, steps and NULL are carried from the catalogue through every expression."""

import pytest

from hub.query.expression import Keys, Range
from hub.query.model import PerPerson, PersonAggregateKind
from tests.hub.query.asking import DISTRICTS, SYSTEMS, plan

KEYS = [
    ("SELECT district, COUNT(*) FROM school_year GROUP BY district", Keys(DISTRICTS), False),
    ("SELECT grade_band AS g, COUNT(*) FROM school_year GROUP BY g", None, True),
    ("SELECT school_moves, COUNT(*) FROM school_year GROUP BY 1", Range(0, 4), False),
    ("SELECT chronic_absence, COUNT(*) FROM school_year GROUP BY 1", Range(0, 1), True),
    (
        (
            "SELECT CASE WHEN days_absent > 10 THEN 'many' WHEN days_absent <= 10 THEN 'few' END AS k, COUNT(*) "
            "FROM school_year GROUP BY k"
        ),
        Keys(("many", "few")),
        True,
    ),
    (
        "SELECT CASE WHEN days_absent > 10 THEN 'many' ELSE 'few' END AS k, COUNT(*) FROM school_year GROUP BY k",
        Keys(("many", "few")),
        False,
    ),
    ("SELECT days_absent > 10 AS k, COUNT(*) FROM school_year GROUP BY 1", Range(0, 1), True),
    ("SELECT school_moves > 1 AS k, COUNT(*) FROM school_year GROUP BY 1", Range(0, 1), False),
    ("SELECT COALESCE(chronic_absence, 0) AS k, COUNT(*) FROM school_year GROUP BY 1", Range(0, 1), False),
    (
        "SELECT CASE WHEN days_absent > 9 THEN 9 ELSE days_absent END AS k, COUNT(*) FROM school_year GROUP BY 1",
        Range(0, 9),
        True,
    ),
    (
        "SELECT CASE WHEN days_absent IS NULL THEN -1 ELSE days_absent END AS k, COUNT(*) FROM school_year GROUP BY 1",
        Range(-1, 200),
        False,
    ),
    (
        "SELECT e.class, COUNT(*) FROM school_year s LEFT JOIN encounter e USING (person) GROUP BY e.class",
        Keys(("AMB", "EMER", "IMP", "VR", "other")),
        True,
    ),
    (
        "SELECT c.health_system AS k, COUNT(*) FROM school_year s LEFT JOIN condition c USING (person) GROUP BY k",
        Keys(SYSTEMS),
        True,
    ),
    ("SELECT health_system, COUNT(*) FROM condition GROUP BY 1", Keys(SYSTEMS), False),
    (
        (
            "SELECT any_er, COUNT(*) FROM (SELECT person, BOOL_OR(class = 'EMER') AS any_er FROM encounter "
            "GROUP BY person) "
            "GROUP BY any_er"
        ),
        Range(0, 1),
        False,
    ),
    (
        (
            "SELECT e.er, COUNT(*) FROM school_year s LEFT JOIN (SELECT person, BOOL_OR(class = 'EMER') AS er "
            "FROM encounter GROUP BY person) e USING (person) GROUP BY e.er"
        ),
        Range(0, 1),
        True,
    ),
]


@pytest.mark.parametrize(("sql", "domain", "nullable"), KEYS, ids=[sql for sql, *_ in KEYS])
def test_a_key_has_its_public_domain_and_a_null_cell_only_where_null_can_occur(
    sql: str, domain: Keys | Range | None, *, nullable: bool
) -> None:
    (key,) = plan(sql).keys
    assert key.nullable is nullable
    assert domain is None or key.domain == domain


PER_PERSON = [
    ("COUNT(*)", PersonAggregateKind.COUNT, Range(1, 24), False),
    ("COUNT(grade)", PersonAggregateKind.COUNT, Range(0, 24), False),
    ("COUNT(district)", PersonAggregateKind.COUNT, Range(1, 24), False),
    ("COUNT(*) FILTER (WHERE grade = '01')", PersonAggregateKind.COUNT, Range(0, 24), False),
    ("SUM(school_moves)", PersonAggregateKind.SUM, Range(0, 96), False),
    ("SUM(days_absent)", PersonAggregateKind.SUM, Range(0, 4800), True),
    ("SUM(school_moves) FILTER (WHERE grade = '01')", PersonAggregateKind.SUM, Range(0, 96), True),
    ("SUM(5 - school_moves)", PersonAggregateKind.SUM, Range(1, 120), False),
    ("SUM(school_moves - 5)", PersonAggregateKind.SUM, Range(-120, -1), False),
    ("MIN(school_moves)", PersonAggregateKind.MIN, Range(0, 4), False),
    ("MAX(attendance_rate)", PersonAggregateKind.MAX, Range(0, 1000, 1000), True),
    ("MAX(CASE WHEN grade = '01' THEN 1 ELSE 0 END)", PersonAggregateKind.ANY, Range(0, 1), False),
    ("MAX(CASE WHEN grade = '01' THEN 1 END)", PersonAggregateKind.MAX, Range(1, 1), True),
    ("BOOL_OR(grade = '01')", PersonAggregateKind.ANY, Range(0, 1), False),
    ("ANY(grade = '01')", PersonAggregateKind.ANY, Range(0, 1), False),
    ("BOOL_OR(days_absent > 5) FILTER (WHERE grade = '01')", PersonAggregateKind.ANY, Range(0, 1), False),
]


@pytest.mark.parametrize(("text", "kind", "domain", "nullable"), PER_PERSON, ids=[text for text, *_ in PER_PERSON])
def test_an_aggregate_for_each_person_has_the_bounds_of_that_persons_rows(
    text: str, kind: PersonAggregateKind, domain: Range, *, nullable: bool
) -> None:
    source = plan(f"SELECT SUM(x) AS s FROM (SELECT person, {text} AS x FROM school_year GROUP BY person)").source
    assert isinstance(source, PerPerson)
    (aggregate,) = source.aggregates
    assert (aggregate.kind, aggregate.attribute.domain, aggregate.attribute.nullable) == (kind, domain, nullable)


def test_the_bound_of_a_persons_rows_counts_only_the_custodians_that_are_left() -> None:
    source = plan(
        "SELECT SUM(n) AS s FROM (SELECT person, COUNT(*) AS n FROM school_year WHERE district IN ('elm', 'fir') "
        "GROUP BY person)"
    ).source
    assert isinstance(source, PerPerson)
    assert source.aggregates[0].attribute.domain == Range(1, 6)


ARITHMETIC = [
    ("days_absent + school_moves", Range(0, 204)),
    ("days_absent - school_moves", Range(-4, 200)),
    ("days_absent * school_moves", Range(0, 800)),
    ("-days_absent", Range(-200, 0)),
    ("2 * days_absent + 1", Range(1, 401)),
    ("attendance_rate * 0.5", Range(0, 5000, 10000)),
    ("attendance_rate + days_absent", Range(0, 201000, 1000)),
    ("1 - attendance_rate", Range(0, 1000, 1000)),
    ("days_absent - 0.25", Range(-25, 19975, 100)),
    ("CASE WHEN grade = '01' THEN 0.5 WHEN grade = '02' THEN days_absent ELSE -1 END", Range(-10, 2000, 10)),
]


@pytest.mark.parametrize(("text", "domain"), ARITHMETIC, ids=[text for text, _ in ARITHMETIC])
def test_bounds_and_steps_are_carried_through_arithmetic(text: str, domain: Range) -> None:
    assert plan(f"SELECT SUM({text}) AS s FROM school_year").statistics[0].domain == domain
