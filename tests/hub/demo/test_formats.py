"""The exports are what information systems write: OneRoster 1.2 bulk CSV and FHIR R4 Bulk Data."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from hub.demo.community.places import DISTRICTS, HEALTH_SYSTEMS
from tests.hub.demo import reader
from tests.hub.demo.conftest import Made

FIXTURE = Path(__file__).resolve().parents[3] / "../shared/fixtures/oneroster12_csv_grandbend"
DISTRICT_KEYS = [district.key for district in DISTRICTS]
SYSTEM_KEYS = [key for key, _ in HEALTH_SYSTEMS]

HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,"
    "subjectCodes",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,"
    "blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
    "hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
}
BESIDE = {
    "manifest": "propertyName,value",
    "attendance": "userSourcedId,schoolSourcedId,date,status",
    "calendar": "date,schoolSourcedId,instructional",
    "contacts": "userSourcedId,address,city,state,postalCode,phone1,phone2",
}
REFERENCES = [
    ("classes", "courseSourcedId", "courses"),
    ("classes", "schoolSourcedId", "orgs"),
    ("users", "primaryOrgSourcedId", "orgs"),
    ("roles", "userSourcedId", "users"),
    ("demographics", "sourcedId", "users"),
    ("enrollments", "classSourcedId", "classes"),
    ("enrollments", "schoolSourcedId", "orgs"),
    ("enrollments", "userSourcedId", "users"),
    ("attendance", "userSourcedId", "users"),
    ("attendance", "schoolSourcedId", "orgs"),
    ("calendar", "schoolSourcedId", "orgs"),
    ("contacts", "userSourcedId", "users"),
]


@pytest.mark.parametrize("district", DISTRICT_KEYS)
def test_a_district_writes_exact_headers_with_crlf_in_utf_8(small: Made, district: str) -> None:
    expected = HEADERS | BESIDE
    assert {path.name for path in small.export(district).iterdir()} == {f"{name}.csv" for name in expected}
    for name, header in expected.items():
        data = (small.export(district) / f"{name}.csv").read_bytes()
        assert data.startswith(f"{header}\r\n".encode())
        assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
        data.decode("utf-8")


@pytest.mark.skipif(not FIXTURE.is_dir(), reason="the OneRoster fixtures are not beside this checkout")
@pytest.mark.parametrize("name", [*HEADERS, "manifest"])
def test_headers_are_those_of_a_real_1_2_set(small: Made, name: str) -> None:
    real, ours = (folder / f"{name}.csv" for folder in (FIXTURE, small.export("alder")))
    assert real.read_text("utf-8").splitlines()[0] == ours.read_text("utf-8").splitlines()[0]


@pytest.mark.parametrize("district", DISTRICT_KEYS)
def test_the_manifest_names_every_file_once_and_declares_bulk_what_is_there(small: Made, district: str) -> None:
    rows = reader.table(small.export(district) / "manifest.csv")
    manifest = {row["propertyName"]: row["value"] for row in rows}
    files = {name.removeprefix("file."): value for name, value in manifest.items() if name.startswith("file.")}
    assert len(rows) == len(manifest) == 25
    assert len(files) == 21
    assert {name for name, value in files.items() if value == "bulk"} == set(HEADERS)
    assert set(files.values()) == {"bulk", "absent"}
    assert (manifest["manifest.version"], manifest["oneroster.version"]) == ("1.0", "1.2")


@pytest.mark.parametrize("district", DISTRICT_KEYS)
def test_a_bulk_set_leaves_status_blank_repeats_no_id_and_refers_to_nothing_missing(small: Made, district: str) -> None:
    tables = {name: reader.table(small.export(district) / f"{name}.csv") for name in (*HEADERS, *BESIDE)}
    for name in HEADERS:
        assert all(row["status"] == row["dateLastModified"] == "" for row in tables[name])
        assert len({row["sourcedId"] for row in tables[name]}) == len(tables[name])
    for name, column, target in REFERENCES:
        assert {row[column] for row in tables[name]} <= {row["sourcedId"] for row in tables[target]}
    sessions = {row["sourcedId"] for row in tables["academicSessions"]}
    assert {term for row in tables["classes"] for term in row["termSourcedIds"].split(",")} <= sessions
    assert {row["type"] for row in tables["academicSessions"]} == {"schoolYear", "semester"}
    assert len(sessions) == 9


def test_a_year_has_about_175_instructional_days_from_august_to_june(small: Made) -> None:
    for district in DISTRICT_KEYS:
        held = Counter(
            (row["schoolSourcedId"], date.fromisoformat(row["date"]).toordinal() // 366)
            for row in reader.table(small.export(district) / "calendar.csv")
            if row["instructional"] == "true"
        )
        schools = len({school for school, _ in held})
        assert 172 * 3 <= held.total() / schools <= 178 * 3
        months = {row["date"][5:7] for row in reader.table(small.export(district) / "calendar.csv")}
        assert months == {"08", "09", "10", "11", "12", "01", "02", "03", "04", "05", "06"}


@pytest.mark.parametrize("system", SYSTEM_KEYS)
def test_a_health_system_writes_one_resource_a_line_but_for_what_was_planted(small: Made, system: str) -> None:
    kinds = {"Patient", "Encounter", "Condition", "Immunization", "Observation"}
    assert {path.name for path in small.export(system).iterdir()} == {f"{kind}.ndjson" for kind in kinds}
    patients = reader.resources(small.export(system), "Patient")[0]
    flaws = {}
    for kind in kinds:
        found, again, broken = reader.resources(small.export(system), kind)
        flaws[kind] = (again, broken)
        assert {resource["resourceType"] for resource in found.values()} == {kind}
        if kind != "Patient":
            assert {reader.patient_of(resource) for resource in found.values()} <= set(patients)
    assert flaws == dict.fromkeys(kinds, (0, 0)) | {"Encounter": (1, 1), "Observation": (0, 1)}


def test_records_that_do_not_count_are_there_too(town: Made) -> None:
    seen: Counter[str] = Counter()
    for system in SYSTEM_KEYS:
        for kind in ("Encounter", "Immunization", "Observation"):
            seen.update(f"{kind} {r['status']}" for r in reader.resources(town.export(system), kind)[0].values())
        for condition in reader.resources(town.export(system), "Condition")[0].values():
            seen[f"Condition {condition['verificationStatus']['coding'][0]['code']}"] += 1
    assert {
        *("Encounter planned", "Encounter cancelled", "Encounter in-progress", "Encounter entered-in-error"),
        *("Immunization not-done", "Immunization entered-in-error", "Observation entered-in-error"),
        *("Observation preliminary", "Condition entered-in-error", "Condition refuted"),
    } <= set(seen)


def test_codes_and_units_are_those_of_their_systems(small: Made) -> None:
    for system in SYSTEM_KEYS:
        for made in reader.resources(small.export(system), "Observation")[0].values():
            assert made["valueQuantity"]["system"] == "http://unitsofmeasure.org"
            assert made["code"]["coding"][0]["code"] in {
                *("39156-5", "59576-9", "8302-2", "29463-7", "10368-9", "77307-7"),
            }
            assert 0 < made["valueQuantity"]["value"] < 300
        classes = {visit["class"]["code"] for visit in reader.resources(small.export(system), "Encounter")[0].values()}
        assert {"AMB", "EMER"} <= classes <= {"AMB", "EMER", "IMP", "VR"}


def test_no_number_looks_like_a_social_security_number_and_nobody_can_be_called_or_written_to(town: Made) -> None:
    phones = 0
    for path in sorted(town.directory.rglob("*.*")):
        if not path.is_file() or path.name == "attendance.csv":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b\d{3}-\d{2}-\d{4}\b|us-ssn", text), path
        assert not re.search(r'(?<!"code":")\b\d{9}\b', text), path  # SNOMED CT has codes of nine digits
        assert set(re.findall(r"@([\w.-]+)", text)) <= {"example.org"}, path
        if path.name == "contacts.csv":
            numbers = [row[column] for row in reader.table(path) for column in ("phone1", "phone2") if row[column]]
        elif path.name == "Patient.ndjson":
            telecom = (entry for line in text.splitlines() for entry in json.loads(line)["telecom"])
            numbers = [entry["value"] for entry in telecom if entry["system"] == "phone"]
        else:
            continue
        phones += len(numbers)
        assert all(re.fullmatch(r"[2-9]\d\d55501\d\d", re.sub(r"\D", "", number)) for number in numbers), path
    assert phones > 5_000
