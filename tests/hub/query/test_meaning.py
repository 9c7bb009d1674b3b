"""A plan answers what DuckDB answers to the text itself, on any data: nothing is lost on the way to the plan."""

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agreements.catalogue import Column, ColumnKind, Table
from hub.query.errors import QueryError
from hub.query.expression import Keys, Range
from hub.query.model import Question
from tests.hub.query.asking import CATALOGUE, plan, where
from tests.hub.query.evaluate import Row, Tables, answer

NAMES = ("school_year", "encounter", "condition")
FEW = {"district": ("alder", "elm"), "grade": ("KG", "01"), "grade_band": ("K-2", "9-12"), "class": ("AMB", "EMER")}

QUESTIONS = [
    "SELECT district, COUNT(*) AS n FROM school_year GROUP BY district",
    (
        "SELECT grade_band, school_year, COUNT(DISTINCT person) AS n, SUM(days_absent) AS s, AVG(attendance_rate) AS a "
        "FROM school_year GROUP BY 1, 2"
    ),
    "SELECT COUNT(days_absent) AS n, COUNT(*) FILTER (WHERE attendance_rate < 0.95) AS m FROM school_year",
    where("NOT (days_absent > 2 AND grade = '01') OR chronic_absence IS NULL"),
    where("attendance_rate BETWEEN 0.2 AND 0.95 AND school_moves NOT IN (0, 2)"),
    where("days_absent < days_enrolled OR NOT days_absent <= 3"),
    where("days_absent * 2 + 1 > days_enrolled - school_moves"),
    where("attendance_rate * 0.5 < days_absent"),
    where("CASE WHEN days_absent > 2 THEN 'x' WHEN grade = '01' THEN 'y' END <> 'x'"),
    where("COALESCE(days_absent, days_enrolled, 1) = 1"),
    where("district = 'elm' OR grade = '01'"),
    where("NOT (district = 'elm' AND NOT grade = '01')"),
    where("NOT (days_absent = 3 OR days_absent IS NULL)"),
    where("(days_absent > 2) = (days_enrolled > 2)"),
    where("chronic_absence = 1 AND NOT (school_year <> 2025 OR school_moves >= 3)"),
    "SELECT CASE WHEN days_absent > 2 THEN 2 ELSE days_absent END AS k, COUNT(*) AS n FROM school_year GROUP BY 1",
    (
        "SELECT CASE WHEN days_absent IS NULL THEN 0 WHEN days_absent > 100 THEN 1 END AS k, COUNT(*) AS n "
        "FROM school_year GROUP BY 1"
    ),
    "SELECT days_absent > 3 AS k, COUNT(*) AS n FROM school_year GROUP BY 1",
    "SELECT days_absent > 3 OR grade = '01' AS k, COUNT(*) AS n FROM school_year GROUP BY 1",
    "SELECT SUM(CASE WHEN grade = '01' THEN 0.5 WHEN grade = 'KG' THEN days_absent ELSE -1 END) AS s FROM school_year",
    "SELECT SUM(-days_absent) AS s, AVG(1 - attendance_rate) AS a FROM school_year",
    "SELECT COUNT(*) AS n FROM school_year s JOIN encounter e ON s.person = e.person",
    (
        "SELECT s.grade, e.class, COUNT(*) AS n, COUNT(DISTINCT s.person) AS p FROM school_year s JOIN encounter e "
        "USING (person, school_year) GROUP BY 1, 2"
    ),
    (
        "SELECT s.grade, e.class, COUNT(*) AS n, COUNT(e.reason) AS r FROM school_year s LEFT JOIN encounter e "
        "ON s.person = e.person AND e.school_year = s.school_year AND e.class = 'EMER' GROUP BY 1, 2"
    ),
    (
        "SELECT COUNT(*) AS n FROM school_year s LEFT JOIN encounter e ON s.person = e.person "
        "WHERE e.class IS NULL AND s.grade = '01'"
    ),
    (
        "SELECT COUNT(*) AS n FROM school_year s LEFT JOIN encounter e ON s.person = e.person "
        "WHERE e.health_system = 'lakeside' AND NOT e.class = 'AMB'"
    ),
    (
        "SELECT COUNT(*) AS n FROM school_year s JOIN encounter e ON s.person = e.person AND e.class = 'EMER' "
        "JOIN condition c ON c.person = s.person WHERE c.condition = 'asthma' AND s.days_absent > 1"
    ),
    (
        "SELECT COUNT(*) AS n FROM school_year s LEFT JOIN encounter e ON s.person = e.person "
        "LEFT JOIN condition c ON c.person = s.person AND c.school_year = e.school_year "
        "WHERE e.class = 'EMER' OR c.condition = 'asthma'"
    ),
    (
        "SELECT COUNT(*) AS n FROM school_year a JOIN school_year b ON a.person = b.person "
        "WHERE a.district <> b.district AND a.school_year < b.school_year"
    ),
    (
        "SELECT n, COUNT(*) AS c, SUM(s) AS s, AVG(m) AS m FROM (SELECT person, COUNT(*) AS n, SUM(days_absent) AS s, "
        "MAX(days_enrolled) FILTER (WHERE grade = '01') AS m FROM school_year GROUP BY person) GROUP BY n"
    ),
    (
        "SELECT COUNT(*) AS n FROM (SELECT person, MIN(days_absent) AS least, COUNT(days_absent) AS known "
        "FROM school_year "
        "WHERE school_year = 2025 GROUP BY person) WHERE least IS NULL OR known > 1"
    ),
    (
        "SELECT k, COUNT(*) AS n FROM (SELECT person, CASE WHEN COUNT(*) > 1 THEN 'many' ELSE 'one' END AS k "
        "FROM encounter GROUP BY person) GROUP BY k"
    ),
    (
        "SELECT s.grade, COALESCE(a.ill, 0) AS ill, COUNT(*) AS n FROM school_year s LEFT JOIN (SELECT person, "
        "MAX(CASE WHEN condition = 'asthma' THEN 1 ELSE 0 END) AS ill FROM condition GROUP BY person) a "
        "ON a.person = s.person GROUP BY s.grade, COALESCE(a.ill, 0)"
    ),
    (
        "SELECT a.ill AS k, COUNT(*) AS n FROM school_year s LEFT JOIN (SELECT person, 1 AS ill FROM condition "
        "WHERE condition = 'asthma' GROUP BY person) a USING (person) GROUP BY 1"
    ),
    (
        "SELECT COUNT(*) AS n FROM school_year s LEFT JOIN (SELECT person, COALESCE(active, 0) AS x FROM condition) c "
        "USING (person) WHERE x = 0"
    ),
    (
        "SELECT COUNT(*) AS n FROM school_year s LEFT JOIN (SELECT e.person, c.active + 1 AS x FROM encounter e "
        "LEFT JOIN condition c USING (person)) q USING (person) WHERE x > 0 OR x IS NULL AND s.grade = '01'"
    ),
    (
        "SELECT COUNT(DISTINCT s.person) AS n FROM school_year s JOIN (SELECT person FROM encounter "
        "WHERE class = 'EMER' "
        "GROUP BY person) e USING (person) WHERE s.district = 'elm'"
    ),
    (
        "WITH a AS (SELECT person, days_absent + 1 AS x, district AS d FROM school_year WHERE grade = '01'), "
        "b AS (SELECT person, x * 2 AS y, d FROM a WHERE d <> 'elm') SELECT COUNT(*) AS n, SUM(y) AS s FROM b "
        "WHERE y > 4"
    ),
    (
        "SELECT COUNT(*) AS n FROM (SELECT person, SUM(n) AS m FROM (SELECT person, COUNT(*) AS n FROM encounter "
        "GROUP BY person) GROUP BY person) WHERE m > 1"
    ),
]


def stored(column: Column) -> st.SearchStrategy[Any]:
    if column.kind is ColumnKind.NUMBER:
        edges = [column.lower, column.upper, min(column.upper, column.lower + 1), min(column.upper, 3)]
        values: st.SearchStrategy[Any] = st.sampled_from(edges)
    else:
        values = st.sampled_from(FEW.get(column.name, column.keys[:3]))
    return st.none() | values if column.nullable else values


def rows_of(table: Table) -> st.SearchStrategy[list[Row]]:
    columns = {column.name: stored(column) for column in table.columns}
    return st.lists(st.fixed_dictionaries({"person": st.integers(1, 4), **columns}), max_size=8)


TABLES = [table for table in CATALOGUE.tables if table.name in NAMES]
DATA = st.fixed_dictionaries({table.name: rows_of(table) for table in TABLES})


@contextmanager
def opened() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        for table in TABLES:
            columns = ", ".join(f'"{column.name}" {sql_type(column)}' for column in table.columns)
            connection.execute(f"CREATE TABLE {table.name} (person INTEGER, {columns})")
        yield connection


def sql_type(column: Column) -> str:
    if column.kind is ColumnKind.NUMBER:
        return "INTEGER" if column.steps_per_unit == 1 else "DECIMAL(9, 3)"
    return "INTEGER" if isinstance(column.keys[0], int) else "TEXT"


def load(connection: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    for table in TABLES:
        rows = [
            [row["person"], *(written(column, row[column.name]) for column in table.columns)]
            for row in tables[table.name]
        ]
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)


def written(column: Column, value: Any) -> Any:
    return value if value is None or column.steps_per_unit == 1 else Decimal(value) / column.steps_per_unit


def by_duckdb(
    connection: duckdb.DuckDBPyConnection, sql: str, question: Question
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    places = [question.columns.index(key.name) for key in question.keys]
    measured = [question.columns.index(one.name) for one in question.statistics]
    found = {}
    for row in connection.execute(sql).fetchall():
        cell = tuple(steps(row[place], key.domain) for place, key in zip(places, question.keys, strict=True))
        found[cell] = tuple(None if row[place] is None else float(row[place]) for place in measured)
    return found


def steps(value: Any, domain: Keys | Range) -> Any:
    return value if value is None or isinstance(domain, Keys) else int(value * domain.steps_per_unit)


def compare(connection: duckdb.DuckDBPyConnection, sql: str, tables: Tables) -> None:
    question = plan(sql)
    expected, found = by_duckdb(connection, sql, question), answer(question, tables)
    assert expected.keys() == found.keys(), sql
    for cell, values in expected.items():
        for one, other in zip(values, found[cell], strict=True):
            assert (one is None) == (other is None), sql
            assert one is None or other is None or math.isclose(one, other, abs_tol=1e-9), sql
        for part, key in zip(cell, question.keys, strict=True):
            assert part is not None or key.nullable, sql
            if isinstance(key.domain, Range) and part is not None:
                assert key.domain.lower <= part <= key.domain.upper, sql


@settings(max_examples=20, deadline=None, database=None)
@given(DATA)
def test_a_plan_answers_what_the_text_asks(tables: Tables) -> None:
    with opened() as connection:
        load(connection, tables)
        for sql in QUESTIONS:
            compare(connection, sql, tables)


NUMBERS = ("days_absent", "days_enrolled", "school_moves", "chronic_absence")
COMPARISONS = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))


def numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
        st.builds("COALESCE({}, {})".format, inner, st.integers(0, 3)),
        st.builds("CASE WHEN {} > 1 THEN {} ELSE {} END".format, inner, inner, inner),
        st.builds("CASE {} WHEN 1 THEN {} WHEN 0 THEN 2 END".format, inner, inner),
    )


NUMBER = st.recursive(st.sampled_from(NUMBERS) | st.integers(0, 4).map(str), numbers, max_leaves=4)
TESTS = st.one_of(
    st.builds("{} {} {}".format, NUMBER, COMPARISONS, NUMBER),
    st.builds("{} BETWEEN {} AND {}".format, NUMBER, st.integers(0, 2), st.integers(1, 4)),
    st.builds("{} NOT IN ({}, {})".format, NUMBER, st.integers(0, 4), st.integers(0, 4)),
    st.builds("{} IS NULL".format, NUMBER),
    st.builds("{} IN ('KG', '01')".format, st.sampled_from(("grade",))),
    st.builds("{} {} '{}'".format, st.just("district"), st.sampled_from(("=", "<>")), st.sampled_from(FEW["district"])),
    st.builds("school_year {} {}".format, COMPARISONS, st.sampled_from((2024, 2025, 2026))),
    st.builds("attendance_rate {} {}".format, COMPARISONS, st.sampled_from((0, 0.5, 0.003, 1))),
    st.just("chronic_absence = TRUE"),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("CASE WHEN {} THEN 1 ELSE 0 END = 1".format, inner),
        st.builds("({}) = ({})".format, inner, inner),
    ),
    max_leaves=5,
)
UNANSWERABLE = (
    "no row can pass",
    "no key of",
    "leave no custodian",
    "too large",
    "is the same for every row",
    "branch is NULL",
)


def many_rows() -> Tables:
    """A few hundred rows of school_year in which every pair of edge values meets."""
    draw = random.Random(7)
    (table,) = (table for table in TABLES if table.name == "school_year")
    rows = [{"person": one, **{column.name: drawn(column, draw) for column in table.columns}} for one in range(150)]
    return {"school_year": rows, "encounter": [], "condition": []}


def drawn(column: Column, draw: random.Random) -> Any:
    values: tuple[Any, ...] = (0, 1, 2, 3, min(4, column.upper))
    if column.kind is not ColumnKind.NUMBER:
        values = FEW.get(column.name, column.keys[:3])
    elif column.upper == 1:
        values = (0, 1)
    return draw.choice((*values, None) if column.nullable else values)


class Filled:
    """Many rows in DuckDB and beside it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection, self.tables = connection, many_rows()
        load(connection, self.tables)

    def compare(self, sql: str, *allowed: str) -> None:
        """Compare both answers, unless the question is refused for one of the allowed reasons."""
        try:
            plan(sql)
        except QueryError as error:
            if not any(words in one.message for one in error.problems for words in allowed):
                raise
            return
        compare(self.connection, sql, self.tables)


@pytest.fixture(scope="module")
def filled() -> Iterator[Filled]:
    with opened() as connection:
        yield Filled(connection)


@settings(max_examples=120, deadline=None, database=None)
@given(CONDITIONS)
@example("COALESCE(1, 0) = CASE school_moves WHEN 1 THEN school_moves WHEN 0 THEN 2 END")
@example("(days_absent BETWEEN 0 AND 1) = (chronic_absence NOT IN (0, 1))")
def test_a_condition_passes_the_rows_that_its_text_passes(filled: Filled, condition: str) -> None:
    filled.compare(where(condition), *UNANSWERABLE)
    filled.compare(f"SELECT {condition} AS k, COUNT(*) AS n FROM school_year GROUP BY 1", *UNANSWERABLE)


@settings(max_examples=80, deadline=None, database=None)
@given(NUMBER)
def test_a_number_has_the_value_and_the_bounds_of_its_text(filled: Filled, number: str) -> None:
    allowed = (*UNANSWERABLE, "takes a number column", "possible values", "is NULL", "cells")
    filled.compare(f"SELECT SUM({number}) AS s, COUNT({number}) AS n FROM school_year", *allowed)
    filled.compare(f"SELECT {number} AS k, COUNT(*) AS n FROM school_year GROUP BY 1", *allowed)
