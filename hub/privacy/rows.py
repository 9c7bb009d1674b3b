"""How many rows one person can have at every node of a relation, and where rows are cut so that there is a bound.

It looks at no record.  Rules:

* m rows a person and table come from the agreement; a table that the agreement does not bound is refused;
* a cut stands on the scan, after the filters that stand directly on it, and never below `PerPerson`, where a person
  has one row anyway; it is left out where the catalogue's hard bound at the opened custodians already suffices;
* every node treats each person's rows by themselves, so bounds multiply through joins on person: inner a·b, left
  a·max(1, b) (McSherry 2009; Wilson et al. 2019);
* uniqueness that is only declared (one row a year, say) is never relied on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agreements.catalogue import Catalogue, Table
from hub.privacy.errors import UnboundedError
from hub.query.model import Cut, CutBasis, Derive, Join, JoinKind, PerPerson, Relation, Scan, Where


@dataclass(frozen=True, slots=True)
class Cutting:
    """A relation with its cuts, the most rows one person can have in it, and why."""

    relation: Relation
    rows: int
    proof: tuple[str, ...]


def cut(relation: Relation, *, rows_per_person: Mapping[str, int], catalogue: Catalogue) -> Cutting:
    """Put in the cuts that bound the rows of a person; `rows_per_person` is the agreement's bound by table."""
    scan = filtered_scan(relation)
    if scan is not None:
        return _cut_scan(relation, scan, rows_per_person=rows_per_person, catalogue=catalogue)
    match relation:
        case Where(source=source) | Derive(source=source):
            inner = cut(source, rows_per_person=rows_per_person, catalogue=catalogue)
            return replace(inner, relation=replace(relation, source=inner.relation))
        case Join(left=left, right=right, kind=kind):
            first = cut(left, rows_per_person=rows_per_person, catalogue=catalogue)
            second = cut(right, rows_per_person=rows_per_person, catalogue=catalogue)
            together = _joined(kind, first.rows, second.rows)
            line = f"{kind.value} join on person: at most {first.rows} · {second.rows} = {together} rows a person"
            return Cutting(
                replace(relation, left=first.relation, right=second.relation),
                together,
                (*first.proof, *second.proof, f"{line} (McSherry 2009)"),
            )
        case PerPerson(source=source):
            uncut_rows(source, catalogue=catalogue)
            return Cutting(relation, 1, ("GROUP BY person: 1 row a person, nothing is cut below it",))
        case _:
            raise _already_cut()


def uncut_rows(relation: Relation, *, catalogue: Catalogue) -> int:
    """The most rows a person can have where nothing is cut: the catalogue's hard bounds, multiplied through joins."""
    match relation:
        case Scan():
            return table_of(relation, catalogue).hard_rows * len(relation.custodians)
        case Where(source=source) | Derive(source=source):
            return uncut_rows(source, catalogue=catalogue)
        case Join(left=left, right=right, kind=kind):
            return _joined(kind, uncut_rows(left, catalogue=catalogue), uncut_rows(right, catalogue=catalogue))
        case PerPerson(source=source):
            uncut_rows(source, catalogue=catalogue)
            return 1
        case _:
            raise _already_cut()


def filtered_scan(relation: Relation) -> Scan | None:
    """The scan below nothing but filters, if `relation` is one."""
    while isinstance(relation, Where):
        relation = relation.source
    return relation if isinstance(relation, Scan) else None


def table_of(scan: Scan, catalogue: Catalogue) -> Table:
    """The catalogue's entry of a scanned table; an unknown table or custodian is refused."""
    table = catalogue.table(scan.table)
    if table is None:
        raise UnboundedError(f"the catalogue has no table {scan.table!r}; ask about a table that it lists")
    opened = set(scan.custodians)
    if not opened or not opened <= set(table.custodian.keys) or len(opened) != len(scan.custodians):
        raise UnboundedError(
            f"the conditions leave no file of table {scan.table!r} to open; name at least one of its "
            f"{len(table.custodian.keys)} custodians"
        )
    return table


def _cut_scan(relation: Relation, scan: Scan, *, rows_per_person: Mapping[str, int], catalogue: Catalogue) -> Cutting:
    table = table_of(scan, catalogue)
    most = _agreed(scan.table, rows_per_person)
    hard = table.hard_rows * len(scan.custodians)
    if hard <= most:
        line = (
            f"table {scan.table}: at most {table.hard_rows} rows a person in each of {len(scan.custodians)} files "
            f"(the catalogue's hard bound), so {hard}; nothing is cut"
        )
        return Cutting(relation, hard, (line,))
    basis = _basis(relation, scan, table)
    line = f"table {scan.table}: at most {most} rows a person (the agreement's bound), kept by the {basis.value}"
    return Cutting(Cut(relation, most, basis), most, (f"{line} (Wilson et al. 2019)",))


def _basis(relation: Relation, scan: Scan, table: Table) -> CutBasis:
    """The cheapest rank that bounds the rows: stored ones only where no filter comes before the cut."""
    if isinstance(relation, Where):
        return CutBasis.AFTER_FILTER
    if set(scan.custodians) == set(table.custodian.keys):
        return CutBasis.ACROSS
    return CutBasis.WITHIN if len(scan.custodians) == 1 else CutBasis.AFTER_FILTER


def _agreed(table: str, rows_per_person: Mapping[str, int]) -> int:
    most = rows_per_person.get(table)
    if most is None:
        raise UnboundedError(
            f"the agreement states no bound of rows a person for table {table!r}; group that table by person, "
            "or have a bound agreed"
        )
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise UnboundedError(
            f"the agreement's bound of rows a person for table {table!r} is not a whole number above 0"
        )
    return most


def _joined(kind: JoinKind, left: int, right: int) -> int:
    return left * (max(1, right) if kind is JoinKind.LEFT else right)


def _already_cut() -> UnboundedError:
    return UnboundedError("the question already holds a cut; only the privacy analysis puts cuts in")
