"""Where each child went to school: stays at a school, year by year, district by district.

It does not say who was absent.  Rules:

* a stay is half-open and holds at least one instructional day of its school;
* stays of one child in one district and year follow each other without a gap, so every boundary is a change of school;
* a family that moves to another district during a year leaves rows in both, unless one of them held no school day.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from hub.demo.community.drawing import Weighted, chance, weighted
from hub.demo.community.households import Child, Schooling
from hub.demo.community.places import YEARS, School, schools
from hub.demo.community.school_days import SchoolDays


@dataclass(frozen=True, slots=True)
class Stay:
    """A child's time at one school, [`begin`, `end`)."""

    school: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A child's stays in one district during one school year, in order."""

    child: Child
    district: str
    year: int
    grade: int
    stays: tuple[Stay, ...]

    @property
    def moves(self) -> int:
        """Changes of school within the district during the year."""
        return len(self.stays) - 1


_CHANGES = weighted([(0, 0.893), (1, 0.068), (2, 0.022), (3, 0.0095), (4, 0.005), (5, 0.0018), (6, 0.0007)])
_AFTER_MOVING_HOUSE = 0.45
_COMMUNITY_SCHOOL = 0.08  # its pull beside an ordinary school's 1
_LEVEL_OF_GRADE = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2)


class Enroller:
    """Draws stays; brothers and sisters of one level go to the same school unless they change it."""

    def __init__(self, days: SchoolDays, random: Random) -> None:
        self._days = days
        self._random = random
        self._chosen: dict[tuple[int, str, int], School] = {}

    def enrolments(self, people: Iterable[Child]) -> Iterator[Enrolment]:
        """Every enrolment of every child who goes to school, year by year."""
        for child in people:
            if child.schooling is Schooling.ENROLLED:
                for year in YEARS:
                    yield from self._year(child, year)

    def _year(self, child: Child, year: int) -> Iterator[Enrolment]:
        grade = child.grade(year)
        if grade is None:
            return
        household = child.household
        old, new = household.homes[0].district, household.homes[-1].district
        first, last = self._days.terms[old, year], self._days.terms[new, year]
        if old == new or household.moved <= first.begin:
            yield from self._enrolment(child, (new, year, grade), begin=last.begin, end=last.end)
        elif household.moved >= first.end:
            yield from self._enrolment(child, (old, year, grade), begin=first.begin, end=first.end)
        else:
            arrived = household.moved + self._random.randrange(1, 9)
            yield from self._enrolment(child, (old, year, grade), begin=first.begin, end=household.moved)
            yield from self._enrolment(child, (new, year, grade), begin=max(arrived, last.begin), end=last.end)

    def _enrolment(self, child: Child, where: tuple[str, int, int], *, begin: int, end: int) -> Iterator[Enrolment]:
        district, year, grade = where
        home = self._home_school(child, district, grade)
        held = self._days.between(home.key, year, begin=begin, end=end)
        if not held:
            return
        wanted = _CHANGES.pick(self._random)
        moved = child.household.moved
        moved_house = moved if begin < moved < end and not child.household.changed_district else 0
        changes = set(self._random.sample(held[1:-1], wanted)) if len(held) > wanted + 2 else set()
        if moved_house and chance(self._random, _AFTER_MOVING_HOUSE):
            changes.add(held[min(bisect_left(held, moved_house), len(held) - 1)])
        path = self._path(home, district, (grade, len(changes)))
        edges = (begin, *sorted(changes), end)
        stays = (Stay(school.key, edges[n], edges[n + 1]) for n, school in enumerate(path))
        kept = tuple(stay for stay in stays if self._days.between(stay.school, year, begin=stay.begin, end=stay.end))
        if len(kept) != len(path):  # a school was closed on the only day between two changes: the child stayed
            kept = (Stay(home.key, begin, end),)
        yield Enrolment(child=child, district=district, year=year, grade=grade, stays=kept)

    def _home_school(self, child: Child, district: str, grade: int) -> School:
        key = (child.household.number, district, _LEVEL_OF_GRADE[grade])
        if key not in self._chosen:
            self._chosen[key] = _choices(district, grade).pick(self._random)
        return self._chosen[key]

    def _path(self, home: School, district: str, wanted: tuple[int, int]) -> tuple[School, ...]:
        grade, changes = wanted
        path = [home]
        while len(path) <= changes:
            school = _choices(district, grade).pick(self._random)
            if school.key != path[-1].key:
                path.append(school)
        return tuple(path)


def _choices(district: str, grade: int) -> Weighted[School]:
    serving = [school for school in schools(district) if school.serves(grade)]
    return weighted((school, _COMMUNITY_SCHOOL if school.last - school.first == 12 else 1.0) for school in serving)  # noqa: PLR2004 - all grades
