"""One district's export: OneRoster 1.2 CSV (bulk), and the files that information systems write beside it.

It decides nothing: every figure was drawn before.  Rules (1EdTech OneRoster 1.2 CSV binding):

* UTF-8, CRLF, the exact header of each file; `status` and `dateLastModified` blank because the set is bulk;
* the manifest names all 21 files, absent ones too;
* `endDate` is exclusive; attendance lists exceptions only.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from hub.demo.community.attendance import Attendance
from hub.demo.community.known import Known, phone
from hub.demo.community.places import STATE, YEARS, District, schools
from hub.demo.community.roster import HEADERS, Roster, roster_rows
from hub.demo.community.school_days import SchoolDays, is_weekend, iso

BESIDE = {
    "attendance": "userSourcedId,schoolSourcedId,date,status",
    "calendar": "date,schoolSourcedId,instructional",
    "contacts": "userSourcedId,address,city,state,postalCode,phone1,phone2",
}
"""The headers of the files beside the roster."""

FILES = (
    *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics"),
    *("enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources"),
    *("resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles"),
    *("userResources", "users"),
)
"""Every file that a 1.2 manifest names."""


def write(folder: Path, roster: Roster) -> int:
    """Write the export of a district; how many lines of attendance there are."""
    folder.mkdir(parents=True, exist_ok=True)
    district, known = roster.district, roster.known
    sources = {entry.child.key: entry.source for entry in known}
    for name, rows in roster_rows(roster).items():
        _write(folder / f"{name}.csv", HEADERS[name], rows)
    _write(folder / "manifest.csv", "propertyName,value", _manifest(district))
    marks = _attendance(roster.attended, sources)
    _write(folder / "attendance.csv", BESIDE["attendance"], marks)
    _write(folder / "calendar.csv", BESIDE["calendar"], _calendar(district, roster.days))
    _write(folder / "contacts.csv", BESIDE["contacts"], (_contact(entry, district.key) for entry in known))
    return len(marks)


def _write(path: Path, header: str, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _manifest(district: District) -> list[tuple[str, str]]:
    return [
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.2"),
        *((f"file.{name}", "bulk" if name in HEADERS else "absent") for name in FILES),
        ("source.systemName", f"{district.title} Student Information"),
        ("source.systemCode", district.key),
    ]


def _attendance(attended: Sequence[Attendance], sources: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    marks = sorted(
        (mark.day, sources[attendance.enrolment.child.key], mark.school, mark.status)
        for attendance in attended
        for mark in attendance.marks
    )
    return [(source, school, iso(day), status) for day, source, school, status in marks]


def _calendar(district: District, days: SchoolDays) -> Iterable[tuple[str, str, str]]:
    for year in YEARS:
        term = days.terms[district.key, year]
        weekdays = [day for day in range(term.begin, term.end) if not is_weekend(day)]
        for school in schools(district.key):
            held = frozenset(days.held[school.key, year])
            for day in weekdays:
                yield iso(day), school.key, "true" if day in held else "false"


def _contact(known: Known, district: str) -> tuple[str, ...]:
    copy = known.copy
    first, second = (*(phone(number, district) for number in copy.phones), "", "")[:2]
    return known.source, copy.home.street, copy.home.town, STATE, copy.home.postal_code, first, second
