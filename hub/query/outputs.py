"""The outermost SELECT: what the cells are, and what is released for each.

It does not read FROM or WHERE.  Rules:

* every entry is a key that is grouped by, or COUNT, SUM or AVG: rows and persons are never shown;
* a key has a public domain small enough to be listed whole, and NULL is a cell where it can occur;
* the number of keys, cells and statistics is bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from math import prod

from hub.query import limits, syntax, truth
from hub.query.checking import Checking
from hub.query.errors import Position, RefusedError, quoted
from hub.query.expression import Keys, Range, Use
from hub.query.labels import is_printable_label, is_taken, labels
from hub.query.model import Key, Statistic, StatisticKind
from hub.query.resolve import Resolver
from hub.query.scope import Scope
from hub.query.syntax import Function
from hub.query.typed import ALWAYS, Person, Typed, whole

_PER_PERSON = "use it in a subquery with GROUP BY person, and count or average that"


@dataclass(frozen=True, slots=True)
class Outputs:
    """The released columns in the order in which they were written."""

    keys: tuple[Key, ...]
    statistics: tuple[Statistic, ...]
    columns: tuple[str, ...]


def outputs(checking: Checking, scope: Scope, select: syntax.Select) -> Outputs:
    """What the outermost SELECT releases; after a problem, as much of it as could be read."""
    return _Outputs(checking, scope, select).read()


class _Outputs:
    """Reads the outermost SELECT."""

    def __init__(self, checking: Checking, scope: Scope, select: syntax.Select) -> None:
        self._problems, self._scope, self._select = checking.problems, scope, select
        self._grouping = Resolver(checking, scope.find, use=Use.GROUP_BY)
        self._measuring = Resolver(checking, scope.find, use=Use.MEASURE)
        self._filtering = Resolver(checking, scope.find, use=Use.FILTER)
        self._items = labels(select.items, self._problems)
        self._values: dict[str, Typed | None] = {}

    def read(self) -> Outputs:
        """Keys and statistics, with every problem noted."""
        statistics: list[Statistic] = []
        for name, item in self._items.items():
            if not is_printable_label(name):
                self._problems.add(
                    item.at,
                    f"a released column cannot be called {quoted(name)}",
                    f"use at most {limits.LABEL_LENGTH} letters a-z, digits and underscores",
                )
            if isinstance(item.expression, syntax.Aggregate):
                found = self._statistic(name, item.expression)
                statistics.extend([found] if found else [])
            else:
                self._values[name] = self._value(item)
        keys = self._keys()
        self._measure(keys, statistics)
        return Outputs(keys, tuple(statistics), tuple(self._items))

    def _value(self, item: syntax.Item) -> Typed | None:
        if any(isinstance(part, syntax.Aggregate) for part in _parts(item.expression)):
            self._problems.add(
                item.at,
                "calculations with aggregates are not part of a question",
                "ask for each aggregate by itself and calculate with the released numbers",
            )
            return None
        value = self._grouping.value(item.expression)
        is_taken(item.alias or "", value, item.at, problems=self._problems)
        return value

    # --- keys ----------------------------------------------------------------------------------------------------

    def _keys(self) -> tuple[Key, ...]:
        grouped = [found for entry in self._select.group_by if (found := self._grouped(entry)) is not None]
        for name, value in self._values.items():
            if name not in grouped and value is not None:
                self._problems.add(
                    self._items[name].at,
                    f"{quoted(name)} is neither grouped by nor aggregated",
                    "add it to GROUP BY, or count it",
                )
        keys: list[Key] = []
        for name, value in self._values.items():
            key = self._key(name, value) if value is not None else None
            if key is not None and key.expression in [one.expression for one in keys]:
                self._problems.add(self._items[name].at, f"{quoted(name)} repeats a key", "show each key once")
            elif key is not None:
                keys.append(key)
        return tuple(keys)

    def _grouped(self, entry: syntax.Expression) -> str | None:
        try:
            return self._entry(entry)
        except RefusedError as error:
            self._problems.refuse(entry.at, error)
            return None

    def _entry(self, entry: syntax.Expression) -> str | None:
        """The name of the SELECT entry that one entry of GROUP BY means."""
        if isinstance(entry, syntax.Number):
            if not 1 <= entry.value <= len(self._select.items) or entry.value != int(entry.value):
                raise RefusedError("there is no column at this position", "name the column")
            item = self._select.items[int(entry.value) - 1]
            name = next((name for name, one in self._items.items() if one is item), None)
            if name is not None and name not in self._values:
                raise RefusedError("an aggregate is not grouped by", "name a column")
            return name
        if isinstance(entry, syntax.Name) and entry.table is None and self._is_alias(entry):
            return entry.name
        if isinstance(entry, syntax.Name) and isinstance(self._scope.find(entry), Person):
            raise RefusedError("GROUP BY person belongs in a subquery: persons are never shown", _PER_PERSON)
        value = self._grouping.value(entry)
        if value is None:
            return None
        for name, one in self._values.items():
            if one is not None and one.expression == value.expression:
                return name
        if any(one is None for one in self._values.values()):
            return None
        raise RefusedError("what is grouped by must be shown", "add it to the SELECT list too")

    def _is_alias(self, entry: syntax.Name) -> bool:
        """Whether the name is that of a key in the SELECT list, and of no other column that is a key there."""
        if entry.name not in self._values:
            return False
        try:
            column = self._scope.find(entry)
        except RefusedError:
            return True
        if isinstance(column, Person):
            return False
        aliased = self._values[entry.name]
        if isinstance(column, Typed) and aliased is not None and column.expression != aliased.expression:
            others = [value.expression for name, value in self._values.items() if value and name != entry.name]
            if column.expression in others:
                raise RefusedError(
                    f"{quoted(entry.name)} is a column and another column's alias", "give its position instead"
                )
        return True

    def _key(self, name: str, value: Typed) -> Key | None:
        first, last = whole(value.domain)
        at = self._items[name].at
        if value.is_literal:
            self._problems.add(at, f"{quoted(name)} is the same for every row", "leave it out")
        elif isinstance(value.domain, Range) and last - first + 1 > limits.KEY_RANGE:
            self._problems.add(
                at,
                f"{quoted(name)} has more than {limits.KEY_RANGE:,} possible values",
                "make bands with CASE",
            )
        else:
            return Key(name=name, expression=value.expression, domain=value.domain, nullable=value.nullable)
        return None

    # --- statistics ----------------------------------------------------------------------------------------------

    def _statistic(self, name: str, node: syntax.Aggregate) -> Statistic | None:
        kept = self._filtering.truth(node.where) if node.where is not None else ALWAYS
        where = truth.predicate(kept) if kept is not None and kept != ALWAYS else None
        try:
            found = self._counted(name, node)
        except RefusedError as error:
            self._problems.refuse(node.at, error)
            return None
        if found is None or kept is None:
            return None
        kind, argument = found
        domain = argument.domain if argument is not None and kind in {StatisticKind.SUM, StatisticKind.MEAN} else None
        return Statistic(
            name=name,
            kind=kind,
            argument=argument.expression if argument is not None else None,
            domain=domain if isinstance(domain, Range) else None,
            where=where,
        )

    def _counted(self, name: str, node: syntax.Aggregate) -> tuple[StatisticKind, Typed | None] | None:
        if node.function in {Function.MIN, Function.MAX, Function.BOOL_OR}:
            raise RefusedError(f"{node.function.value.upper()} would show what one person has", _PER_PERSON)
        if node.distinct:
            return self._persons(node)
        if node.argument is None:
            return StatisticKind.COUNT, None
        if any(isinstance(part, syntax.Aggregate) for part in _parts(node.argument)):
            raise RefusedError("an aggregate stands in an aggregate", _PER_PERSON)
        argument = self._measuring.value(node.argument)
        if argument is None:
            return None
        if node.function is Function.COUNT:
            return StatisticKind.COUNT, argument if argument.nullable else None
        if not isinstance(argument.domain, Range) or argument.is_literal:
            raise RefusedError(f"{node.function.value.upper()} takes a number column", f"count {quoted(name)} instead")
        return (StatisticKind.SUM if node.function is Function.SUM else StatisticKind.MEAN), argument

    def _persons(self, node: syntax.Aggregate) -> tuple[StatisticKind, None] | None:
        found = self._scope.find(node.argument) if isinstance(node.argument, syntax.Name) else None
        if isinstance(found, Person):
            if found.optional:
                raise RefusedError(
                    "this person comes from the side of a LEFT JOIN that may be empty",
                    "count the person of the first table, or use JOIN",
                )
            return StatisticKind.PERSONS, None
        if found is None and isinstance(node.argument, syntax.Name | syntax.Refused):
            return None
        raise RefusedError("only persons are counted once each", "write COUNT(DISTINCT person), or group by the column")

    # --- limits --------------------------------------------------------------------------------------------------

    def _measure(self, keys: tuple[Key, ...], statistics: list[Statistic]) -> None:
        at = self._select.at
        if not any(isinstance(item.expression, syntax.Aggregate) for item in self._select.items):
            self._problems.add(at, "a question releases aggregates only", "add COUNT(*), SUM(…) or AVG(…)")
        if len(statistics) > limits.STATISTICS:
            self._problems.add(at, f"a question has at most {limits.STATISTICS} statistics", "ask two questions")
        if len(keys) > limits.KEYS:
            self._problems.add(at, f"a question has at most {limits.KEYS} keys", "group by fewer columns")
        cells = prod(_cells(key) for key in keys)
        if cells > limits.CELLS:
            self._problems.add(
                at, f"these keys make {cells:,} cells and {limits.CELLS:,} are possible", "group by fewer columns"
            )


def _cells(key: Key) -> int:
    size = len(key.domain.values) if isinstance(key.domain, Keys) else key.domain.upper - key.domain.lower + 1
    return size + key.nullable


def _parts(node: object) -> Iterator[object]:
    """A form and everything in it."""
    yield node
    if isinstance(node, tuple):
        for part in node:
            yield from _parts(part)
    elif is_dataclass(node) and not isinstance(node, Position):
        for field in fields(node):
            yield from _parts(getattr(node, field.name))
