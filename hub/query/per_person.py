"""GROUP BY person in a subquery: one row for each person, with counts, totals and flags over that person's rows.

It does not read FROM or WHERE.  Rules:

* the only key is `person`; every other entry is computed from aggregates, which never leave;
* an aggregate's name is made from its meaning, so that two spellings of it are one;
* what FILTER reads is a filter; an aggregate that reads nothing else is computed from it;
* COUNT of rows is at least 1, SUM, MIN and MAX are NULL where no row counts, BOOL_OR is 1 or 0 and never NULL.
"""

from collections.abc import Mapping

from hub.query import limits, syntax, truth
from hub.query.checking import Checking
from hub.query.encoding import fingerprint
from hub.query.errors import RefusedError, quoted
from hub.query.expression import Attribute, DataElement, Field, Range, Use
from hub.query.labels import is_taken, labels
from hub.query.model import PersonAggregate, PersonAggregateKind
from hub.query.resolve import Resolver
from hub.query.rows import Grouped, Rows, most_rows, tables
from hub.query.scope import Scope
from hub.query.syntax import Function
from hub.query.typed import ALWAYS, Column, Person, Truth, Typed, sources

_ONE_FLAG = Range(0, 1)


def group(checking: Checking, rows: Rows, scope: Scope, select: syntax.Select) -> tuple[Grouped, Mapping[str, Column]]:
    """The rows of each person made one, and the columns that the SELECT list makes of them."""
    checking.note_persons(tables(rows))
    folding = _Folding(checking, Grouped(source=rows, binding=checking.binding("p")), scope)
    columns: dict[str, Column] = {}
    for name, item in labels(select.items, checking.problems).items():
        found = folding.column(item)
        if found is not None and not is_taken(name, found, item.at, problems=checking.problems):
            columns[name] = found
    return folding.grouped, columns


class _Folding:
    """Turns aggregates into columns of the grouped rows."""

    def __init__(self, checking: Checking, grouped: Grouped, scope: Scope) -> None:
        self.grouped = grouped
        self._checking, self._scope = checking, scope
        self._outer = Resolver(checking, self._refuse_column, use=None, fold=self._fold)
        self._inner = Resolver(checking, scope.find, use=None)
        self._filter = Resolver(checking, scope.find, use=Use.FILTER)

    def column(self, item: syntax.Item) -> Column | None:
        """The column of one entry of the SELECT list."""
        if isinstance(item.expression, syntax.Name):
            try:
                found = self._scope.find(item.expression)
            except RefusedError as error:
                self._checking.problems.refuse(item.at, error)
                return None
            if found is None or isinstance(found, Person):
                return found
        return self._outer.value(item.expression)

    def _refuse_column(self, name: syntax.Name) -> Column | None:
        if self._scope.find(name) is None:
            return None
        raise RefusedError(
            f"{quoted(name.name)} differs between the rows of one person",
            f"write MAX({name.name}), or a flag such as BOOL_OR({name.name} = …)",
        )

    def _fold(self, node: syntax.Aggregate) -> Typed | None:
        where = self._filter.truth(node.where) if node.where is not None else ALWAYS
        if node.distinct:
            raise RefusedError("in GROUP BY person there is one person", "write COUNT(*)")
        if node.function is Function.AVG:
            raise RefusedError("AVG for each person is not part of a question", "write SUM and COUNT, and compare them")
        if node.argument is None:
            return self._count(where, None) if where else None
        if node.function is Function.BOOL_OR:
            holds = self._inner.truth(node.argument)
            return self._any(truth.every([holds, where])) if holds and where else None
        argument = self._inner.value(node.argument)
        if argument is None or where is None:
            return None
        return self._count(where, argument) if node.function is Function.COUNT else self._over(node, where, argument)

    def _count(self, where: Truth, argument: Typed | None) -> Typed:
        if argument is not None and not argument.nullable:
            argument = None
        least = 1 if argument is None and where == ALWAYS else 0
        most = most_rows(self.grouped.source)
        return self._aggregate(PersonAggregateKind.COUNT, argument, where, Range(least, max(most, least)))

    def _any(self, where: Truth) -> Typed:
        return self._aggregate(PersonAggregateKind.ANY, None, where, _ONE_FLAG)

    def _over(self, node: syntax.Aggregate, where: Truth, argument: Typed) -> Typed:
        if not isinstance(argument.domain, Range) or argument.is_null:
            raise RefusedError(f"{node.function.value.upper()} takes numbers", "write BOOL_OR(condition), or COUNT")
        domain = argument.domain
        if node.function is Function.SUM:
            most = max(most_rows(self.grouped.source), 1)
            lower, upper = min(domain.lower, domain.lower * most), max(domain.upper, domain.upper * most)
            if max(abs(lower), abs(upper)) >= limits.LARGEST_NUMBER:
                raise RefusedError("the sum could be too large to compute exactly", "sum something smaller")
            return self._aggregate(PersonAggregateKind.SUM, argument, where, Range(lower, upper, domain.steps_per_unit))
        if node.function is Function.MAX and domain == _ONE_FLAG and not argument.nullable and where == ALWAYS:
            return self._any(truth.among(argument, ((1, 1),)))
        return self._aggregate(PersonAggregateKind(node.function.value), argument, where, domain)

    def _aggregate(self, kind: PersonAggregateKind, argument: Typed | None, where: Truth, domain: Range) -> Typed:
        whole = where == ALWAYS
        never_null = kind in {PersonAggregateKind.COUNT, PersonAggregateKind.ANY}
        nullable = not never_null and (not whole or argument is None or argument.nullable)
        argued: frozenset[DataElement] = argument.sources if argument is not None else frozenset()
        read = argued or sources(where)
        expression = argument.expression if argument is not None else None
        kept = None if whole and kind is not PersonAggregateKind.ANY else truth.predicate(where)
        tag = fingerprint((kind.value, expression, kept))[:12]
        name = f"{self.grouped.binding}.{kind.value}_{tag}"
        attribute = Attribute(name=name, domain=domain, nullable=nullable, sources=read)
        self.grouped.aggregates[name] = PersonAggregate(attribute=attribute, kind=kind, argument=expression, where=kept)
        return Typed(Field(name), domain, nullable, read)
