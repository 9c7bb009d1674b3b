"""What site.toml says: whose site it is, where the export lies and how it is written, who can open deliveries.

It opens no key and no export.  Rules: an unknown setting refuses; a path is taken from the site's own folder.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from agreements import wording
from connectors.codes import Coding
from connectors.dates import DateOrder
from connectors.errors import SiteError

Kind = TypeVar("Kind", bound=StrEnum)

FILE = "site.toml"
_KEY_BYTES = 32
_SETTINGS = frozenset({"custodian", "connector", "export", "hub_sealing_public", "dates", "broken_share", "codes"})


class Connector(StrEnum):
    """The kinds of export that can be read."""

    ONEROSTER = "oneroster"
    FHIR = "fhir"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A site's settings.  A file of which more than `broken_share` of the records are damaged stops a pull."""

    custodian: str
    connector: Connector
    export: str = field(repr=False)
    hub_sealing_public: bytes
    dates: DateOrder = DateOrder.ISO
    broken_share: float = 0.05
    codes: Mapping[str, tuple[tuple[str, Coding], ...]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse settings that cannot work."""
        wording.check_id(self.custodian, "custodian")
        if len(self.hub_sealing_public) != _KEY_BYTES:
            raise SiteError(f"{FILE}: hub_sealing_public is the hub's sealing key, {_KEY_BYTES} bytes in hexadecimal")
        if not 0 <= self.broken_share < 1:
            raise SiteError(f"{FILE}: broken_share is a share from 0 to below 1, such as 0.05")
        if not self.export:
            raise SiteError(f"{FILE}: export is the folder or ZIP that is read")

    def place(self, folder: Path) -> Path:
        """Where the export lies, for the site in `folder`."""
        return folder / self.export

    def to_toml(self) -> str:
        """The settings as a site.toml without local codes."""
        lines = {
            "custodian": _text(self.custodian),
            "connector": _text(self.connector.value),
            "export": _text(self.export),
            "hub_sealing_public": _text(self.hub_sealing_public.hex()),
            "dates": _text(self.dates.value),
            "broken_share": repr(float(self.broken_share)),
        }
        return "".join(f"{name} = {value}\n" for name, value in lines.items())


def read(folder: Path) -> Configuration:
    """The settings of the site in `folder`."""
    path = folder / FILE
    if not path.is_file():
        raise SiteError(f"the folder holds no {FILE}; make a site with `connectors init`")
    settings = _parsed(path.read_bytes())
    if settings is None:
        raise SiteError(f"{FILE} is not TOML in UTF-8")
    if unknown := sorted(set(settings) - _SETTINGS):
        raise SiteError(f"{FILE}: the setting {unknown[0]!r} is unknown; known are {', '.join(sorted(_SETTINGS))}")
    share = settings.get("broken_share", 0.05)
    if isinstance(share, bool) or not isinstance(share, (int, float)):
        raise SiteError(f"{FILE}: broken_share is a number")
    return Configuration(
        custodian=_string(settings, "custodian"),
        connector=_one_of(Connector, settings, "connector"),
        export=_string(settings, "export"),
        hub_sealing_public=_hex(_string(settings, "hub_sealing_public")),
        dates=_one_of(DateOrder, {"dates": "iso", **settings}, "dates"),
        broken_share=float(share),
        codes=_codes(settings.get("codes", {})),
    )


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None


def _string(settings: Mapping[str, Any], name: str) -> str:
    value = settings.get(name)
    if not isinstance(value, str):
        raise SiteError(f"{FILE}: {name} is missing, or is not text in quotes")
    return value


def _one_of(kinds: type[Kind], settings: Mapping[str, Any], name: str) -> Kind:
    value = _string(settings, name)
    if value not in set(kinds):
        raise SiteError(f"{FILE}: {name} is one of {', '.join(kinds)}")
    return kinds(value)


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _codes(section: Any) -> dict[str, tuple[tuple[str, Coding], ...]]:
    try:
        return {
            str(name): tuple(
                (str(group), (coding.rpartition("|")[0], coding.rpartition("|")[2]))
                for group, codings in groups.items()
                for coding in codings
            )
            for name, groups in section.items()
        }
    except AttributeError as error:
        raise SiteError(f'{FILE}: write local codes as [codes.reason] well_child = ["system|code"]') from error


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
