"""What cannot be asked: each form, where it stands, and what to write instead."""

import pytest

from hub.query.errors import QueryError
from tests.hub.query.asking import plan, refused, where

SUBSELECT = "(SELECT person FROM encounter)"

REFUSALS = [
    # text, position, a part of the message, a part of the suggestion
    ("SELECT * FROM school_year", (1, 8), "SELECT *", "name the keys"),
    ("SELECT s.* FROM school_year s", (1, 8), "SELECT *", "name the keys"),
    ("SELECT COLUMNS(*) FROM school_year", (1, 8), "SELECT *", "name the keys"),
    ("SELECT COUNT(*) FROM school_year LIMIT 3", (1, 34), "LIMIT", "released table"),
    ("SELECT COUNT(*) FROM school_year OFFSET 3", (1, 34), "OFFSET", "released table"),
    ("SELECT COUNT(*) FROM school_year ORDER BY 1", (1, 43), "ORDER BY", "sort the released table"),
    ("SELECT COUNT(*) FROM school_year HAVING COUNT(*) > 3", (1, 34), "HAVING", "filter the released table"),
    ("SELECT COUNT(*) FROM school_year QUALIFY 1 = 1", (1, 34), "QUALIFY", "GROUP BY person"),
    ("SELECT DISTINCT grade FROM school_year", (1, 1), "DISTINCT", "GROUP BY"),
    ("SELECT DISTINCT ON (grade) grade FROM school_year", (1, 8), "DISTINCT", "GROUP BY"),
    ("SELECT COUNT(*) INTO x FROM school_year", (1, 17), "writes nothing", "leave INTO out"),
    ("SELECT COUNT(*) FROM school_year FOR UPDATE", (1, 22), "locks nothing", "leave"),
    ("SELECT COUNT(*) FROM school_year TABLESAMPLE 10%", (1, 22), "samples", "leave"),
    ("SELECT COUNT(*) FROM school_year USING SAMPLE 3", (1, 22), "samples", "leave"),
    ("SELECT SUM(days_absent) OVER () AS s FROM school_year", (1, 8), "window", "GROUP BY person"),
    ("SELECT ROW_NUMBER() OVER (ORDER BY grade) AS s FROM school_year", (1, 8), "window", "GROUP BY person"),
    ("SELECT COUNT(*) FROM school_year UNION SELECT COUNT(*) FROM encounter", (1, 1), "UNION", "two questions"),
    ("SELECT COUNT(*) FROM school_year EXCEPT SELECT COUNT(*) FROM encounter", (1, 1), "EXCEPT", "NOT"),
    ("SELECT COUNT(*) FROM school_year INTERSECT SELECT 1", (1, 1), "INTERSECT", "AND"),
    (
        "WITH RECURSIVE a AS (SELECT person FROM encounter) SELECT COUNT(*) FROM a",
        (1, 1),
        "RECURSIVE",
        "refer to itself",
    ),
    ("SELECT MIN(days_absent) FROM school_year", (1, 8), "MIN would show", "GROUP BY person"),
    ("SELECT MAX(days_absent) FROM school_year", (1, 8), "MAX would show", "GROUP BY person"),
    ("SELECT BOOL_OR(chronic_absence) AS b FROM school_year", (1, 8), "BOOL_OR would show", "GROUP BY person"),
    (where("grade = (SELECT 1)"), None, "subquery stands in FROM", "join on person"),
    (f"SELECT {SUBSELECT} AS x, COUNT(*) FROM school_year", None, "subquery stands in FROM", "join on person"),
    (where(f"person IN {SUBSELECT}"), None, "IN with a subquery", "join on person"),
    (where(f"EXISTS {SUBSELECT}"), None, "EXISTS", "join on person"),
    (where(f"days_absent > ALL {SUBSELECT}"), None, "ALL", "comparisons"),
    (where("days_absent = ANY ([1, 2])"), None, "not part", "IN"),
    ("SELECT COUNT(*) FROM school_year CROSS JOIN encounter", (1, 40), "CROSS JOIN", "LEFT JOIN"),
    ("SELECT COUNT(*) FROM school_year, encounter", (1, 35), "everybody", "ON a.person = b.person"),
    ("SELECT COUNT(*) FROM school_year JOIN encounter", (1, 34), "everybody", "ON a.person = b.person"),
    ("SELECT COUNT(*) FROM school_year RIGHT JOIN encounter USING (person)", (1, 40), "RIGHT JOIN", "LEFT JOIN"),
    ("SELECT COUNT(*) FROM school_year FULL JOIN encounter USING (person)", (1, 39), "FULL JOIN", "LEFT JOIN"),
    ("SELECT COUNT(*) FROM school_year SEMI JOIN encounter USING (person)", (1, 39), "SEMI JOIN", "LEFT JOIN"),
    ("SELECT COUNT(*) FROM school_year ANTI JOIN encounter USING (person)", (1, 39), "ANTI JOIN", "LEFT JOIN"),
    ("SELECT COUNT(*) FROM school_year NATURAL JOIN encounter", (1, 42), "kind of join", "a.person = b.person"),
    ("SELECT COUNT(*) FROM school_year ASOF JOIN encounter USING (person)", None, "kind of join", "a.person"),
    ("SELECT COUNT(*) FROM school_year POSITIONAL JOIN encounter", None, "kind of join", "a.person"),
    ("SELECT COUNT(*) FROM (school_year JOIN encounter USING (person))", None, "join in brackets", "one after"),
    ("SELECT COUNT(*) FROM school_year, LATERAL (SELECT 1)", None, "LATERAL", "person"),
    ("SELECT COUNT(*) FROM range(1000000000)", None, "tables of the catalogue", "name a table"),
    ("SELECT COUNT(*) FROM read_csv('/etc/passwd')", None, "tables of the catalogue", "name a table"),
    ("SELECT COUNT(*) FROM '/etc/passwd'", None, "no table", ""),
    ("SELECT COUNT(*) FROM (VALUES (1)) v", None, "tables of the catalogue", "name a table"),
    ("SELECT COUNT(*) FROM main.school_year", None, "one name", "dot"),
    ("SELECT COUNT(*) FROM school_year AS s (a, b)", None, "renamed", "AS"),
    ("SELECT COUNT(*) FROM school_year PIVOT (SUM(days_absent) FOR grade IN ('01'))", None, "PIVOT", "GROUP BY"),
    ("SELECT SUM(CAST(days_absent AS BIGINT)) AS s FROM school_year", (1, 12), "cast", "own kind"),
    ("SELECT SUM(TRY_CAST(days_absent AS BIGINT)) AS s FROM school_year", None, "cast", "own kind"),
    ("SELECT SUM(days_absent::BIGINT) AS s FROM school_year", (1, 12), "cast", "own kind"),
    ("SELECT SUM(days_absent) / COUNT(*) AS s FROM school_year", (1, 8), "division", "AVG"),
    ("SELECT SUM(days_absent // 2) AS s FROM school_year", (1, 12), "division", "AVG"),
    ("SELECT SUM(days_absent % 2) AS s FROM school_year", (1, 12), "remainders", "IN"),
    ("SELECT SUM(days_absent ^ 2) AS s FROM school_year", (1, 12), "powers", "*"),
    (where("grade LIKE '0%'"), (1, 45), "LIKE", "IN"),
    (where("grade ILIKE '0%'"), (1, 45), "LIKE", "IN"),
    (where("grade SIMILAR TO '0.'"), (1, 45), "patterns", "IN"),
    (where("grade ~ '0.'"), (1, 45), "patterns", "IN"),
    (where("grade GLOB '0*'"), (1, 45), "patterns", "IN"),
    (where("grade = ?"), None, "parameters", "write the value"),
    (where("grade = $1"), None, "parameters", "write the value"),
    (where("grade IS DISTINCT FROM '01'"), (1, 45), "IS DISTINCT", "IS NULL"),
    (where("chronic_absence IS TRUE"), (1, 45), "IS takes NULL", "= TRUE"),
    (where("grade || 'x' = '01x'"), (1, 45), "not joined", "both columns"),
    (where("upper(grade) = 'KG'"), (1, 45), "not part", ""),
    (where("md5(grade) = 'KG'"), (1, 45), "not part", ""),
    (where("getenv('HOME') = 'x'"), (1, 45), '"getenv" is not offered', "COUNT, SUM and AVG"),
    (where("IF(chronic_absence, 1, 0) = 1"), None, "IF", "CASE WHEN"),
    (where("NULLIF(days_absent, 1) = 1"), (1, 45), "NULLIF", "CASE"),
    (where("GREATEST(days_absent, 1) = 1"), (1, 45), "GREATEST", "CASE"),
    (where("LEAST(days_absent, 1) = 1"), (1, 45), "LEAST", "CASE"),
    (where("days_absent IN (days_enrolled)"), (1, 61), "IN lists literals", "OR"),
    (where("days_absent BETWEEN SYMMETRIC 1 AND 2"), None, "SYMMETRIC", "BETWEEN"),
    ("SELECT COUNT_IF(chronic_absence) AS x FROM school_year", (1, 8), "COUNT_IF", "FILTER"),
    ("SELECT BOOL_AND(chronic_absence) AS x FROM school_year", (1, 8), "BOOL_AND", "BOOL_OR"),
    *[
        (f"SELECT {name}(days_absent) AS x FROM school_year", None, "not ", "")
        for name in [
            "MEDIAN",
            "MODE",
            "FIRST",
            "LAST",
            "ANY_VALUE",
            "ARRAY_AGG",
            "LIST",
            "STRING_AGG",
            "HISTOGRAM",
            "STDDEV",
            "VARIANCE",
            "QUANTILE",
            "HASH",
            "ARG_MAX",
            "APPROX_COUNT_DISTINCT",
            "ENTROPY",
            "PRODUCT",
            "BIT_XOR",
            "MAD",
            "KURTOSIS",
        ]
    ],
    ("SELECT SUM(DISTINCT days_absent) AS x FROM school_year", None, "COUNT(DISTINCT person)", "leave"),
    ("SELECT COUNT(DISTINCT grade) AS x FROM school_year", None, "only persons", "COUNT(DISTINCT person)"),
    ("SELECT COUNT(DISTINCT grade, person) AS x FROM school_year", None, "COUNT(DISTINCT person)", "leave"),
    ("SELECT COUNT(person) AS x FROM school_year", (1, 14), "never shown", "COUNT(DISTINCT person)"),
    ("SELECT COUNT(COUNT(*)) AS x FROM school_year", None, "an aggregate stands in an aggregate", "GROUP BY person"),
    ("SELECT person, COUNT(*) FROM school_year GROUP BY grade", (1, 8), "never shown", "COUNT(DISTINCT person)"),
    ("SELECT COUNT(*) FROM school_year GROUP BY person", (1, 43), "subquery", "GROUP BY person"),
    (where("person = 7"), (1, 45), "never shown", "COUNT(DISTINCT person)"),
    (where("person IS NOT NULL"), (1, 45), "never shown", ""),
    ("SELECT grade FROM school_year GROUP BY grade", (1, 1), "aggregates only", "COUNT(*)"),
    ("SELECT grade, COUNT(*) FROM school_year", (1, 8), "neither grouped", "GROUP BY"),
    ("SELECT COUNT(*) FROM school_year GROUP BY grade", (1, 43), "must be shown", "SELECT list"),
    ("SELECT grade, COUNT(*) FROM school_year GROUP BY 3", (1, 50), "position", "name the column"),
    ("SELECT grade, COUNT(*) FROM school_year GROUP BY 2", (1, 50), "aggregate", "name a column"),
    ("SELECT grade, COUNT(*) FROM school_year GROUP BY ALL", None, "GROUP BY ALL", "positions"),
    ("SELECT grade, COUNT(*) FROM school_year GROUP BY ROLLUP (grade)", None, "ROLLUP", "without"),
    ("SELECT grade, COUNT(*) FROM school_year GROUP BY CUBE (grade)", None, "CUBE", "each table"),
    ("SELECT grade, COUNT(*) FROM school_year GROUP BY GROUPING SETS ((grade))", None, "GROUPING SETS", "each table"),
    ("SELECT days_enrolled * 1000 AS k, COUNT(*) FROM school_year GROUP BY 1", (1, 8), "10,000", "CASE"),
    ("SELECT grade AS a, grade AS b, COUNT(*) FROM school_year GROUP BY 1, 2", (1, 20), "repeats a key", "once"),
    (
        "SELECT COUNT(DISTINCT person) AS n FROM (SELECT grade FROM school_year)",
        (1, 8),
        'no column "person"',
        "SELECT list of the subquery",
    ),
    ("SELECT 3 AS k, COUNT(*) FROM school_year GROUP BY k", (1, 8), "same for every row", "leave it out"),
    ("SELECT COUNT(*) + 1 AS n FROM school_year", (1, 8), "calculations with aggregates", "released numbers"),
    ("SELECT COUNT(*), COUNT(*) FROM school_year", (1, 18), "two columns are called", "AS"),
    ("SELECT days_absent + 1, COUNT(*) FROM school_year GROUP BY 1", (1, 8), "no name", "AS"),
    ('SELECT COUNT(*) AS "a b" FROM school_year', (1, 8), "cannot be called", "letters"),
    ("SELECT AVG(grade) AS a FROM school_year", (1, 8), "number column", "count"),
    ("SELECT SUM(grade + 1) AS a FROM school_year", (1, 12), "not a number", "number columns"),
    ("SELECT SUM(1) AS a FROM school_year", (1, 8), "number column", "count"),
    (where("COUNT(*) > 3"), (1, 45), "SELECT list only", "GROUP BY person"),
    (
        "SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM encounter)",
        (1, 30),
        "aggregates are for each person",
        "GROUP BY person",
    ),
    (
        "SELECT COUNT(*) FROM (SELECT class, COUNT(*) AS n FROM encounter GROUP BY class)",
        (1, 75),
        "grouped by person only",
        "GROUP BY person",
    ),
    (
        "SELECT COUNT(*) FROM (SELECT person, class FROM encounter GROUP BY person)",
        (1, 38),
        "differs between the rows",
        "BOOL_OR",
    ),
    (
        "SELECT AVG(x) FROM (SELECT person, AVG(days_absent) AS x FROM school_year GROUP BY person)",
        (1, 36),
        "AVG for each person",
        "SUM and COUNT",
    ),
    (
        "SELECT AVG(x) FROM (SELECT person, MAX(grade) AS x FROM school_year GROUP BY person)",
        (1, 36),
        "MAX takes numbers",
        "BOOL_OR",
    ),
    ("SELECT COUNT(*) FROM school_year s JOIN encounter e ON s.grade = e.class", None, "join is on person", "person"),
    ("SELECT COUNT(*) FROM school_year s JOIN encounter e USING (school_year)", None, "join is on person", "person"),
    ("SELECT COUNT(*) FROM school_year s JOIN encounter e ON person = person", None, "same table", "a.person"),
    ("SELECT COUNT(*) FROM school_year s JOIN school_year e USING (person, grade)", None, "does not align", "WHERE"),
    (
        "SELECT COUNT(*) FROM school_year s LEFT JOIN encounter e ON s.person = e.person AND s.grade = '01'",
        (1, 85),
        "joined table only",
        "WHERE",
    ),
    (
        "SELECT COUNT(DISTINCT e.person) AS n FROM school_year s LEFT JOIN encounter e ON s.person = e.person",
        (1, 8),
        "may be empty",
        "first table",
    ),
    (
        (
            "SELECT COUNT(*) FROM school_year s LEFT JOIN encounter e ON s.person = e.person JOIN condition c "
            "ON c.person = e.person"
        ),
        (1, 101),
        "may be empty",
        "first table",
    ),
    ("SELECT COUNT(*) FROM school_year s JOIN encounter s USING (person)", None, "two relations", "alias"),
    (where("attendance_rate = 0.9555"), (1, 45), "steps of 1/1000", "whole number of steps"),
    (where("days_absent = 0.5"), (1, 45), "steps of 1/1", "whole number of steps"),
    (where("attendance_rate > 95"), (1, 45), "no row can pass", ""),
    (where("days_absent > 5 AND days_absent < 3"), (1, 65), "no row can pass", "contradict"),
    (where("1 = 2"), (1, 45), "no row can pass", ""),
    (where("days_absent BETWEEN 9 AND 3"), (1, 45), "no row can pass", "lower bound first"),
    (where("grade = NULL"), (1, 45), "never true", "IS NULL"),
    (where("grade = 1"), (1, 45), "are texts", "'IT'"),
    (where("school_year = '2025'"), (1, 45), "whole numbers", "2024"),
    (where("school_year = 2030"), (1, 45), "not a key", "2026"),
    (where("school_year > 2030"), (1, 45), "no key", "2024"),
    (where("grade > '01'"), (1, 45), "no order", "IN"),
    (where("grade"), (1, 45), "not a condition", "compare"),
    (where("days_absent = 'x'"), (1, 45), "is a number", "number"),
    (where("days_absent = grade"), (1, 45), "number is compared with keys", "two"),
    (where("CASE WHEN grade = '01' THEN 1 ELSE 'x' END = 1"), None, "mix numbers and texts", "only"),
    (where("CASE WHEN chronic_absence THEN grade END = '01'"), None, "cannot be a branch", "text"),
    (where("CASE WHEN chronic_absence THEN NULL END = '01'"), None, "every branch is NULL", "value"),
    (where("COALESCE(grade, 'x') = '01'"), None, "COALESCE takes numbers", "NULL is a cell"),
    (where("days_absent = 1e3"), (1, 59), "plain decimal", "digits"),
    (where("days_absent = 99999999999999999999"), (1, 59), "too long", "digits"),
    ("SELECT SUM(days_absent) AS s, 0x1F FROM school_year", (1, 31), "runs into a name", "space"),
    ("WITH a AS (SELECT person FROM encounter) SELECT COUNT(*) FROM school_year", (1, 6), "never used", "leave"),
    (
        "WITH a AS (SELECT person FROM encounter), a AS (SELECT person FROM condition) SELECT COUNT(*) FROM a",
        (1, 43),
        "two parts",
        "rename",
    ),
    ("SELECT COUNT(*) FROM (SELECT grade AS person FROM school_year)", None, "linkage column", ""),
    ("SELECT COUNT(*)", None, "no FROM", "school_year"),
    ("DROP TABLE school_year", (1, 1), "only questions", "SELECT"),
    ("EXPLAIN SELECT COUNT(*) FROM school_year", (1, 1), "only questions", "SELECT"),
    ("SELECT COUNT(*) FROM school_year; SELECT 1", (1, 33), "one question", "one by one"),
    ("SELECT COUNT(*) FROM school_year WHERE", None, "cannot be read", "commas"),
    ("SELECT COUNT(*) FROM school_year WHERE grade = 'KG", (1, 1), "cannot be read", "quote"),
    ("", (1, 1), "no question", "SELECT"),
]


@pytest.mark.parametrize(("sql", "position", "message", "suggestion"), REFUSALS, ids=[row[0][:70] for row in REFUSALS])
def test_what_cannot_be_asked_is_refused_with_its_place_and_what_to_write_instead(
    sql: str, position: tuple[int, int] | None, message: str, suggestion: str
) -> None:
    found = [one for one in refused(sql) if message in one.message and suggestion in one.suggestion]
    assert found, refused(sql)
    assert position is None or position in [(one.line, one.column) for one in found]


@pytest.mark.parametrize(
    "statement",
    """PRAGMA version|ATTACH 'x.db' AS x|DETACH x|COPY school_year TO 'x'|INSTALL httpfs|LOAD httpfs|SET x = 1|RESET x
    EXPORT DATABASE 'x'|IMPORT DATABASE 'x'|CALL pragma_version()|CREATE TABLE x (a INT)|INSERT INTO x VALUES (1)
    UPDATE x SET a = 1|DELETE FROM x|ALTER TABLE x ADD b INT|TRUNCATE x|BEGIN|COMMIT|USE x|VACUUM|CHECKPOINT
    DESCRIBE school_year|SHOW TABLES|SUMMARIZE school_year|EXECUTE x|PREPARE x AS SELECT 1|MERGE INTO x USING y ON 1=1
    VALUES (1)|TABLE school_year|PIVOT school_year ON grade|GRANT ALL ON x TO y|KILL 3""".replace("\n", "|").split("|"),
)
def test_no_other_statement_is_answered_by_itself_or_inside_with(statement: str) -> None:
    assert refused(statement.strip())
    assert refused(f"WITH a AS ({statement.strip()}) SELECT COUNT(*) FROM a")
    assert refused(f"SELECT COUNT(*) FROM ({statement.strip()}) x")


NEAREST = [
    ("SELECT COUNT(*) FROM school_yaer", "write school_year"),
    ("SELECT COUNT(*) FROM encounters", "write encounter"),
    (where("distrct = 'elm'"), "write district"),
    (where("atendance_rate > 0.5"), "write attendance_rate"),
    (where("district = 'aldr'"), "write 'alder'"),
    (where("district = 'Alder'"), "write 'alder'"),
    (where("grade_band = 'k-2'"), "write 'K-2'"),
    (where("s.grade = '01'"), "the relations here are school_year"),
    (where("reason = 'asthma'"), "it is a column of encounter"),
    ("WITH asthma AS (SELECT person FROM condition) SELECT COUNT(*) FROM astma", "write asthma"),
    (
        "SELECT COUNT(*) FROM school_year a JOIN school_year b USING (person) WHERE grade = '01'",
        "write a.grade or b.grade",
    ),
]


@pytest.mark.parametrize(("sql", "suggestion"), NEAREST, ids=[sql[-50:] for sql, _ in NEAREST])
def test_an_unknown_name_is_answered_with_the_nearest_right_one(sql: str, suggestion: str) -> None:
    assert any(suggestion in one.suggestion for one in refused(sql)), refused(sql)


def test_every_problem_is_told_at_once_in_the_order_of_the_text() -> None:
    problems = refused(
        """SELECT gradeband, MEDIAN(days_absent) AS m,
                  COUNT(*)
           FROM school_year
           WHERE distrct = 'elm' AND grade LIKE '0%'
             AND attendance_rate > 0.95555
           GROUP BY gradeband ORDER BY 1 LIMIT 3"""
    )
    assert [one.line for one in problems] == sorted(one.line for one in problems)
    assert [one.line for one in problems] == [1, 1, 4, 4, 5, 6, 6]


def test_the_error_reads_as_lines_with_places() -> None:
    with pytest.raises(QueryError, match=r'^1:45 there is no column "graed" here; write grade$'):
        plan(where("graed = '01'"))


def test_a_constant_is_never_repeated_in_an_error() -> None:
    for text in ("'canary'", "9876543", "'canary' || 'x'", "CAST('canary' AS INT)", "'canary"):
        told = "\n".join(map(str, refused(where(f"grade = {text} AND school_year = {text}"))))
        assert "canary" not in told
        assert "9876543" not in told
