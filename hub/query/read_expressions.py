"""Forms into the expressions of the question language; what is outside it is refused with what to write instead.

It does not know the catalogue.  Rules:

* a form that is not listed in `grammar` is refused, and so is a clause that is not listed for its form;
* reading goes on after a refusal, so that every problem is told at once;
* names are read without regard to case.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar

from hub.query import limits, refusals, syntax
from hub.query.errors import Problems, quoted
from hub.query.forms import Form
from hub.query.grammar import CLAUSES

_COMPARISONS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_CALCULATIONS = {"Add": "+", "Sub": "-", "Mul": "*"}
_AGGREGATES = {
    "Count": syntax.Function.COUNT,
    "Sum": syntax.Function.SUM,
    "Avg": syntax.Function.AVG,
    "Min": syntax.Function.MIN,
    "Max": syntax.Function.MAX,
    "LogicalOr": syntax.Function.BOOL_OR,
    "Any": syntax.Function.BOOL_OR,
}
_NUMBER = re.compile(r"(?=\.?[0-9])[0-9]{0,18}(\.[0-9]{0,18})?")


class ExpressionReader:
    """Reads expressions and notes what is refused."""

    def __init__(self, problems: Problems) -> None:
        """Note problems in `problems`."""
        self._problems = problems

    def expression(self, form: Form) -> syntax.Expression:
        """One expression; what is refused in it is noted."""
        read = self._READ.get(form.kind)
        if read is None:
            return self._refuse(form)
        return read(self, form) if self._check(form) else syntax.Refused(form.at)

    def _bracketed(self, form: Form) -> syntax.Expression:
        return self._inner(form, "this")

    def _constant(self, form: Form) -> syntax.Expression:
        return syntax.Null(form.at) if form.kind == "Null" else syntax.Flag(form.at, "this" in form.clauses)

    def _prefixed(self, form: Form) -> syntax.Expression:
        part = self._inner(form, "this")
        return syntax.Minus(form.at, part) if form.kind == "Neg" else syntax.Negation(form.at, part)

    def _chained(self, form: Form) -> syntax.Expression:
        parts = self._all(form, "expressions")
        return syntax.Both(form.at, parts) if form.kind == "And" else syntax.Either(form.at, parts)

    def _compared(self, form: Form) -> syntax.Expression:
        left, right = self._inner(form, "this"), self._inner(form, "expression")
        return syntax.Comparison(form.at, _COMPARISONS[form.kind], left, right)

    def _calculated(self, form: Form) -> syntax.Expression:
        left, right = self._inner(form, "this"), self._inner(form, "expression")
        return syntax.Calculation(form.at, _CALCULATIONS[form.kind], left, right)

    def _between(self, form: Form) -> syntax.Expression:
        operand, low, high = (self._inner(form, clause) for clause in ("this", "low", "high"))
        return syntax.Between(form.at, operand, low, high)

    def _first_known(self, form: Form) -> syntax.Expression:
        return syntax.FirstKnown(form.at, (self._inner(form, "this"), *self._all(form, "expressions")))

    def _column(self, form: Form) -> syntax.Expression:
        name = form.form("this")
        if name is None or name.kind != "Identifier":
            self._problems.add(form.at, *refusals.NODES.get(name.kind if name else "", refusals.OTHER))
            return syntax.Refused(form.at)
        return syntax.Name(form.at, name.text("this").lower(), form.text("table").lower() or None)

    def _literal(self, form: Form) -> syntax.Expression:
        text = form.text("this")
        if "is_string" in form.clauses:
            return syntax.Text(form.at, text)
        if not _NUMBER.fullmatch(text):
            self._problems.add(form.at, "this number is too long or not a plain decimal", "write digits with a point")
            return syntax.Refused(form.at)
        return syntax.Number(form.at, Decimal(text))

    def _case(self, form: Form) -> syntax.Expression:
        operand, branches = form.form("this"), []
        for branch in form.forms("ifs"):
            self._check(branch)
            condition = self._inner(branch, "this")
            if operand is not None:
                condition = syntax.Comparison(branch.at, "=", self.expression(operand), condition)
            branches.append((condition, self._inner(branch, "true")))
        return syntax.Choice(form.at, tuple(branches), self._optional(form.form("default")))

    def _in_list(self, form: Form) -> syntax.Expression:
        values = form.forms("expressions")
        if not 1 <= len(values) <= limits.IN_LIST:
            self._problems.add(form.at, f"IN lists between 1 and {limits.IN_LIST:,} literals", "write a shorter list")
            return syntax.Refused(form.at)
        return syntax.InList(form.at, self._inner(form, "this"), self._all(form, "expressions"))

    def _is(self, form: Form) -> syntax.Expression:
        operand, against = self._inner(form, "this"), form.form("expression")
        if against is None or against.kind != "Null":
            self._problems.add(form.at, "IS takes NULL only", "write = TRUE or = FALSE")
            return syntax.Refused(form.at)
        return syntax.NullTest(form.at, operand)

    def _filter(self, form: Form) -> syntax.Expression:
        where, counted = form.form("expression"), form.form("this")
        aggregate = self.expression(counted) if counted else syntax.Refused(form.at)
        if not isinstance(aggregate, syntax.Aggregate) or where is None:
            return syntax.Refused(form.at)
        self._check(where)
        condition = self._inner(where, "this")
        return syntax.Aggregate(form.at, aggregate.function, aggregate.argument, aggregate.distinct, condition)

    def _aggregate(self, form: Form) -> syntax.Expression:
        function, argument = _AGGREGATES[form.kind], form.form("this")
        if argument is None:
            self._problems.add(form.at, "the aggregate has no argument", "write COUNT(*) to count rows")
            return syntax.Refused(form.at)
        if function is syntax.Function.COUNT and argument.kind == "Star" and not argument.clauses:
            return syntax.Aggregate(form.at, function, None)
        if function is syntax.Function.COUNT and argument.kind == "Distinct":
            counted = argument.forms("expressions")
            if set(argument.clauses) != {"expressions"} or len(counted) != 1:
                return self._refuse(argument)
            return syntax.Aggregate(form.at, function, self.expression(counted[0]), distinct=True)
        if form.kind == "Any" and argument.kind != "Paren":
            return self._refuse(form)
        return syntax.Aggregate(form.at, function, self.expression(argument))

    def _inner(self, form: Form, clause: str) -> syntax.Expression:
        inner = form.form(clause)
        return self.expression(inner) if inner is not None else self._refuse(form)

    def _optional(self, form: Form | None) -> syntax.Expression | None:
        return self.expression(form) if form is not None else None

    def _all(self, form: Form, clause: str) -> tuple[syntax.Expression, ...]:
        return tuple(self.expression(part) for part in form.forms(clause))

    def _check(self, form: Form) -> bool:
        """Note every clause that is not listed for this form."""
        unknown = [clause for clause in form.clauses if clause not in CLAUSES.get(form.kind, ())]
        for clause in unknown:
            written = form.clauses[clause]
            first = written[0] if isinstance(written, tuple) else written
            at = first.at if isinstance(first, Form) else form.at
            self._problems.add(at, *refusals.CLAUSES.get(f"{form.kind}.{clause}", refusals.OTHER))
        return not unknown

    def _refuse(self, form: Form) -> syntax.Refused:
        sentences = refusals.NODES.get(form.kind)
        if sentences is None and form.kind == "Anonymous":
            sentences = f"the function {quoted(form.text('this'))} is not offered", refusals.OTHER_FUNCTION
        self._problems.add(form.at, *(sentences or refusals.OTHER))
        return syntax.Refused(form.at)

    _READ: ClassVar[Mapping[str, Callable[["ExpressionReader", Form], syntax.Expression]]] = {
        "Paren": _bracketed,
        "Column": _column,
        "Literal": _literal,
        "Boolean": _constant,
        "Null": _constant,
        "Neg": _prefixed,
        "Not": _prefixed,
        "And": _chained,
        "Or": _chained,
        "Case": _case,
        "Coalesce": _first_known,
        "Between": _between,
        "In": _in_list,
        "Is": _is,
        "Filter": _filter,
        **dict.fromkeys(_COMPARISONS, _compared),
        **dict.fromkeys(_CALCULATIONS, _calculated),
        **dict.fromkeys(_AGGREGATES, _aggregate),
    }
