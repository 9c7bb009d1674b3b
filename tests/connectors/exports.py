"""Small exports written by hand, and the real ones when they lie beside the checkout."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).resolve().parents[2] / "../shared/fixtures"

HEADERS: dict[str, tuple[str, ...]] = {
    "academicSessions": (
        *("sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate"),
        *("parentSourcedId", "schoolYear"),
    ),
    "classes": (
        *("sourcedId", "status", "dateLastModified", "title", "grades", "classType", "schoolSourcedId"),
        "termSourcedIds",
    ),
    "users": (
        *("sourcedId", "status", "dateLastModified", "givenName", "familyName", "middleName", "phone", "sms"),
        *("grades", "preferredGivenName", "preferredFamilyName"),
    ),
    "roles": ("sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role"),
    "demographics": ("sourcedId", "status", "dateLastModified", "birthDate", "sex"),
    "enrollments": (
        *("sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId"),
        *("role", "primary", "beginDate", "endDate"),
    ),
    "attendance": ("userSourcedId", "schoolSourcedId", "date", "status"),
    "calendar": ("date", "schoolSourcedId", "instructional"),
    "contacts": ("userSourcedId", "address", "city", "state", "postalCode", "phone1", "phone2"),
}

Record = Mapping[str, str]


def real(name: str) -> Path:
    """A folder of real exports; the test is skipped when it is absent."""
    folder = FIXTURES / name
    if not folder.is_dir():
        pytest.skip(f"the real exports ({name}) do not lie beside the checkout")
    return folder


def text(name: str, records: Iterable[Record]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, HEADERS[name], restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue()


def manifest(declared: Mapping[str, str], version: str = "1.2") -> str:
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    return "\r\n".join([*lines, *(f"file.{name},{mode}" for name, mode in declared.items())]) + "\r\n"


def write_set(folder: Path, files: Mapping[str, Sequence[Record]], **more: str) -> Path:
    """A 1.2 set in `folder`: the records of each file, and the text of further files by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in files.items():
        (folder / f"{name}.csv").write_text(text(name, records), encoding="utf-8", newline="")
    declared = {name: "bulk" for name in files if name not in {"attendance", "calendar", "contacts"}}
    (folder / "manifest.csv").write_text(manifest({"categories": "absent", **declared}), encoding="utf-8", newline="")
    for name, content in more.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8", newline="")
    return folder


def school(**replaced: Sequence[Record]) -> dict[str, Sequence[Record]]:
    """Two schools, one year of two terms, three students and a teacher; `replaced` takes the place of whole files.

    sam stays at north in grade 3; mia moves from north to south on 8 January; kit is not enrolled.
    """
    session = {"type": "term", "schoolYear": "2025"}
    files: dict[str, Sequence[Record]] = {
        "academicSessions": [
            {**session, "sourcedId": "year", "startDate": "2024-09-02", "endDate": "2025-06-14", "type": "schoolYear"},
            {**session, "sourcedId": "fall", "startDate": "2024-09-02", "endDate": "2025-01-01"},
            {**session, "sourcedId": "spring", "startDate": "2025-01-01", "endDate": "2025-06-14"},
        ],
        "classes": [
            taught("home-north", "north", "year", classType="homeroom", grades="03"),
            taught("home-south", "south", "year", classType="homeroom", grades="03"),
            taught("math-fall", "north", "fall", grades="03,04"),
        ],
        "users": [
            {"sourcedId": "sam", "givenName": "Samuel", "familyName": "Okafor", "grades": "Third grade"},
            {"sourcedId": "mia", "givenName": "Mia", "familyName": "Lopez", "preferredFamilyName": "Lopez Ruiz"},
            {"sourcedId": "kit", "givenName": "Kit", "familyName": "Hale"},
            {"sourcedId": "tea", "givenName": "Theo", "familyName": "Arden"},
        ],
        "roles": [role("sam"), role("mia"), role("kit"), role("tea", "teacher")],
        "demographics": [
            {"sourcedId": "sam", "birthDate": "2016-02-29", "sex": "male"},
            {"sourcedId": "mia", "birthDate": "2016-05-01", "sex": "female"},
        ],
        "enrollments": [
            enrolled("e1", "sam", "home-north"),
            enrolled("e2", "mia", "home-north", endDate="2025-01-08"),
            enrolled("e3", "mia", "home-south", beginDate="2025-01-08"),
            enrolled("e4", "tea", "home-north", role="teacher"),
        ],
    }
    return {**files, **replaced}


def taught(name: str, school_id: str, terms: str, **more: str) -> dict[str, str]:
    return {"sourcedId": name, "schoolSourcedId": school_id, "termSourcedIds": terms, "classType": "scheduled", **more}


def role(user: str, name: str = "student") -> dict[str, str]:
    return {"sourcedId": f"{user}-role", "userSourcedId": user, "roleType": "primary", "role": name}


def enrolled(name: str, user: str, class_id: str, **more: str) -> dict[str, str]:
    return {"sourcedId": name, "userSourcedId": user, "classSourcedId": class_id, "role": "student", **more}


def absence(user: str, day: str, status: str = "absent", school_id: str = "") -> dict[str, str]:
    return {"userSourcedId": user, "schoolSourcedId": school_id, "date": day, "status": status}


def held(day: str, school_id: str = "", instructional: str = "true") -> dict[str, str]:
    return {"date": day, "schoolSourcedId": school_id, "instructional": instructional}


def write_ndjson(folder: Path, files: Mapping[str, Iterable[Any]]) -> Path:
    """A FHIR export in `folder`: each file's lines, a text taken as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        (folder / name).write_text("".join(f"{line}\n" for line in written), encoding="utf-8", newline="")
    return folder


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def patient(name: str, /, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name, "birthDate": "2016-02-29", "gender": "female", **more}


def visit(name: str, about: str, **more: Any) -> dict[str, Any]:
    subject = {"subject": {"reference": about}, "status": "finished", "class": {"code": "AMB"}}
    return {
        "resourceType": "Encounter",
        "id": name,
        **subject,
        "period": {"start": "2024-09-10T08:00:00-05:00"},
        **more,
    }


def diagnosis(name: str, about: str, **more: Any) -> dict[str, Any]:
    told = {"code": concept("http://snomed.info/sct", "233678006"), "recordedDate": "2025-02-01"}
    return {"resourceType": "Condition", "id": name, "subject": {"reference": about}, **told, **more}


def dose(name: str, about: str, code: str = "20", **more: Any) -> dict[str, Any]:
    told = {"vaccineCode": concept("http://hl7.org/fhir/sid/cvx", code), "occurrenceDateTime": "2025-06-30"}
    given = {"resourceType": "Immunization", "id": name, "status": "completed", "patient": {"reference": about}}
    return {**given, **told, **more}


def measured(name: str, about: str, code: str = "29463-7", **more: Any) -> dict[str, Any]:
    told = {"code": concept("http://loinc.org", code), "effectiveDateTime": "2025-07-01"}
    value = {"valueQuantity": {"value": 20.25, "code": "kg"}}
    made = {"resourceType": "Observation", "id": name, "status": "final", "subject": {"reference": about}}
    return {**made, **told, **value, **more}


def silent(_line: str) -> None:
    """Told progress, say nothing."""
