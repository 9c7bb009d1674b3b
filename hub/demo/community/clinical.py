"""What a chart holds beside visits: diagnoses, doses and measurements.

It decides nothing about asthma (the coverage did) and writes no files.  Rules: an asthma that counts is confirmed; a
record entered in error, refuted or not done is there and does not count; measurements are taken at well-child visits.
"""

from dataclasses import dataclass
from random import Random

from hub.demo.community import clinical_codes as codes
from hub.demo.community.clinical_codes import Diagnosis, Scale
from hub.demo.community.drawing import bell, chance, weighted
from hub.demo.community.health import FINISHED, FIRST_DAY, LAST_DAY, Chart, Visit, age


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A recorded diagnosis, with FHIR's clinical and verification status."""

    diagnosis: Diagnosis
    day: int
    clinical: str
    verification: str


@dataclass(frozen=True, slots=True)
class Dose:
    """A vaccine given, or not."""

    cvx: str
    day: int
    status: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value in tenths of the scale's unit; `below` when the laboratory could only say less than that."""

    scale: Scale
    day: int
    tenths: int
    status: str
    below: bool = False


_OBESE = 0.17
_MISTAKEN = 0.004
_MEASURED = 0.2
_OTHER_FINDINGS = weighted([(0, 0.68), (1, 0.25), (2, 0.07)])
_VERIFIED_WRONG = ("entered-in-error", "refuted")
_GIVEN = weighted([("completed", 0.975), ("not-done", 0.018), ("entered-in-error", 0.007)])
_TAKEN = weighted([("final", 0.975), ("amended", 0.012), ("preliminary", 0.005), ("entered-in-error", 0.008)])
_DAYS_OF_A_YEAR = 365.25
_SMALL = 6.0

# Age in years at which a dose is due, how late it may come, the chance it is given, and the vaccines given together.
_SCHEDULE = (
    (0.02, 0.1, 0.85, ("08",)),
    (0.18, 0.2, 0.85, ("120", "133", "116", "08")),
    (0.5, 0.3, 0.80, ("120", "133", "08")),
    (1.05, 0.4, 0.82, ("03", "21", "83", "133")),
    (1.6, 0.5, 0.75, ("20", "48", "83")),
    (4.2, 1.5, 0.80, ("130", "03", "21")),
    (11.1, 1.2, 0.72, ("115", "203", "165")),
    (16.1, 1.0, 0.50, ("203",)),
)
_INFLUENZA = "150"
_INFLUENZA_TAKEN = 0.18

_HEIGHTS = ((0.0, 500), (1.0, 755), (2.0, 870), (5.0, 1095), (10.0, 1385), (13.0, 1570), (16.0, 1690), (20.0, 1720))
_MIDDLE_BMI = ((0.0, 135), (1.0, 168), (2.0, 165), (5.0, 154), (8.0, 159), (11.0, 172), (14.0, 193), (20.0, 222))
_BMI_RATIO = ((1.0, 0.82), (5.0, 0.87), (50.0, 1.0), (85.0, 1.17), (95.0, 1.32), (99.0, 1.58))


def findings(chart: Chart, random: Random, *, obese: bool, lead: bool) -> tuple[Finding, ...]:
    """The diagnoses in a chart: asthma exactly where the system knows of it, and others."""
    listed = [_finding(chart, random, codes.ASTHMA)] if chart.asthma else []
    if obese:
        listed.append(_finding(chart, random, codes.OBESITY))
    if lead:
        listed.append(_finding(chart, random, codes.LEAD))
    listed += [_finding(chart, random, codes.OTHER) for _ in range(_OTHER_FINDINGS.pick(random))]
    if chance(random, _MISTAKEN):
        listed.append(_finding(chart, random, codes.ASTHMA, verification=random.choice(_VERIFIED_WRONG)))
    return tuple(listed)


def _finding(chart: Chart, random: Random, kinds: tuple[Diagnosis, ...], *, verification: str = "confirmed") -> Finding:
    earliest = min(max(chart.child.birth + 120, FIRST_DAY - 1500), LAST_DAY - 30)
    lasting = kinds in (codes.ASTHMA, codes.OBESITY)
    return Finding(
        diagnosis=random.choice(kinds),
        day=random.randrange(earliest, LAST_DAY),
        clinical="active" if chance(random, 0.9 if lasting else 0.4) else "resolved",
        verification=verification,
    )


def doses(chart: Chart, random: Random) -> tuple[Dose, ...]:
    """The doses of the schedule that fell due in the three years, and a flu shot some autumns."""
    listed: list[Dose] = []
    for due, late, share, vaccines in _SCHEDULE:
        day = chart.child.birth + int((due + late * random.random()) * _DAYS_OF_A_YEAR)
        if FIRST_DAY <= day <= LAST_DAY and chance(random, share):
            listed += [Dose(cvx, day, _GIVEN.pick(random)) for cvx in vaccines]
    for year in range(3):
        day = FIRST_DAY + 365 * year + 75 + random.randrange(90)
        if day > chart.child.birth + 190 and chance(random, _INFLUENZA_TAKEN):
            listed.append(Dose(_INFLUENZA, day, _GIVEN.pick(random)))
    return tuple(listed)


def measurements(chart: Chart, random: Random, *, obese: bool, lead: bool) -> tuple[Measurement, ...]:
    """Growth at some of the well-child visits, and blood lead of small children."""
    percentile = random.uniform(95.0, 99.0) if obese else random.uniform(1.0, 94.0)
    listed: list[Measurement] = []
    for visit in chart.visits:
        if visit.reason == "well_child" and visit.status == FINISHED:
            if chance(random, _MEASURED):
                listed += _growth(chart, visit, random, percentile=percentile)
            if lead or (age(chart.child, visit.day) < _SMALL and chance(random, 0.3)):
                listed.append(_lead(visit, random, high=lead))
    return tuple(listed)


def is_obese(random: Random) -> bool:
    """Whether a patient's BMI is at or above the 95th percentile."""
    return chance(random, _OBESE)


def has_high_lead(chart: Chart, random: Random) -> bool:
    """Whether a small patient's blood lead is at or above the reference value."""
    return age(chart.child, LAST_DAY) < _SMALL + 3 and chance(random, 0.02)


def _growth(chart: Chart, visit: Visit, random: Random, *, percentile: float) -> list[Measurement]:
    years = age(chart.child, visit.day)
    height = _between(_HEIGHTS, years) * bell(random, 1.0, 0.035)
    bmi = _between(_MIDDLE_BMI, years) * _between(_BMI_RATIO, percentile)
    weight = bmi * height * height / 1_000_000
    values = (
        (codes.HEIGHT, height),
        (codes.WEIGHT, weight),
        (codes.BMI, bmi),
        *(((codes.BMI_PERCENTILE, 10 * percentile),) if years >= 2 else ()),  # noqa: PLR2004 - defined from age two
    )
    return [Measurement(scale, visit.day, int(value + 0.5), _TAKEN.pick(random)) for scale, value in values]


def _lead(visit: Visit, random: Random, *, high: bool) -> Measurement:
    scale = codes.LEAD_VENOUS if high else codes.LEAD_CAPILLARY
    tenths = random.randrange(36, 180) if high else random.randrange(5, 33)
    below = not high and chance(random, 0.3)
    return Measurement(scale, visit.day, 10 if below else tenths, _TAKEN.pick(random), below)


def _between(points: tuple[tuple[float, float], ...], place: float) -> float:
    """Straight lines between the points; flat outside them."""
    left = points[0]
    for right in points:
        if place < right[0]:
            span = right[0] - left[0]
            return left[1] if not span else left[1] + (right[1] - left[1]) * (place - left[0]) / span
        left = right
    return left[1]
