"""The relations of a checked question as SQL over the attached files of a snapshot.

It aggregates nothing but per person.  Rules:

* only the files of a scan's own custodians are read; a custodian's key is a constant of its file;
* every relation carries the person `p`, and the ranks that put the rows of a person in order;
* a cut by a stored rank is a filter on the scan; a cut after a filter is a window in that order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from agreements.catalogue import Catalogue, ColumnKind, Table
from agreements.catalogue import Column as CatalogueColumn
from hub.engine.errors import EngineError
from hub.engine.expressions import Number, Scope, Slot, clamped, code, number, predicate, presence, value_in
from hub.engine.layout import (
    PERSON,
    RANK_ACROSS,
    RANK_WITHIN,
    custodian_code,
    stored_columns,
    table_names,
    unsigned_type,
)
from hub.query.expression import DataElement, Domain, Keys, Range
from hub.query.model import (
    Cut,
    CutBasis,
    Derive,
    Join,
    JoinKind,
    PerPerson,
    PersonAggregate,
    PersonAggregateKind,
    Relation,
    Scan,
    Where,
)

_WORD = 64
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A relation in SQL.

    `order` names the columns that put one person's rows in their fixed order; `extra` a mark that is carried along;
    `single` tells that every person has one row at most.  If the rows are still those of one table, `within` names
    the rank within the custodian, and ranks across the snapshot are below `ranks`.
    """

    sql: str
    scope: Scope
    order: tuple[str, ...]
    within: str = ""
    ranks: int = 0
    extra: str = ""
    single: bool = False

    @property
    def carried(self) -> tuple[str, ...]:
        """Every column but the attributes."""
        return ("p", *self.order, *filter(None, (self.within, self.extra)))


@dataclass(slots=True)
class RelationCompiler:
    """Writes relations; `files` tells the name under which each custodian's file is attached.

    `mark` is the name of a stored mark that a lone scan carries along, or empty.
    """

    catalogue: Catalogue
    files: Mapping[str, str]
    mark: str = ""
    _numbers: "count[int]" = field(default_factory=count)

    def rows(self, relation: Relation) -> Rows:
        """The SQL of a relation."""
        match relation:
            case Scan():
                return self._scan(relation)
            case Where(source, condition):
                rows = self.rows(source)
                return replace(rows, sql=f"SELECT * FROM ({rows.sql}) WHERE {predicate(condition, rows.scope)}")
            case Cut(source, most, basis):
                return _cut(self.rows(source), most, basis)
            case Join():
                return self._join(relation)
            case PerPerson():
                return self._per_person(relation)
            case Derive():
                return self._derive(relation)

    def _scan(self, scan: Scan) -> Rows:
        table = self.catalogue.table(scan.table)
        if table is None or not scan.custodians:
            raise EngineError("a question names a table that the catalogue does not hold, or no custodian of it")
        columns = {attribute.name: _column(table, attribute.name, attribute.sources) for attribute in scan.attributes}
        scope = {name: Slot(self._new("a"), _domain(column)) for name, column in columns.items()}
        within, across = self._new("w"), self._new("x")
        fixed = [f"{PERSON} AS p", f"{RANK_WITHIN} AS {within}", f"{RANK_ACROSS} AS {across}"]
        fixed += [f"{self.mark} AS m"] if self.mark else []
        stored, place = stored_columns(table), table_names(self.catalogue)[table.name]
        parts = []
        for custodian in scan.custodians:
            own = f"CAST({_position(table, custodian)} AS {unsigned_type(len(table.custodian.keys))})"
            chosen = [f"{stored.get(column.name, own)} AS {scope[name].name}" for name, column in columns.items()]
            parts.append(f"SELECT {', '.join(fixed + chosen)} FROM {self.files[custodian]}.{place}")
        single = table.hard_rows == 1 and len(scan.custodians) == 1
        sql = " UNION ALL ".join(parts)
        extra = "m" if self.mark else ""
        ranks = table.hard_rows * len(table.custodian.keys)
        return Rows(sql=sql, scope=scope, order=(across,), within=within, ranks=ranks, extra=extra, single=single)

    def _join(self, join: Join) -> Rows:
        left, right = self.rows(join.left), self.rows(join.right)
        condition = "l.p = r.p"
        if join.by_year:
            years = left.scope[join.by_year[0]], right.scope[join.by_year[1]]
            condition += f" AND {_same_key(*years)}"
        columns = ["l.p", *left.order, *right.order]
        columns += [slot.name for slot in (*left.scope.values(), *right.scope.values())]
        kind = "LEFT JOIN" if join.kind is JoinKind.LEFT else "JOIN"
        sql = f"SELECT {', '.join(columns)} FROM ({left.sql}) AS l {kind} ({right.sql}) AS r ON {condition}"
        scope = {**left.scope, **right.scope}
        return Rows(sql=sql, scope=scope, order=left.order + right.order, single=left.single and right.single)

    def _per_person(self, grouped: PerPerson) -> Rows:
        rows = self.rows(grouped.source)
        scope, columns = {}, ["p"]
        for aggregate in grouped.aggregates:
            slot = Slot(self._new("a"), aggregate.attribute.domain)
            scope[aggregate.attribute.name] = slot
            columns.append(f"{_person_aggregate(aggregate, rows.scope)} AS {slot.name}")
        return Rows(sql=f"SELECT {', '.join(columns)} FROM ({rows.sql}) GROUP BY p", scope=scope, order=(), single=True)

    def _derive(self, derived: Derive) -> Rows:
        rows = self.rows(derived.source)
        scope, columns = {}, list(rows.carried)
        for attribute, expression in derived.columns:
            slot = Slot(self._new("a"), attribute.domain)
            scope[attribute.name] = slot
            columns.append(f"{value_in(expression, attribute.domain, rows.scope)} AS {slot.name}")
        return replace(rows, sql=f"SELECT {', '.join(columns)} FROM ({rows.sql})", scope=scope)

    def _new(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"


def _cut(rows: Rows, most: int, basis: CutBasis) -> Rows:
    if basis is CutBasis.AFTER_FILTER:
        if rows.single:
            return rows
        return replace(rows, sql=_first_rows(rows, most), single=most == 1)
    if not rows.within:
        raise EngineError("a stored rank cuts the rows of one table only, before any join or grouping")
    rank = rows.within if basis is CutBasis.WITHIN else rows.order[0]
    single = rows.single or (most == 1 and basis is CutBasis.ACROSS)
    return replace(rows, sql=f"SELECT * FROM ({rows.sql}) WHERE {rank} < {most}", single=single)


def _first_rows(rows: Rows, most: int) -> str:
    """The first rows of each person.

    For the rows of one table a bit for each rank that is there tells how many come before a row: several times as
    fast as a window, which needs the rows sorted.
    """
    words = -(-rows.ranks // _WORD)
    if not 0 < words <= _MOST_WORDS:
        place = f"row_number() OVER (PARTITION BY p ORDER BY {', '.join(rows.order)})"
        return f"SELECT * FROM ({rows.sql}) QUALIFY {place} <= {most}"
    rank = rows.order[0]
    bit = f"(1::UBIGINT << CAST({rank} % {_WORD} AS UBIGINT))"
    there = [f"bit_or(CASE WHEN {rank} // {_WORD} = {w} THEN {bit} ELSE 0::UBIGINT END) AS b{w}" for w in range(words)]
    before = [
        f"CASE WHEN {rank} // {_WORD} > {w} THEN bit_count(b{w}) "
        f"WHEN {rank} // {_WORD} = {w} THEN bit_count(b{w} & ({bit} - 1)) ELSE 0 END"
        for w in range(words)
    ]
    return (
        f"SELECT s.* FROM ({rows.sql}) AS s JOIN (SELECT p, {', '.join(there)} FROM ({rows.sql}) GROUP BY p) AS t "
        f"ON s.p = t.p WHERE CAST(0 AS INTEGER) + {' + '.join(before)} < {most}"
    )


def _person_aggregate(aggregate: PersonAggregate, scope: Scope) -> str:
    """One value of each person; numbers are held within the attribute's public domain."""
    domain, argument = aggregate.attribute.domain, aggregate.argument
    tests = [predicate(aggregate.where, scope)] if aggregate.where is not None else []
    counts = aggregate.kind in (PersonAggregateKind.COUNT, PersonAggregateKind.ANY)
    if argument is None or counts:
        if not counts:
            raise EngineError("a sum, a smallest or a largest value of a person needs an argument")
        tests += [f"{presence(argument, scope)} IS NOT NULL"] if argument is not None else []
        condition = " AND ".join(tests) or "TRUE"
        if aggregate.kind is PersonAggregateKind.ANY:
            return _stored(Number(f"max(CASE WHEN {condition} THEN 1 ELSE 0 END)", 0, 1), domain)
        return _stored(Number(f"count(*) FILTER (WHERE {condition})", 0, 2**62 - 1), domain)
    chosen = f" FILTER (WHERE {tests[0]})" if tests else ""
    if aggregate.kind is PersonAggregateKind.SUM:
        value = number(argument, scope)
        return _stored(Number(f"sum({value.sql}){chosen}", -(2**123), 2**123), domain)
    name = aggregate.kind.value
    if isinstance(domain, Keys):
        return f"{name}({code(argument, domain, scope)}){chosen}"
    value = number(argument, scope)
    return _stored(replace(value, sql=f"{name}({value.sql}){chosen}"), domain)


def _stored(value: Number, domain: Domain) -> str:
    if isinstance(domain, Range):
        return clamped(value, domain)
    places = " ".join(f"WHEN {key} THEN {position}" for position, key in enumerate(domain.values))
    return f"CASE {value.sql} {places} END"


def _same_key(left: Slot, right: Slot) -> str:
    """Equality of two keys whose domains may list them in another order."""
    if left.domain == right.domain:
        return f"l.{left.name} = r.{right.name}"
    if not isinstance(left.domain, Keys) or not isinstance(right.domain, Keys):
        raise EngineError("yearly tables are joined on keys of the catalogue")
    pairs = [(left.domain.values.index(v), p) for p, v in enumerate(right.domain.values) if v in left.domain.values]
    same = (f"(l.{left.name} = {a} AND r.{right.name} = {b})" for a, b in pairs)
    return f"({' OR '.join(same) or 'FALSE'})"


def _column(table: Table, name: str, sources: frozenset[DataElement]) -> CatalogueColumn:
    """The catalogue column that an attribute of a scan stands for."""
    elements = [element for element in sources if element.table == table.name]
    column = table.column(elements[0].column) if len(elements) == len(sources) == 1 else None
    if column is None:
        raise EngineError(f"the attribute {name!r} of a scan is not one column of its table")
    return column


def _domain(column: CatalogueColumn) -> Domain:
    """How a stored column is read: by the catalogue, whatever narrower domain a question states."""
    if column.kind is ColumnKind.NUMBER:
        return Range(column.lower, column.upper, column.steps_per_unit)
    return Keys(column.keys)


def _position(table: Table, custodian: str) -> int:
    position = custodian_code(table, custodian)
    if position is None:
        raise EngineError("a question scans a table at a custodian that does not keep it")
    return position
