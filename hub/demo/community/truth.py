"""The truth file: who is who, who has asthma, and the yearly figures that an honest reader of the exports would find.

Only the demo and the tests read it; no connector and no hub may.  Rules:

* it is one JSON document with one person a line, so that it can be read and compared;
* `rows` has a child's figures for each district and school year, in catalogue steps;
* `visits` counts finished visits by health system, class and school year;
* `dirt` names what was altered in one custodian's copy.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "truth.json"
_SCHEMA = "community-truth/1"


@dataclass(frozen=True, slots=True)
class Record:
    """A person as one custodian knows them: the id in its export and what is wrong with the copy."""

    custodian: str
    source: str
    dirt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A child in one district in one school year; `attendance_rate` in thousandths."""

    district: str
    school_year: int
    grade: str
    grade_band: str
    school_moves: int
    days_enrolled: int
    days_absent: int
    attendance_rate: int | None
    chronic_absence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """How many finished visits of one class a person made to one health system in one school year."""

    health_system: str
    school_year: int
    kind: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Everything true about one person that the story or a test may need."""

    key: str
    family: int
    twin: bool
    two_surnames: bool
    moved_district: bool
    asthma: bool
    asthma_known_to: tuple[str, ...]
    records: tuple[Record, ...]
    rows: tuple[Row, ...]
    visits: tuple[Visits, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """The seed and every person, in order of their keys."""

    seed: int
    persons: tuple[Person, ...]

    def identities(self) -> dict[tuple[str, str], str]:
        """The person behind every (custodian, source id)."""
        return {(record.custodian, record.source): person.key for person in self.persons for record in person.records}


def write(directory: Path, *, seed: int, persons: Iterable[Person]) -> None:
    """Write the truth file of a community."""
    lines = (json.dumps(_plain(person), ensure_ascii=False, separators=(",", ":")) for person in persons)
    text = ",\n".join(lines)
    document = f'{{"schema":"{_SCHEMA}","seed":{seed},"persons":[\n{text}\n]}}\n'
    (directory / FILE).write_text(document, encoding="utf-8", newline="\n")


def read(directory: Path) -> Truth:
    """Read the truth file of a community."""
    document = json.loads((directory / FILE).read_text(encoding="utf-8"))
    return Truth(document["seed"], tuple(_person(entry) for entry in document["persons"]))


def _plain(value: Person | Record | Row | Visits) -> dict[str, Any]:
    fields = {name: getattr(value, name) for name in value.__slots__}
    if isinstance(value, Person):
        for name in ("records", "rows", "visits"):
            fields[name] = [_plain(part) for part in fields[name]]
    return fields


def _person(entry: dict[str, Any]) -> Person:
    entry["records"] = tuple(Record(**{**record, "dirt": tuple(record["dirt"])}) for record in entry["records"])
    entry["rows"] = tuple(Row(**row) for row in entry["rows"])
    entry["visits"] = tuple(Visits(**visits) for visits in entry["visits"])
    entry["asthma_known_to"] = tuple(entry["asthma_known_to"])
    return Person(**entry)
