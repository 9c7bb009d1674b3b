"""A bounded question as one SELECT over encrypted files, and its rows as one whole number for each cell and vector.

It opens nothing and draws no noise.  Rules:

* one pass for all vectors; a person count is a plain count of marked rows where `firsts` proves that it may be;
* what is asked of the engine is counts and sums of whole numbers: the same whatever the order and the threads;
* a cell that the engine does not return is zero; a row outside the public cells is no part of the answer;
* a vector saturates at its public `largest`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agreements.catalogue import Catalogue
from hub.engine.errors import EngineError
from hub.engine.expressions import Scope, clamped, code, number, predicate, presence
from hub.engine.firsts import mark_of
from hub.engine.relations import RelationCompiler, Rows
from hub.privacy.plan import Bounds, Vector, VectorKind
from hub.query.expression import Keys, Value
from hub.query.model import Key, Question, contributors

_ALL = "count(*)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """One statement; `files` are the custodians whose files it reads, each under its generated name.

    A row of its result is the keys, the mark if `marked`, then the counts and sums.  `recipes` tell each vector as
    a sum of (factor, position) over them; the position after the last is the count of marked rows.
    """

    statement: str
    files: Mapping[str, str]
    keys: tuple[Key, ...]
    marked: bool
    aggregates: int
    recipes: Mapping[str, tuple[tuple[int, int], ...]]


def compiled(bounds: Bounds, catalogue: Catalogue) -> Compiled:
    """The statement that measures `bounds` exactly."""
    question = bounds.question
    files = _names(question, catalogue)
    mark = mark_of(question, catalogue) if any(map(_unfiltered_persons, bounds.vectors)) else ""
    rows = RelationCompiler(catalogue, files, mark).rows(question.source)
    # Grouping by the mark as well costs less than adding marks up, but would count a person twice elsewhere.
    others = [v for v in bounds.vectors if v.kind is VectorKind.PERSONS and not _unfiltered_persons(v)]
    measures = _Measures(rows, marked=bool(mark) and not rows.single and not others)
    recipes = {vector.name: measures.recipe(vector) for vector in bounds.vectors}
    keys = [f"{_key(key, rows.scope)} AS k{position}" for position, key in enumerate(question.keys)]
    groups = [f"k{position}" for position in range(len(keys))]
    if measures.marked:
        keys, groups = [*keys, "m"], [*groups, "m"]
    selected = ", ".join([*keys, *measures.found])
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    return Compiled(
        statement=f"SELECT {selected} FROM ({rows.sql}){grouped}",
        files=files,
        keys=question.keys,
        marked=measures.marked,
        aggregates=len(measures.found),
        recipes=recipes,
    )


def vectors(bounds: Bounds, statement: Compiled, rows: Iterable[Sequence[int | None]]) -> dict[str, list[int]]:
    """The exact vectors, cell by cell in the order of `bounds.cells`, from the rows that the statement returned."""
    place = {cell: position for position, cell in enumerate(bounds.cells)}
    width = len(statement.keys)
    first = width + statement.marked
    totals = [[0] * (statement.aggregates + 1) for _ in bounds.cells]
    for row in rows:
        cell = place.get(tuple([_value(key, stored) for key, stored in zip(statement.keys, row, strict=False)]))
        if cell is None:
            continue
        held = totals[cell]
        for position, value in enumerate(row[first:]):
            held[position] += value or 0
        if statement.marked and row[width] == 1:
            held[-1] += row[first] or 0
    return {vector.name: [_total(vector, statement, held) for held in totals] for vector in bounds.vectors}


@dataclass(slots=True)
class _Measures:
    """The aggregates of a statement, each written once; the first is the count of all rows."""

    rows: Rows
    marked: bool
    found: list[str] = field(default_factory=lambda: [_ALL])

    def recipe(self, vector: Vector) -> tuple[tuple[int, int], ...]:
        """How a vector is made of the aggregates."""
        scope, argument = self.rows.scope, vector.argument
        tests = [predicate(vector.where, scope)] if vector.where is not None else []
        held = presence(argument, scope) if argument is not None else ""
        if vector.kind is VectorKind.PERSONS:
            return self._persons(vector, [*tests, f"{held} IS NOT NULL"] if held else tests)
        count = (1, self._position(f"count({held})" if held else _ALL, tests))
        if vector.kind is VectorKind.ROWS:
            return (count,)
        if argument is None or vector.domain is None:
            raise EngineError("a sum is measured of a number with public bounds")
        total = self._position(f"sum({clamped(number(argument, scope), vector.domain)})", tests)
        if vector.kind is VectorKind.SUM:
            return ((1, total),)
        return ((2, total), (-vector.domain.lower - vector.domain.upper, count[1]))

    def _persons(self, vector: Vector, tests: list[str]) -> tuple[tuple[int, int], ...]:
        if self.rows.single:
            return ((1, self._position(_ALL, tests)),)
        if not self.rows.extra or not _unfiltered_persons(vector):
            return ((1, self._position("count(DISTINCT p)", tests)),)
        return ((1, -1 if self.marked else self._position("sum(m)", tests)),)

    def _position(self, aggregate: str, tests: list[str]) -> int:
        sql = f"{aggregate} FILTER (WHERE {' AND '.join(tests)})" if tests else aggregate
        if sql not in self.found:
            self.found.append(sql)
        return self.found.index(sql)


def _names(question: Question, catalogue: Catalogue) -> dict[str, str]:
    """The generated name of each contributor's file, always the same one under a catalogue."""
    opened = contributors(question)
    return {
        custodian: f"n{place}" for place, custodian in enumerate(sorted(catalogue.custodians)) if custodian in opened
    }


def _unfiltered_persons(vector: Vector) -> bool:
    return vector.kind is VectorKind.PERSONS and vector.where is None and vector.argument is None


def _key(key: Key, scope: Scope) -> str:
    if isinstance(key.domain, Keys):
        return code(key.expression, key.domain, scope)
    return number(key.expression, scope).sql


def _value(key: Key, stored: int | None) -> Value:
    return key.domain.values[stored] if stored is not None and isinstance(key.domain, Keys) else stored


def _total(vector: Vector, statement: Compiled, held: Sequence[int]) -> int:
    total = sum(factor * held[position] for factor, position in statement.recipes[vector.name])
    return max(-vector.largest, min(vector.largest, total))
