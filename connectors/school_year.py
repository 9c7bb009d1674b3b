"""Rows of the table school_year: one for each student and school year in which they were enrolled.

It reads no file.  Rules:

* a move is a stay at another school that begins later and ends later than the stay before it: classes at two schools
  at once are no move, and neither is the next term at the same school;
* grade: the homeroom's of the last stay, else the one grade that the year's classes agree on, else, in the student's
  last year, what users.csv says (it knows only the present grade);
* days are counted once, whatever the number of schools and classes; without a calendar of that year, or without a
  single attendance record of that year, the figures that need it are NULL;
* attendance rate and chronic absence need at least ten days enrolled; chronic is absent on a tenth of them or more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from connectors.grades import band_of, grade_of
from connectors.oneroster_days import Attendance, Calendar
from connectors.oneroster_stays import Span, Stay
from connectors.records import Row, Value
from connectors.tables import SCHOOL_YEAR

_LEAST_DAYS = 10
_CHRONIC_SHARE = 10  # absent on one day in ten


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of days, if anything: the calendar and the absences."""

    calendar: Calendar | None = None
    attendance: Attendance | None = None

    def of(self, year: Span) -> "Days":
        """What is known of the days of one school year."""
        if self.calendar is None or not self.calendar.covers(year):
            return Days()
        attended = self.attendance is not None and bool(self.attendance.recorded & self.calendar.bits(year))
        return self if attended else Days(self.calendar)

    def figures(self, student: str, stays: Sequence[Stay]) -> tuple[Value, Value, Value, Value]:
        """Days enrolled, days absent, attendance rate, chronic absence."""
        if self.calendar is None:
            return None, None, None, None
        enrolled: dict[str, int] = {}
        for stay in stays:
            enrolled[stay.school] = enrolled.get(stay.school, 0) | self.calendar.held(stay.school, stay.span)
        total = _union(enrolled.values()).bit_count()
        if self.attendance is None:
            return total, None, None, None
        missed = self.attendance.days_absent(student, enrolled).bit_count()
        if total < _LEAST_DAYS:
            return total, missed, None, None
        return total, missed, Fraction(total - missed, total), int(missed * _CHRONIC_SHARE >= total)


def rows(
    stays: Mapping[tuple[str, int], Sequence[Stay]],
    *,
    years: Mapping[int, Span],
    days: Days,
    present_grades: Mapping[str, str],
) -> list[Row]:
    """A row for every student and year; `present_grades` is what users.csv says of each student."""
    last: dict[str, int] = {}
    for student, year in stays:
        last[student] = max(year, last.get(student, year))
    known = {year: days.of(span) for year, span in years.items()}
    made = []
    for (student, year), spent in stays.items():
        grade = _grade(spent) or (grade_of(present_grades.get(student, "")) if year == last[student] else None)
        figures = known[year].figures(student, spent)
        made.append(Row(SCHOOL_YEAR, student, (year, grade, band_of(grade), moves(spent), *figures)))
    return made


def moves(stays: Sequence[Stay]) -> int:
    """How often a student went on to another school."""
    count = 0
    ordered = sorted(stays, key=lambda stay: (stay.span, stay.school))
    now = ordered[0]
    for stay in ordered[1:]:
        if stay.school == now.school:
            now = stay if stay.span.end > now.span.end else now
        elif stay.span.begin > now.span.begin and stay.span.end > now.span.end:
            count += 1
            now = stay
        elif stay.span.begin == now.span.begin and stay.span.end > now.span.end:
            now = stay
    return count


def _grade(stays: Sequence[Stay]) -> str | None:
    homerooms = [stay for stay in stays if stay.homeroom and stay.grade]
    if homerooms:
        return max(homerooms, key=lambda stay: (stay.span, stay.grade)).grade
    grades = {stay.grade for stay in stays if stay.grade}
    return grades.pop() if len(grades) == 1 else None


def _union(days: Iterable[int]) -> int:
    union = 0
    for some in days:
        union |= some
    return union
