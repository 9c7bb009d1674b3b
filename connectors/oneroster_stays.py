"""Where each student was enrolled, and when: academic sessions, classes and enrolments of a OneRoster set.

It makes no row.  Rules:

* the year of an enrolment is that of its class's terms, named by the calendar year in which it ends;
* an enrolment begins on its first day and ends before its last; where a day is empty, the terms' days count;
* enrolments of teachers and others are accepted and not used.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from connectors import dates, oneroster_records
from connectors.dates import DateOrder
from connectors.grades import grade_of
from connectors.oneroster_people import People
from connectors.oneroster_records import Record
from connectors.reasons import Reason
from connectors.tabular import Sheet
from connectors.tally import Tally

_YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from `begin` until before `end`."""

    begin: date
    end: date

    def within(self, other: "Span") -> "Span":
        """The part of this span that lies in the other; its end lies before its beginning when there is none."""
        return Span(max(self.begin, other.begin), min(self.end, other.end))

    def joined(self, other: "Span | None") -> "Span":
        """The shortest span that holds both."""
        return Span(min(self.begin, other.begin), max(self.end, other.end)) if other else self


_ALWAYS = Span(date.min, date.max)


@dataclass(frozen=True, slots=True)
class Stay:
    """One enrolment in one class: when, at which school, and the grade that the class is for."""

    span: Span
    school: str = field(repr=False)
    grade: str | None
    homeroom: bool


@dataclass(frozen=True, slots=True)
class _Class:
    school: str = field(repr=False)
    years: dict[int, Span]
    grade: str | None
    homeroom: bool


@dataclass(slots=True)
class Stays:
    """Every student's stays by school year, and how long each school year is."""

    years: dict[int, Span] = field(default_factory=dict)
    of: dict[tuple[str, int], list[Stay]] = field(default_factory=dict, repr=False)
    _sessions: dict[str, tuple[int, Span]] = field(default_factory=dict, repr=False)
    _classes: dict[str, _Class] = field(default_factory=dict, repr=False)

    def read_sessions(self, sheet: Sheet, tally: Tally, order: DateOrder) -> None:
        """Collect academic sessions: their school year and their days."""
        for record in oneroster_records.read(sheet, tally, ("startDate", "endDate"), present=("schoolYear",)):
            begin, end, named = record.cells
            first, last = dates.day(begin, order), dates.day(end, order)
            if first is None or last is None or last <= first:
                record.reject(Reason.BAD_DATE)
                continue
            derived = dates.school_year_of((last - timedelta(days=1)).isoformat())
            year = int(named) if named.isascii() and named.isdigit() and len(named) == _YEAR_DIGITS else derived
            if year is None:
                record.reject(Reason.BAD_DATE)
                continue
            record.accept(used=True)
            self._sessions[record.source_id] = (year, Span(first, last))
            self.years[year] = Span(first, last).joined(self.years.get(year))

    def read_classes(self, sheet: Sheet, tally: Tally) -> None:
        """Collect classes: their school, their years, and the one grade that they are for."""
        present = ("schoolSourcedId", "classType", "grades")
        for record in oneroster_records.read(sheet, tally, ("termSourcedIds",), present=present):
            terms, school, kind, grades = record.cells
            years: dict[int, Span] = {}
            for term in terms.split(","):
                if (session := self._sessions.get(term.strip())) is not None:
                    years[session[0]] = session[1].joined(years.get(session[0]))
            if years:
                record.accept(used=True)
                self._classes[record.source_id] = _Class(school, years, grade_of(grades), kind.lower() == "homeroom")
            else:
                record.reject(Reason.UNKNOWN_TERM)

    def read_enrollments(self, sheet: Sheet, tally: Tally, *, people: People, order: DateOrder) -> None:
        """Collect the stays of students."""
        filled = ("classSourcedId", "userSourcedId", "role")
        present = ("schoolSourcedId", "beginDate", "endDate")
        for record in oneroster_records.read(sheet, tally, filled, present=present):
            stay = self._stay(record, people, order)
            if isinstance(stay, Reason):
                record.reject(stay)
            else:
                record.accept(used=bool(stay))

    def _stay(self, record: Record, people: People, order: DateOrder) -> bool | Reason:
        """Add what one enrolment says; whether it says anything about a student, or why it is rejected."""
        key, user, role, school, begin, end = record.cells
        taught = self._classes.get(key)
        first, last = dates.day(begin, order), dates.day(end, order)
        if user not in people.users:
            return Reason.UNKNOWN_USER
        if taught is None:
            return Reason.UNKNOWN_CLASS
        if (begin and first is None) or (end and last is None) or (first and last and last < first):
            return Reason.BAD_DATE
        if role.lower() != "student" or user not in people.students:
            return False
        spans = {
            year: Span(first or window.begin, last or window.end).within(window if len(taught.years) > 1 else _ALWAYS)
            for year, window in taught.years.items()
        }
        for year, span in spans.items():
            if span.begin < span.end:
                stay = Stay(span, school or taught.school, taught.grade, taught.homeroom)
                self.of.setdefault((user, year), []).append(stay)
        return any(span.begin < span.end for span in spans.values())
