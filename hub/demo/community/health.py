"""The charts that clinics keep: which visits a patient made to which health system.

It draws no diagnosis, dose or measurement.  Rules:

* visits begin between 1 July of the first school year and 30 June of the last, never before birth;
* one patient in seven comes to an emergency department in a year, two in seven with asthma;
* a visit that was planned, is unfinished or was entered in error is in the chart and does not count.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from hub.demo.community.coverage import Coverage
from hub.demo.community.drawing import chance, weighted
from hub.demo.community.households import Child
from hub.demo.community.places import YEARS

FIRST_DAY = date(YEARS[0] - 1, 7, 1).toordinal()
LAST_DAY = date(YEARS[-1], 6, 30).toordinal()
FINISHED = "finished"

EMERGENCY = 0.127
"""Chance that a patient without asthma has an emergency visit in a year; with asthma it is twice this."""

_FIRST_SYSTEM = 0.72


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: the day it began, its class, why the child came, and whether it was finished."""

    day: int
    kind: str
    reason: str
    status: str = FINISHED


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient of one health system; `asthma` is whether this system recorded it."""

    child: Child
    system: str
    asthma: bool
    visits: tuple[Visit, ...]

    def finished(self) -> dict[tuple[str, int], int]:
        """How many finished visits there were of each class in each school year."""
        counts: dict[tuple[str, int], int] = {}
        for visit in self.visits:
            if visit.status == FINISHED:
                key = (visit.kind, school_year_of(visit.day))
                counts[key] = counts.get(key, 0) + 1
        return dict(sorted(counts.items()))


_SICK = weighted([(0, 0.79), (1, 0.16), (2, 0.05)])
_FOR_ASTHMA = weighted([(0, 0.45), (1, 0.35), (2, 0.20)])
_EMERGENCIES = weighted([(1, 0.80), (2, 0.15), (3, 0.05)])
_WHY_SICK = weighted([("infection", 0.62), ("other", 0.26), ("injury", 0.12)])
_WHY_EMERGENCY = weighted([("injury", 0.45), ("infection", 0.30), ("other", 0.25)])
_WHY_EMERGENCY_WITH_ASTHMA = weighted([("asthma", 0.5), ("injury", 0.25), ("infection", 0.15), ("other", 0.1)])
_UNFINISHED = weighted([("planned", 0.35), ("cancelled", 0.35), ("in-progress", 0.1), ("entered-in-error", 0.2)])
_WELL_BY_AGE = ((3, 0.9), (7, 0.75), (12, 0.48), (99, 0.42))
_DOES_NOT_COUNT = 0.02
_REMOTE = 0.05
_ADMITTED = 0.006


def charts(child: Child, coverage: Coverage, random: Random) -> tuple[Chart, ...]:
    """One chart for each health system that knows the child."""
    kept: dict[str, list[Visit]] = {system: [] for system in coverage.systems}
    if kept:
        for year in YEARS:
            begin, end = _span(child, year)
            if begin >= end:
                continue
            for kind, reason in _year(random, age=age(child, begin), asthma=bool(coverage.asthma)):
                visit = Visit(random.randrange(begin, end), kind, reason)
                kept[_where(coverage, random)].append(visit)
            if chance(random, _DOES_NOT_COUNT):
                visit = Visit(random.randrange(begin, end), "AMB", "other", _UNFINISHED.pick(random))
                kept[coverage.systems[0]].append(visit)
    return tuple(
        Chart(child, system, system in coverage.asthma, tuple(sorted(visits, key=lambda visit: visit.day)))
        for system, visits in kept.items()
    )


def age(child: Child, day: int) -> float:
    """Years lived on a day."""
    return (day - child.birth) / 365.25


@cache
def school_year_of(day: int) -> int:
    """The school year, July to June, in which a day lies."""
    when = date.fromordinal(day)
    return when.year + (when.month >= 7)  # noqa: PLR2004 - July


def _span(child: Child, year: int) -> tuple[int, int]:
    begin, end = date(year - 1, 7, 1).toordinal(), date(year, 7, 1).toordinal()
    return max(begin, child.birth + 3), end


def _where(coverage: Coverage, random: Random) -> str:
    second = len(coverage.systems) > 1 and not chance(random, _FIRST_SYSTEM)
    return coverage.systems[1] if second else coverage.systems[0]


def _year(random: Random, *, age: float, asthma: bool) -> list[tuple[str, str]]:
    """Class and reason of every visit a patient makes in a year."""
    visits: list[tuple[str, str]] = []
    if chance(random, next(share for limit, share in _WELL_BY_AGE if age < limit)):
        visits.append(("AMB", "well_child"))
    visits += [("AMB", _WHY_SICK.pick(random)) for _ in range(_SICK.pick(random))]
    if asthma:
        visits += [("AMB", "asthma")] * _FOR_ASTHMA.pick(random)
    if chance(random, _REMOTE):
        visits.append(("VR", "asthma" if asthma and chance(random, 0.4) else _WHY_SICK.pick(random)))
    if chance(random, EMERGENCY * (1 + asthma)):
        why = _WHY_EMERGENCY_WITH_ASTHMA if asthma else _WHY_EMERGENCY
        visits += [("EMER", why.pick(random)) for _ in range(_EMERGENCIES.pick(random))]
    if chance(random, _ADMITTED * (1 + 3 * asthma)):
        visits.append(("IMP", "asthma" if asthma else "infection"))
    return visits
