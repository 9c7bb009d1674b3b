"""The only door to DuckDB: a connection that can encrypt, opens named files, and can be locked for good.

It holds no rule about questions or persons.  Rules:

* the encryption library is loaded from the very file inside the installed package; nothing is ever fetched;
* what spills to disk is encrypted with a key that only this connection has;
* after `lock_down` no statement can reach a file, load code or change a setting;
* an engine's message may hold a value of a record: every error becomes a constant sentence.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import duckdb_extension_httpfs

from hub.engine.errors import EngineError, FileRefusedError

_KEY = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")

_BLOCK_BYTES = 65536
"""Smaller than DuckDB's own: a question reads few columns, and columns share blocks."""

_PERFECT_GROUP_BITS = 18
"""Keys are small codes: up to this many bits of them are grouped by position, several times as fast as by hash."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class VaultFile:
    """An encrypted file and its data key: 32 random bytes as 64 hexadecimal digits."""

    path: Path
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key of another form: DuckDB would take any text."""
        if not _KEY.fullmatch(self.key):
            raise EngineError("a data key is 32 bytes, written as 64 hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one connection may use; `directory` is where it may spill, encrypted."""

    directory: Path
    threads: int = 2
    memory: str = "2GB"


class Warehouse:
    """One connection; close it, or use it in a `with` statement."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Execute one statement that this package wrote, and fetch every row."""
        try:
            return self._connection.execute(statement, list(parameters)).fetchall()
        except (duckdb.Error, RuntimeError, ValueError, TypeError):
            raise EngineError("the engine could not carry out a statement") from None

    def attach(self, file: VaultFile, name: str, *, read_only: bool) -> None:
        """Open an encrypted file under a generated name; a file that is to be written is made if need be."""
        mode = "READ_ONLY" if read_only else f"READ_WRITE, BLOCK_SIZE {_BLOCK_BYTES}"
        if not _NAME.fullmatch(name):
            raise EngineError("a file is attached under a generated name")
        if read_only and not file.path.is_file():
            raise FileRefusedError("an encrypted file is missing; restore it from a backup or build a new snapshot")
        try:
            self._connection.execute(
                f"ATTACH {_text(str(file.path))} AS {name} "
                f"(ENCRYPTION_KEY '{file.key}', ENCRYPTION_CIPHER 'GCM', {mode})"
            )
        except (duckdb.Error, RuntimeError, ValueError, TypeError):
            raise FileRefusedError("an encrypted file is damaged, in use, or was written with another key") from None

    def detach(self, name: str) -> None:
        """Write what is pending and close an attached file."""
        self.run(f"CHECKPOINT {name}")
        self.run(f"DETACH {name}")

    def lock_down(self) -> None:
        """From now on only what is attached can be read, and no setting can be changed."""
        self.run("SET enable_external_access = false")
        self.run("SET lock_configuration = true")

    def close(self) -> None:
        """Close the connection and every attached file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(limits: Limits) -> Warehouse:
    """An empty database in memory that can attach encrypted files."""
    try:
        connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                "allow_persistent_secrets": "false",
                "threads": str(limits.threads),
                "memory_limit": limits.memory,
                "temp_directory": str(limits.directory),
            }
        )
        connection.execute(f"LOAD {_text(str(_encryption()))}")
        connection.execute("SET temp_file_encryption = true")
        connection.execute(f"SET perfect_ht_threshold = {_PERFECT_GROUP_BITS}")
        connection.execute("SET enable_progress_bar = false")
    except (duckdb.Error, RuntimeError, ValueError, TypeError):
        raise EngineError(
            "DuckDB cannot encrypt here: install duckdb and duckdb-extension-httpfs of the same version"
        ) from None
    return Warehouse(connection)


@contextmanager
def opened(file: VaultFile) -> Iterator[Warehouse]:
    """A locked connection with an existing file attached as `v`, read-only."""
    with connect(_own_limits(file)) as warehouse:
        warehouse.attach(file, "v", read_only=True)
        warehouse.lock_down()
        yield warehouse


@contextmanager
def created(file: VaultFile) -> Iterator[Warehouse]:
    """A connection with a new file attached as `v`, that appears when the block ends well."""
    with connect(_own_limits(file)) as warehouse, building(warehouse, file, "v"):
        yield warehouse


@contextmanager
def building(warehouse: Warehouse, file: VaultFile, name: str) -> Iterator[None]:
    """Attach a new file under `name`; it appears whole and for its owner only, or not at all."""
    if file.path.exists():
        raise EngineError("an encrypted file is written once, never over another")
    part = VaultFile(file.path.with_name(f"{file.path.name}.part"), file.key)
    part.path.unlink(missing_ok=True)
    try:
        warehouse.attach(part, name, read_only=False)
        part.path.chmod(0o600)
        yield
        warehouse.detach(name)
        part.path.replace(file.path)
    finally:
        for left_over in (part.path, part.path.with_name(f"{part.path.name}.wal")):
            with suppress(OSError):
                left_over.unlink(missing_ok=True)


def _own_limits(file: VaultFile) -> Limits:
    return Limits(directory=file.path.with_name(f"{file.path.name}.spill"))


def _encryption() -> Path:
    """The library with which DuckDB encrypts, inside the installed package of the same version."""
    folder = Path(str(duckdb_extension_httpfs.__file__)).parent
    found = sorted(folder.glob(f"extensions/v{duckdb.__version__}/httpfs.duckdb_extension"))
    if len(found) != 1:
        raise EngineError(f"install duckdb-extension-httpfs {duckdb.__version__}: DuckDB cannot encrypt without it")
    return found[0]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
