"""Checked rows into relations of the plan: only what is needed, conditions in their normal form.

It decides nothing about what may be asked.  Rules:

* an attribute, flag or computed column that nothing reads is left out;
* conditions that contradict each other are a problem;
* custodian columns that a kept condition reads count as filters.
"""

from collections.abc import Mapping

from hub.query import rows, truth
from hub.query.checking import Checking
from hub.query.encoding import names
from hub.query.model import Derive, Join, PerPerson, Relation, Scan, Where
from hub.query.rows import Computed, Grouped, Paired, Rows, Scanned
from hub.query.typed import ALWAYS, NEVER

Needed = frozenset[str]


def planned(checking: Checking, found: Rows, needed: Needed) -> Relation:
    """The relation of the plan with the needed attributes."""
    condition = truth.every(part for _, part in found.conditions)
    if condition == NEVER:
        checking.problems.add(found.conditions[-1][0], *rows.NO_ROW)
    if condition == ALWAYS:
        return _source(checking, found, needed)
    predicate = truth.predicate(condition)
    checking.note_kept(predicate)
    return Where(_source(checking, found, needed | names(predicate)), predicate)


def _source(checking: Checking, found: Rows, needed: Needed) -> Relation:
    match found:
        case Scanned():
            return Scan(
                table=found.table.name,
                binding=found.binding,
                custodians=found.custodians,
                attributes=tuple(attribute for attribute in found.attributes if attribute.name in needed),
            )
        case Paired():
            needed |= frozenset(found.by_year or ())
            left, right = planned(checking, found.left, needed), planned(checking, found.right, needed)
            return Join(left=left, right=right, kind=found.kind, by_year=found.by_year)
        case Grouped():
            return _per_person(checking, found, needed)
        case Computed():
            columns = tuple((attribute, value) for attribute, value in found.columns if attribute.name in needed)
            read = frozenset().union(*(names(value.expression) for _, value in columns))
            checking.note_kept(tuple(value.expression for _, value in columns))
            source = planned(checking, found.source, read)
            return Derive(source, tuple((attribute, value.expression) for attribute, value in columns))


def _per_person(checking: Checking, found: Grouped, needed: Needed) -> Relation:
    kept: Mapping[str, object] = {name: found.aggregates[name] for name in found.aggregates if name in needed}
    aggregates = tuple(found.aggregates[name] for name in sorted(kept))
    read = frozenset().union(*(names(one.argument) | names(one.where) for one in aggregates))
    for one in aggregates:
        checking.note_kept(one.where)
    return PerPerson(planned(checking, found.source, read), aggregates)
