"""Forms into the SELECTs of the question language: what is read, joined, kept and grouped.

It does not know the catalogue; its rules are those of `read_expressions`.
"""

from hub.query import refusals, syntax
from hub.query.errors import Position
from hub.query.forms import Form
from hub.query.model import JoinKind
from hub.query.read_expressions import ExpressionReader

_JOINS = {
    ("", ""): JoinKind.INNER,
    ("", "INNER"): JoinKind.INNER,
    ("LEFT", ""): JoinKind.LEFT,
    ("LEFT", "OUTER"): JoinKind.LEFT,
}


class Reader(ExpressionReader):
    """Reads SELECTs and notes what is refused."""

    def select(self, form: Form) -> syntax.Select | None:
        """A whole SELECT, with or without brackets around it."""
        while form.kind == "Subquery" and set(form.clauses) == {"this"}:
            form = form.clauses["this"]  # type: ignore[assignment] # `this` of a subquery is a form
        if form.kind != "Select":
            self._refuse(form)
            return None
        self._check(form)
        with_, from_, where, group = (form.form(clause) for clause in ("with_", "from_", "where", "group"))
        for clause in (with_, from_, where, group):
            if clause is not None:
                self._check(clause)
        return syntax.Select(
            form.at,
            tuple(self._item(item) for item in form.forms("expressions")),
            self._source(from_.form("this")) if from_ else None,
            tuple(self._join(join) for join in form.forms("joins")),
            self._optional(where.form("this")) if where else None,
            tuple(self.expression(key) for key in group.forms("expressions")) if group else (),
            tuple(part for cte in (with_.forms("expressions") if with_ else ()) if (part := self._part(cte))),
        )

    def _part(self, form: Form) -> syntax.Part | None:
        self._check(form)
        inner, alias = form.form("this"), form.form("alias")
        if alias is not None:
            self._check(alias)
        select = self.select(inner) if inner else None
        return syntax.Part(alias.at if alias else form.at, _name(alias), select) if select else None

    def _item(self, form: Form) -> syntax.Item:
        if form.kind != "Alias":
            return syntax.Item(self.expression(form), None)
        self._check(form)
        return syntax.Item(self._inner(form, "this"), form.text("alias").lower())

    def _source(self, form: Form | None) -> syntax.Source:
        if form is None or form.kind not in {"Table", "Subquery"}:
            return self._refuse(form) if form else syntax.Refused(Position(1, 1))
        whole = self._check(form)
        alias, inner = form.form("alias"), form.form("this")
        whole = (self._check(alias) if alias else True) and whole
        name = _name(alias) or None
        if inner is None or not whole:
            return syntax.Refused(form.at)
        if form.kind == "Table":
            if inner.kind == "Identifier":
                return syntax.TableName(inner.at, inner.text("this").lower(), name)
            self._problems.add(inner.at, *refusals.NODES["Values"])
            return syntax.Refused(form.at)
        if inner.kind in {"Table", "Join"}:
            self._problems.add(inner.at, *refusals.CLAUSES["Table.joins"])
            return syntax.Refused(form.at)
        select = self.select(inner)
        return syntax.Subquery(form.at, select, name) if select else syntax.Refused(form.at)

    def _join(self, form: Form) -> syntax.Joined:
        self._check(form)
        side, kind, on = form.text("side"), form.text("kind"), form.form("on")
        using = tuple(syntax.Name(name.at, name.text("this").lower()) for name in form.forms("using"))
        joined = _JOINS.get((side, kind))
        if joined is None:
            self._problems.add(form.at, f"{side or kind} JOIN is not part of a question", "write JOIN or LEFT JOIN")
        elif on is None and not using and "method" not in form.clauses:
            self._problems.add(
                form.at,
                "a join without a condition pairs everybody with everybody",
                "write JOIN … ON a.person = b.person",
            )
        source = self._source(form.form("this"))
        return syntax.Joined(form.at, joined or JoinKind.INNER, source, self._optional(on), using)


def _name(alias: Form | None) -> str:
    """The name an alias gives, in lower case; empty when there is none."""
    return alias.text("this").lower() if alias is not None else ""
