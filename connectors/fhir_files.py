"""The files of a FHIR Bulk Data export: which ones hold resources that are read, and their lines.

It decodes no resource.  Rules:

* a file is known by its name (`Patient.000.ndjson`) or else by its first resource; other files are named as not read;
* when the export's `manifest.json` lies beside, every file that it lists must be there, with as many resources as it
  says; an export of changes only, with deletions, is refused;
* a file that ends in the middle of a resource was cut off: more than that line may be missing, so it stops the run;
* blank lines are no records, and neither are the header lines of an export that is organised by patient.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from connectors.errors import SourceError

READ = ("Patient", "Encounter", "Condition", "Immunization", "Observation")
"""The resource types that are read, patients first."""

MIXED = "mixed"
"""The kind of a file whose resources are organised by patient."""

_NAMED = re.compile(r"([A-Za-z]+)(?:[.\-_]\w+)*\.ndjson\Z")
_PEEKED = 20
_MANIFEST = "manifest.json"
_MARK = b"\xef\xbb\xbf"


class _Type(msgspec.Struct, rename="camel"):
    resource_type: str = ""


class _Output(msgspec.Struct):
    url: str
    count: int | None = None


class _Manifest(msgspec.Struct):
    output: list[_Output]
    deleted: list[_Output] = []


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One NDJSON file and the kind of resource in it."""

    path: Path
    kind: str

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Every line that is not blank, with its number."""
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                content = line.removeprefix(_MARK).strip() if number == 1 else line.strip()
                if self.kind and content.startswith(b"{") and not line.endswith(b"\n") and type_of(content) is None:
                    raise SourceError(
                        f"{self.path.name} line {number}: the file ends in the middle of a resource; download it again"
                    )
                if content:
                    yield number, content


def find(folder: Path) -> tuple[list[ExportFile], list[str]]:
    """The files to read, patients first, and the names of those that are not read."""
    if not folder.is_dir():
        raise SourceError("the export folder does not exist; set `export` in site.toml to the folder of NDJSON files")
    names = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    files: list[ExportFile] = []
    unread: list[str] = []
    for name, path in names.items():
        kind = _kind(path) if name.endswith(".ndjson") else ""
        if kind:
            files.append(ExportFile(path, kind))
        elif name != _MANIFEST:
            unread.append(name)
    if _MANIFEST in names:
        _check_manifest(names)
    if not any(file.kind in {"Patient", MIXED} for file in files):
        raise SourceError("the export folder holds no Patient file (such as Patient.ndjson); export patients too")
    return sorted(files, key=lambda file: (READ.index(file.kind) if file.kind in READ else -1, file.path.name)), unread


def type_of(line: bytes) -> str | None:
    """The resource type of a line; None when the line is not a JSON object."""
    try:
        return msgspec.json.decode(line, type=_Type).resource_type
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _kind(path: Path) -> str:
    named = _NAMED.match(path.name)
    if named and named[1] in READ:
        return named[1]
    for number, line in ExportFile(path, "").lines():
        found = type_of(line)
        if found == "Parameters":
            return MIXED
        if found is not None or number > _PEEKED:
            return found if found in READ else ""
    return ""


def _check_manifest(names: dict[str, Path]) -> None:
    manifest = _manifest(names[_MANIFEST])
    if manifest is None:
        raise SourceError(f"{_MANIFEST} is not the manifest of a bulk export; save the export's manifest again")
    if manifest.deleted:
        raise SourceError(f"{_MANIFEST} lists deletions: this is an export of changes only; make a full export")
    for number, entry in enumerate(manifest.output, 1):
        path = names.get(Path(urlsplit(entry.url).path).name)
        if path is None:
            raise SourceError(f"{_MANIFEST}: output {number} is not in the folder; download every file of the export")
        lines = sum(1 for _, line in ExportFile(path, "").lines() if type_of(line) != "Parameters")
        if entry.count is not None and lines != entry.count:
            raise SourceError(
                f"{_MANIFEST}: output {number} announces {entry.count} resources, and its file has {lines} lines;"
                " download it again"
            )


def _manifest(path: Path) -> _Manifest | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
