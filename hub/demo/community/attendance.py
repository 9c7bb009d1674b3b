"""What each child missed: the exceptions a district writes down, and the yearly figures that follow from them.

It does not write files.  Rules, the same as an honest reader of the exports would apply:

* days enrolled are the instructional days of the school attended, begin included, end excluded;
* days absent are distinct ones among those, excused or not; being late is no absence;
* the rate is the share of enrolled days attended, in thousandths, halves rounded up; chronic absence is 10 % or more;
  both are unknown below ten days enrolled;
* whether a child is chronically absent is drawn first, from the grade band, asthma and changes of school, and the days
  follow, so that the planted effects are percentage points.
"""

from dataclasses import dataclass
from random import Random

from hub.demo.community.drawing import Even, chance
from hub.demo.community.places import band
from hub.demo.community.school_days import SchoolDays, is_weekend
from hub.demo.community.schooling import Enrolment

MOST_MOVES = 4
FEWEST_DAYS = 10
RATE_STEPS = 1000

BASELINE = {"K-2": 0.13, "3-5": 0.095, "6-8": 0.13, "9-12": 0.20}
"""Share of children chronically absent in a year who have no asthma and stay at one school."""
ASTHMA_EFFECT = 0.06
MOVE_EFFECT = 0.05

_SAME_AS_LAST_YEAR = 0.4
_EXCUSED = 0.58
_LATE = 0.25
_TWICE = 0.02
_STRAY = 0.03


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of an attendance export."""

    day: int
    school: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """An enrolment with what was missed during it."""

    enrolment: Enrolment
    days_enrolled: int
    days_absent: int
    marks: tuple[Mark, ...]

    @property
    def moves(self) -> int:
        """Changes of school, four standing for four or more."""
        return min(self.enrolment.moves, MOST_MOVES)

    @property
    def rate(self) -> int | None:
        """Thousandths of the enrolled days attended, or None for a short stay."""
        if self.days_enrolled < FEWEST_DAYS:
            return None
        attended = self.days_enrolled - self.days_absent
        return (2 * RATE_STEPS * attended + self.days_enrolled) // (2 * self.days_enrolled)

    @property
    def chronic(self) -> int | None:
        """1 when absent on at least a tenth of the enrolled days, else 0; None for a short stay."""
        if self.days_enrolled < FEWEST_DAYS:
            return None
        return int(10 * self.days_absent >= self.days_enrolled)


class Absences:
    """Draws absences; a child who missed much in one year tends to do so in the next."""

    def __init__(self, days: SchoolDays, random: Random) -> None:
        self._days = days
        self._random = random
        self._leaning: dict[str, float] = {}
        self._even = {(title, asthma): Even(random) for title in BASELINE for asthma in (False, True)}

    def attend(self, enrolment: Enrolment, *, asthma: bool) -> Attendance:
        """The days this child missed during one enrolment."""
        held = [
            (day, stay.school)
            for stay in enrolment.stays
            for day in self._days.between(stay.school, enrolment.year, begin=stay.begin, end=stay.end)
        ]
        absent = self._absent(len(held), chronic=self._chronic(enrolment, asthma=asthma))
        away = sorted(self._random.sample(range(len(held)), absent))
        marks = [Mark(*held[place], self._kind()) for place in away]
        marks += self._noise(held, frozenset(away), enrolment)
        return Attendance(enrolment=enrolment, days_enrolled=len(held), days_absent=absent, marks=tuple(marks))

    def _chronic(self, enrolment: Enrolment, *, asthma: bool) -> bool:
        probability = BASELINE[band(enrolment.grade)] + ASTHMA_EFFECT * asthma + MOVE_EFFECT * enrolment.moves
        fresh = self._even[band(enrolment.grade), asthma].next()
        usual = self._leaning.setdefault(enrolment.child.key, fresh)
        return (usual if chance(self._random, _SAME_AS_LAST_YEAR) else fresh) < probability

    def _absent(self, enrolled: int, *, chronic: bool) -> int:
        tenth = -(-enrolled // 10)
        draw = self._random.random()
        if chronic:
            return min(enrolled, tenth + int(enrolled * 0.16 * draw * draw))
        return int(tenth * draw * draw * draw)

    def _kind(self) -> str:
        return "absent_excused" if chance(self._random, _EXCUSED) else "absent_unexcused"

    def _noise(self, held: list[tuple[int, str]], away: frozenset[int], enrolment: Enrolment) -> list[Mark]:
        """Lines that change nothing: late arrivals, a line written twice, a line on a day that does not count."""
        noise: list[Mark] = []
        if chance(self._random, _LATE):
            place = self._random.randrange(len(held))
            if place not in away:
                noise.append(Mark(*held[place], "tardy"))
        if away and chance(self._random, _TWICE):
            noise.append(Mark(*held[min(away)], self._kind()))
        if chance(self._random, _STRAY):
            stay = enrolment.stays[-1]
            after = chance(self._random, 0.5)
            day = stay.end + self._random.randrange(5) if after else self._weekend(stay.begin, stay.end)
            noise.extend([Mark(day, stay.school, "absent_unexcused")] if day else [])
        return noise

    def _weekend(self, begin: int, end: int) -> int:
        day = self._random.randrange(begin, end)
        return day if is_weekend(day) else 0
