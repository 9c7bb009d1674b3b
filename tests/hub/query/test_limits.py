"""A question has a size, and whatever is larger is refused quickly."""

import contextlib
import time

import pytest

from hub.query import limits
from hub.query.errors import QueryError
from tests.hub.query.asking import plan, refused, where


def joined(joins: int) -> str:
    chain = " ".join(f"JOIN school_year t{number} ON t{number}.person = t0.person" for number in range(1, joins + 1))
    return f"SELECT COUNT(*) FROM school_year t0 {chain}"


def nested(depth: int) -> str:
    return "SELECT COUNT(*) FROM " + "(SELECT person FROM " * depth + "school_year" + ")" * depth


def parts(count: int) -> str:
    chain = ", ".join(f"a{one + 1} AS (SELECT person FROM a{one})" for one in range(count - 1))
    return f"WITH a0 AS (SELECT person FROM school_year), {chain} SELECT COUNT(*) FROM a{count - 1}"


def listed(count: int) -> str:
    return where(f"days_absent IN ({', '.join(str(one % 200) for one in range(count))})")


def statistics(count: int) -> str:
    return f"SELECT {', '.join(f'COUNT(*) AS c{one}' for one in range(count))} FROM school_year"


def keys(count: int) -> str:
    sets = [", ".join(str(moves) for moves in range(5) if one >> moves & 1) for one in range(1, count + 1)]
    shown = ", ".join(f"school_moves IN ({moves}) AS k{one}" for one, moves in enumerate(sets))
    return f"SELECT {shown}, COUNT(*) FROM school_year GROUP BY {', '.join(str(one + 1) for one in range(count))}"


EDGES = [
    (
        "characters",
        where("grade = '01'").ljust(limits.TEXT_LENGTH),
        where("grade = '01'").ljust(limits.TEXT_LENGTH + 1),
    ),
    ("joins", joined(6), joined(7)),
    ("nesting", nested(30), nested(31)),
    ("parts of WITH", parts(30), parts(31)),
    ("brackets", where("(" * 30 + "chronic_absence" + ")" * 30), where("(" * 31 + "chronic_absence" + ")" * 31)),
    ("literals after IN", listed(1000), listed(1001)),
    ("statistics", statistics(40), statistics(41)),
    ("keys", keys(12), keys(13)),
    (
        "cells",
        "SELECT days_absent, days_enrolled, COUNT(*) FROM school_year GROUP BY 1, 2",
        "SELECT days_absent, days_enrolled, school_moves, COUNT(*) FROM school_year GROUP BY 1, 2, 3",
    ),
    (
        "values of a key",
        "SELECT days_absent * 49 AS k, COUNT(*) FROM school_year GROUP BY 1",
        "SELECT days_absent * 50 AS k, COUNT(*) FROM school_year GROUP BY 1",
    ),
    (
        "the largest number",
        f"SELECT SUM({' * '.join(['days_absent'] * 8)}) AS s FROM school_year",
        f"SELECT SUM({' * '.join(['days_absent'] * 9)}) AS s FROM school_year",
    ),
    (
        "the finest steps",
        "SELECT SUM(days_absent * 0.000000001) AS s FROM school_year",
        "SELECT SUM(days_absent * 0.0000000001) AS s FROM school_year",
    ),
    ("a text", where(f"CASE WHEN chronic_absence THEN '{'x' * 64}' END IS NULL"), where(f"grade = '{'x' * 65}'")),
]


@pytest.mark.parametrize(("accepted", "too_large"), [row[1:] for row in EDGES], ids=[row[0] for row in EDGES])
def test_a_question_may_be_this_large_and_no_larger(accepted: str, too_large: str) -> None:
    plan(accepted)
    assert refused(too_large)


def doubled(levels: int, expression: str) -> str:
    chain = ", ".join(f"a{one + 1} AS (SELECT person, {expression} AS x FROM a{one})" for one in range(levels))
    return f"WITH a0 AS (SELECT person, chronic_absence AS x FROM school_year), {chain} SELECT AVG(x) FROM a{levels}"


BOMBS = {
    "brackets": "(" * 20_000,
    "quotes": "'" * 20_000,
    "NOT": where("NOT " * 4_000 + "chronic_absence"),
    "minus": f"SELECT SUM({'- ' * 9_000}days_absent) AS s FROM school_year",
    "plus": f"SELECT SUM({'days_absent + ' * 1_300}1) AS s FROM school_year",
    "equals": where("=".join(["chronic_absence"] * 1_000)),
    "dots": where("a." * 9_000 + "b"),
    "doubled sums": doubled(29, "x + x"),
    "doubled CASE": doubled(29, "CASE WHEN x = 1 THEN 1 - x ELSE x + x END"),
    "doubled conditions": doubled(29, "CASE WHEN x = 1 OR x + 1 > 3 THEN x ELSE 2 * x END"),
    "doubled joins": "WITH a0 AS (SELECT person FROM school_year), "
    + ", ".join(f"a{one + 1} AS (SELECT p.person FROM a{one} p JOIN a{one} q USING (person))" for one in range(28))
    + " SELECT COUNT(*) FROM a28",
    "a long CASE": f"SELECT SUM(CASE {' '.join(f'WHEN days_absent = {one} THEN {one}' for one in range(200))} "
    f"{' '.join(f'WHEN days_enrolled = {one} THEN {one}' for one in range(200))} END) AS s FROM school_year",
    "many alternatives": where(" OR ".join(f"grade = '01' AND days_absent = {one % 200}" for one in range(500))),
    "a product": f"SELECT SUM({' * '.join(['days_absent'] * 90)}) AS s FROM school_year",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_read_or_refused_quickly(bomb: str) -> None:
    started = time.process_time()
    with contextlib.suppress(QueryError):
        plan(BOMBS[bomb])
    assert time.process_time() - started < 5
