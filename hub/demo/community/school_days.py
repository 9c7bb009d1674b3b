"""When school is held: the terms of each district and the instructional days of each school.

It knows no child.  Rules: a term is half-open; days are ordinals (`date.toordinal`); a district's schools share a
calendar, but for one day a year on which a school may have had to close by itself.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from hub.demo.community.drawing import chance
from hub.demo.community.places import DISTRICTS, YEARS, schools

_SATURDAY = 5
_INSTRUCTIONAL = 175


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One school year of one district: [`begin`, `end`) with the second semester starting at `second`."""

    district: str
    year: int
    begin: int
    second: int
    end: int


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """Every term by (district, year), and the sorted instructional days of every school by (school, year)."""

    terms: dict[tuple[str, int], Term]
    held: dict[tuple[str, int], tuple[int, ...]]

    def between(self, school: str, year: int, *, begin: int, end: int) -> tuple[int, ...]:
        """The instructional days of a school in [begin, end)."""
        days = self.held[school, year]
        return days[bisect_left(days, begin) : bisect_left(days, end)]


def build(random: Random) -> SchoolDays:
    """Draw the calendars of every district: 173 to 178 instructional days from August to June."""
    terms: dict[tuple[str, int], Term] = {}
    held: dict[tuple[str, int], tuple[int, ...]] = {}
    for district in DISTRICTS:
        for year in YEARS:
            days = _days(year, random)
            half = days[len(days) // 2]
            terms[district.key, year] = Term(
                district=district.key, year=year, begin=days[0], second=half, end=days[-1] + 1
            )
            for school in schools(district.key):
                closed = random.choice(days[20:-20]) if chance(random, 0.3) else 0
                held[school.key, year] = tuple(day for day in days if day != closed)
    return SchoolDays(terms, held)


def _days(year: int, random: Random) -> tuple[int, ...]:
    first = date(year - 1, 8, 14).toordinal() + random.randrange(9)
    wanted = _INSTRUCTIONAL + random.randrange(-2, 4)
    free = _holidays(year) | {first + random.randrange(30, 200) for _ in range(4)}
    days: list[int] = []
    day = first
    while len(days) < wanted:
        if not is_weekend(day) and day not in free:
            days.append(day)
        day += 1
    return tuple(days)


def _holidays(year: int) -> frozenset[int]:
    weeks = (
        (date(year - 1, 11, 21), 8),  # Thanksgiving
        (date(year - 1, 12, 20), 16),  # winter
        (date(year, 2, 15), 6),  # Presidents' Day and the days about it
        (date(year, 3, 29), 9),  # spring
        (date(year - 1, 9, 1), 4),  # Labor Day
        (date(year - 1, 10, 9), 2),
        (date(year - 1, 11, 10), 2),
        (date(year, 1, 15), 5),
        (date(year, 5, 25), 5),
    )
    return frozenset(start.toordinal() + offset for start, length in weeks for offset in range(length))


def is_weekend(day: int) -> bool:
    """Whether the ordinal is a Saturday or Sunday."""
    return date.fromordinal(day).weekday() >= _SATURDAY


@cache
def iso(day: int) -> str:
    """An ordinal as YYYY-MM-DD."""
    return date.fromordinal(day).isoformat()
