"""Names and forms of one place of a question into expressions and conditions with a meaning.

It does not know which relation it serves.  Rules:

* every problem is noted with its place, and reading goes on;
* NOT is carried down to the comparisons, so that no condition is ever negated as a whole;
* a condition used as a value is 1, 0 or NULL; a 0/1 value used as a condition is true where it is 1.
"""

from collections.abc import Callable

from hub.query import arithmetic, choices, comparisons, limits, syntax, truth
from hub.query.checking import Checking
from hub.query.errors import RefusedError, quoted
from hub.query.expression import Use
from hub.query.typed import NEVER, NULL, Column, Person, Truth, Typed, literal

Find = Callable[[syntax.Name], Column | None]
Fold = Callable[[syntax.Aggregate], Typed | None]

_CALCULATIONS = {"+": arithmetic.add, "-": arithmetic.subtract, "*": arithmetic.multiply}


class Resolver:
    """Resolves expressions of one place: how names are found, how what is found is used, what aggregates mean."""

    def __init__(self, checking: Checking, find: Find, *, use: Use | None, fold: Fold | None = None) -> None:
        """Aggregates are refused unless `fold` says what one means; `use` is None when the use is not known yet."""
        self._checking, self._find, self._use, self._fold = checking, find, use, fold
        self._values: dict[int, Typed | None] = {}
        self._truths: dict[tuple[int, bool], Truth | None] = {}

    def value(self, node: syntax.Expression) -> Typed | None:
        """What the expression means; None after a problem was noted."""
        if id(node) not in self._values:
            try:
                self._values[id(node)] = self._value(node)
            except RefusedError as error:
                self._checking.problems.refuse(node.at, error)
                self._values[id(node)] = None
        return self._values[id(node)]

    def truth(self, node: syntax.Expression, *, negated: bool = False) -> Truth | None:
        """For which rows the condition, or its negation, is true; None after a problem was noted."""
        if (id(node), negated) not in self._truths:
            try:
                self._truths[id(node), negated] = self._truth(node, negated)
            except RefusedError as error:
                self._checking.problems.refuse(node.at, error)
                self._truths[id(node), negated] = None
        return self._truths[id(node), negated]

    # --- values --------------------------------------------------------------------------------------------------

    def _value(self, node: syntax.Expression) -> Typed | None:
        match node:
            case syntax.Name():
                return self._column(node)
            case syntax.Aggregate():
                if self._fold is None:
                    raise RefusedError(
                        "an aggregate stands in the SELECT list only",
                        "compute it in a subquery with GROUP BY person",
                    )
                return self._fold(node)
            case syntax.Calculation() | syntax.Minus():
                return self._calculated(node)
            case syntax.Choice():
                return self._choice(node)
            case syntax.FirstKnown():
                return self._first_known(node)
            case syntax.Number() | syntax.Text() | syntax.Flag() | syntax.Null():
                return _literal(node)
            case syntax.Refused():
                return None
        return self._flag(node)

    def _column(self, name: syntax.Name) -> Typed | None:
        found = self._find(name)
        if isinstance(found, Person):
            raise RefusedError(
                f"{quoted(name.name)} joins and is counted, and is never shown or compared",
                "write COUNT(DISTINCT person), ON a.person = b.person, or GROUP BY person in a subquery",
            )
        if found is not None:
            self._checking.note(found, self._use)
        return found

    def _calculated(self, node: syntax.Calculation | syntax.Minus) -> Typed | None:
        if isinstance(node, syntax.Minus):
            negated = self.value(node.part)
            return arithmetic.negative(negated) if negated else None
        left, right = self.value(node.left), self.value(node.right)
        return _CALCULATIONS[node.operator](left, right) if left and right else None

    def _first_known(self, node: syntax.FirstKnown) -> Typed | None:
        parts = [self.value(part) for part in node.parts]
        found = [value for value in parts if value]
        return choices.first_known(found) if len(found) == len(parts) else None

    def _flag(self, node: syntax.Expression) -> Typed | None:
        holds, holds_not = self.truth(node), self.truth(node, negated=True)
        return choices.flag(holds, holds_not, certain=self._is_certain(node)) if holds and holds_not else None

    def _is_certain(self, node: syntax.Expression) -> bool:
        """Whether a condition is never unknown, because nothing that it compares can be NULL."""
        match node:
            case syntax.NullTest():
                return True
            case syntax.Both(parts=parts) | syntax.Either(parts=parts):
                return all(self._is_certain(part) for part in parts)
            case syntax.Negation(part=part):
                return self._is_certain(part)
            case syntax.Comparison(left=left, right=right):
                compared: tuple[syntax.Expression, ...] = (left, right)
            case syntax.Between(operand=operand, low=low, high=high):
                compared = (operand, low, high)
            case syntax.InList(operand=operand):
                compared = (operand,)
            case _:
                compared = (node,)
        values = [self.value(part) for part in compared]
        return not any(value is None or value.nullable for value in values)

    def _choice(self, node: syntax.Choice) -> Typed | None:
        branches = [(self.truth(condition), self.value(value)) for condition, value in node.branches]
        otherwise = self.value(node.otherwise) if node.otherwise is not None else NULL
        known = [(condition, value) for condition, value in branches if condition and value]
        return choices.choose(known, otherwise) if otherwise and len(known) == len(branches) else None

    # --- conditions ----------------------------------------------------------------------------------------------

    def _truth(self, node: syntax.Expression, negated: bool) -> Truth | None:  # noqa: FBT001 - read by one caller
        match node:
            case syntax.Comparison(operator=operator, left=left, right=right):
                first, second = self.value(left), self.value(right)
                operator = comparisons.NEGATED[operator] if negated else operator
                return comparisons.compare(operator, first, second, called=_called(node)) if first and second else None
            case syntax.Between():
                return self._between(node, negated=negated)
            case syntax.InList():
                return self._in_list(node, negated=negated)
            case syntax.NullTest(operand=operand):
                tested = self.value(operand)
                return (truth.known if negated else truth.unknown)(tested) if tested else None
            case syntax.Both(parts=parts) | syntax.Either(parts=parts):
                found = [self.truth(part, negated=negated) for part in parts]
                known = [part for part in found if part]
                combined = truth.every if isinstance(node, syntax.Both) is not negated else truth.either
                return combined(known) if len(known) == len(found) else None
            case syntax.Negation(part=part):
                return self.truth(part, negated=not negated)
        value = self.value(node)
        return comparisons.is_true(value, negated=negated) if value else None

    def _between(self, node: syntax.Between, *, negated: bool) -> Truth | None:
        operand, low, high = self.value(node.operand), self.value(node.low), self.value(node.high)
        if not operand or not low or not high:
            return None
        called = _called(node)
        above, below = ("<", ">") if negated else (">=", "<=")
        sides = [
            comparisons.compare(above, operand, low, called=called, possible=True),
            comparisons.compare(below, operand, high, called=called, possible=True),
        ]
        found = truth.either(sides) if negated else truth.every(sides)
        if found == NEVER and not operand.is_literal:
            raise RefusedError("no row can pass this BETWEEN", "write the lower bound first, within the column's range")
        return found

    def _in_list(self, node: syntax.InList, *, negated: bool) -> Truth | None:
        operand, called = self.value(node.operand), _called(node)
        operator = "<>" if negated else "="
        found = [self._listed(operator, operand, value, called) for value in node.values]
        known = [part for part in found if part]
        if len(known) < len(found):
            return None
        return truth.every(known) if negated else truth.either(known)

    def _listed(self, operator: str, operand: Typed | None, node: syntax.Expression, called: str) -> Truth | None:
        value = self.value(node)
        if value is not None and not value.is_literal:
            self._checking.problems.add(node.at, "IN lists literals", "write a = b OR a = c")
            return None
        try:
            return comparisons.compare(operator, operand, value, called=called) if operand and value else None
        except RefusedError as error:
            self._checking.problems.refuse(node.at, error)
            return None


def _literal(node: syntax.Number | syntax.Text | syntax.Flag | syntax.Null) -> Typed:
    match node:
        case syntax.Number(value=value):
            return arithmetic.number(value)
        case syntax.Text(value=text):
            if len(text) > limits.LABEL_LENGTH or not text.isprintable():
                raise RefusedError(f"texts have at most {limits.LABEL_LENGTH} characters, all of which print")
            return literal(text)
        case syntax.Flag(value=flag):
            return literal(int(flag))
        case syntax.Null():
            return NULL


def _called(node: syntax.Comparison | syntax.Between | syntax.InList) -> str:
    sides = (node.left, node.right) if isinstance(node, syntax.Comparison) else (node.operand,)
    return next((quoted(side.name) for side in sides if isinstance(side, syntax.Name)), "this expression")
