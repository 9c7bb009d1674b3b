"""A small catalogue and randomly drawn records at three sites and two districts, as a snapshot and as plain rows."""

import random
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agreements.catalogue import Catalogue, Column, ColumnKind, LegalClass, Table
from hub.engine import snapshot, vault_file
from hub.engine.layout import stored_columns, table_names
from hub.engine.warehouse import Limits, VaultFile, Warehouse, connect
from hub.query.expression import Value
from tests.reference.oracle import Data
from tests.reference.ranking import Delivered, ranked

SITES = ("north", "south", "west")
DISTRICTS = ("alder", "birch")
SECRET = bytes(range(32))

Tables = dict[str, dict[str, list[str | int | None]]]
Persons = dict[tuple[str, int], int]


def column(name: str, kind: ColumnKind, *, null: str = "", **domain: object) -> Column:
    return Column(
        name=name,
        kind=kind,
        description=f"the {name}",
        legal_class=LegalClass.FERPA_PII,
        null_means=null,
        **domain,  # type: ignore[arg-type]
    )


CATALOGUE = Catalogue(
    (
        Table(
            name="visit",
            description="One row for each visit",
            hard_rows=40,
            columns=(
                column("site", ColumnKind.CUSTODIAN, keys=SITES),
                column("school_year", ColumnKind.KEY, keys=(2024, 2025, 2026), null="not dated"),
                column("kind", ColumnKind.KEY, keys=("x", "it's", 'y"; DROP'), null="not recorded"),
                column("cost", ColumnKind.NUMBER, lower=-5, upper=300, steps_per_unit=10, null="not recorded"),
                column("urgent", ColumnKind.NUMBER, lower=0, upper=1),
            ),
        ),
        Table(
            name="pupil",
            description="One row for each year",
            hard_rows=40,
            columns=(
                column("school_year", ColumnKind.KEY, keys=(2024, 2025, 2026), null="not dated"),
                column("district", ColumnKind.CUSTODIAN, keys=DISTRICTS),
                column("band", ColumnKind.KEY, keys=("K-2", "3-5"), null="not recorded"),
                column("moves", ColumnKind.NUMBER, lower=0, upper=4),
                column("days", ColumnKind.NUMBER, lower=0, upper=200, null="not recorded"),
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """What was delivered, the snapshot that came of it, and the same rows for the reference."""

    deliveries: Mapping[str, Tables]
    persons: Persons
    files: dict[str, VaultFile]
    data: Data


def new_key() -> str:
    return secrets.token_hex(32)


def value(draw: random.Random, of: Column) -> Value:
    if of.nullable and draw.random() < 0.2:
        return None
    return draw.randint(of.lower, of.upper) if of.kind is ColumnKind.NUMBER else draw.choice(of.keys)


def drawn(
    draw: random.Random, *, records: int = 12, rows: int = 40, busy: int = 0
) -> tuple[dict[str, Tables], Persons]:
    """Deliveries of every custodian, and who is who: half of the records are shared, some are not linked.

    One shared person has `busy` rows at every custodian.
    """
    deliveries: dict[str, Tables] = {}
    persons: Persons = {}
    for custodian in (*SITES, *DISTRICTS):
        (table,) = (t for t in CATALOGUE.tables if custodian in t.custodian.keys)
        numbers = [draw.getrandbits(62) for _ in range(records)]
        for position, number in enumerate(numbers[: records - 2]):
            persons[custodian, number] = 10**15 + position if position % 2 else draw.getrandbits(60)
        amount = draw.randint(0, rows) + busy
        columns = [c for c in table.columns if c.kind is not ColumnKind.CUSTODIAN]
        filled: dict[str, list[str | int | None]] = {c.name: [value(draw, c) for _ in range(amount)] for c in columns}
        chosen = [*(draw.choice(numbers[2:]) for _ in range(amount - busy)), *[numbers[1]] * busy]
        deliveries[custodian] = {table.name: {"record": [*chosen], **filled}}
    return deliveries, persons


def received(directory: Path, deliveries: Mapping[str, Tables]) -> dict[str, VaultFile]:
    """Deliveries in vault files."""
    directory.mkdir(parents=True, exist_ok=True)
    files = {custodian: VaultFile(directory / f"{custodian}.delivery", new_key()) for custodian in deliveries}
    for custodian, tables in deliveries.items():
        vault_file.write(files[custodian], tables, catalogue=CATALOGUE, custodian=custodian)
    return files


def built(directory: Path, deliveries: Mapping[str, Tables], persons: Persons) -> Community:
    """A snapshot, and the same rows with ranks from the reference."""
    vault = received(directory / "vault", deliveries)
    files = snapshot.build(vault, persons, CATALOGUE, secret=SECRET, directory=directory / "snapshot", new_key=new_key)
    data = {}
    for table in CATALOGUE.tables:
        rows = linked(table, deliveries, persons)
        data[table.name] = [row for _, row in ranked(rows, table, secret=SECRET)]
    return Community(deliveries=deliveries, persons=persons, files=files, data=data)


@contextmanager
def reading(files: Mapping[str, VaultFile]) -> Iterator[Warehouse]:
    """A locked connection with every file attached as `n0`, `n1` ... in the order of custodians."""
    with tempfile.TemporaryDirectory() as directory, connect(Limits(directory=Path(directory))) as warehouse:
        for position, custodian in enumerate(sorted(files)):
            warehouse.attach(files[custodian], f"n{position}", read_only=True)
        warehouse.lock_down()
        yield warehouse


def stored(community: Community, table: Table, *extra: str) -> list[dict[str, Any]]:
    """Every row of a table in every file, in file order."""
    names = [*stored_columns(table).values(), "person", "rank_within", "rank_across", *extra]
    found = []
    with reading(community.files) as warehouse:
        for position, custodian in enumerate(sorted(community.files)):
            if custodian in table.custodian.keys:
                place = f"n{position}.{table_names(CATALOGUE)[table.name]}"
                rows = warehouse.run(f"SELECT {', '.join(names)} FROM {place} ORDER BY rowid")
                code = table.custodian.keys.index(custodian)
                found += [{"custodian": code, **dict(zip(names, row, strict=True))} for row in rows]
    return found


def linked(table: Table, deliveries: Mapping[str, Tables], persons: Persons) -> list[Delivered]:
    """The rows of linked records, one mapping each."""
    rows: list[Delivered] = []
    for custodian, tables in deliveries.items():
        columns = tables.get(table.name, {"record": []})
        for position, record in enumerate(columns["record"]):
            if (custodian, record) in persons:
                values = {name: listed[position] for name, listed in columns.items() if name != "record"}
                rows.append((persons[custodian, int(record or 0)], custodian, values))
    return rows
