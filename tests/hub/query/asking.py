"""Ask questions of the catalogue that ships with the product, and say what came of them."""

import tomllib
from pathlib import Path

import agreements
from agreements.catalogue import Catalogue
from hub.query.check import ask
from hub.query.errors import Problem, QueryError
from hub.query.expression import Predicate
from hub.query.model import Join, Question, Relation, Scan, Where

_TEMPLATE = Path(agreements.__file__).parent / "templates" / "catalogue.toml"
CATALOGUE = Catalogue.from_json(tomllib.loads(_TEMPLATE.read_text(encoding="utf-8")))

DISTRICTS = ("alder", "birch", "cedar", "dogwood", "elm", "fir", "hazel", "juniper")
SYSTEMS = ("lakeside", "northgate", "prairie")


def plan(sql: str) -> Question:
    """The plan of a question that must be accepted."""
    return ask(sql, CATALOGUE)


def refused(sql: str) -> tuple[Problem, ...]:
    """The problems of a question that must be refused."""
    try:
        question = ask(sql, CATALOGUE)
    except QueryError as error:
        return error.problems
    raise AssertionError(f"accepted: {sql} as {question}")


def where(condition: str) -> str:
    """A plain count of the rows of school_year that pass a condition."""
    return f"SELECT COUNT(*) AS n FROM school_year WHERE {condition}"


def predicate(condition: str) -> Predicate | None:
    """The predicate that is left of a condition, None when nothing is."""
    source = plan(where(condition)).source
    return source.predicate if isinstance(source, Where) else None


def shape(relation: Relation) -> str:
    """The relations of a plan, without their details: enough to see what stands on what."""
    match relation:
        case Scan(table=table, binding=binding):
            return f"{binding}:{table}"
        case Where(source=source):
            return f"where({shape(source)})"
        case Join(left=left, right=right, kind=kind, by_year=by_year):
            return f"{kind.value}{' by year' if by_year else ''}({shape(left)}, {shape(right)})"
    return f"{type(relation).__name__.lower()}({shape(relation.source)})"


def uses(sql: str) -> set[str]:
    """The uses of a question as `table.column:use`."""
    return {f"{element.table}.{element.column}:{use.value}" for element, use in plan(sql).uses}
