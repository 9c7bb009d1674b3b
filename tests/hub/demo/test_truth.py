"""The truth file says what an honest reader finds in the exports, to the last day."""

from collections import Counter

from hub.demo.community.places import CUSTODIANS, DISTRICTS, HEALTH_SYSTEMS
from tests.hub.demo import reader
from tests.hub.demo.conftest import Made


def test_every_row_of_the_truth_is_what_a_second_reader_computes_from_the_files(town: Made) -> None:
    told = {
        (row.district, source.source, row.school_year): (
            row.grade,
            row.grade_band,
            row.school_moves,
            row.days_enrolled,
            row.days_absent,
            row.attendance_rate,
            row.chronic_absence,
        )
        for person in town.truth.persons
        for row in person.rows
        for source in person.records
        if source.custodian == row.district
    }
    found = {
        (district.key, student, year): figures
        for district in DISTRICTS
        for (student, year), figures in reader.school_years(town.export(district.key)).items()
    }
    assert found == told
    assert len(found) == town.summary.rows == sum(len(person.rows) for person in town.truth.persons)


def test_visits_and_asthma_are_what_a_second_reader_finds(town: Made) -> None:
    for system, _ in HEALTH_SYSTEMS:
        mine = {r.source: p for p in town.truth.persons for r in p.records if r.custodian == system}
        told = Counter(
            {
                (source, visit.kind, visit.school_year): visit.count
                for source, person in mine.items()
                for visit in person.visits
                if visit.health_system == system
            }
        )
        assert reader.visits(town.export(system)) == told
        known = {source for source, person in mine.items() if system in person.asthma_known_to}
        assert reader.asthmatic(town.export(system)) == known
    assert all(person.asthma == bool(person.asthma_known_to) for person in town.truth.persons)


def test_every_record_of_every_export_belongs_to_exactly_one_person(town: Made) -> None:
    identities = town.truth.identities()
    assert len(identities) == sum(len(person.records) for person in town.truth.persons)
    exported = {
        (district.key, row["sourcedId"])
        for district in DISTRICTS
        for row in reader.table(town.export(district.key) / "demographics.csv")
    } | {(system, key) for system, _ in HEALTH_SYSTEMS for key in reader.resources(town.export(system), "Patient")[0]}
    assert exported == set(identities)
    assert Counter(custodian for custodian, _ in exported) == dict(town.summary.records)


def test_a_person_has_at_most_one_record_at_a_custodian_and_a_row_only_where_there_is_one(town: Made) -> None:
    for person in town.truth.persons:
        held = [record.custodian for record in person.records]
        assert len(set(held)) == len(held) > 0
        assert {row.district for row in person.rows} | {visit.health_system for visit in person.visits} <= set(held)


def test_the_exports_lie_where_the_custodians_are(small: Made) -> None:
    assert {path.name for path in small.directory.iterdir()} == {*CUSTODIANS, "truth.json"}
    assert {path.name for custodian in CUSTODIANS for path in (small.directory / custodian).iterdir()} == {"export"}
