"""A OneRoster 1.1 or 1.2 CSV set as a source: a folder or ZIP, with attendance, calendar and contacts beside it.

It only says in which order the files are read: what each record means stands with people, stays and days.
"""

from collections.abc import Callable
from pathlib import Path

from connectors import oneroster_days, oneroster_set, school_year
from connectors.account import Account
from connectors.dates import DateOrder
from connectors.oneroster_columns import COLUMNS
from connectors.oneroster_people import People
from connectors.oneroster_set import CsvSet
from connectors.oneroster_stays import Stays
from connectors.school_year import Days
from connectors.source import Reading, Tell
from connectors.tabular import Sheet
from connectors.tally import Tally


class OneRosterSet:
    """The source: a bulk set of CSV files."""

    def __init__(self, place: Path, *, date_order: DateOrder) -> None:
        """Read the set at `place`, whose days are written in `date_order`."""
        self._place = place
        self._order = date_order

    def read(self, tell: Tell) -> Reading:
        """Read every file of the set that is needed."""
        files = oneroster_set.open_set(self._place)
        tallies: list[Tally] = []
        notes = [*files.notes, *_missing(files)]

        def each(name: str, read: Callable[[Sheet, Tally], None]) -> None:
            if files.has(name):
                tell(f"reading {name}.csv")
                sheet = files.open(name)
                if unknown := sheet.unknown_columns(COLUMNS[name]):
                    notes.append(f"{sheet.name} has {unknown} columns that are not known, and not read")
                tallies.append(Tally(sheet.name, name))
                read(sheet, tallies[-1])

        people = self._people(each, files.version)
        stays = self._stays(each, people)
        days = self._days(each, people)
        identities = people.identities()
        grades = {student: people.grades(student) for student in identities}
        rows = school_year.rows(stays.of, years=stays.years, days=days, present_grades=grades)
        account = Account(tuple(tally.close() for tally in tallies), files.unread, tuple(notes))
        return Reading(identities, tuple(rows), account)

    def _people(self, each: "_Each", version: str) -> People:
        people = People()
        each("users", lambda sheet, tally: people.read_users(sheet, tally, with_role=version == "1.1"))
        each("roles", people.read_roles)
        people.settle_users()
        each("demographics", lambda sheet, tally: people.read_demographics(sheet, tally, self._order))
        each("contacts", people.read_contacts)
        return people

    def _stays(self, each: "_Each", people: People) -> Stays:
        stays = Stays()
        order = self._order
        each("academicSessions", lambda sheet, tally: stays.read_sessions(sheet, tally, order))
        each("classes", stays.read_classes)
        each("enrollments", lambda sheet, tally: stays.read_enrollments(sheet, tally, people=people, order=order))
        return stays

    def _days(self, each: "_Each", people: People) -> Days:
        calendars: list[oneroster_days.Calendar | None] = []
        attendances: list[oneroster_days.Attendance] = []
        order = self._order

        def calendar(sheet: Sheet, tally: Tally) -> None:
            calendars.append(oneroster_days.read_calendar(sheet, tally, order))

        def attendance(sheet: Sheet, tally: Tally) -> None:
            known = calendars[0] if calendars else None
            attendances.append(oneroster_days.read_attendance(sheet, tally, known, people=people, order=order))

        each("calendar", calendar)
        each("attendance", attendance)
        return Days(calendars[0] if calendars else None, attendances[0] if attendances else None)


_Each = Callable[[str, Callable[[Sheet, Tally], None]], None]


def _missing(files: CsvSet) -> list[str]:
    """What is left empty for want of a file."""
    notes = []
    if not files.has("enrollments"):
        notes.append("without enrollments.csv there are no rows; students' tokens are delivered all the same")
    if not files.has("calendar"):
        notes.append("without calendar.csv, days enrolled, days absent and the rates are empty")
    elif not files.has("attendance"):
        notes.append("without attendance.csv, days absent and the rates are empty")
    if not files.has("demographics"):
        notes.append("without demographics.csv, students are linked without birth date and sex, which finds few")
    return notes
