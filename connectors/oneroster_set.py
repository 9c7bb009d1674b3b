"""A OneRoster CSV set: its manifest, and the bytes of its files, from a folder or a ZIP.

It reads no record.  Rules (OneRoster CSV binding, with what is seen in the wild):

* a file that the manifest declares and that is missing refuses the set; one that it does not declare is not read;
* only bulk sets are read: of a set of changes, what is gone could not be told;
* files are found whatever the case of their name, and inside one folder of a ZIP; a ZIP is never unpacked to disk;
* `attendance.csv`, `calendar.csv` and `contacts.csv`, which OneRoster does not know, lie in the set or beside the ZIP.
"""

import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors import tabular
from connectors.errors import SourceError
from connectors.tally import Tally

_STANDARD = (
    *("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics"),
    *("enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources"),
    *("resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles"),
    *("userResources", "users"),
)
_BESIDE = ("attendance", "calendar", "contacts")
_READ = ("users", "roles", "demographics", "academicSessions", "classes", "enrollments")
_MODES = frozenset({"absent", "bulk", "delta"})
_LARGEST_BYTES = 2 * 1024**3

_Files = dict[str, tuple[str, Callable[[], bytes]]]


@dataclass(frozen=True, slots=True)
class CsvSet:
    """A bulk set: its version, its files by name, and what the custodian should know."""

    version: str
    notes: tuple[str, ...]
    unread: tuple[str, ...]
    _files: Mapping[str, tuple[str, Callable[[], bytes]]] = field(repr=False)

    def has(self, name: str) -> bool:
        """Whether the set holds the file."""
        return name in self._files

    def open(self, name: str) -> tabular.Sheet:
        """The file called `name`, such as `users`; only for files that the set `has`."""
        shown, read = self._files[name]
        return tabular.sheet(shown, read())


def open_set(place: Path) -> CsvSet:
    """Find the files of a set and hold them against its manifest."""
    if place.is_dir():
        found = _in_folder(place)
    elif place.is_file():
        found = _in_folder(place.parent, only=_BESIDE) | _in_zip(place)
    else:
        raise SourceError("the export does not exist; set `export` in site.toml to the OneRoster folder or ZIP")
    if "manifest" not in found:
        raise SourceError("the export holds no manifest.csv; export the set with its manifest")
    declared, version = _manifest(found["manifest"][1]())
    _check(declared, found, version)
    read = {name: found[name.lower()] for name in _READ if declared.get(name) == "bulk"}
    read.update({name: found[name] for name in _BESIDE if name in found})
    notes = [
        f"{found[name.lower()][0]} is not read: the manifest does not declare it"
        for name in _STANDARD
        if name.lower() in found and declared.get(name) != "bulk"
    ]
    taken = {name.lower() for name in read} | {"manifest"}
    unread = tuple(shown for name, (shown, _) in sorted(found.items()) if name not in taken)
    return CsvSet(version, tuple(notes), unread, read)


def _in_folder(folder: Path, only: tuple[str, ...] = ()) -> _Files:
    files: _Files = {}
    for path in sorted(folder.iterdir()):
        wanted = not only or path.stem.lower() in only
        if wanted and path.suffix.lower() == ".csv" and path.is_file():
            _add(files, path.name, path.read_bytes)
    return files


def _in_zip(place: Path) -> _Files:
    entries = _entries(place)
    if entries is None:
        raise SourceError("the export is not a ZIP that can be read; export it again")
    if sum(entry.file_size for entry in entries) > _LARGEST_BYTES:
        raise SourceError(f"the export's ZIP unpacks to more than {_LARGEST_BYTES} bytes; give its folder instead")
    files: _Files = {}
    for entry in entries:
        name = entry.filename.rsplit("/", 1)[-1]
        if name.lower().endswith(".csv") and not name.startswith(".") and not stat.S_ISLNK(entry.external_attr >> 16):
            _add(files, name, lambda entry=entry: _unpacked(place, entry))  # type: ignore[misc]
    return files


def _entries(place: Path) -> list[zipfile.ZipInfo] | None:
    try:
        with zipfile.ZipFile(place) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, OSError):
        return None


def _unpacked(place: Path, entry: zipfile.ZipInfo) -> bytes:
    data = None
    try:
        with zipfile.ZipFile(place) as archive:
            data = archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        data = None
    if data is None:
        raise SourceError("a file of the export's ZIP is damaged or encrypted; export it again")
    return data


def _add(files: _Files, name: str, read: Callable[[], bytes]) -> None:
    key = name.lower().removesuffix(".csv")
    if key in files:
        raise SourceError(f"the export holds two files called {key}.csv; keep one")
    files[key] = (name, read)


def _manifest(data: bytes) -> tuple[dict[str, str], str]:
    tally = Tally("manifest.csv", "manifest")
    properties: dict[str, str] = {}
    for line, (name, value) in tabular.sheet("manifest.csv", data).records(tally, ("propertyName",), ("value",)):
        properties[name] = value
        tally.accept(line)
    if tally.close().rejections:
        raise SourceError(f"manifest.csv line {tally.close().lines[0][0]}: write one property and one value")
    version = ".".join(properties.get("oneroster.version", "").split(".")[:2])
    if version not in {"1.1", "1.2"}:
        raise SourceError("manifest.csv: oneroster.version is neither 1.1 nor 1.2; export one of these")
    declared = {name: properties.get(f"file.{name}", "").lower() for name in _STANDARD}
    for name, mode in declared.items():
        if mode and mode not in _MODES:
            raise SourceError(f"manifest.csv: file.{name} is absent, bulk or delta")
    return declared, version


def _check(declared: Mapping[str, str], found: _Files, version: str) -> None:
    for name, mode in declared.items():
        if mode in {"bulk", "delta"} and name.lower() not in found:
            raise SourceError(f"the manifest declares {name}.csv and it is not there; export the whole set again")
        if mode == "delta" and name in _READ:
            raise SourceError(f"{name}.csv holds changes only (delta); export the set as bulk")
    needed = ["users"] if version == "1.1" else ["users", "roles"]
    if declared["enrollments"] == "bulk":
        needed += ["classes", "academicSessions"]
    for name in needed:
        if declared[name] != "bulk":
            raise SourceError(f"{name}.csv is needed and the manifest declares it absent; export it too")
