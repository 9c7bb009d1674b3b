"""The catalogue: public facts about every data element, part of what custodians sign.

It holds no data and nothing learned from data.  Rules:

* a column is either one of enumerated keys or a bounded fixed-point number; NULL has a stated meaning or is impossible;
* numbers are integers in steps: the value 0.975 at 1000 steps per unit is 975;
* `hard_rows` is the most rows one person may have in one delivery of the table; more are dropped before linkage;
* the digest of the canonical bytes stands in the signed schedule, so whoever edits a bound widens an agreement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from agreements import canonical
from agreements.errors import AgreementError

PERSON = "person"
"""The linkage column of every private table: joined on and counted, never shown."""

_LARGEST_DOMAIN = 10_000


class ColumnKind(StrEnum):
    """How a column's public domain is given."""

    CUSTODIAN = "custodian"  # the organisation whose file a row lies in: a property of the file
    KEY = "key"  # one of an enumerated list
    NUMBER = "number"  # a fixed-point number between public bounds


class LegalClass(StrEnum):
    """Which law governs a data element; a class without its own terms is refused."""

    FERPA_PII = "ferpa_pii"
    FERPA_DIRECTORY = "ferpa_directory"
    HIPAA_LDS = "hipaa_lds_ok"
    HIPAA_PHI = "hipaa_phi"
    PART2_SUD = "part2_sud"
    NSLP_MEAL_STATUS = "nslp_meal_status"
    DIRECT_IDENTIFIER = "direct_identifier"


class CatalogueError(AgreementError):
    """The catalogue contradicts itself; the sentence names the table and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its domain, its legal class and what an empty value means.

    `keys` are the allowed values of a KEY column in order.  `lower` and `upper` bound a NUMBER column, in steps of
    1/`steps_per_unit` of `unit`.  `null_means` is empty when NULL is impossible.
    """

    name: str
    kind: ColumnKind
    description: str
    legal_class: LegalClass
    keys: tuple[str | int, ...] = ()
    lower: int = 0
    upper: int = 0
    steps_per_unit: int = 1
    unit: str = ""
    null_means: str = ""

    def __post_init__(self) -> None:
        """Refuse a column whose domain is empty, reversed or too large."""
        if self.kind is ColumnKind.NUMBER:
            if self.lower > self.upper or max(abs(self.lower), abs(self.upper)) >= 2**53 or self.steps_per_unit < 1:
                raise CatalogueError(f"{self.name}: the bounds {self.lower} to {self.upper} are not a range")
        elif not self.keys or len(set(self.keys)) != len(self.keys) or len(self.keys) > _LARGEST_DOMAIN:
            raise CatalogueError(f"{self.name}: list between 1 and {_LARGEST_DOMAIN} different keys")
        elif len({type(key) for key in self.keys}) != 1:
            raise CatalogueError(f"{self.name}: keys are all text or all whole numbers")

    @property
    def nullable(self) -> bool:
        """Whether a row may leave this column empty."""
        return bool(self.null_means)

    def admits(self, value: object) -> bool:
        """Whether `value` (a key, or a number in steps) lies in the public domain."""
        if value is None:
            return self.nullable
        if isinstance(value, bool):
            return False
        if self.kind is ColumnKind.NUMBER:
            return isinstance(value, int) and self.lower <= value <= self.upper
        return value in self.keys and type(value) is type(self.keys[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One private table: a row belongs to exactly one person and one custodian."""

    name: str
    description: str
    hard_rows: int
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        """Refuse a table without exactly one custodian column, or with repeated names."""
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names) or PERSON in names:
            raise CatalogueError(f"{self.name}: column names repeat, or one is called {PERSON!r}")
        if sum(column.kind is ColumnKind.CUSTODIAN for column in self.columns) != 1:
            raise CatalogueError(f"{self.name}: exactly one column names the custodian")
        if not 1 <= self.hard_rows <= _LARGEST_DOMAIN:
            raise CatalogueError(f"{self.name}: hard_rows lies between 1 and {_LARGEST_DOMAIN}")

    @property
    def custodian(self) -> Column:
        """The column that says whose file a row lies in."""
        return next(column for column in self.columns if column.kind is ColumnKind.CUSTODIAN)

    def column(self, name: str) -> Column | None:
        """The column called `name`, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every private table, in order; `year_column` is the key on which yearly tables align."""

    tables: tuple[Table, ...]
    year_column: str = "school_year"

    def table(self, name: str) -> Table | None:
        """The table called `name`, if there is one."""
        return next((table for table in self.tables if table.name == name), None)

    @property
    def custodians(self) -> frozenset[str]:
        """Every organisation that keeps a file of some table."""
        return frozenset(str(key) for table in self.tables for key in table.custodian.keys)

    def to_json(self) -> dict[str, Any]:
        """The canonical document: every field of every column, nothing left to a default."""
        return {
            "schema": "hub.catalogue/1",
            "year_column": self.year_column,
            "tables": [
                {
                    "name": table.name,
                    "description": table.description,
                    "hard_rows": table.hard_rows,
                    "columns": [_column_json(column) for column in table.columns],
                }
                for table in self.tables
            ],
        }

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785)."""
        return canonical.encode(self.to_json())

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal: the name that schedules sign."""
        return canonical.digest(self.to_bytes())

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Catalogue":
        """Read a catalogue document; an unknown or missing field is refused."""
        try:
            if document["schema"] != "hub.catalogue/1" or set(document) != {
                "schema",
                "year_column",
                "tables",
            }:
                raise CatalogueError("the catalogue is not of schema hub.catalogue/1")
            return cls(tuple(_table(entry) for entry in document["tables"]), document["year_column"])
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, AgreementError):
                raise
            raise CatalogueError(f"the catalogue cannot be read: {error}") from error

    @classmethod
    def from_bytes(cls, data: bytes) -> "Catalogue":
        """Read canonical bytes."""
        return cls.from_json(cast("Mapping[str, Any]", canonical.decode(data)))


def _column_json(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind.value,
        "description": column.description,
        "legal_class": column.legal_class.value,
        "keys": list(column.keys),
        "lower": column.lower,
        "upper": column.upper,
        "steps_per_unit": column.steps_per_unit,
        "unit": column.unit,
        "null_means": column.null_means,
    }


def _table(entry: Mapping[str, Any]) -> Table:
    columns = tuple(
        Column(
            **{
                **column,
                "kind": ColumnKind(column["kind"]),
                "legal_class": LegalClass(column["legal_class"]),
                "keys": tuple(column.get("keys", ())),
            }
        )
        for column in entry["columns"]
    )
    return Table(**{**entry, "columns": columns})
