"""The schedule of an agreement: which data elements each contributor puts in, and in which uses.

It reads no data: the catalogue says which tables a contributor keeps.  Rules:

* every column is listed in the uses that the template gives its kind, unless the template leaves it out;
* a column whose legal class the contributor's kind may not put in refuses; it is never left out silently;
* a table of which anything is listed is joined by person.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agreements.catalogue import PERSON, Catalogue, Column, ColumnKind, LegalClass, Table
from agreements.elements import Element, ElementUse
from agreements.errors import AgreementError
from agreements.parties import Party


class ScheduleError(AgreementError):
    """The catalogue, the template and the contributors do not fit each other."""


def elements(template: Mapping[str, Any], contributors: Iterable[Party], catalogue: Catalogue) -> list[str]:
    """The data elements, `org/table/column:use`, sorted."""
    section, classes = template["elements"], template.get("classes", {})
    _check_left_out(section["leave_out"], catalogue)
    listed: list[Element] = []
    for party in contributors:
        allowed = {LegalClass(name) for name in classes.get(party.kind.value, ())}
        own = [
            element
            for table in catalogue.tables
            if party.org_id in table.custodian.keys
            for element in _of_table(section, party.org_id, table, year=catalogue.year_column, allowed=allowed)
        ]
        if not own:
            raise ScheduleError(f"{party.org_id}: the catalogue has no data element of this contributor to list")
        listed += own
    return sorted(str(element) for element in listed)


def _of_table(
    section: Mapping[str, Any], org: str, table: Table, *, year: str, allowed: set[LegalClass]
) -> Iterator[Element]:
    left_out = section["leave_out"]
    columns = [column for column in table.columns if f"{table.name}/{column.name}" not in left_out]
    if table.name in left_out or not columns:
        return
    for column in columns:
        if column.legal_class not in allowed:
            raise ScheduleError(
                f"{org}: {table.name}.{column.name} has the class {column.legal_class.value}, which needs its own terms"
            )
        yield from (Element(org, table.name, column.name, ElementUse(use)) for use in section[_kind(column, year)])
    yield from (Element(org, table.name, PERSON, ElementUse(use)) for use in section["person"])


def _kind(column: Column, year: str) -> str:
    return "year" if column.kind is ColumnKind.KEY and column.name == year else column.kind.value


def _check_left_out(left_out: Iterable[str], catalogue: Catalogue) -> None:
    known = {table.name for table in catalogue.tables}
    known |= {f"{table.name}/{column.name}" for table in catalogue.tables for column in table.columns}
    if unknown := sorted(set(left_out) - known):
        raise ScheduleError(f"{unknown[0]}: the template leaves out what the catalogue does not have")
