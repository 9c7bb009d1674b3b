"""What is known while one question is checked: its problems, its uses of data elements, its generated names.

It judges nothing.  Rules:

* a use is noted where a column is named, before any simplification, so that none can be hidden by an alias, a CASE, a
  subquery or a condition that is always true;
* the custodian column in a condition is noted only if the condition stays in the plan: a literal one chooses files;
* what was named but has no other use counts as measured.
"""

from collections import Counter
from collections.abc import Mapping

from agreements import catalogue as catalogues
from agreements.catalogue import PERSON, Catalogue, ColumnKind, Table
from hub.query.encoding import names
from hub.query.errors import Position, Problems
from hub.query.expression import Attribute, DataElement, Domain, Field, Keys, Range, Use
from hub.query.rows import Scanned
from hub.query.typed import Column, Person, Typed


class Checking:
    """The state of one check; one is made for each question."""

    def __init__(self, catalogue: Catalogue, problems: Problems) -> None:
        """Start with nothing noted."""
        self.catalogue = catalogue
        self.problems = problems
        self.joins = 0
        self.used_parts: set[Position] = set()
        self._uses: set[tuple[DataElement, Use]] = set()
        self._named: set[DataElement] = set()
        self._bindings: Counter[str] = Counter()
        self._custodians: dict[str, DataElement] = {}

    @property
    def elsewhere(self) -> Mapping[str, str]:
        """For every column of the catalogue, a table that has it."""
        return {
            column.name.lower(): table.name for table in reversed(self.catalogue.tables) for column in table.columns
        }

    def binding(self, letter: str) -> str:
        """The next generated name: `t0`, `t1`, … for tables, `p0` for persons' rows, `d0` for computed columns."""
        self._bindings[letter] += 1
        return f"{letter}{self._bindings[letter] - 1}"

    def scan(self, table: Table) -> Scanned:
        """The rows of a table at every custodian that keeps one."""
        binding = self.binding("t")
        attributes = tuple(_attribute(table, column, binding) for column in table.columns)
        self._custodians[f"{binding}.{table.custodian.name}"] = DataElement(table.name, table.custodian.name)
        custodians = tuple(str(key) for key in table.custodian.keys)
        return Scanned(table=table, binding=binding, custodians=custodians, attributes=attributes)

    def table(self, name: str) -> Table | None:
        """The table of the catalogue called so, without regard to case."""
        return next((table for table in self.catalogue.tables if table.name.lower() == name), None)

    def columns(self, scanned: Scanned) -> dict[str, Column]:
        """The columns of a table as they can be named, `person` among them."""
        columns: dict[str, Column] = {PERSON: Person()}
        for column, attribute in zip(scanned.table.columns, scanned.attributes, strict=True):
            columns[column.name.lower()] = Typed(
                Field(attribute.name), attribute.domain, attribute.nullable, attribute.sources
            )
        return columns

    def note(self, value: Typed, use: Use | None) -> None:
        """Note that an expression is used; None when the use is not known yet."""
        is_custodian = isinstance(value.expression, Field) and value.expression.name in self._custodians
        self._named |= value.sources
        if use is not None and not (is_custodian and use is Use.FILTER):
            self._uses |= {(element, use) for element in value.sources}

    def note_persons(self, tables: frozenset[str]) -> None:
        """Note that rows of these tables are brought together by person."""
        self._uses |= {(DataElement(table, PERSON), Use.JOIN) for table in tables}

    def note_kept(self, condition: object) -> None:
        """Note the custodian columns that a condition of the finished plan reads."""
        kept = names(condition)
        self._uses |= {(element, Use.FILTER) for name, element in self._custodians.items() if name in kept}

    def uses(self, tables: frozenset[str]) -> frozenset[tuple[DataElement, Use]]:
        """Every use; a table of which no element is used at all has its persons measured."""
        used = {element for element, _ in self._uses}
        custodians = set(self._custodians.values())
        measured = {(element, Use.MEASURE) for element in self._named - used - custodians}
        touched = {element.table for element, _ in self._uses | measured}
        counted = {(DataElement(table, PERSON), Use.MEASURE) for table in tables - touched}
        return frozenset(self._uses | measured | counted)


def _attribute(table: Table, column: catalogues.Column, binding: str) -> Attribute:
    domain: Domain = Keys(column.keys)
    if column.kind is ColumnKind.NUMBER:
        domain = Range(column.lower, column.upper, column.steps_per_unit)
    source = frozenset({DataElement(table.name, column.name)})
    return Attribute(name=f"{binding}.{column.name}", domain=domain, nullable=column.nullable, sources=source)
