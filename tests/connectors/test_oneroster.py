"""Students, stays and days: what the records of a OneRoster set become."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors.account import FileAccount
from connectors.dates import DateOrder
from connectors.oneroster import OneRosterSet
from connectors.reasons import Reason
from connectors.records import Address
from connectors.source import Reading
from connectors.tables import COLUMNS, SCHOOL_YEAR
from tests.connectors.exports import Record, absence, enrolled, held, role, school, silent, taught, write_set

ROW = COLUMNS[SCHOOL_YEAR]


def read(folder: Path, **files: Sequence[Record]) -> Reading:
    return OneRosterSet(write_set(folder, school(**files)), date_order=DateOrder.ISO).read(silent)


def rows(reading: Reading) -> dict[str, dict[str, object]]:
    return {row.person: dict(zip(ROW, row.values, strict=True)) for row in reading.rows}


def file(reading: Reading, kind: str) -> FileAccount:
    return next(file for file in reading.account.files if file.kind == kind)


def weekdays(first: date, last: date) -> list[str]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day.isoformat() for day in days if day.weekday() < 5]


DAYS = weekdays(date(2024, 9, 2), date(2025, 6, 13))


def test_students_have_rows_where_they_are_enrolled_and_identities_in_any_case(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert set(reading.identities) == {"sam", "mia", "kit"}
    assert {
        person: (row["school_year"], row["grade"], row["school_moves"]) for person, row in rows(reading).items()
    } == {
        "sam": (2025, "03", 0),
        "mia": (2025, "03", 1),
    }
    users = file(reading, "users")
    assert (users.announced, users.accepted, users.used) == (4, 4, 3)
    assert file(reading, "enrollments").used == 3


def test_without_calendar_and_attendance_the_four_figures_are_empty(tmp_path: Path) -> None:
    figures = ("days_enrolled", "days_absent", "attendance_rate", "chronic_absence")
    assert {rows(read(tmp_path))["sam"][name] for name in figures} == {None}


def test_days_are_counted_within_the_enrolment_and_its_last_day_is_not(tmp_path: Path) -> None:
    missed = [absence("mia", "2025-01-08"), absence("mia", "2025-01-07", "Tardy"), absence("mia", "2025-01-06")]
    reading = read(tmp_path, calendar=[held(day) for day in DAYS], attendance=missed)
    mia, sam = rows(reading)["mia"], rows(reading)["sam"]
    assert sam["days_enrolled"] == mia["days_enrolled"] == len(DAYS)
    assert (sam["days_absent"], mia["days_absent"]) == (0, 2)
    assert sam["attendance_rate"] == 1
    assert file(reading, "attendance").used == 2


def test_an_absence_counts_only_where_the_child_is_enrolled_and_instruction_is_held(tmp_path: Path) -> None:
    missed = [
        absence("mia", "2025-01-06", school_id="south"),  # enrolled at north that day
        absence("mia", "2025-01-07", school_id="north"),
        absence("mia", "2025-02-03", school_id="south"),
        absence("mia", "2025-01-11", school_id="south"),  # a Saturday
        absence("sam", "2025-03-03"),  # closed at north
    ]
    calendar = [*(held(day) for day in DAYS), held("2025-03-03", "north", "false"), held("2025-03-03", "south", "TRUE")]
    found = rows(read(tmp_path, calendar=calendar, attendance=missed))
    assert found["mia"]["days_absent"] == 2
    assert found["sam"]["days_absent"] == 0
    assert found["sam"]["days_enrolled"] == len(DAYS) - 1


@pytest.mark.parametrize(
    ("days", "absent", "chronic"), [(10, 1, 1), (11, 1, 0), (20, 2, 1), (21, 2, 0), (9, 9, None), (10, 0, 0)]
)
def test_chronic_absence_begins_at_a_tenth_of_at_least_ten_days(
    tmp_path: Path, days: int, absent: int, chronic: int | None
) -> None:
    missed = [*(absence("sam", day) for day in DAYS[:absent]), absence("mia", DAYS[0], "tardy")]
    row = rows(read(tmp_path, calendar=[held(day) for day in DAYS[:days]], attendance=missed))["sam"]
    assert (row["days_enrolled"], row["days_absent"], row["chronic_absence"]) == (days, absent, chronic)


def test_a_calendar_without_attendance_gives_days_enrolled_alone(tmp_path: Path) -> None:
    row = rows(read(tmp_path, calendar=[held(day) for day in DAYS]))["sam"]
    assert (row["days_enrolled"], row["days_absent"], row["attendance_rate"]) == (len(DAYS), None, None)


def test_a_year_without_one_attendance_record_has_no_attendance(tmp_path: Path) -> None:
    earlier = weekdays(date(2023, 9, 4), date(2024, 6, 14))
    reading = read(tmp_path, calendar=[held(day) for day in earlier + DAYS], attendance=[absence("sam", earlier[0])])
    assert rows(reading)["sam"]["days_absent"] is None


@pytest.mark.parametrize(
    ("stays", "moves"),
    [
        ([("north", "2024-09-02", "")], 0),
        ([("north", "2024-09-02", "2025-01-08"), ("south", "2025-01-08", "")], 1),
        ([("north", "2024-09-02", "2025-01-10"), ("south", "2025-01-08", "")], 1),
        (
            [("north", "2024-09-02", "2024-11-01"), ("south", "2024-11-01", "2025-01-08"), ("north", "2025-01-08", "")],
            2,
        ),
        ([("north", "2024-09-02", "2025-01-01"), ("north", "2025-01-01", "")], 0),
        ([("north", "2024-09-02", ""), ("south", "2024-09-02", "")], 0),
        ([("north", "2024-09-02", ""), ("south", "2025-01-08", "")], 0),
        ([("north", "2024-09-02", ""), ("south", "2024-10-01", "2024-12-01")], 0),
    ],
)
def test_a_move_is_going_on_to_another_school(tmp_path: Path, stays: list[tuple[str, str, str]], moves: int) -> None:
    records = [
        enrolled(f"e{n}", "sam", f"home-{at}", beginDate=begin, endDate=end) for n, (at, begin, end) in enumerate(stays)
    ]
    assert rows(read(tmp_path, enrollments=records))["sam"]["school_moves"] == moves


@pytest.mark.parametrize(
    ("classes", "grade"),
    [
        ([("a", "homeroom", "04"), ("b", "scheduled", "05")], "04"),
        ([("a", "scheduled", "05"), ("b", "scheduled", "05")], "05"),
        ([("a", "scheduled", "05"), ("b", "scheduled", "06")], "03"),
        ([("a", "homeroom", "04,05"), ("b", "scheduled", "")], "03"),
    ],
)
def test_the_grade_is_the_homerooms_or_the_classes_or_the_users(
    tmp_path: Path, classes: list[tuple[str, str, str]], grade: str
) -> None:
    listed = [taught(name, "north", "year", classType=kind, grades=grades) for name, kind, grades in classes]
    records = [enrolled(f"e-{name}", "sam", name) for name, _, _ in classes]
    assert rows(read(tmp_path, classes=listed, enrollments=records))["sam"]["grade"] == grade


def test_the_users_grade_is_not_written_into_earlier_years(tmp_path: Path) -> None:
    sessions = [
        {"sourcedId": f"y{year}", "startDate": f"{year - 1}-09-01", "endDate": f"{year}-07-01", "schoolYear": ""}
        for year in (2024, 2025)
    ]
    classes = [taught(f"c{year}", "north", f"y{year}") for year in (2024, 2025)]
    enrollments = [enrolled(f"e{year}", "sam", f"c{year}") for year in (2024, 2025)]
    reading = read(tmp_path, academicSessions=sessions, classes=classes, enrollments=enrollments)
    assert [row.values[:3] for row in reading.rows] == [(2024, None, None), (2025, "03", "3-5")]


def test_identities_carry_every_name_number_and_address(tmp_path: Path) -> None:
    users = [
        {"sourcedId": "mia", "givenName": "María", "familyName": "Lopez", "middleName": "Inés", "phone": "555-0101"}
        | {"preferredGivenName": "Mia", "preferredFamilyName": "Lopez Ruiz", "sms": "555-0102"},
        {"sourcedId": "tea", "givenName": "Theo", "familyName": "Arden"},
    ]
    home = {"userSourcedId": "mia", "address": "1 Elm St", "city": "Alder", "state": "KS", "postalCode": "67001"}
    contacts = [
        {**home, "phone1": "555-0103", "phone2": "555-0101"},
        {**home, "phone1": "555-0103", "phone2": "555-0101"},
    ]
    roles = [role("mia"), role("tea", "teacher")]
    enrollments = [enrolled("e2", "mia", "home-north")]
    demographics = [{"sourcedId": "mia", "birthDate": "2016-05-01", "sex": "Female"}]
    reading = read(
        tmp_path, users=users, roles=roles, contacts=contacts, enrollments=enrollments, demographics=demographics
    )
    mia = reading.identities["mia"]
    assert (mia.given, mia.middle, mia.preferred) == (("María",), "Inés", "Mia")
    assert mia.family == ("Lopez", "Lopez Ruiz")
    assert (mia.birth_date, mia.sex) == (date(2016, 5, 1), "female")
    assert mia.phones == ("555-0103", "555-0101", "555-0102")
    assert mia.addresses == (Address("1 Elm St", "Alder", "KS", "67001"),)
    assert file(reading, "contacts").duplicate == 1
    assert "Lopez" not in repr((reading, mia))


@pytest.mark.parametrize(
    ("kind", "records", "reason"),
    [
        ("roles", [role("sam"), role("nobody")], Reason.UNKNOWN_USER),
        ("demographics", [{"sourcedId": "nobody", "birthDate": "2016-01-01"}], Reason.UNKNOWN_USER),
        ("demographics", [{"sourcedId": "sam", "birthDate": "2/9/2016"}], Reason.BAD_DATE),
        ("contacts", [{"userSourcedId": "nobody"}], Reason.UNKNOWN_USER),
        ("enrollments", [enrolled("e1", "nobody", "home-north")], Reason.UNKNOWN_USER),
        ("enrollments", [enrolled("e1", "sam", "no-class")], Reason.UNKNOWN_CLASS),
        ("enrollments", [enrolled("e1", "sam", "home-north", beginDate="2/9/2024")], Reason.BAD_DATE),
        (
            "enrollments",
            [enrolled("e1", "sam", "home-north", beginDate="2024-10-02", endDate="2024-10-01")],
            Reason.BAD_DATE,
        ),
        ("enrollments", [enrolled("e1", "sam", "home-north", status="tobedeleted")], Reason.TO_BE_DELETED),
        ("enrollments", [enrolled("", "sam", "home-north")], Reason.MISSING_FIELD),
        ("classes", [taught("home-north", "north", "no-term")], Reason.UNKNOWN_TERM),
        ("academicSessions", [{"sourcedId": "year", "startDate": "2024-09-02", "endDate": "soon"}], Reason.BAD_DATE),
        ("attendance", [absence("nobody", "2024-09-03")], Reason.UNKNOWN_USER),
        ("attendance", [absence("sam", "3 September")], Reason.BAD_DATE),
        ("attendance", [absence("sam", "2024-09-03", "somewhere else")], Reason.UNKNOWN_WORD),
        ("calendar", [held("2024-09-03", instructional="perhaps")], Reason.UNKNOWN_WORD),
        ("calendar", [held("September")], Reason.BAD_DATE),
    ],
)
def test_a_record_that_cannot_be_placed_is_rejected_with_its_reason(
    tmp_path: Path, kind: str, records: list[Record], reason: Reason
) -> None:
    account = file(read(tmp_path, **{kind: records}), kind)
    assert account.rejected == {reason: 1}
    assert account.lines == ((len(records) + 1, reason),)


def test_of_two_records_with_one_id_the_last_modified_counts(tmp_path: Path) -> None:
    old, new = "2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z"
    users = [
        {"sourcedId": "sam", "givenName": "New", "familyName": "A", "dateLastModified": new},
        {"sourcedId": "sam", "givenName": "Old", "familyName": "A", "dateLastModified": old},
    ]
    reading = read(tmp_path, users=users, roles=[role("sam")], demographics=[], enrollments=[])
    assert reading.identities["sam"].given == ("New",)
    assert file(reading, "users").duplicate == 1


def test_an_enrolment_that_never_began_makes_no_row(tmp_path: Path) -> None:
    records = [enrolled("e1", "sam", "home-north", beginDate="2024-09-02", endDate="2024-09-02")]
    reading = read(tmp_path, enrollments=records)
    assert not reading.rows
    assert file(reading, "enrollments").used == 0


def test_days_with_slashes_are_read_when_the_site_declares_their_order(tmp_path: Path) -> None:
    records = [enrolled("e1", "sam", "home-north", beginDate="9/2/2024")]
    folder = write_set(tmp_path, school(enrollments=records))
    reading = OneRosterSet(folder, date_order=DateOrder.MONTH_FIRST).read(silent)
    assert file(reading, "enrollments").accepted == 1


def test_columns_that_nobody_knows_are_reported_by_number(tmp_path: Path) -> None:
    folder = write_set(
        tmp_path, school(), contacts="userSourcedId,address,city,state,postalCode,phone1,phone2,canary\n"
    )
    notes = OneRosterSet(folder, date_order=DateOrder.ISO).read(silent).account.notes
    assert "contacts.csv has 1 columns that are not known, and not read" in notes
