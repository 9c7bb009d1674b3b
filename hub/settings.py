"""Where a hub keeps its files and how it answers: one folder with a `hub.toml`.

It opens nothing but that file.  Rules:

* every path lies inside the folder; every number has a public default;
* a name that the file should not hold is refused, with the names that it may hold.
"""

import json
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from agreements import wording
from agreements.errors import AgreementError
from hub.errors import HubError

_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")


class SettingsError(HubError):
    """The hub's folder or its `hub.toml` cannot be used as it is."""

    title = "The hub's settings cannot be used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one hub.

    `answer_seconds` is the public deadline of a question about one table; each further table adds as much again.
    `database` is a SQLAlchemy address; empty means a SQLite file in the folder.
    """

    directory: Path
    operator: str
    name: str = "Learning hub"
    address: str = "http://localhost:8080"
    database: str = ""
    answer_seconds: int = 2
    workers: int = 2
    threads: int = 2
    memory: str = "2GB"
    largest_delivery_megabytes: int = 512

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be meant."""
        for name in ("operator", "name", "address", "database", "memory"):
            if not isinstance(getattr(self, name), str):
                raise SettingsError(f"{name} in hub.toml must be a text")
        for name in ("answer_seconds", "workers", "threads", "largest_delivery_megabytes"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise SettingsError(f"{name} in hub.toml must be a whole number of at least 1")
        try:
            wording.check_id(self.operator, "operator")
        except AgreementError as error:
            raise SettingsError(f"hub.toml: {error}; it names the organisation that runs the hub") from error
        if not _ADDRESS.fullmatch(self.address):
            raise SettingsError("address in hub.toml must begin with http:// or https://, as people type it")

    @classmethod
    def load(cls, directory: Path) -> "Settings":
        """Read `hub.toml` in `directory`."""
        path = directory / "hub.toml"
        try:
            document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise SettingsError(
                f"there is no hub in {directory}: run `hub demo --once --directory {directory}` to try one"
            ) from error
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: check that it is a file and whose it is") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} is not TOML: {error}") from error
        known = {field.name for field in fields(cls)} - {"directory"}
        if unknown := set(document) - known:
            raise SettingsError(f"{path}: {min(unknown)} is not a setting; there are {', '.join(sorted(known))}")
        if "operator" not in document:
            raise SettingsError(f"{path} must name the operator: the organisation that runs the hub")
        return cls(directory=directory, **document)

    def save(self) -> None:
        """Write `hub.toml`, for its owner only: it may hold a database's password.  The folder is made if need be."""
        self.directory.mkdir(parents=True, exist_ok=True)
        lines = [
            f"{field.name} = {_toml(getattr(self, field.name))}" for field in fields(self) if field.name != "directory"
        ]
        path = self.directory / "hub.toml"
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @property
    def database_address(self) -> str:
        """The database's address; by default a SQLite file in the folder."""
        return self.database or f"sqlite:///{self.directory / 'hub.sqlite'}"

    @property
    def keys(self) -> Path:
        """The hub's own keys; no custodian's key is ever here."""
        return self.directory / "keys"

    @property
    def trust(self) -> Path:
        """The keyring: which key speaks for whom."""
        return self.directory / "trust.json"

    @property
    def catalogue(self) -> Path:
        """The catalogue, in canonical bytes."""
        return self.directory / "catalogue.json"

    @property
    def vault(self) -> Path:
        """One encrypted file for each custodian and delivery."""
        return self.directory / "vault"

    @property
    def linkage(self) -> Path:
        """Encrypted tokens and the map from records to persons, apart from what questions read."""
        return self.directory / "linkage"

    @property
    def snapshots(self) -> Path:
        """What questions run on: one folder for each snapshot, one encrypted file for each custodian."""
        return self.directory / "snapshots"

    @property
    def spill(self) -> Path:
        """Where a question's process may spill, encrypted, while it runs."""
        return self.directory / "spill"

    @property
    def inbox(self) -> Path:
        """Where sealed deliveries arrive."""
        return self.directory / "inbox"


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
