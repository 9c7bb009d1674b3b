"""One question, many spellings: one digest.  Another question: another digest."""

import pytest

from hub.query.digest import digest, measured_digest
from tests.hub.query.asking import plan

QUESTION = """
SELECT s.grade_band AS band, a.asthma AS asthma, COUNT(DISTINCT s.person) AS children, AVG(s.chronic_absence) AS rate
FROM school_year AS s
JOIN (SELECT person, BOOL_OR(condition = 'asthma') AS asthma FROM condition WHERE active = 1 GROUP BY person) AS a
  ON a.person = s.person
WHERE s.school_year = 2025 AND s.days_absent >= 3 AND s.days_absent <= 90 AND s.grade <> '13'
  AND (s.school_moves = 1 OR s.school_moves = 2)
GROUP BY s.grade_band, a.asthma
"""


def swap(*pairs: str) -> str:
    """The question with parts of its text exchanged; each part must be there."""
    text = QUESTION
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    return text


MOVES = "(s.school_moves = 1 OR s.school_moves = 2)"
DAYS = "s.days_absent >= 3 AND s.days_absent <= 90"
JOIN = (
    "JOIN (SELECT person, BOOL_OR(condition = 'asthma') AS asthma FROM condition WHERE active = 1 GROUP BY person) AS a"
)
FLAG = "BOOL_OR(condition = 'asthma')"

SPELLINGS = {
    "upper case": QUESTION.upper().replace("'ASTHMA'", "'asthma'"),
    "one line": " ".join(QUESTION.split()),
    "tabs": QUESTION.replace(" ", "\t"),
    "comments": swap("FROM school_year", "-- all of them\nFROM /* the /* yearly */ table */ school_year"),
    "semicolon": QUESTION + ";",
    "brackets around it all": f"({QUESTION})",
    "quoted names": swap("s.grade_band", 's."grade_band"', "FROM school_year", 'FROM "school_year"'),
    "quoted upper-case names": swap("s.grade_band", 's."GRADE_BAND"'),
    "other table names": swap("s.", "pupil.", "AS s\n", "AS pupil\n"),
    "no AS": swap("AS s\n", "s\n", "AS band", "band"),
    "inner said": swap("\nJOIN", "\nINNER JOIN"),
    "USING": swap("ON a.person = s.person", "USING (person)"),
    "ON turned round": swap("a.person = s.person", "s.person = a.person"),
    "ON in brackets": swap("a.person = s.person", "((a.person) = (s.person))"),
    "positions": swap("GROUP BY s.grade_band, a.asthma", "GROUP BY 1, 2"),
    "output names": swap("GROUP BY s.grade_band, a.asthma", "GROUP BY band, asthma"),
    "groups turned round": swap("GROUP BY s.grade_band, a.asthma", "GROUP BY a.asthma, s.grade_band"),
    "groups in brackets": swap("GROUP BY s.grade_band, a.asthma", "GROUP BY (s.grade_band), ((a.asthma))"),
    "unqualified": swap("s.grade_band", "grade_band", "s.days_absent", "days_absent"),
    "BETWEEN": swap(DAYS, "s.days_absent BETWEEN 3 AND 90"),
    "strict comparisons": swap(DAYS, "s.days_absent > 2 AND s.days_absent < 91"),
    "literal first": swap(DAYS, "3 <= s.days_absent AND 90 >= s.days_absent"),
    "NOT of the outside": swap(DAYS, "NOT (s.days_absent < 3 OR s.days_absent > 90)"),
    "NOT BETWEEN twice": swap(DAYS, "NOT s.days_absent NOT BETWEEN 3 AND 90"),
    "a decimal that is whole": swap("<= 90", "<= 90.0"),
    "a sum of literals": swap("<= 90", "<= 45 + 9 * 5"),
    "said twice": swap(DAYS, DAYS + " AND s.days_absent > 0 AND s.days_absent >= 3"),
    "AND turned round": swap(f"{DAYS} AND s.grade <> '13'", f"s.grade <> '13' AND {DAYS}"),
    "AND in brackets": swap("s.school_year = 2025 AND " + DAYS, f"((s.school_year = 2025) AND ({DAYS}))"),
    "NOT NOT": swap("s.school_year = 2025", "NOT NOT s.school_year = 2025"),
    "NOT of unequal": swap("s.school_year = 2025", "NOT s.school_year <> 2025"),
    "IN of one": swap("s.school_year = 2025", "s.school_year IN (2025)"),
    "the others left out": swap("s.school_year = 2025", "s.school_year NOT IN (2024, 2026)"),
    "years between": swap("s.school_year = 2025", "s.school_year BETWEEN 2025 AND 2025"),
    "years compared": swap("s.school_year = 2025", "s.school_year > 2024 AND s.school_year < 2026"),
    "two equals signs": swap("s.school_year = 2025", "s.school_year == 2025"),
    "NOT equal": swap("s.grade <> '13'", "NOT s.grade = '13'"),
    "exclamation mark": swap("s.grade <> '13'", "s.grade != '13'"),
    "NOT IN": swap("s.grade <> '13'", "s.grade NOT IN ('13')"),
    "OR turned round": swap(MOVES, "(s.school_moves = 2 OR s.school_moves = 1)"),
    "IN": swap(MOVES, "s.school_moves IN (1, 2)"),
    "IN with a repetition": swap(MOVES, "s.school_moves IN (2, 1, 2)"),
    "OR as BETWEEN": swap(MOVES, "s.school_moves BETWEEN 1 AND 2"),
    "OR as De Morgan": swap(MOVES, "NOT (s.school_moves <> 1 AND s.school_moves <> 2)"),
    "OR of all below": swap(MOVES, "(s.school_moves <= 2 AND s.school_moves <> 0)"),
    "OR said three times": swap(MOVES, "(s.school_moves = 1 OR s.school_moves = 2 OR s.school_moves = 1)"),
    "true of every row": swap("\nWHERE", "\nWHERE 1 = 1 AND s.district IS NOT NULL AND"),
    "CASE": swap("s.school_year = 2025", "CASE WHEN s.school_year = 2025 THEN 1 ELSE 0 END = 1"),
    "WITH": f"WITH ill AS {JOIN[5:-5]} " + swap(JOIN, "JOIN ill a"),
    "WITH of WITH": "WITH c AS (SELECT * FROM x) ".replace(
        "SELECT * FROM x", "SELECT person, condition, active FROM condition"
    )
    + f", a AS {JOIN[5:-5].replace('FROM condition', 'FROM c')} "
    + swap(JOIN, "JOIN a"),
    "a subquery of columns": swap("FROM school_year AS s", "FROM (SELECT * FROM t) AS s").replace(
        "SELECT * FROM t",
        "SELECT person, grade_band, grade, school_year, days_absent, school_moves, chronic_absence FROM school_year",
    ),
    "a condition inside": swap("WHERE s.school_year = 2025 AND", "WHERE").replace(
        "FROM school_year AS s",
        "FROM (SELECT person, grade_band AS grade_band, grade, days_absent, school_moves, chronic_absence "
        "FROM school_year WHERE school_year = 2025) AS s",
    ),
    "a condition after ON": swap("ON a.person = s.person\nWHERE", "ON a.person = s.person AND"),
    "bare flag": swap("active = 1", "active"),
    "flag is TRUE": swap("active = 1", "active = TRUE"),
    "flag is not zero": swap("active = 1", "active <> 0"),
    "MAX of a flag": swap(FLAG, "MAX(CASE WHEN condition = 'asthma' THEN 1 ELSE 0 END)"),
    "MAX of a flag with NOT": swap(FLAG, "MAX(CASE WHEN condition <> 'asthma' THEN 0 ELSE 1 END)"),
    "ANY": swap(FLAG, "ANY(condition IN ('asthma'))"),
    "a FILTER": swap(FLAG, "BOOL_OR(TRUE) FILTER (WHERE condition = 'asthma')"),
    "unused flags": swap(FLAG + " AS asthma", "COUNT(*) AS n, " + FLAG + " AS asthma, SUM(active) AS other"),
    "COALESCE of what is never NULL": swap("a.asthma AS asthma", "COALESCE(a.asthma, 0) AS asthma").replace(
        "GROUP BY s.grade_band, a.asthma", "GROUP BY 1, 2"
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_question_has_its_digest(spelling: str) -> None:
    assert digest(plan(SPELLINGS[spelling])) == digest(plan(QUESTION))


def test_there_are_at_least_fifty_spellings_and_they_differ() -> None:
    assert len(set(SPELLINGS.values()) - {QUESTION}) >= 50


PRESENTATION = {
    "other output names": swap("AS children", "AS n", "AS rate", "AS r"),
    "columns turned round": swap(
        "s.grade_band AS band, a.asthma AS asthma, COUNT",
        "AVG(s.chronic_absence) AS rate, a.asthma AS asthma, COUNT",
        ", AVG(s.chronic_absence) AS rate\n",
        ", s.grade_band AS band\n",
    ),
    "a column shown twice": swap("AS rate", "AS rate, AVG(s.chronic_absence) AS again"),
}


@pytest.mark.parametrize("spelling", PRESENTATION)
def test_presentation_changes_the_digest_of_the_question_but_not_of_what_is_measured(spelling: str) -> None:
    assert digest(plan(PRESENTATION[spelling])) != digest(plan(QUESTION))
    assert measured_digest(plan(PRESENTATION[spelling])) == measured_digest(plan(QUESTION))


OTHERS = {
    "another year": swap("2025", "2024"),
    "another bound": swap("<= 90", "<= 91"),
    "a condition less": swap(" AND s.grade <> '13'", ""),
    "a condition more": swap("\nWHERE", "\nWHERE s.district = 'elm' AND"),
    "another flag": swap("'asthma'", "'lead'"),
    "a left join": swap("\nJOIN", "\nLEFT JOIN"),
    "rows for persons": swap("COUNT(DISTINCT s.person)", "COUNT(*)"),
    "a sum for a mean": swap("AVG", "SUM"),
    "another measure": swap("AVG(s.chronic_absence)", "AVG(s.days_absent)"),
    "a key less": swap("s.grade_band AS band, ", "", "s.grade_band, ", ""),
    "a statistic more": swap("AS rate", "AS rate, COUNT(*) AS n"),
    "a filtered statistic": swap(
        "COUNT(DISTINCT s.person)", "COUNT(DISTINCT s.person) FILTER (WHERE s.days_enrolled > 100)"
    ),
    "NULL let in": swap("s.grade <> '13'", "(s.grade <> '13' OR s.grade IS NULL)"),
    "OR for AND": swap("s.school_year = 2025 AND", "s.school_year = 2025 OR"),
    "a condition after ON": swap("ON a.person", "ON a.asthma = 1 AND a.person"),
}


def test_another_question_has_another_digest() -> None:
    texts = [QUESTION, *OTHERS.values()]
    assert len({digest(plan(text)) for text in texts}) == len(texts)
    assert len({measured_digest(plan(text)) for text in texts}) == len(texts)


def test_a_digest_is_sha_256_in_hexadecimal() -> None:
    assert len(digest(plan(QUESTION))) == 64
    assert set(measured_digest(plan(QUESTION))) <= set("0123456789abcdef")
