"""The community is of the size and kind that was planned, and its planted truths can be found."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hub.demo.community.truth import Person, Row
from tests.hub.demo.conftest import Made

SYSTEMS = {"lakeside", "northgate", "prairie"}
YEARS = (2024, 2025, 2026)


def systems(person: Person) -> int:
    return sum(record.custodian in SYSTEMS for record in person.records)


def share(made: Made, wanted: Callable[[Person, Row], bool]) -> float:
    """Share of rows with chronic absence among those wanted."""
    found = [
        row.chronic_absence
        for person in made.truth.persons
        for row in person.rows
        if row.chronic_absence is not None and wanted(person, row)
    ]
    return sum(found) / len(found)


def test_districts_are_of_unequal_size_and_volumes_are_modest(whole: Made) -> None:
    records = dict(whole.summary.records)
    assert whole.summary.students == 12_000
    assert 3_600 <= records["alder"] <= 4_600
    assert 280 <= records["juniper"] <= 480
    assert 60_000 <= whole.summary.resources <= 90_000
    assert 200_000 <= whole.summary.attendance <= 250_000


def test_families_have_siblings_twins_and_two_surnames(whole: Made) -> None:
    students = [person for person in whole.truth.persons if person.rows]
    families = Counter(person.family for person in students)
    twins = [person for person in students if person.twin]
    assert 0.4 <= sum(count > 1 for count in families.values()) / len(families) <= 0.7
    assert 0.02 <= len(twins) / len(students) <= 0.04
    assert 0.25 <= sum(person.two_surnames for person in students) / len(students) <= 0.31


def test_clinics_know_four_fifths_of_the_students_and_some_who_go_to_no_school(whole: Made) -> None:
    students = [person for person in whole.truth.persons if person.rows]
    patients = [person for person in whole.truth.persons if systems(person)]
    assert 0.18 <= sum(not systems(person) for person in students) / len(students) <= 0.22
    assert 0.06 <= sum(not person.rows for person in patients) / len(patients) <= 0.10
    assert 0.06 <= sum(systems(person) == 2 for person in patients) / len(patients) <= 0.10


def test_one_child_in_eight_changes_district_and_many_do_so_during_a_year(whole: Made) -> None:
    students = [person for person in whole.truth.persons if person.rows]
    moved = [person for person in students if len({row.district for row in person.rows}) > 1]
    within = [p for p in moved if any(n > 1 for n in Counter(row.school_year for row in p.rows).values())]
    assert 0.10 <= len(moved) / len(students) <= 0.14
    assert 0.4 <= len(within) / len(moved) <= 0.9
    assert all(person.moved_district for person in moved)
    rows = Counter((person.key, row.district) for person in students for row in person.rows)
    assert max(rows.values()) == 3


def test_asthma_is_diagnosed_in_nine_percent_and_raises_chronic_absence_by_six_points(whole: Made) -> None:
    students = [person for person in whole.truth.persons if person.rows]
    assert 0.08 <= sum(person.asthma for person in students) / len(students) <= 0.10
    assert 0.14 <= share(whole, lambda _, __: True) <= 0.17
    effect = share(whole, lambda person, _: person.asthma) - share(whole, lambda person, _: not person.asthma)
    assert 0.04 <= effect <= 0.08


def test_each_change_of_school_raises_chronic_absence(whole: Made) -> None:
    counts = Counter(row.school_moves for person in whole.truth.persons for row in person.rows)
    assert counts[0] > 0.85 * counts.total()
    assert min(counts[moves] for moves in range(5)) > 100
    stayed = share(whole, lambda _, row: row.school_moves == 0)
    moved = share(whole, lambda _, row: row.school_moves > 0)
    often = share(whole, lambda _, row: row.school_moves > 2)
    assert 0.04 <= moved - stayed <= 0.10
    assert often - stayed >= 0.11


def test_older_children_are_absent_more(whole: Made) -> None:
    bands = {band: share(whole, lambda _, row, band=band: row.grade_band == band) for band in ("K-2", "3-5", "9-12")}  # type: ignore[misc]
    assert bands["9-12"] > bands["K-2"] + 0.04 > bands["3-5"] + 0.04


def test_emergency_visits_are_twice_as_likely_with_asthma(whole: Made) -> None:
    patients = [person for person in whole.truth.persons if systems(person)]

    def yearly(people: list[Person]) -> float:
        visited = sum(
            any(visit.kind == "EMER" and visit.school_year == year for visit in person.visits)
            for person in people
            for year in YEARS
        )
        return visited / len(people) / len(YEARS)

    ratio = yearly([p for p in patients if p.asthma]) / yearly([p for p in patients if not p.asthma])
    assert 0.125 <= yearly(patients) <= 0.155
    assert 1.7 <= ratio <= 2.3


def test_short_stays_have_no_rate(whole: Made) -> None:
    rows = [row for person in whole.truth.persons for row in person.rows]
    short = [row for row in rows if row.days_enrolled < 10]
    assert short
    assert all((row.attendance_rate is None) == (row.chronic_absence is None) == (row in short) for row in rows)


def test_copies_are_dirty_each_in_its_own_way(whole: Made) -> None:
    records = [record for person in whole.truth.persons for record in person.records]
    cases = Counter(case for record in records for case in record.dirt)
    assert set(cases) == {
        *("nickname", "first name typo", "first name by ear", "first and middle swapped", "first and last swapped"),
        *("surname typo", "surname by ear", "surname change", "birth date typo", "birth date default", "wrong sex"),
        *("day and month swapped", "baby name", "no phone", "other phone", "old address"),
        *(f"two surnames: {way}" for way in ("both", "hyphenated", "first only", "second only", "together")),
    }
    assert 0.4 <= sum(not record.dirt for record in records) / len(records) <= 0.6
    several = [person for person in whole.truth.persons if len(person.records) > 1 and person.two_surnames]
    differently = [person for person in several if len({record.dirt for record in person.records}) > 1]
    assert len(differently) > len(several) / 2


def test_progress_tells_every_step_in_order(tmp_path: Path) -> None:
    from hub.demo.community.generate import generate

    told: list[tuple[str, int, int]] = []
    generate(tmp_path, children=100, progress=lambda what, done, steps: told.append((what, done, steps)))
    assert [done for _, done, _ in told] == list(range(1, 14))
    assert {steps for _, _, steps in told} == {13}
