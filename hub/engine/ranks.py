"""The random order of every person's rows, fixed at load, and what each row repeats of earlier ones.

It writes no file.  Rules:

* the order is that of SHA-256 over (secret, table, stable person key, custodian, all columns, occurrence number), then
  of the columns: it depends on nothing but the person's own rows and the secret, never on other persons, on row
  numbers, on the order of loading or on the engine's own hash;
* `rank_within` counts a person's rows within one custodian, `rank_across` within the snapshot, both from 0;
* `seen` has bit e set when an earlier row of the person agrees with this one in exactly the marked columns whose bits
  make up e; a row is the first with given values of some columns when none of the sets that hold them was seen.
"""

from itertools import pairwise

from agreements.catalogue import Table
from hub.engine.errors import EngineError
from hub.engine.layout import PERSON, RANK_ACROSS, RANK_WITHIN, marked, rank_type, stored_columns
from hub.engine.warehouse import Warehouse

_ROWS_AT_ONCE = 1_000_000


def covering(table: Table, bits: int) -> int:
    """The bits of `seen` that speak against a first row: one for each set of columns that holds those in `bits`."""
    return sum(1 << held for held in range(1 << len(marked(table))) if held & bits == bits)


def rank(warehouse: Warehouse, table: Table, *, secret: bytes) -> None:
    """Make `ranked` (person, custodian, columns, both ranks, seen) from `gathered`."""
    columns = list(stored_columns(table).values())
    ((rows, last),) = warehouse.run(f"SELECT count(*), coalesce(max({PERSON}), 0) FROM gathered")
    parts = int(rows) // _ROWS_AT_ONCE + 1
    bounds = [(int(last) + 1) * part // parts for part in range(parts + 1)]
    for part, (lower, upper) in enumerate(pairwise(bounds)):
        _order(warehouse, table, columns, secret=secret, persons=(lower, upper))
        _repeats(warehouse, table)
        selected = (
            f"SELECT {PERSON}, custodian, {''.join(f'{name}, ' for name in columns)}{RANK_WITHIN}, {RANK_ACROSS}, "
            "coalesce(seen, 0) AS seen FROM ordered LEFT JOIN repeats USING (person, rank_across)"
        )
        warehouse.run(f"INSERT INTO ranked {selected}" if part else f"CREATE OR REPLACE TABLE ranked AS {selected}")
    ((most,),) = warehouse.run(f"SELECT coalesce(max({RANK_WITHIN}), 0) FROM ranked")
    if int(most) >= table.hard_rows:
        raise EngineError(f"table {table.name!r}: a person has more rows at one custodian than the catalogue's bound")


def _order(warehouse: Warehouse, table: Table, columns: list[str], *, secret: bytes, persons: tuple[int, int]) -> None:
    """Make `ordered`: the rows of the persons in a half-open range of numbers, with both ranks."""
    content = ", ".join(["custodian", *columns])
    text = "".join(f", coalesce(CAST({name} AS VARCHAR), '')" for name in columns)
    kind = rank_type(table)
    warehouse.run(
        "CREATE OR REPLACE TABLE ordered AS WITH numbered AS ("
        f"SELECT *, row_number() OVER (PARTITION BY {PERSON}, {content}) AS occurrence FROM gathered "
        f"WHERE {PERSON} >= {persons[0]} AND {PERSON} < {persons[1]}), hashed AS ("
        f"SELECT *, sha256(concat_ws('/', $1, $2, key, custodian{text}, occurrence)) AS place FROM numbered) "
        f"SELECT {PERSON}, {content}, "
        f"CAST(row_number() OVER (PARTITION BY {PERSON}, custodian ORDER BY place, {content}) - 1 AS {kind}) "
        f"AS {RANK_WITHIN}, "
        f"CAST(row_number() OVER (PARTITION BY {PERSON} ORDER BY place, {content}) - 1 AS {kind}) AS {RANK_ACROSS} "
        "FROM hashed",
        [secret.hex(), table.name],
    )


def _repeats(warehouse: Warehouse, table: Table) -> None:
    """Make `repeats` (person, rank_across, seen), with no row where nothing was seen.

    Rows that agree with an earlier one in every marked column are settled first, so that only different ones are
    compared pair by pair.
    """
    names = stored_columns(table)
    compared = [names.get(name, "custodian") for name in marked(table)]
    every = (1 << len(compared)) - 1
    agreed = " + ".join(
        f"CASE WHEN earlier.{name} IS NOT DISTINCT FROM later.{name} THEN {1 << position} ELSE 0 END"
        for position, name in enumerate(compared)
    )
    key = f"{PERSON}, {', '.join(compared)}"
    warehouse.run(
        f"CREATE OR REPLACE TABLE heads AS SELECT {key}, min({RANK_ACROSS}) AS {RANK_ACROSS} "
        f"FROM ordered GROUP BY {key}"
    )
    warehouse.run(
        f"CREATE OR REPLACE TABLE repeats AS SELECT later.{PERSON}, later.{RANK_ACROSS}, "
        f"bit_or(1::UBIGINT << ({agreed})) AS seen FROM heads AS earlier JOIN heads AS later "
        f"ON earlier.{PERSON} = later.{PERSON} AND earlier.{RANK_ACROSS} < later.{RANK_ACROSS} GROUP BY ALL "
        f"UNION ALL SELECT {PERSON}, {RANK_ACROSS}, {1 << every}::UBIGINT FROM ordered "
        f"ANTI JOIN heads USING ({PERSON}, {RANK_ACROSS})"
    )
