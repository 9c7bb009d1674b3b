"""Generate a synthetic community: every custodian's export, and the truth beside them.

It draws through the other files of this package and adds nothing of its own.  Rules:

* the same seed and number of children give the same bytes on every machine;
* every part has a random stream of its own, named by the seed, the part and the child;
* what is exported and what is true are written from the same values.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.demo.community import coverage, dirt, fhir_export, health, households, oneroster_export, school_days, truth
from hub.demo.community.attendance import Absences, Attendance
from hub.demo.community.drawing import opaque, stream
from hub.demo.community.health import Chart
from hub.demo.community.households import Child, Phones
from hub.demo.community.known import Known
from hub.demo.community.places import CUSTODIANS, DISTRICTS, GRADES, HEALTH_SYSTEMS, band
from hub.demo.community.roster import Roster
from hub.demo.community.school_days import SchoolDays
from hub.demo.community.schooling import Enroller

SEED = 20260901
CHILDREN = 12_000
FEWEST = 100

Progress = Callable[[str, int, int], None]
"""Called with what was just done, how many steps are done, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was written, in numbers."""

    seed: int
    persons: int
    students: int
    patients: int
    twins: int
    rows: int
    attendance: int
    resources: int
    records: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Community:
    seed: int
    people: tuple[Child, ...]
    days: SchoolDays
    attended: dict[str, list[Attendance]]
    charts: dict[str, list[Chart]]


def generate(
    directory: Path,
    *,
    seed: int = SEED,
    children: int = CHILDREN,
    progress: Progress | None = None,
    with_truth: bool = True,
) -> Summary:
    """Write `directory`/CUSTODIAN/export for every custodian, and `directory`/truth.json unless told not to.

    `children` is how many go to school in at least one of the three years; patients who go to none come on top.
    Files of an earlier run are overwritten.  Raises ValueError when fewer than a hundred children are asked for.
    """
    if children < FEWEST:
        raise ValueError(f"a community has at least {FEWEST} school children, not {children}")
    steps = len(CUSTODIANS) + 2
    tell = progress or _silent
    community = _draw(seed, children)
    tell("families, schools and clinics", 1, steps)
    known = _known(community)
    attendance = resources = 0
    for number, custodian in enumerate(CUSTODIANS, start=2):
        folder = directory / custodian / "export"
        if custodian in community.attended:
            attendance += _export_district(folder, community, custodian, known[custodian])
        else:
            resources += _export_system(folder, community, custodian, known[custodian])
        tell(f"export of {custodian}", number, steps)
    if with_truth:
        truth.write(directory, seed=seed, persons=_persons(community, known))
    tell("who is who" if with_truth else "done", steps, steps)
    return _summary(community, known, attendance=attendance, resources=resources)


def _silent(_what: str, _done: int, _steps: int) -> None:
    """Progress that nobody watches."""


def _draw(seed: int, children: int) -> _Community:
    people = households.build(stream(seed, "households"), children)
    days = school_days.build(stream(seed, "school days"))
    covered = coverage.cover(people, stream(seed, "coverage"))
    attended: dict[str, list[Attendance]] = {district.key: [] for district in DISTRICTS}
    absences = Absences(days, stream(seed, "absences"))
    for enrolment in Enroller(days, stream(seed, "enrolments")).enrolments(people):
        asthma = bool(covered[enrolment.child.key].asthma)
        attended[enrolment.district].append(absences.attend(enrolment, asthma=asthma))
    charts: dict[str, list[Chart]] = {system: [] for system, _ in HEALTH_SYSTEMS}
    visits = stream(seed, "visits")
    for child in people:
        for chart in health.charts(child, covered[child.key], visits):
            charts[chart.system].append(chart)
    return _Community(seed, people, days, attended, charts)


def _known(community: _Community) -> dict[str, dict[str, Known]]:
    """Every custodian's copies, by the child's key, in the order of their source ids."""
    spare = _spare_phones(community)
    known: dict[str, dict[str, Known]] = {}
    for custodian, seen in _last_seen(community).items():
        ids = stream(community.seed, "ids", custodian)
        entries = [
            Known(
                child,
                opaque(ids),
                dirt.copy(
                    child, custodian, stream(community.seed, "dirt", custodian, child.key), seen=day, spare=spare.next()
                ),
            )
            for child, day in seen
        ]
        known[custodian] = {entry.child.key: entry for entry in sorted(entries, key=lambda entry: entry.source)}
    return known


def _spare_phones(community: _Community) -> Phones:
    homes = (home for child in community.people for home in child.household.homes)
    used = frozenset(number for home in homes for number in (home.phone, home.second_phone))
    return Phones(stream(community.seed, "spare phones"), used=used)


def _last_seen(community: _Community) -> dict[str, list[tuple[Child, int]]]:
    """The children each custodian knows, with the day on which it last saw them."""
    seen: dict[str, list[tuple[Child, int]]] = {}
    for district, attended in community.attended.items():
        last = {entry.enrolment.child.key: entry.enrolment for entry in attended}
        seen[district] = [(enrolment.child, enrolment.stays[-1].end - 1) for enrolment in last.values()]
    for system, charts in community.charts.items():
        seen[system] = [(chart.child, chart.visits[-1].day if chart.visits else health.FIRST_DAY) for chart in charts]
    return seen


def _export_district(folder: Path, community: _Community, district: str, known: dict[str, Known]) -> int:
    place = next(place for place in DISTRICTS if place.key == district)
    return oneroster_export.write(
        folder,
        Roster(
            seed=community.seed,
            district=place,
            days=community.days,
            known=tuple(known.values()),
            attended=tuple(community.attended[district]),
        ),
    )


def _export_system(folder: Path, community: _Community, system: str, known: dict[str, Known]) -> int:
    charts = {chart.child.key: chart for chart in community.charts[system]}
    patients = [fhir_export.Patient(entry, charts[key]) for key, entry in known.items()]
    return fhir_export.write(folder, system, patients=patients, random=stream(community.seed, "chart", system))


def _persons(community: _Community, known: dict[str, dict[str, Known]]) -> Iterable[truth.Person]:
    rows: dict[str, list[truth.Row]] = {}
    for district, attended in community.attended.items():
        for entry in attended:
            rows.setdefault(entry.enrolment.child.key, []).append(_row(district, entry))
    charts: dict[str, list[Chart]] = {}
    for chart in (chart for kept in community.charts.values() for chart in kept):
        charts.setdefault(chart.child.key, []).append(chart)
    for child in community.people:
        mine = charts.get(child.key, [])
        copies = ((custodian, known[custodian].get(child.key)) for custodian in CUSTODIANS)
        yield truth.Person(
            key=child.key,
            family=child.household.number,
            twin=child.twin,
            two_surnames=len(child.household.surnames) > 1,
            moved_district=child.household.changed_district,
            asthma=any(chart.asthma for chart in mine),
            asthma_known_to=tuple(chart.system for chart in mine if chart.asthma),
            records=tuple(truth.Record(who, entry.source, entry.copy.dirt) for who, entry in copies if entry),
            rows=tuple(sorted(rows.get(child.key, []), key=lambda row: (row.school_year, row.district))),
            visits=_visits(mine),
        )


def _row(district: str, attendance: Attendance) -> truth.Row:
    enrolment = attendance.enrolment
    return truth.Row(
        district=district,
        school_year=enrolment.year,
        grade=GRADES[enrolment.grade],
        grade_band=band(enrolment.grade),
        school_moves=attendance.moves,
        days_enrolled=attendance.days_enrolled,
        days_absent=attendance.days_absent,
        attendance_rate=attendance.rate,
        chronic_absence=attendance.chronic,
    )


def _visits(charts: Sequence[Chart]) -> tuple[truth.Visits, ...]:
    return tuple(
        truth.Visits(health_system=chart.system, school_year=year, kind=kind, count=count)
        for chart in charts
        for (kind, year), count in chart.finished().items()
    )


def _summary(community: _Community, known: dict[str, dict[str, Known]], *, attendance: int, resources: int) -> Summary:
    students = {key for district in community.attended for key in known[district]}
    patients = {key for system in community.charts for key in known[system]}
    return Summary(
        seed=community.seed,
        persons=len(students | patients),
        students=len(students),
        patients=len(patients),
        twins=sum(child.twin for child in community.people),
        rows=sum(len(attended) for attended in community.attended.values()),
        attendance=attendance,
        resources=resources,
        records=tuple((custodian, len(entries)) for custodian, entries in known.items()),
    )
