"""FROM, JOIN, WHERE, subqueries and WITH, resolved into rows and the columns they show.

It does not know what is released.  Rules:

* a part of WITH is a subquery wherever it is named; none refers to itself, and an unused one is a problem;
* in a subquery, aggregates stand beside GROUP BY person only, and GROUP BY takes person only;
* what a subquery selects is inlined, so that equal questions have equal plans.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.query import joins, limits, per_person, refusals, syntax
from hub.query.checking import Checking
from hub.query.encoding import names
from hub.query.errors import RefusedError, nearest, quoted
from hub.query.expression import Use
from hub.query.labels import is_taken, labels
from hub.query.model import JoinKind
from hub.query.resolve import Resolver
from hub.query.rows import Paired, Rows, available, keep, tables
from hub.query.scope import Exposed, Scope
from hub.query.truth import predicate
from hub.query.typed import Column, Person


@dataclass(frozen=True, slots=True)
class Defined:
    """A part of WITH and the parts that it may name."""

    part: syntax.Part
    known: Mapping[str, "Defined"]


Known = Mapping[str, Defined]


class Relations:
    """Reads the relations of one question."""

    def __init__(self, checking: Checking) -> None:
        """Note problems and uses in `checking`."""
        self._checking = checking
        self._problems = checking.problems

    def read(self, select: syntax.Select, known: Known, depth: int = 0) -> tuple[Rows | None, Scope]:
        """The rows of FROM that pass WHERE, and what names mean there; no rows after a problem."""
        known = self._with(select.parts, known)
        rows, scope = self._from(select, known, depth)
        if select.where is not None:
            resolver = Resolver(self._checking, scope.find, use=Use.FILTER)
            for conjunct in joins.conjuncts(select.where):
                condition = resolver.truth(conjunct)
                if condition is not None and rows is not None:
                    keep(rows, condition, conjunct.at, problems=self._problems)
        for part in select.parts:
            if rows is not None and part.at not in self._checking.used_parts:
                self._problems.add(part.at, f"{quoted(part.name)} is never used", "leave it out")
        return rows, scope

    def _with(self, parts: tuple[syntax.Part, ...], known: Known) -> Known:
        named: set[str] = set()
        for part in parts:
            if part.name in named:
                self._problems.add(part.at, f"two parts of WITH are called {quoted(part.name)}", "rename one")
            named.add(part.name)
            known = {**known, part.name: Defined(part, known)}
        return known

    # --- FROM ----------------------------------------------------------------------------------------------------

    def _from(self, select: syntax.Select, known: Known, depth: int) -> tuple[Rows | None, Scope]:
        scope = Scope([], self._checking.elsewhere)
        if select.source is None:
            self._problems.add(select.at, "there is no FROM", "name a table: " + self._table_names())
            scope.exposed.append(Exposed(None, {}, complete=False))
            return None, scope
        rows, exposed = self._source(select.source, known, depth)
        scope.exposed.append(exposed)
        for joined in select.joins:
            self._checking.joins += 1
            if self._checking.joins > limits.JOINS:
                self._problems.add(joined.at, f"a question has at most {limits.JOINS} joins", "split the question")
                scope.exposed.append(Exposed(None, {}, complete=False))
                return None, scope
            rows, scope = self._joined(joined, rows, scope, known, depth)
        return rows, scope

    def _joined(
        self, joined: syntax.Joined, rows: Rows | None, scope: Scope, known: Known, depth: int
    ) -> tuple[Rows | None, Scope]:
        right, exposed = self._source(joined.source, known, depth)
        if exposed.alias and exposed.alias in {one.alias for one in scope.exposed}:
            self._problems.add(joined.at, f"two relations are called {quoted(exposed.alias)}", "give one an alias")
        both = Scope([*scope.exposed, exposed], scope.elsewhere, dict(scope.merged))
        aligned = joins.align(self._checking, joined, scope, both)
        columns = exposed.columns
        paired: Rows | None = None
        if rows is not None and right is not None and aligned is not None:
            left_only = self._before(joined, aligned, right)
            if joined.kind is JoinKind.LEFT:
                right, columns = joins.made_optional(self._checking, right, columns)
            self._checking.note_persons(tables(rows) | tables(right))
            paired = Paired(left=rows, right=right, kind=joined.kind, by_year=aligned.by_year)
            for part, condition in left_only:
                keep(paired, condition, part.at, problems=self._problems)
        merged = both.merged | (aligned.merged if aligned else {})
        shown = Exposed(exposed.alias, columns, exposed.complete and paired is not None)
        return paired, Scope([*scope.exposed, shown], scope.elsewhere, merged)

    def _before(self, joined: syntax.Joined, aligned: joins.Alignment, right: Rows) -> joins.Others:
        """Put the conditions of a LEFT JOIN that read the joined side there; give back those of an inner join."""
        if joined.kind is JoinKind.INNER:
            return aligned.others
        for part, condition in aligned.others:
            if names(predicate(condition)) <= available(right):
                keep(right, condition, part.at, problems=self._problems)
            else:
                self._problems.add(
                    part.at, "a LEFT JOIN's condition reads the joined table only", "write this condition in WHERE"
                )
        return []

    def _source(self, source: syntax.Source, known: Known, depth: int) -> tuple[Rows | None, Exposed]:
        match source:
            case syntax.Refused():
                return None, Exposed(None, {}, complete=False)
            case syntax.Subquery(select=select, alias=alias):
                return self._subquery(select, known, depth + 1, alias)
            case syntax.TableName(name=name, alias=alias) if name in known:
                defined = known[name]
                self._checking.used_parts.add(defined.part.at)
                return self._subquery(defined.part.select, defined.known, depth + 1, alias or name)
        table = self._checking.table(source.name)
        if table is None:
            close = nearest(source.name, [one.name for one in self._checking.catalogue.tables] + list(known))
            self._problems.add(
                source.at, f"there is no table {quoted(source.name)}", close or "the tables are " + self._table_names()
            )
            return None, Exposed(source.alias or source.name, {}, complete=False)
        scanned = self._checking.scan(table)
        return scanned, Exposed(source.alias or source.name, self._checking.columns(scanned))

    def _table_names(self) -> str:
        return ", ".join(table.name for table in self._checking.catalogue.tables)

    # --- subqueries ----------------------------------------------------------------------------------------------

    def _subquery(
        self, select: syntax.Select, known: Known, depth: int, alias: str | None
    ) -> tuple[Rows | None, Exposed]:
        if depth > limits.NESTING_DEPTH:
            self._problems.add(select.at, *refusals.TOO_DEEP)
            return None, Exposed(alias, {}, complete=False)
        rows, scope = self.read(select, known, depth)
        if select.group_by:
            if rows is None or not self._is_by_person(select, scope):
                return None, Exposed(alias, {}, complete=False)
            grouped, columns = per_person.group(self._checking, rows, scope, select)
            return grouped, Exposed(alias, columns, complete=len(columns) == len(select.items))
        columns = self._selected(select, scope)
        return rows, Exposed(alias, columns, complete=rows is not None and len(columns) == len(select.items))

    def _is_by_person(self, select: syntax.Select, scope: Scope) -> bool:
        for key in select.group_by:
            item = key
            if isinstance(key, syntax.Number) and 1 <= key.value <= len(select.items):
                item = select.items[int(key.value) - 1].expression
            elif isinstance(key, syntax.Name) and key.table is None:
                aliased = [one.expression for one in select.items if one.alias == key.name]
                item = aliased[0] if aliased else key
            try:
                column = scope.find(item) if isinstance(item, syntax.Name) else None
            except RefusedError as error:
                self._problems.refuse(key.at, error)
                continue
            if not isinstance(column, Person):
                self._problems.add(
                    key.at, "in a subquery, rows are grouped by person only", "write GROUP BY person and flags"
                )
            elif column.optional:
                self._problems.add(
                    key.at,
                    "this person comes from the side of a LEFT JOIN that may be empty",
                    "name the person of the first table",
                )
            else:
                continue
            return False
        return True

    def _selected(self, select: syntax.Select, scope: Scope) -> dict[str, Column]:
        resolver = Resolver(self._checking, scope.find, use=None, fold=_refuse_aggregate)
        columns: dict[str, Column] = {}
        for name, item in labels(select.items, self._problems).items():
            found: Column | None = None
            try:
                found = scope.find(item.expression) if isinstance(item.expression, syntax.Name) else None
            except RefusedError as error:
                self._problems.refuse(item.at, error)
                continue
            if not isinstance(found, Person):
                found = resolver.value(item.expression)
            if found is not None and not is_taken(name, found, item.at, problems=self._problems):
                columns[name] = found
        return columns


def _refuse_aggregate(_: syntax.Aggregate) -> None:
    raise RefusedError("in a subquery, aggregates are for each person", "add GROUP BY person")
