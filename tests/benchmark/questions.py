"""The questions that are timed, each beside the same plain aggregate over the same encrypted files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.engine.layout import stored_columns, table_names
from hub.engine.warehouse import Limits, VaultFile, Warehouse, connect
from tests.benchmark.events import catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One question in the hub's language, the agreement's bound of rows a person, and the plain aggregate."""

    name: str
    sql: str
    rows_per_person: int
    plain: str

    def plain_statement(self, files: Mapping[str, VaultFile]) -> str:
        """The plain aggregate over every file, attached as `plain` does it; columns have their stored names."""
        (table,) = catalogue().tables
        names = stored_columns(table)
        place = table_names(catalogue())[table.name]
        columns = f"rank_across, {names['kind']} AS kind, {names['place']} AS place, {names['minutes']} AS minutes"
        parts = (f"SELECT {columns} FROM p{position}.{place}" for position in range(len(files)))
        return self.plain.format(event=f"({' UNION ALL '.join(parts)})")


QUESTIONS = (
    Timed(
        name="count by two keys",
        sql="SELECT kind, place, COUNT(*) AS events FROM event GROUP BY kind, place",
        rows_per_person=60,
        plain="SELECT kind, place, count(*) FROM {event} GROUP BY kind, place",
    ),
    Timed(
        name="mean by one key",
        sql="SELECT kind, AVG(minutes) AS mean_minutes FROM event GROUP BY kind",
        rows_per_person=60,
        plain="SELECT kind, avg(minutes) FROM {event} GROUP BY kind",
    ),
    Timed(
        name="count and sum by two keys, at most 4 rows a person",
        sql="SELECT kind, place, COUNT(*) AS events, SUM(minutes) AS minutes FROM event GROUP BY kind, place",
        rows_per_person=4,
        plain="SELECT kind, place, count(*), sum(minutes) FROM {event} WHERE rank_across < 4 GROUP BY kind, place",
    ),
)


@contextmanager
def plain(files: Mapping[str, VaultFile], *, threads: int) -> Iterator[Warehouse]:
    """One long-lived connection with every file attached as `p0`, `p1` ... in the order of custodians."""
    with TemporaryDirectory() as spill, connect(Limits(directory=Path(spill), threads=threads)) as warehouse:
        for position, custodian in enumerate(sorted(files)):
            warehouse.attach(files[custodian], f"p{position}", read_only=True)
        yield warehouse
