"""A community of events large enough to time: its catalogue, its records, and its snapshot.

The records are drawn from a seeded generator, so that every run times the same work.
"""

import random
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from agreements import canonical
from agreements.catalogue import Catalogue, Column, ColumnKind, LegalClass, Table
from hub.engine import snapshot, vault_file
from hub.engine.warehouse import VaultFile

PERSONS = 1_000_000
EVENTS = 10_000_000
CUSTODIANS = tuple(f"custodian_{number:02d}" for number in range(1, 12))

_KINDS = tuple(f"kind_{number:02d}" for number in range(20))
_PLACES = tuple(f"place_{number:02d}" for number in range(26))
_AWAY = 0.1
_SEED = 20260901


def catalogue() -> Catalogue:
    """One table: 20 kinds of event at 26 places, each with a duration of 0 to 199 minutes."""
    columns = (
        _column("custodian", ColumnKind.CUSTODIAN, keys=CUSTODIANS),
        _column("kind", ColumnKind.KEY, keys=_KINDS),
        _column("place", ColumnKind.KEY, keys=_PLACES),
        _column("minutes", ColumnKind.NUMBER, lower=0, upper=199),
    )
    return Catalogue((Table(name="event", description="One row for each event", hard_rows=60, columns=columns),))


def kept(directory: Path) -> dict[str, VaultFile]:
    """The files that `build` made in `directory`, made at the first call; their keys lie beside them."""
    keys = directory / "keys.json"
    if not keys.is_file():
        files = build(directory, new_key=lambda: secrets.token_hex(32))
        keys.write_bytes(canonical.encode({name: file.key for name, file in files.items()}))
    known: dict[str, str] = canonical.decode(keys.read_bytes())
    return {name: VaultFile(directory / f"{name}.duckdb", key) for name, key in known.items()}


def build(
    directory: Path, *, new_key: Callable[[], str], persons: int = PERSONS, events: int = EVENTS
) -> dict[str, VaultFile]:
    """Make the snapshot in an empty `directory`; `new_key` is called once for each custodian, in order of names."""
    draw = random.Random(_SEED)
    public = catalogue()
    deliveries: dict[str, VaultFile] = {}
    directory.mkdir(parents=True, exist_ok=True)
    for position, custodian in enumerate(CUSTODIANS):
        deliveries[custodian] = VaultFile(directory / f"{custodian}.delivery", secrets.token_hex(32))
        table = _rows(draw, position, persons=persons, events=events // len(CUSTODIANS))
        vault_file.write(deliveries[custodian], {"event": table}, catalogue=public, custodian=custodian)
    files = snapshot.build(
        deliveries,
        dict(_everybody(persons)),
        public,
        secret=secrets.token_bytes(32),
        directory=directory,
        new_key=new_key,
    )
    for file in deliveries.values():
        file.path.unlink()
    return files


def _rows(draw: random.Random, position: int, *, persons: int, events: int) -> dict[str, list[str | int | None]]:
    """The events of one custodian: mostly of the persons at home there, some of the next custodian's."""
    home = _home(position, persons)
    away = _home((position + 1) % len(CUSTODIANS), persons)
    guests = int(events * _AWAY)
    return {
        "record": [*draw.choices(home, k=events - guests), *draw.choices(away, k=guests)],
        "kind": [*draw.choices(_KINDS, k=events)],
        "place": [*draw.choices(_PLACES, k=events)],
        "minutes": [*draw.choices(range(200), k=events)],
    }


def _everybody(persons: int) -> Iterator[tuple[tuple[str, int], int]]:
    for position, custodian in enumerate(CUSTODIANS):
        for home in (_home(position, persons), _home((position + 1) % len(CUSTODIANS), persons)):
            yield from (((custodian, person), person) for person in home)


def _home(position: int, persons: int) -> range:
    return range(persons * position // len(CUSTODIANS), persons * (position + 1) // len(CUSTODIANS))


def _column(name: str, kind: ColumnKind, *, keys: tuple[str, ...] = (), lower: int = 0, upper: int = 0) -> Column:
    return Column(
        name=name,
        kind=kind,
        description=f"The {name} of an event",
        legal_class=LegalClass.FERPA_PII,
        keys=keys,
        lower=lower,
        upper=upper,
    )
