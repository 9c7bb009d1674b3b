"""The names of the columns that a SELECT gives: the alias, else a name made from what is selected."""

import re
from collections.abc import Iterable

from agreements.catalogue import PERSON
from hub.query import limits, syntax
from hub.query.errors import Position, Problems, quoted
from hub.query.syntax import Function
from hub.query.typed import Column, Typed

_LABEL = re.compile(r"[a-z_][a-z0-9_]*")
_MADE = {
    Function.COUNT: "count",
    Function.SUM: "sum",
    Function.AVG: "avg",
    Function.MIN: "min",
    Function.MAX: "max",
    Function.BOOL_OR: "any",
}


def label(item: syntax.Item) -> str | None:
    """The name of a column, or None when an alias is needed."""
    if item.alias:
        return item.alias
    match item.expression:
        case syntax.Name(name=name):
            return name
        case syntax.Aggregate(function=Function.COUNT, distinct=True):
            return "persons"
        case syntax.Aggregate(function=function, argument=syntax.Name(name=name)):
            return f"{_MADE[function]}_{name}"
        case syntax.Aggregate(function=Function.COUNT):
            return "count"
    return None


def labels(items: Iterable[syntax.Item], problems: Problems) -> dict[str, syntax.Item]:
    """Every entry by its name; an entry without a name, or whose name is taken, is a problem and left out."""
    found: dict[str, syntax.Item] = {}
    for item in items:
        name = label(item)
        if name is None and isinstance(item.expression, syntax.Refused):
            continue
        if name is None:
            problems.add(item.at, "this column has no name", "add AS and a name")
        elif name in found:
            problems.add(item.at, f"two columns are called {quoted(name)}", "rename one with AS")
        else:
            found[name] = item
    return found


def is_printable_label(name: str) -> bool:
    """Whether a released column may be called so: letters, digits and underscores of ASCII, not too many."""
    return len(name) <= limits.LABEL_LENGTH and _LABEL.fullmatch(name) is not None


def is_taken(name: str, column: Column | None, at: Position, *, problems: Problems) -> bool:
    """Whether something else is called like the linkage column, which is then noted."""
    if name != PERSON or not isinstance(column, Typed):
        return False
    problems.add(at, f"{quoted(PERSON)} is the name of the linkage column", "choose another name")
    return True
