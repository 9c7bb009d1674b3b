"""Whatever is sent, the answer is a plan or a `QueryError` with places and sentences, never another error."""

import random
from concurrent.futures import ThreadPoolExecutor

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.query import limits
from hub.query.check import ask
from hub.query.digest import digest
from hub.query.errors import QueryError
from hub.query.model import Question
from tests.hub.query.asking import CATALOGUE
from tests.hub.query.test_meaning import QUESTIONS
from tests.hub.query.test_spellings import SPELLINGS

WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "BY",
    "person",
    "school_year",
    "encounter",
    "condition",
    "grade",
    "days_absent",
    "district",
    "class",
    "'EMER'",
    "'elm'",
    "'01'",
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "BOOL_OR",
    "ANY",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "IS",
    "NULL",
    "JOIN",
    "LEFT",
    "ON",
    "USING",
    "WITH",
    "AS",
    "s",
    "e",
    ".",
    ",",
    "(",
    ")",
    "*",
    "+",
    "-",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "1",
    "0",
    "0.95",
    "2025",
    "TRUE",
    "FILTER",
    "DISTINCT",
    "COALESCE",
    "LIMIT",
    "OVER",
    "UNION",
    "HAVING",
    "ORDER",
    "::",
    "/",
    "%",
    "||",
    "?",
    "$1",
    "[",
    "]",
    "{",
    "}",
    ";",
    "--",
    "/*",
    "*/",
    '"',
    "'",
    "`",
    "@",
    "#",
    "~",
    "^",
    "->",
    ":=",
    "=>",
    "INTERVAL",
    "DATE",
    "CAST",
    "ARRAY",
    "STRUCT",
    "LATERAL",
    "VALUES",
    "TABLE",
    "PIVOT",
    "QUALIFY",
    "WINDOW",
    "EXISTS",
    "ALL",
    "RECURSIVE",
    "MATERIALIZED",
    "TABLESAMPLE",
    "ROLLUP",
    "EXCLUDE",
    "COLUMNS",
]
SEEDS = [*QUESTIONS, *SPELLINGS.values()]


def asked(text: str) -> None:
    """Ask, and look at what comes of it."""
    try:
        question = ask(text, CATALOGUE)
    except QueryError as error:
        problems = error.problems
    else:
        assert isinstance(question, Question)
        return
    assert problems
    for problem in problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert 1 <= problem.column <= len(text.split("\n")[problem.line - 1]) + 1
        told = str(problem)
        assert told.isprintable()
        assert len(told) < 1000
        assert "sqlglot" not in told.lower()


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(max_size=200))
@example("\x00")
@example("\ud800")
@example("SELECT '\u202e' FROM \u2028")
@example("SELECT COUNT(*) FROM school_year WHERE \U0001f9ec = 1")
@example("select count(*) from school_year where grade = '\x00'")
def test_any_text_is_answered(text: str) -> None:
    asked(text)


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_soup_of_words_is_answered(words: list[str]) -> None:
    asked(" ".join(words))
    asked("SELECT COUNT(*) FROM school_year WHERE " + " ".join(words))


@settings(max_examples=300, deadline=None, database=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False))
def test_any_damaged_question_is_answered(seed: str, draw: random.Random) -> None:
    words = seed.split(" ")
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(words))
        match draw.randrange(4):
            case 0:
                del words[place]
            case 1:
                words.insert(place, draw.choice(WORDS))
            case 2:
                words[place] = draw.choice(WORDS)
            case _:
                other = draw.randrange(len(words))
                words[place], words[other] = words[other], words[place]
        if not words:
            return
    asked(" ".join(words)[: limits.TEXT_LENGTH])


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from(SEEDS), st.integers(0, 400), st.text(max_size=3))
def test_any_text_put_into_a_question_is_answered(seed: str, place: int, text: str) -> None:
    asked(seed[:place] + text + seed[place:])


def test_questions_asked_at_the_same_time_do_not_disturb_each_other() -> None:
    expected = [digest(ask(sql, CATALOGUE)) for sql in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda sql: digest(ask(sql, CATALOGUE)), QUESTIONS * 4))
    assert found == expected * 4
