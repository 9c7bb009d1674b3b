"""FHIR resources as identities and rows, and the fate of each line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.account import FileAccount
from connectors.errors import SourceError
from connectors.fhir import FhirExport
from connectors.fhir_patient import patient_id
from connectors.reasons import Reason
from connectors.records import Address, Value
from connectors.source import Reading
from tests.connectors.exports import concept, diagnosis, dose, measured, patient, silent, visit, write_ndjson

ANN = "Patient/ann"


def read(folder: Path) -> Reading:
    return FhirExport(folder, local_codes={}).read(silent)


def one(folder: Path, resource: dict[str, Any]) -> tuple[list[tuple[Value, ...]], FileAccount]:
    """The rows that one resource about ann gives, and its file's account."""
    kind = resource["resourceType"]
    write_ndjson(folder, {"Patient.ndjson": [patient("ann")], f"{kind}.ndjson": [resource]})
    reading = read(folder)
    return [row.values for row in reading.rows], next(file for file in reading.account.files if file.kind == kind)


ICD10, CPT = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.ama-assn.org/go/cpt"


@pytest.mark.parametrize(
    ("resource", "rows"),
    [
        (visit("v", ANN), [(2025, "AMB", None)]),
        (visit("v", ANN, **{"class": {"code": "EMER"}}), [(2025, "EMER", None)]),
        (visit("v", ANN, **{"class": {"code": "emergency"}}), [(2025, "EMER", None)]),
        (visit("v", ANN, **{"class": {"code": "HH"}}), [(2025, "other", None)]),
        (visit("v", ANN, **{"class": {}}), [(2025, None, None)]),
        (visit("v", ANN, period={}), [(None, "AMB", None)]),
        (visit("v", ANN, reasonCode=[concept(ICD10, "J45.901")]), [(2025, "AMB", "asthma")]),
        (visit("v", ANN, reasonCode=[concept(ICD10, "S52.501A")]), [(2025, "AMB", "injury")]),
        (visit("v", ANN, reasonCode=[concept(ICD10, "J06.9")]), [(2025, "AMB", "infection")]),
        (visit("v", ANN, reasonCode=[{"text": "cough"}]), [(2025, "AMB", "other")]),
        (visit("v", ANN, type=[concept(CPT, "99393")]), [(2025, "AMB", "well_child")]),
        (
            visit("v", ANN, reasonCode=[concept(ICD10, "J45.901")], type=[concept(CPT, "99393")]),
            [(2025, "AMB", "asthma")],
        ),
        (diagnosis("c", ANN), [(2025, "asthma", None)]),
        (diagnosis("c", ANN, clinicalStatus=concept("", "active")), [(2025, "asthma", 1)]),
        (diagnosis("c", ANN, clinicalStatus=concept("", "resolved")), [(2025, "asthma", 0)]),
        (diagnosis("c", ANN, code={"text": "tired"}), [(2025, "other", None)]),
        (diagnosis("c", ANN, recordedDate="", onsetDateTime="2024-06-30"), [(2024, "asthma", None)]),
        (diagnosis("c", ANN, recordedDate="2024"), [(None, "asthma", None)]),
        (dose("i", ANN), [(2025, "dtap")]),
        (dose("i", ANN, "3"), [(2025, "mmr")]),
        (dose("i", ANN, "94"), [(2025, "mmr"), (2025, "varicella")]),
        (dose("i", ANN, "208"), [(2025, "other")]),
        (dose("i", ANN, occurrenceDateTime="", occurrenceString="last spring"), [(None, "dtap")]),
        (measured("o", ANN), [(2026, "weight", 20.25)]),
        (measured("o", ANN, valueQuantity={"value": 100, "unit": "lb"}), [(2026, "weight", 45.359237)]),
        (
            measured("o", ANN, "5671-3", valueQuantity={"value": 3.5, "comparator": "<", "unit": "ug/dL"}),
            [(2026, "blood_lead", 3.5)],
        ),
        (measured("o", ANN, "59576-9", valueQuantity={"value": 88, "code": "%"}), [(2026, "bmi_percentile", 88)]),
        (measured("o", ANN, "8480-6"), []),
        (measured("o", ANN, "8480-6", valueQuantity={}), []),
    ],
)
def test_a_resource_gives_these_rows(tmp_path: Path, resource: dict[str, Any], rows: list[tuple[Value, ...]]) -> None:
    found, account = one(tmp_path, resource)
    assert found == [pytest.approx(row) if row[-1] == 45.359237 else row for row in rows]
    assert (account.announced, account.accepted, account.used) == (1, 1, int(bool(rows)))


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (visit("v", ANN, status="planned"), Reason.NOT_FINISHED),
        (visit("v", ANN, status="entered-in-error"), Reason.ENTERED_IN_ERROR),
        (visit("v", ANN, status=""), Reason.MISSING_FIELD),
        (visit("v", "Patient/nobody"), Reason.UNKNOWN_PATIENT),
        (visit("v", "Group/ann"), Reason.UNKNOWN_PATIENT),
        (visit("", ANN), Reason.MISSING_FIELD),
        (visit("v", ANN, status=3), Reason.WRONG_SHAPE),
        (visit("v", ANN, period="2024"), Reason.WRONG_SHAPE),
        ({**visit("v", ANN), "resourceType": "Encounter"} | {"subject": None}, Reason.WRONG_SHAPE),
        (diagnosis("c", ANN, verificationStatus=concept("", "refuted")), Reason.REFUTED),
        (diagnosis("c", ANN, verificationStatus=concept("", "entered-in-error")), Reason.ENTERED_IN_ERROR),
        (dose("i", ANN, status="not-done"), Reason.NOT_COMPLETED),
        (measured("o", ANN, status="preliminary"), Reason.NOT_FINAL),
        (measured("o", ANN, status="entered-in-error"), Reason.ENTERED_IN_ERROR),
        (measured("o", ANN, valueQuantity={}), Reason.NO_VALUE),
        (measured("o", ANN, valueQuantity={"value": 4, "unit": "stone"}), Reason.UNKNOWN_UNIT),
        (measured("o", ANN, valueQuantity={"value": 4}), Reason.UNKNOWN_UNIT),
    ],
)
def test_a_resource_is_rejected_for_this_reason(tmp_path: Path, resource: dict[str, Any], reason: Reason) -> None:
    rows, account = one(tmp_path, resource)
    assert not rows
    assert account.rejected == {reason: 1}
    assert account.lines == ((1, reason),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"resourceType":"Encounter","id":"canary', Reason.NOT_JSON),
        ("<html>canary</html>", Reason.NOT_JSON),
        ('["canary"]', Reason.WRONG_SHAPE),
        ('{"resourceType":"OperationOutcome","id":"canary"}', Reason.WRONG_RESOURCE),
        ('{"id":"canary"}', Reason.WRONG_RESOURCE),
    ],
)
def test_a_malformed_line_is_rejected_with_file_line_and_rule_and_nothing_else(
    tmp_path: Path, line: str, reason: Reason
) -> None:
    lines = [visit("v1", ANN), "", line, visit("v2", ANN)]
    write_ndjson(tmp_path, {"Patient.ndjson": [patient("ann")], "Encounter.000.ndjson": lines})
    reading = read(tmp_path)
    account = reading.account.files[1]
    assert (account.name, account.lines, account.announced) == ("Encounter.000.ndjson", ((3, reason),), 3)
    assert len(reading.rows) == 2
    assert "canary" not in repr(reading)


def test_bytes_that_are_no_text_are_rejected_as_no_json(tmp_path: Path) -> None:
    write_ndjson(tmp_path, {"Patient.ndjson": [patient("ann")]})
    (tmp_path / "Condition.ndjson").write_bytes(b'{"resourceType":"Condition","id":"\xff\xfe"}\n')
    assert read(tmp_path).account.files[1].rejected == {Reason.NOT_JSON: 1}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("Patient/ann", "ann"),
        ("https://fhir.example.org/r4/Patient/ann", "ann"),
        ("Patient/ann/_history/3", "ann"),
        ("urn:uuid:e05e0b59-37fc-4aee-868e-0b8515b98825", "e05e0b59-37fc-4aee-868e-0b8515b98825"),
        ("Group/ann", ""),
        ("Patient?identifier=ann", ""),
        ("#ann", ""),
        ("", ""),
    ],
)
def test_references_of_every_kind_name_the_patient(reference: str, found: str) -> None:
    assert patient_id(reference) == found


def test_of_several_versions_the_latest_counts_even_when_it_takes_the_record_back(tmp_path: Path) -> None:
    def version(changed: str, **more: Any) -> dict[str, Any]:
        return visit("v", ANN, meta={"lastUpdated": changed}, **more)

    files = {
        "Patient.ndjson": [patient("ann")],
        "Encounter.000.ndjson": [version("2025-01-02T00:00:00Z", status="entered-in-error"), visit("w", ANN)],
        "Encounter.001.ndjson": [
            version("2025-01-01T23:00:00-02:00"),
            version("2025-01-01T23:00:00Z"),
            visit("w", ANN),
        ],
    }
    reading = read(write_ndjson(tmp_path, files))
    assert [row.values for row in reading.rows] == [(2025, "AMB", None), (2025, "AMB", None)]
    first, second = reading.account.files[1:]
    assert (first.duplicate, second.duplicate) == (2, 1)


def test_identities_keep_every_name_number_and_address(tmp_path: Path) -> None:
    ann = patient(
        "ann",
        name=[
            {"use": "maiden", "family": "Old"},
            {"use": "nickname", "given": ["Annie"]},
            {"use": "official", "family": "New", "given": ["Ann", "Lou", None, "Mae"]},
            {"family": "New", "given": ["Anna"]},
        ],
        telecom=[{"system": "phone", "value": "555-0101"}, {"system": "email", "value": "a@example.org"}],
        address=[{"line": ["1 Elm St", "Apt 2"], "city": "Alder", "state": "KS", "postalCode": "67001"}],
        gender="other",
    )
    reading = read(write_ndjson(tmp_path, {"Patient.ndjson": [ann]}))
    identity = reading.identities["ann"]
    assert identity.given == ("Ann", "Anna")
    assert (identity.middle, identity.preferred) == ("Lou Mae", "Annie")
    assert identity.family == ("New", "Old")
    assert (identity.birth_date, identity.sex) == (date(2016, 2, 29), "")
    assert identity.phones == ("555-0101",)
    assert identity.addresses == (Address("1 Elm St Apt 2", "Alder", "KS", "67001"),)
    assert "Elm" not in repr((reading, identity))


@pytest.mark.parametrize(
    ("written", "born"), [("2016-02-29", date(2016, 2, 29)), ("2016-02", None), ("2016", None), ("", None)]
)
def test_a_birth_date_may_be_known_in_part(tmp_path: Path, written: str, born: date | None) -> None:
    reading = read(write_ndjson(tmp_path, {"Patient.ndjson": [patient("ann", birthDate=written)]}))
    assert reading.identities["ann"].birth_date == born


def test_a_birth_date_that_is_no_day_rejects_the_patient_and_what_is_about_them(tmp_path: Path) -> None:
    files = {"Patient.ndjson": [patient("ann", birthDate="2015-02-29")], "Encounter.ndjson": [visit("v", ANN)]}
    reading = read(write_ndjson(tmp_path, files))
    assert [dict(file.rejected) for file in reading.account.files] == [
        {Reason.BAD_DATE: 1},
        {Reason.UNKNOWN_PATIENT: 1},
    ]


@pytest.mark.parametrize("kind", ["replaced-by", "replaces"])
def test_a_patient_whose_record_was_replaced_is_the_same_person(tmp_path: Path, kind: str) -> None:
    old, new = patient("old", name=[{"family": "Old"}]), patient("new", name=[{"family": "New"}])
    linked, other = (old, "new") if kind == "replaced-by" else (new, "old")
    linked["link"] = [{"type": kind, "other": {"reference": f"Patient/{other}"}}]
    files = {"Patient.ndjson": [old, new], "Encounter.ndjson": [visit("v", "Patient/old"), visit("w", "Patient/new")]}
    reading = read(write_ndjson(tmp_path, files))
    assert list(reading.identities) == ["new"]
    assert reading.identities["new"].family == ("New", "Old")
    assert {row.person for row in reading.rows} == {"new"}


def test_patients_who_replace_each_other_in_a_circle_are_one_person(tmp_path: Path) -> None:
    def linked(name: str, other: str) -> dict[str, Any]:
        return patient(name, link=[{"type": "replaced-by", "other": {"reference": f"Patient/{other}"}}])

    reading = read(write_ndjson(tmp_path, {"Patient.ndjson": [linked("b", "c"), linked("c", "a"), linked("a", "b")]}))
    assert list(reading.identities) == ["a"]


def test_other_files_of_the_folder_are_named_and_not_read(tmp_path: Path) -> None:
    files: dict[str, list[Any]] = {
        "Patient.ndjson": [patient("ann")],
        "log.ndjson": [{"exportId": "x"}],
        "Procedure.000.ndjson": [{"resourceType": "Procedure", "id": "p"}],
        "3.output.ndjson": [visit("v", ANN)],
        "readme.txt": ["hello"],
    }
    reading = read(write_ndjson(tmp_path, files))
    assert reading.account.unread == ("Procedure.000.ndjson", "log.ndjson", "readme.txt")
    assert [file.name for file in reading.account.files] == ["Patient.ndjson", "3.output.ndjson"]


def test_an_export_organised_by_patient_is_read_without_its_header_lines(tmp_path: Path) -> None:
    header = {"resourceType": "Parameters", "parameter": [{"name": "header"}]}
    lines = [header, visit("v", ANN), patient("ann"), {"resourceType": "Device", "id": "d"}, "canary"]
    reading = read(write_ndjson(tmp_path, {"2.output.ndjson": lines}))
    (account,) = reading.account.files
    assert (account.announced, account.accepted, account.used) == (4, 3, 2)
    assert account.rejected == {Reason.NOT_JSON: 1}
    assert len(reading.rows) == 1


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"url": f"https://bulk.example.org/files/{name}?token=x", **more}


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        ({"output": [entry("Patient.ndjson", count=1), entry("Gone.ndjson")]}, "output 2 is not in the folder"),
        ({"output": [entry("Patient.ndjson", count=2)]}, "output 1 announces 2 resources, and its file has 1 lines"),
        ({"output": [entry("Patient.ndjson")], "deleted": [entry("x")]}, "make a full export"),
        ({"result": []}, "not the manifest of a bulk export"),
        ("<html>", "not the manifest of a bulk export"),
    ],
)
def test_an_export_that_is_not_what_its_manifest_says_is_refused(
    tmp_path: Path, manifest: dict[str, Any] | str, sentence: str
) -> None:
    write_ndjson(tmp_path, {"Patient.ndjson": [patient("ann")], "manifest.json": [manifest]})
    with pytest.raises(SourceError, match=sentence):
        read(tmp_path)


def test_an_export_that_is_what_its_manifest_says_is_read(tmp_path: Path) -> None:
    told = json.dumps({"transactionTime": "2026-11-01T00:00:00Z", "output": [entry("Patient.ndjson", count=1)]})
    reading = read(write_ndjson(tmp_path, {"Patient.ndjson": [patient("ann")], "manifest.json": [told]}))
    assert set(reading.identities) == {"ann"}
    assert not reading.account.unread


@pytest.mark.parametrize("files", [{}, {"Encounter.ndjson": [visit("v", ANN)]}])
def test_an_export_without_patients_is_refused(tmp_path: Path, files: dict[str, list[dict[str, Any]]]) -> None:
    with pytest.raises(SourceError, match="holds no Patient file"):
        read(write_ndjson(tmp_path / "export", files))


def test_an_export_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read(tmp_path / "nowhere")


def test_a_file_that_ends_in_the_middle_of_a_resource_stops_the_run(tmp_path: Path) -> None:
    write_ndjson(
        tmp_path, {"Patient.ndjson": [patient("ann")], "Encounter.ndjson": [visit("v1", ANN), visit("v2", ANN)]}
    )
    file = tmp_path / "Encounter.ndjson"
    file.write_bytes(file.read_bytes().rstrip()[:-5])
    with pytest.raises(SourceError, match=r"Encounter.ndjson line 2: the file ends in the middle of a resource"):
        read(tmp_path)
