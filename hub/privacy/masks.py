"""Which rows a count is of, in a normal form: two counts are one only when their masks are equal.

It proves equality of masks and nothing more; masks that differ in form are taken for different.  Rules: a row passes
where the filter is true and every required part has a value; arithmetic has a value where both sides have one.
"""

from dataclasses import dataclass

from hub.privacy.domains import Known, of
from hub.query.expression import Arithmetic, Every, Expression, Predicate


@dataclass(frozen=True, slots=True)
class Mask:
    """The rows for which `where` is true (None: all) and no `required` part is NULL."""

    where: Predicate | None
    required: frozenset[Expression]


def mask(where: Predicate | None, argument: Expression | None, known: Known) -> Mask:
    """The mask of a statistic; `known` are the facts on the rows that its filter lets pass."""
    needed = frozenset() if argument is None else _required(argument, known)
    return Mask(None if where == Every(()) else where, needed)


def _required(expression: Expression, known: Known) -> frozenset[Expression]:
    if not of(expression, known).nullable:
        return frozenset()
    if isinstance(expression, Arithmetic):
        return _required(expression.left, known) | _required(expression.right, known)
    return frozenset((expression,))
