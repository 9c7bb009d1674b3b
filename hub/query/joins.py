"""How two relations align in a join, and what becomes of the columns on the side that may stay empty.

It reads no relation.  Rules:

* every join has `person = person`; the school years may be aligned beside it;
* other conditions after ON stay where they mean the same: anywhere for an inner join, on the joined side for LEFT;
* computed columns on the side that may stay empty are computed before the join, so that they are NULL where it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from agreements.catalogue import PERSON
from hub.query import syntax
from hub.query.checking import Checking
from hub.query.encoding import fingerprint
from hub.query.errors import RefusedError, quoted
from hub.query.expression import Attribute, Field, Keys, Use
from hub.query.resolve import Resolver
from hub.query.rows import Computed, Rows
from hub.query.scope import Scope
from hub.query.typed import Column, Person, Truth, Typed

_ON_PERSON = "write ON a.person = b.person, or USING (person)"


Others = list[tuple[syntax.Expression, Truth]]
"""Conditions after ON that do not align the two sides."""


@dataclass(slots=True)
class Alignment:
    """What a join's condition says: whether on person, on which years, and what else must hold."""

    on_person: bool = False
    by_year: tuple[str, str] | None = None
    merged: dict[str, tuple[int, Column]] = field(default_factory=dict)
    others: Others = field(default_factory=list)


def align(checking: Checking, joined: syntax.Joined, left: Scope, both: Scope) -> Alignment | None:
    """The meaning of ON or USING, where the last relation of `both` is the joined one; None after a problem."""
    noted = len(checking.problems)
    found = Alignment()
    aligner = _Aligner(checking, both, found)
    for name in joined.using:
        aligner.using(name, left)
    for part in conjuncts(joined.on) if joined.on is not None else ():
        aligner.on(part)
    complete = all(one.complete for one in both.exposed)
    if len(checking.problems) == noted and not found.on_person and complete and (joined.using or joined.on):
        checking.problems.add(joined.at, "a join is on person", _ON_PERSON)
    return found if found.on_person and len(checking.problems) == noted else None


class _Aligner:
    """Reads the parts of one join's condition."""

    def __init__(self, checking: Checking, both: Scope, found: Alignment) -> None:
        self._checking, self._both, self._found = checking, both, found
        self._resolver = Resolver(checking, both.find, use=Use.FILTER)

    def using(self, name: syntax.Name, left: Scope) -> None:
        """One name in USING: the same column on both sides."""
        try:
            theirs = Scope([self._both.exposed[-1]], self._both.elsewhere).find(name)
            ours = left.find_with_place(name)
            if ours is None or theirs is None:
                return
            self._pair(ours[1], theirs, name)
        except RefusedError as error:
            self._checking.problems.refuse(name.at, error)
            return
        self._found.merged[name.name] = ours

    def on(self, part: syntax.Expression) -> None:
        """One condition after ON."""
        try:
            if not self._is_pair(part):
                condition = self._resolver.truth(part)
                if condition is not None:
                    self._found.others.append((part, condition))
        except RefusedError as error:
            self._checking.problems.refuse(part.at, error)

    def _is_pair(self, part: syntax.Expression) -> bool:
        match part:
            case syntax.Comparison(operator="=", left=syntax.Name() as first, right=syntax.Name() as second):
                found = [self._both.find_with_place(first), self._both.find_with_place(second)]
            case _:
                return False
        sides = [side for side in found if side is not None]
        if len(sides) < len(found):
            return True
        (place, column), (other_place, other) = sorted(sides, key=lambda side: side[0])
        last = len(self._both.exposed) - 1
        if isinstance(column, Person) and isinstance(other, Person):
            if place == last or other_place != last:
                raise RefusedError("both sides are of the same table", _ON_PERSON)
            self._pair(column, other, first)
            return True
        if place == last or other_place != last or self._found.by_year or not self._are_years(column, other):
            return False
        self._pair(column, other, first)
        return True

    def _pair(self, ours: Column, theirs: Column, name: syntax.Name) -> None:
        if isinstance(ours, Person) and isinstance(theirs, Person):
            if ours.optional or theirs.optional:
                raise RefusedError(
                    "this person comes from the side of a LEFT JOIN that may be empty",
                    "name the person of the first table",
                )
            self._found.on_person = True
        elif self._are_years(ours, theirs) and isinstance(ours, Typed) and isinstance(theirs, Typed):
            if ours.domain != theirs.domain:
                raise RefusedError("the two tables list different school years", "compare them in WHERE")
            self._checking.note(ours, Use.FILTER)
            self._checking.note(theirs, Use.FILTER)
            if isinstance(ours.expression, Field) and isinstance(theirs.expression, Field):
                self._found.by_year = (ours.expression.name, theirs.expression.name)
        else:
            raise RefusedError(
                f"{quoted(name.name)} does not align tables",
                f"USING takes {PERSON} and {self._checking.catalogue.year_column}; compare others in WHERE",
            )

    def _are_years(self, *columns: Column) -> bool:
        return all(self._is_year(column) for column in columns)

    def _is_year(self, column: Column) -> bool:
        if not isinstance(column, Typed) or not isinstance(column.expression, Field):
            return False
        year = self._checking.catalogue.year_column
        return isinstance(column.domain, Keys) and {element.column for element in column.sources} == {year}


def made_optional(checking: Checking, rows: Rows, columns: Mapping[str, Column]) -> tuple[Rows, dict[str, Column]]:
    """The joined side of a LEFT JOIN: every column may be NULL, and what was computed is computed before."""
    typed = {name: column for name, column in columns.items() if isinstance(column, Typed)}
    optional: dict[str, Column] = {name: Person(optional=True) for name in columns if name not in typed}
    if all(isinstance(column.expression, Field) for column in typed.values()):
        return rows, optional | {name: replace(column, nullable=True) for name, column in typed.items()}
    binding = checking.binding("d")
    computed: dict[str, tuple[Attribute, Typed]] = {}
    for name, column in typed.items():
        attribute = _attribute(column, binding)
        computed[attribute.name] = (attribute, column)
        optional[name] = Typed(Field(attribute.name), column.domain, nullable=True, sources=column.sources)
    return Computed(source=rows, columns=tuple(computed[name] for name in sorted(computed))), optional


def _attribute(column: Typed, binding: str) -> Attribute:
    name = f"{binding}.{fingerprint(column.expression)[:12]}"
    if isinstance(column.expression, Field):
        name = column.expression.name
    return Attribute(name=name, domain=column.domain, nullable=column.nullable, sources=column.sources)


def conjuncts(node: syntax.Expression) -> Iterator[syntax.Expression]:
    """The conditions that AND joins, however they are bracketed."""
    if isinstance(node, syntax.Both):
        for part in node.parts:
            yield from conjuncts(part)
    else:
        yield node
