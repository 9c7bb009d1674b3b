"""A OneRoster set is taken whole, as its manifest declares it, or not at all."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.dates import DateOrder
from connectors.errors import SourceError
from connectors.oneroster import OneRosterSet
from connectors.oneroster_set import open_set
from connectors.source import Reading
from tests.connectors.exports import manifest, school, silent, write_set

BULK = dict.fromkeys(("academicSessions", "classes", "users", "roles", "demographics", "enrollments"), "bulk")


def read(place: Path) -> Reading:
    return OneRosterSet(place, date_order=DateOrder.ISO).read(silent)


def declare(folder: Path, version: str = "1.2", **changed: str) -> Path:
    (folder / "manifest.csv").write_text(manifest({**BULK, **changed}, version), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda folder: (folder / "classes.csv").unlink(), "declares classes.csv and it is not there"),
        (lambda folder: declare(folder, results="bulk"), "declares results.csv and it is not there"),
        (lambda folder: (folder / "manifest.csv").unlink(), "holds no manifest.csv"),
        (lambda folder: declare(folder, users="delta"), "users.csv holds changes only"),
        (lambda folder: declare(folder, users="absent"), "users.csv is needed"),
        (lambda folder: declare(folder, roles="absent"), "roles.csv is needed"),
        (lambda folder: declare(folder, classes="absent"), "classes.csv is needed"),
        (lambda folder: declare(folder, users="everything"), "file.users is absent, bulk or delta"),
        (lambda folder: declare(folder, version="2.0"), "neither 1.1 nor 1.2"),
        (lambda folder: (folder / "manifest.csv").write_text("property;value\n"), "the header lacks propertyName"),
        (lambda folder: (folder / "USERS.csv").write_text("sourcedId\n"), "two files called users.csv"),
        (lambda folder: (folder / "users.csv").write_text("sourcedId,givenName\n"), "the header lacks familyName"),
    ],
)
def test_a_set_that_contradicts_itself_is_refused(
    tmp_path: Path, break_it: Callable[[Path], object], sentence: str
) -> None:
    folder = write_set(tmp_path / "set", school())
    break_it(folder)
    with pytest.raises(SourceError, match=sentence):
        read(folder)


def test_a_file_that_the_manifest_does_not_declare_is_not_read_and_said_so(tmp_path: Path) -> None:
    folder = declare(write_set(tmp_path, school(), notes="a,b\n"), demographics="absent")
    account = read(folder).account
    assert "demographics.csv" not in [file.name for file in account.files]
    assert any(note.startswith("demographics.csv is not read") for note in account.notes)
    assert account.unread == ("demographics.csv", "notes.csv")


def test_a_folder_and_a_zip_of_it_give_the_same_reading(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "set", school())
    for path in folder.iterdir():
        path.rename(path.with_name(path.name.upper().replace(".CSV", ".csv")))
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, f"export 2025/{path.name}")
    (tmp_path / "calendar.csv").write_text("date,schoolSourcedId,instructional\n2024-09-03,,true\n", encoding="utf-8")
    unpacked, zipped = read(folder), read(packed)
    assert unpacked.identities == zipped.identities
    assert [row.values[:4] for row in unpacked.rows] == [row.values[:4] for row in zipped.rows]
    assert {row.values[4] for row in zipped.rows} == {1}, "the calendar beside the ZIP was read"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calendar.csv", "export.zip", "set"]


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "export.zip").write_bytes(data)
    with pytest.raises(SourceError, match="not a ZIP"):
        read(tmp_path / "export.zip")


def test_a_damaged_file_of_a_zip_is_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "set", school())
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    packed.write_bytes(packed.read_bytes().replace(b"Okafor", b"Okaf0r"))
    with pytest.raises(SourceError, match="damaged or encrypted"):
        read(packed)


def test_a_zip_that_reaches_out_of_its_folder_writes_nothing_there(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "inner" / "set", school())
    packed = tmp_path / "inner" / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"../{path.name}")
    assert len(read(packed).identities) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]


def test_an_export_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"set `export` in site\.toml"):
        open_set(tmp_path / "nowhere")


def test_a_set_of_version_1_1_finds_students_in_users(tmp_path: Path) -> None:
    files = school()
    del files["roles"]
    columns = "sourcedId,status,dateLastModified,role,givenName,familyName,middleName,phone,sms,grades\n"
    users = columns + "sam,,,student,Samuel,Okafor,,,,03\ntea,,,teacher,Theo,Arden,,,,\nmia,,,Student,Mia,Lopez,,,,\n"
    folder = write_set(tmp_path, files, users=users)
    declare(folder, "1.1", roles="absent")
    reading = read(folder)
    assert set(reading.identities) == {"sam", "mia"}
    assert {row.person for row in reading.rows} == {"sam", "mia"}
