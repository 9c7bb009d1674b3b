"""No name and no constant of a person's text reaches a plan, unless the catalogue has it or it is plain."""

import itertools
import re

import pytest

from hub.query.check import ask
from hub.query.digest import digest
from hub.query.encoding import canonical
from hub.query.errors import QueryError
from hub.query.expression import Keys
from hub.query.model import Question
from tests.hub.query.asking import CATALOGUE, plan

ATTACKS = [
    "x\"; ATTACH '/tmp/x.db' AS x; --",
    "'||(SELECT 1)||'",
    "'; DROP TABLE school_year; --",
    "' OR '1'='1",
    "' OR 1=1 --",
    '" OR ""="',
    "') UNION SELECT * FROM encounter --",
    "' UNION ALL SELECT NULL, NULL --",
    "1; COPY school_year TO '/tmp/x'",
    "read_csv('/etc/passwd')",
    "read_blob('/etc/passwd')",
    "query('SELECT 1')",
    "query_table('school_year')",
    "getenv('HOME')",
    "PRAGMA database_list",
    "INSTALL httpfs; LOAD httpfs",
    "SET enable_external_access=true",
    "duckdb_secrets()",
    "/**/OR/**/1=1",
    "\u2018 OR \u20191\u2019=\u20191",
    "\uff07 OR 1=1",
    "\x00' OR 1=1",
    "\u202e' OR 1=1",
    "\u200b",
    "\ufeff",
    "a\nb",
    "a\r\nX: y",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "=HYPERLINK(1)",
    "../../etc/passwd",
    "<img onerror=alert(1)>",
    "%27%20OR%201=1",
    "\\' OR 1=1 --",
    "$$ OR 1=1 $$",
    "e'\\x27'",
    "x" * 300,
    "' AND SLEEP(5) --",
    "' AND 1=CAST((SELECT 1) AS INT) --",
    "0x27204f5220313d31",
    "chr(39)",
    "school_year; SELECT 1",
]


def as_text(attack: str) -> str:
    return "'" + attack.replace("'", "''") + "'"


def as_name(attack: str) -> str:
    return '"' + attack.replace('"', '""') + '"'


PLACES = {
    "a compared text": lambda attack: f"SELECT COUNT(*) AS n FROM school_year WHERE grade = {as_text(attack)}",
    "a listed text": lambda attack: f"SELECT COUNT(*) AS n FROM school_year WHERE grade IN ('01', {as_text(attack)})",
    "a column": lambda attack: f"SELECT COUNT(*) AS n FROM school_year WHERE {as_name(attack)} = '01'",
    "a column of a table": lambda attack: f"SELECT COUNT(*) AS n FROM school_year s WHERE s.{as_name(attack)} = '01'",
    "a table": lambda attack: f"SELECT COUNT(*) AS n FROM {as_name(attack)}",
    "a schema": lambda attack: f"SELECT COUNT(*) AS n FROM {as_name(attack)}.school_year",
    "an output name": lambda attack: f"SELECT COUNT(*) AS {as_name(attack)} FROM school_year",
    "a function": lambda attack: f"SELECT COUNT(*) AS n FROM school_year WHERE {as_name(attack)}(grade) = '01'",
    "bare": lambda attack: f"SELECT COUNT(*) AS n FROM school_year WHERE grade = '01' {attack}",
    "bare after a quote": lambda attack: f"SELECT COUNT(*) AS n FROM school_year WHERE grade = '{attack}'",
    "bare as a table": lambda attack: f"SELECT COUNT(*) AS n FROM {attack}",
}
HARMLESS = {
    "a table's alias": lambda attack: "SELECT COUNT(*) AS n FROM school_year AS {0} WHERE {0}.grade = '01'".format(
        as_name(attack)
    ),
    "a part of WITH": lambda attack: (
        "WITH {0} AS (SELECT grade FROM school_year) SELECT COUNT(*) AS n FROM {0} WHERE grade = '01'".format(
            as_name(attack)
        )
    ),
    "an inner column": lambda attack: (
        "SELECT COUNT(*) AS n FROM (SELECT grade AS {0} FROM school_year) WHERE {0} = '01'".format(as_name(attack))
    ),
}
PLAIN = "SELECT COUNT(*) AS n FROM school_year WHERE grade = '01'"
CASES = list(itertools.product(PLACES, ATTACKS))


def test_there_are_at_least_two_hundred_cases() -> None:
    assert len(CASES) >= 200


def answered(sql: str) -> Question | str:
    """The plan, or what the refusal says."""
    try:
        return ask(sql, CATALOGUE)
    except QueryError as error:
        return str(error)


@pytest.mark.parametrize(("place", "attack"), CASES)
def test_an_attack_is_refused_or_means_what_it_says(place: str, attack: str) -> None:
    question = answered(PLACES[place](attack))
    if isinstance(question, str):
        assert question.replace("\n", " ").isprintable()
        return
    assert re.fullmatch(r"[a-z_][a-z0-9_]{0,63}", question.statistics[0].name)
    written = canonical((question.source, question.keys, question.statistics))
    for sign in (";", "--", "/*", "$$", "ATTACH", "(SELECT", "etc", "HYPERLINK"):
        assert sign not in written


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", HARMLESS)
def test_a_name_that_only_the_text_uses_is_gone_from_the_plan(place: str, attack: str) -> None:
    question = answered(HARMLESS[place](attack))
    if isinstance(question, str):
        assert "cannot be read" in question
        return
    assert digest(question) == digest(plan(PLAIN))


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if len(attack) <= 64 and attack.isprintable()])
def test_a_text_after_then_is_a_key_and_nothing_else(attack: str) -> None:
    question = answered(
        f"SELECT CASE WHEN grade = '01' THEN {as_text(attack)} ELSE 'other' END AS k, COUNT(*) AS n "
        "FROM school_year GROUP BY k"
    )
    if isinstance(question, str):
        assert "cannot be read" in question
        return
    assert question.keys[0].domain == Keys((attack, "other"))
