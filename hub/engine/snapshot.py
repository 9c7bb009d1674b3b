"""From deliveries and linkage to what questions run on: one encrypted file for each custodian.

It decides nothing about who is linked or who opted out: a record that the map does not name is left out.  Rules:

* a person has one number in every file; numbers are a secret permutation of 0, 1, 2 ...;
* rows are sorted by person and rank; everything stored is an integer (`layout`);
* ranks and marks are worked out over all custodians together, in a database in memory that spills encrypted;
* the snapshot appears whole: files are renamed into place when all of them are written.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from agreements.catalogue import Catalogue, Table
from hub.engine.columns import fill
from hub.engine.errors import EngineError
from hub.engine.gather import gather
from hub.engine.layout import PERSON, RANK_ACROSS, RANK_WITHIN, custodian_code, marks, stored_columns, table_names
from hub.engine.linkage_file import Persons
from hub.engine.ranks import covering, rank
from hub.engine.vault_file import RECORD
from hub.engine.warehouse import Limits, VaultFile, Warehouse, building, connect

_FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def build(
    deliveries: Mapping[str, VaultFile],
    persons: Persons,
    catalogue: Catalogue,
    *,
    secret: bytes,
    directory: Path,
    new_key: Callable[[], str],
    memory: str = "4GB",
    threads: int = 2,
) -> dict[str, VaultFile]:
    """Write a snapshot of these deliveries into `directory`; the result tells each custodian's file.

    `persons` gives the stable person key of each (custodian, record); `secret` fixes the order of every person's rows;
    `new_key` makes one fresh data key (64 hexadecimal digits) for each file.
    """
    files = {custodian: VaultFile(_path(directory, custodian), new_key()) for custodian in sorted(deliveries)}
    directory.mkdir(parents=True, exist_ok=True)
    limits = Limits(directory=directory / "spill", threads=threads, memory=memory)
    with connect(limits) as warehouse, ExitStack() as stack:
        _number(warehouse, persons, list(files), secret)
        for position, (custodian, file) in enumerate(files.items()):
            warehouse.attach(deliveries[custodian], f"d{position}", read_only=True)
            stack.enter_context(building(warehouse, file, f"s{position}"))
        for table in catalogue.tables:
            gather(warehouse, table, list(files))
            rank(warehouse, table, secret=secret)
            _write(warehouse, table, table_names(catalogue)[table.name], list(files))
    return files


def _path(directory: Path, custodian: str) -> Path:
    if not _FILE_NAME.fullmatch(custodian):
        raise EngineError("a custodian's name in a snapshot consists of letters, digits, - and _")
    return directory / f"{custodian}.duckdb"


def _number(warehouse: Warehouse, persons: Persons, custodians: list[str], secret: bytes) -> None:
    """The table `people` (file, record, key, person): who each record is, under a secret permutation."""
    position = {custodian: number for number, custodian in enumerate(custodians)}
    known = [
        (position[custodian], record, key) for (custodian, record), key in persons.items() if custodian in position
    ]
    files, records, keys = zip(*known, strict=True) if known else ((), (), ())
    kinds = {"file": ("INTEGER", files), RECORD: ("BIGINT", records), "key": ("BIGINT", keys)}
    fill(warehouse, "named", kinds)
    warehouse.run(
        "CREATE TABLE people AS SELECT * FROM named JOIN ("
        "SELECT key, CAST(row_number() OVER (ORDER BY sha256(concat_ws('/', $1, 'person', key)), key) - 1 AS INTEGER) "
        f"AS {PERSON} FROM (SELECT DISTINCT key FROM named)) USING (key)",
        [secret.hex()],
    )


def _write(warehouse: Warehouse, table: Table, name: str, custodians: list[str]) -> None:
    """Write what `rank` left in `ranked` into the file of each custodian of the table."""
    columns = [PERSON, RANK_WITHIN, RANK_ACROSS, *stored_columns(table).values()]
    marked = [f"CAST(seen & {covering(table, bits)}::UBIGINT = 0 AS UTINYINT) AS f{bits}" for bits in marks(table)]
    for position, custodian in enumerate(custodians):
        code = custodian_code(table, custodian)
        if code is not None:
            warehouse.run(
                f"CREATE TABLE s{position}.{name} AS SELECT {', '.join(columns + marked)} FROM ranked "
                f"WHERE custodian = {code} ORDER BY {PERSON}, {RANK_ACROSS}"
            )
