"""Nothing of a record has a way out: values are planted in every cell and field, and looked for everywhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import report
from connectors.configuration import Connector
from connectors.delivery import open_delivery
from connectors.pull import pull
from connectors.site import Site
from tests.connectors.exports import HEADERS, concept, manifest, patient, visit, write_ndjson
from tests.connectors.sites import HUB, NOW, Random, make

CANARY = re.compile(r"canary|kanarie|555-?0199|2011-?03-?17", re.IGNORECASE)
BROKEN = 0.99


def clean(*seen: object) -> None:
    for one in seen:
        text = one.decode("latin-1") if isinstance(one, bytes) else f"{one} {one!r}"
        assert not CANARY.search(text)


def errors(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def site(tmp_path: Path, export: Path, custodian: str, connector: Connector) -> Site:
    folder = make(tmp_path / "site", custodian, export, connector=connector)
    path = folder / "site.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("0.05", str(BROKEN)), encoding="utf-8")
    return Site.read(folder)


def pulled(at: Site) -> None:
    """Pull, and look for canaries in everything that is said, left or sealed."""
    said: list[str] = []
    result = pull(at, now=NOW, random=Random(), tell=said.append)
    data = result.path.read_bytes()
    _, contents = open_delivery(data, keyring=at.trust, unsealer=HUB, at=NOW)
    clean(*said, *report.pulled(result), repr(result), data, contents.to_bytes(), contents)
    for path in at.folder.rglob("*"):
        if path.is_file() and path.name != "site.toml":
            clean(path.name, path.read_bytes())


def planted(name: str, record: dict[str, str]) -> str:
    return ",".join(record.get(column, f"canary-{column}") for column in HEADERS[name])


def school_files() -> dict[str, str]:
    stands = {"status": "", "dateLastModified": ""}
    session = {**stands, "sourcedId": "canary-t", "startDate": "2024-09-02", "endDate": "2025-06-14"}
    enrolled = {"classSourcedId": "canary-c", "userSourcedId": "canary-u", "role": "student"}
    records: dict[str, list[dict[str, str]]] = {
        "academicSessions": [session, {**session, "sourcedId": "canary-t2", "startDate": "canary"}],
        "classes": [{**stands, "sourcedId": "canary-c", "termSourcedIds": "canary-t"}, stands],
        "users": [{**stands, "sourcedId": "canary-u", "phone": "555-0199"}, stands],
        "roles": [{**stands, "userSourcedId": "canary-u", "role": "student"}, stands],
        "demographics": [{**stands, "sourcedId": "canary-u", "birthDate": "2011-03-17"}, stands],
        "enrollments": [{**stands, **enrolled, "beginDate": "", "endDate": ""}, stands],
        "contacts": [{"userSourcedId": "canary-u", "phone1": "555-0199"}, {}],
        "calendar": [{"date": "2024-09-03", "schoolSourcedId": "", "instructional": "true"}, {}],
        "attendance": [{"userSourcedId": "canary-u", "date": "2024-09-03", "status": "absent"}, {}],
    }
    torn = ["canary,ragged", '"canary']
    return {
        name: "\n".join([",".join(HEADERS[name]), *(planted(name, record) for record in written), *torn, ""])
        for name, written in records.items()
    }


def test_no_cell_of_a_school_export_gets_out(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    files = school_files()
    for name, text in files.items():
        (export / f"{name}.csv").write_text(text, encoding="utf-8")
    declared = {name: "bulk" for name in files if name not in {"attendance", "calendar", "contacts"}}
    (export / "manifest.csv").write_text(manifest({**declared, "metadata": "canary"}), encoding="utf-8")
    pulled(site(tmp_path, export, "alder", Connector.ONEROSTER))


def health_files() -> dict[str, list[Any]]:
    told = {"text": {"div": "canary"}, "identifier": [{"value": "canary"}], "name": [{"family": "Kanarie"}]}
    phone = {"telecom": [{"system": "phone", "value": "555-0199"}], "birthDate": "2011-03-17"}
    return {
        "Patient.ndjson": [
            patient("canary-p", **told, **phone),
            patient("canary-q", birthDate="canary-day"),
            "canary {",
        ],
        "Encounter.ndjson": [
            visit("canary-v", "Patient/canary-p", reasonCode=[{"text": "canary"}, concept("canary", "canary")]),
            visit("canary-w", "Patient/canary-nobody"),
            visit("canary-x", "Patient/canary-p", status="canary"),
            visit("canary-y", "Patient/canary-p", status={"canary": 1}),
            '{"resourceType":"canary"}',
        ],
    }


def test_no_field_of_a_health_export_gets_out(tmp_path: Path) -> None:
    export = write_ndjson(tmp_path / "export", health_files())
    pulled(site(tmp_path, export, "prairie", Connector.FHIR))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("users.csv", "canary,kanarie\ncanary,555-0199\n"),
        ("users.csv", '"canary\n'),
        ("users.csv", ""),
        ("manifest.csv", "canary,kanarie\n"),
        ("manifest.csv", "propertyName,value\noneroster.version,canary\n"),
        ("manifest.csv", "propertyName,value\ncanary\n"),
        ("manifest.csv", "propertyName,value\noneroster.version,1.2\nfile.users,canary\n"),
        ("enrollments.csv", "\n".join([",".join(HEADERS["enrollments"]), *(["canary"] * 20)])),
    ],
)
def test_no_cell_stands_in_an_error(tmp_path: Path, name: str, text: str) -> None:
    export = tmp_path / "export"
    export.mkdir()
    files = school_files()
    for listed, content in files.items():
        (export / f"{listed}.csv").write_text(content, encoding="utf-8")
    declared = {listed: "bulk" for listed in files if listed not in {"attendance", "calendar", "contacts"}}
    (export / "manifest.csv").write_text(manifest(declared), encoding="utf-8")
    (export / name).write_text(text, encoding="utf-8")
    at = site(tmp_path, export, "alder", Connector.ONEROSTER)
    with pytest.raises(Exception, match=r"export|account|damaged|manifest") as caught:
        pull(at, now=NOW, random=Random())
    clean(*errors(caught.value))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("manifest.json", "canary"),
        ("manifest.json", json.dumps({"output": [{"url": "https://canary/kanarie.ndjson"}]})),
        ("Patient.ndjson", "canary"),
    ],
)
def test_no_field_stands_in_an_error(tmp_path: Path, name: str, line: str) -> None:
    export = write_ndjson(tmp_path / "export", {**health_files(), name: [line]})
    at = site(tmp_path, export, "prairie", Connector.FHIR)
    with pytest.raises(Exception, match=r"export|manifest|damaged") as caught:
        pull(at, now=NOW, random=Random())
    clean(*errors(caught.value))
