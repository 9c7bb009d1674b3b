import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.engine.errors import EngineError, FileRefusedError
from hub.engine.warehouse import Limits, VaultFile, Warehouse, building, connect, created, opened
from tests.hub.engine.community import new_key

CANARY = "canary-7f3a9c"


@pytest.fixture
def file(tmp_path: Path) -> VaultFile:
    """An encrypted file with one row in it."""
    made = VaultFile(tmp_path / "vault" / "one.duckdb", new_key())
    made.path.parent.mkdir()
    with created(made) as warehouse:
        warehouse.run("CREATE TABLE v.kept AS SELECT $1::VARCHAR AS word", [CANARY])
    return made


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Warehouse]]:
    """A folder with a readable file in it, and a locked connection to an encrypted one."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "secret.csv").write_text("word\nsecret\n")
    file = VaultFile(folder / "one.duckdb", new_key())
    with created(file) as warehouse:
        warehouse.run("CREATE TABLE v.kept AS SELECT $1::VARCHAR AS word", [CANARY])
    with opened(file) as warehouse:
        yield folder, warehouse


def test_what_was_written_is_read_again_with_the_same_key(file: VaultFile) -> None:
    with opened(file) as warehouse:
        assert warehouse.run("SELECT word FROM v.kept") == [(CANARY,)]


def test_another_key_opens_nothing(file: VaultFile) -> None:
    with pytest.raises(FileRefusedError, match="another key"), opened(VaultFile(file.path, new_key())):
        pass


def test_a_changed_byte_is_noticed(file: VaultFile) -> None:
    data = bytearray(file.path.read_bytes())
    for position in range(0, len(data), 64):
        data[position] ^= 1
    file.path.write_bytes(bytes(data))
    with pytest.raises(EngineError), opened(file) as warehouse:
        warehouse.run("SELECT word FROM v.kept")


def test_a_missing_file_is_never_made_by_reading(tmp_path: Path) -> None:
    missing = VaultFile(tmp_path / "none.duckdb", new_key())
    with pytest.raises(FileRefusedError, match="missing"), opened(missing):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", ["", "a" * 63, "A" * 64, "g" * 64, "a" * 32, "'" + "a" * 63])
def test_a_key_is_64_hexadecimal_digits(tmp_path: Path, key: str) -> None:
    with pytest.raises(EngineError, match="64 hexadecimal digits"):
        VaultFile(tmp_path / "x", key)


def test_a_key_is_not_shown(file: VaultFile) -> None:
    assert file.key not in repr(file)


def test_a_file_is_never_written_over(file: VaultFile) -> None:
    before = file.path.read_bytes()
    with pytest.raises(EngineError, match="written once"), created(file):
        pass
    assert file.path.read_bytes() == before


def test_a_file_that_fails_halfway_leaves_nothing(tmp_path: Path) -> None:
    file = VaultFile(tmp_path / "half.duckdb", new_key())

    def fail(warehouse: Warehouse) -> None:
        warehouse.run("CREATE TABLE v.half AS SELECT 1 AS one")
        raise KeyError

    with pytest.raises(KeyError), created(file) as warehouse:
        fail(warehouse)
    assert not list(tmp_path.iterdir())


def test_a_path_with_quotes_is_a_path(tmp_path: Path) -> None:
    file = VaultFile(tmp_path / "it's; DROP.duckdb", new_key())
    with created(file) as warehouse:
        warehouse.run("CREATE TABLE v.kept AS SELECT 1 AS one")
    with opened(file) as warehouse:
        assert warehouse.run("SELECT one FROM v.kept") == [(1,)]


def test_a_file_is_attached_under_generated_names_only(file: VaultFile, tmp_path: Path) -> None:
    with connect(Limits(directory=tmp_path)) as warehouse, pytest.raises(EngineError, match="generated name"):
        warehouse.attach(file, "v; DROP TABLE x", read_only=True)


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH '{folder}/other.duckdb' AS other",
        "COPY (SELECT word FROM v.kept) TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT * FROM read_text('{folder}/secret.csv')",
        "SELECT * FROM read_blob('{folder}/secret.csv')",
        "SELECT * FROM read_json('{folder}/secret.csv')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SELECT getenv('HOME')",
        "INSTALL json",
        "LOAD '{folder}/evil.duckdb_extension'",
        "SET threads = 1",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET temp_directory = '{folder}'",
        "RESET memory_limit",
        "PRAGMA temp_directory = '{folder}'",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
        "INSERT INTO v.kept VALUES ('more')",
        "CREATE TABLE v.more AS SELECT 1 AS one",
    ],
)
def test_after_the_lock_no_statement_reaches_a_file_or_a_setting(
    locked: tuple[Path, Warehouse], statement: str
) -> None:
    folder, warehouse = locked
    before = sorted(folder.rglob("*"))
    with pytest.raises(EngineError):
        warehouse.run(statement.format(folder=folder))
    assert warehouse.run("SELECT word FROM v.kept") == [(CANARY,)]
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    "statement",
    ["SELECT word::INTEGER FROM v.kept", "SELECT error(word) FROM v.kept", "SELECT word FROM v.unknown", "SELEKT"],
)
def test_no_message_of_the_engine_comes_out(locked: tuple[Path, Warehouse], statement: str) -> None:
    with pytest.raises(EngineError) as refused:
        locked[1].run(statement)
    assert str(refused.value) == "the engine could not carry out a statement"
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_no_planted_value_lies_open_in_any_file_even_while_it_is_written(tmp_path: Path) -> None:
    """Data file, write-ahead log and spilled rows: none of them holds the word, and all of them were seen."""
    file = VaultFile(tmp_path / "kept.duckdb", new_key())
    kinds = set()
    with connect(Limits(directory=tmp_path / "spill", memory="60MB", threads=1)) as warehouse:
        with building(warehouse, file, "s"):
            warehouse.run("CREATE TABLE s.log (word VARCHAR)")
            warehouse.run("INSERT INTO s.log VALUES ($1)", [CANARY])
            warehouse.run(
                "CREATE TABLE wide AS SELECT $1 || i AS word, sha256(i::VARCHAR) AS noise FROM range(700000) AS t(i)",
                [CANARY],
            )
            for path in (path for path in tmp_path.rglob("*") if path.is_file()):
                kinds.add(re.sub(r"[0-9.]*$", "", path.name.split("_")[0] if "temp" in path.name else path.suffix))
                assert CANARY.encode() not in path.read_bytes(), path.name
            warehouse.run("CREATE TABLE s.kept AS SELECT word FROM wide LIMIT 1000")
        assert CANARY.encode() not in file.path.read_bytes()
    assert {"duckdb", ".part", ".wal"} <= kinds
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["kept.duckdb"]
