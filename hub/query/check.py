"""A question's text into a checked plan, against the catalogue: the one way in.

It reads no data and no agreement.  Rules:

* every problem is told at once, with its place and what to write instead;
* equal questions have equal plans, whatever their spelling;
* whatever goes wrong while a text is read is a `QueryError`, never an error of a library.
"""

from agreements.catalogue import Catalogue
from hub.query import refusals
from hub.query.checking import Checking
from hub.query.encoding import names
from hub.query.errors import Position, Problems
from hub.query.model import Question, scans
from hub.query.outputs import outputs
from hub.query.parse import parse
from hub.query.planned import planned
from hub.query.read_select import Reader
from hub.query.relations import Relations


def ask(sql: str, catalogue: Catalogue) -> Question:
    """The checked plan of the question in `sql`; raises `QueryError` with every problem in the order of the text."""
    problems = Problems()
    question = None
    try:
        question = _checked(sql, catalogue, problems)
    except RecursionError:
        problems.add(Position(1, 1), *refusals.TOO_DEEP)
    problems.raise_if_any()
    if question is None:
        problems.add(Position(1, 1), *refusals.NOT_SQL)
        problems.raise_if_any()
        raise AssertionError  # pragma: no cover - the line above raises
    return question


def _checked(sql: str, catalogue: Catalogue, problems: Problems) -> Question | None:
    form = parse(sql, problems)
    select = Reader(problems).select(form) if form is not None else None
    if select is None:
        return None
    checking = Checking(catalogue, problems)
    rows, scope = Relations(checking).read(select, {})
    found = outputs(checking, scope, select)
    if rows is None:
        return None
    needed = names((tuple(key.expression for key in found.keys), found.statistics))
    source = planned(checking, rows, needed)
    checking.note_kept(tuple(statistic.where for statistic in found.statistics))
    tables = frozenset(scan.table for scan in scans(source))
    return Question(
        source=source,
        keys=found.keys,
        statistics=found.statistics,
        columns=found.columns,
        uses=checking.uses(tables),
    )
