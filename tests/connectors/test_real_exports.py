"""Real exports go through the same connectors unchanged."""

import pytest

from connectors.dates import DateOrder
from connectors.fhir import FhirExport
from connectors.oneroster import OneRosterSet
from connectors.source import Reading
from tests.connectors.exports import real, silent


def announced(reading: Reading) -> dict[str, int]:
    return {file.name: file.announced for file in reading.account.files}


def test_the_grandbend_set_delivers_its_students_with_grade_and_year() -> None:
    reading = OneRosterSet(real("oneroster12_csv_grandbend"), date_order=DateOrder.ISO).read(silent)
    reading.account.check(broken_share=0)
    assert len(reading.identities) == len(reading.rows) == 1627
    assert {row.values[0] for row in reading.rows} == {2022}
    assert {row.values[1] for row in reading.rows} == {"01", "07", "09", "10", "11", "12"}
    assert announced(reading)["users.csv"] == 2133
    assert announced(reading)["enrollments.csv"] == 7036


def test_the_tiny_set_holds_headers_only_and_is_an_empty_bulk() -> None:
    reading = OneRosterSet(real("oneroster_csv_tiny"), date_order=DateOrder.ISO).read(silent)
    reading.account.check(broken_share=0)
    assert not reading.identities
    assert not reading.rows
    assert set(announced(reading).values()) == {0}


@pytest.mark.parametrize(
    ("name", "patients", "rows"),
    [
        ("fhir/bulk10", 13, {"encounter": 1215, "condition": 555, "immunization": 161}),
        ("fhir/bulk100", 120, {"immunization": 1818}),
        ("fhir/pediatric60", 60, {"encounter": 1240, "condition": 1299, "immunization": 2016, "observation": 4752}),
    ],
)
def test_bulk_exports_give_a_row_for_every_record_that_is_asked_for(
    name: str, patients: int, rows: dict[str, int]
) -> None:
    reading = FhirExport(real(name), local_codes={}).read(silent)
    reading.account.check(broken_share=0)
    assert len(reading.identities) == patients
    assert {table: sum(row.table == table for row in reading.rows) for table in rows} == rows
    assert sum(rows.values()) == len(reading.rows)


def test_files_of_other_resources_are_named_and_not_read() -> None:
    reading = FhirExport(real("fhir/bulk10"), local_codes={}).read(silent)
    assert "log.ndjson" in reading.account.unread
    assert "Procedure.000.ndjson" in reading.account.unread


def test_an_export_organised_by_patient_is_read() -> None:
    reading = FhirExport(real("fhir/protocol"), local_codes={}).read(silent)
    assert len(reading.identities) == 5
    assert len(reading.rows) == 30
