"""Instructional days and absences: calendar.csv and attendance.csv, which lie beside a OneRoster set.

It knows no enrolment.  Rules:

* a set of days is a whole number whose bit n stands for the n-th day after the calendar's first: unions and counts of
  a child's days take a few machine instructions;
* a calendar line for a school outweighs one for all schools; the last line for the same day and school counts;
* attendance holds exceptions only: whoever is not listed was there; tardy is not absent.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache

from connectors import codes, dates
from connectors.dates import DateOrder
from connectors.oneroster_people import People
from connectors.oneroster_stays import Span
from connectors.reasons import Reason
from connectors.tabular import Sheet
from connectors.tally import Tally

_ALL = ""
_YES_NO = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}


class Presence(StrEnum):
    """What an attendance record says; the values name lists of words in `codes/attendance.toml`."""

    ABSENT = "absent"
    ATTENDED = "attended"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The instructional days of every school; bit 0 is the day `first`."""

    first: date
    everywhere: int = field(repr=False)
    added: dict[str, int] = field(repr=False)
    removed: dict[str, int] = field(repr=False)
    _held: dict[tuple[str, Span], int] = field(default_factory=dict, repr=False, compare=False)

    def held(self, school: str, span: Span) -> int:
        """The instructional days of one school in a span; worked out once."""
        found = self._held.get((school, span))
        if found is None:
            days = (self.everywhere | self.added.get(school, 0)) & ~self.removed.get(school, 0)
            found = self._held[school, span] = days & self.bits(span)
        return found

    def covers(self, span: Span) -> bool:
        """Whether some day of the span is instructional somewhere."""
        return any(days & self.bits(span) for days in (self.everywhere, *self.added.values()))

    def bits(self, span: Span) -> int:
        """The days of a span that lie on or after the calendar's first."""
        begin, end = ((day - self.first).days for day in (span.begin, span.end))
        return (1 << end) - (1 << max(begin, 0)) if end > max(begin, 0) else 0

    def bit(self, day: date) -> int:
        """One day; zero when it lies before the calendar's first."""
        return 1 << (day - self.first).days if day >= self.first else 0


@dataclass(slots=True)
class Attendance:
    """Absences by user and school, and the days on which anything was recorded of anybody."""

    absent: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)
    recorded: int = 0

    def add(self, user: str, school: str, *, bit: int, absent: bool) -> None:
        """One record of one day."""
        self.recorded |= bit
        if absent:
            schools = self.absent.setdefault(user, {})
            schools[school] = schools.get(school, 0) | bit

    def days_absent(self, user: str, enrolled: dict[str, int]) -> int:
        """The days on which the user was absent from a school where they were enrolled and instruction was held."""
        missed = self.absent.get(user, {})
        anywhere = missed.get(_ALL, 0)
        days = 0
        for school, at_school in enrolled.items():
            days |= (missed.get(school, 0) | anywhere) & at_school
        return days


def read_calendar(sheet: Sheet, tally: Tally, order: DateOrder) -> Calendar | None:
    """The calendar, or None when it names no day."""
    said: dict[tuple[date, str], tuple[int, bool]] = {}
    for line, (day_text, held, school) in sheet.records(tally, ("date", "instructional"), ("schoolSourcedId",)):
        day, instructional = dates.day(day_text, order), _YES_NO.get(held.lower())
        if day is None:
            tally.reject(line, Reason.BAD_DATE)
        elif instructional is None:
            tally.reject(line, Reason.UNKNOWN_WORD)
        else:
            if (day, school) in said:
                tally.duplicate(said[day, school][0])
            said[day, school] = (line, instructional)
    for line, instructional in said.values():
        tally.accept(line, used=instructional)
    return _calendar({key: instructional for key, (_, instructional) in said.items()}) if said else None


def _calendar(said: dict[tuple[date, str], bool]) -> Calendar:
    first = min(day for day, _ in said)
    added: dict[str, int] = {}
    removed: dict[str, int] = {}
    for (day, school), instructional in said.items():
        days = added if instructional else removed
        days[school] = days.get(school, 0) | 1 << (day - first).days
    removed.pop(_ALL, None)  # a day that is off everywhere is on only where a school says so
    return Calendar(first, added.pop(_ALL, 0), added, removed)


def read_attendance(
    sheet: Sheet, tally: Tally, calendar: Calendar | None, *, people: People, order: DateOrder
) -> Attendance:
    """The absences; without a calendar they are only accounted for."""
    attendance = Attendance()
    seen: set[tuple[str, ...]] = set()
    known: dict[str, int | None] = {}
    for line, cells in sheet.records(tally, ("userSourcedId", "date", "status"), ("schoolSourcedId",)):
        user, day_text, status, school = cells
        if cells in seen:
            tally.duplicate(line)
            continue
        seen.add(cells)
        if day_text not in known:
            day = dates.day(day_text, order)
            known[day_text] = None if day is None else calendar.bit(day) if calendar else 0
        bit, presence = known[day_text], _presence(status)
        if bit is None or presence is None:
            tally.reject(line, Reason.BAD_DATE if bit is None else Reason.UNKNOWN_WORD)
        elif user not in people.users:
            tally.reject(line, Reason.UNKNOWN_USER)
        else:
            absent = presence is Presence.ABSENT and user in people.students
            tally.accept(line, used=absent)
            attendance.add(user, school, bit=bit, absent=absent)
    return attendance


@cache
def _presence(status: str) -> Presence | None:
    """What a status means; None when the word is not known."""
    lists = codes.document("attendance")
    bare = " ".join("".join(letter if letter.isalnum() else " " for letter in status.lower()).split())
    return next((presence for presence in Presence if bare in lists[presence]), None)
