import random
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agreements.catalogue import Table
from hub.engine import snapshot
from hub.engine.errors import DeliveryRefusedError, EngineError
from hub.engine.layout import MARKED_AT_ONCE, marked, marks, stored_columns
from tests.hub.engine.community import (
    CATALOGUE,
    SECRET,
    SITES,
    Community,
    Tables,
    built,
    drawn,
    new_key,
    received,
    stored,
)
from tests.reference.oracle import Stored

VISIT, PUPIL = CATALOGUE.tables


def as_stored(table: Table, row: Stored) -> tuple[Any, ...]:
    codes = []
    for column in table.columns:
        value = row.values[column.name]
        codes.append(column.keys.index(value) if column.keys and value is not None else value)
    return (*codes, row.rank_within, row.rank_across)


@pytest.mark.parametrize("table", CATALOGUE.tables, ids=lambda table: table.name)
def test_the_snapshot_holds_every_linked_row_with_the_ranks_of_the_reference(
    communities: list[Community], table: Table
) -> None:
    names = {"custodian": table.custodian.name} | {name: logical for logical, name in stored_columns(table).items()}
    for community in communities:
        mine: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in stored(community, table):
            by_name = {names[name]: value for name, value in row.items() if name in names}
            values = (by_name[column.name] for column in table.columns)
            mine[row["person"]].append((*values, row["rank_within"], row["rank_across"]))
        reference: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for person in community.data[table.name]:
            reference[person.person].append(as_stored(table, person))
        assert Counter(tuple(sorted(map(repr, rows))) for rows in mine.values()) == Counter(
            tuple(sorted(map(repr, rows))) for rows in reference.values()
        )


def test_a_person_has_one_number_everywhere_and_numbers_leave_no_gap(communities: list[Community]) -> None:
    community = communities[-1]
    numbers: dict[int, set[int]] = defaultdict(set)
    for table in CATALOGUE.tables:
        by_ranks = {(row["custodian"], *_content(row)): row["person"] for row in stored(community, table)}
        for person in community.data[table.name]:
            code = table.custodian.keys.index(person.custodian)
            values = [v for v, c in zip(as_stored(table, person), table.columns, strict=False) if c != table.custodian]
            found = by_ranks[code, *values, person.rank_within, person.rank_across]
            numbers[person.person].add(found)
    unique = [found for found in numbers.values() if len(found) == 1]
    assert len(unique) > len(numbers) / 2
    everybody = len(set(community.persons.values()))
    assert {number for found in numbers.values() for number in found} <= set(range(everybody))


def _content(row: dict[str, Any]) -> list[Any]:
    return [value for name, value in row.items() if name not in ("custodian", "person")]


def test_rows_lie_by_person_and_rank(communities: list[Community]) -> None:
    for community in communities:
        for table in CATALOGUE.tables:
            rows = [(row["custodian"], row["person"], row["rank_across"]) for row in stored(community, table)]
            assert all(first < second for first, second in pairwise(rows))


def test_a_mark_is_on_the_first_row_of_a_person_with_these_values_and_on_no_other(
    communities: list[Community],
) -> None:
    for table in CATALOGUE.tables:
        names = [stored_columns(table).get(name, "custodian") for name in marked(table)]
        every = list(marks(table))
        assert max(bits.bit_count() for bits in every) == min(MARKED_AT_ONCE, len(names))
        for community in communities:
            rows = sorted(stored(community, table, *(f"f{bits}" for bits in every)), key=lambda r: r["rank_across"])
            for bits in every:
                columns = [name for position, name in enumerate(names) if bits >> position & 1]
                met: set[tuple[Any, ...]] = set()
                for row in rows:
                    content = (row["person"], *(row[name] for name in columns))
                    assert row[f"f{bits}"] == (content not in met)
                    met.add(content)


def test_the_order_of_a_persons_rows_depends_on_nobody_else_and_not_on_the_order_of_loading(tmp_path: Path) -> None:
    draw = random.Random(11)
    deliveries, persons = drawn(draw, records=8, rows=30)
    everybody_else = set(persons)
    for custodian in SITES:
        persons[custodian, 77] = 4711
        columns = deliveries[custodian]["visit"]
        columns["cost"] = [min(int(cost or 0), 200) for cost in columns["cost"]]
        for cost in (290, 290, 291, 292, 293):
            for name, value in {"record": 77, "cost": cost, "urgent": 1, "kind": None, "school_year": 2025}.items():
                columns[name].append(value)
    before = built(tmp_path / "before", deliveries, persons)
    for custodian in reversed(SITES):
        columns = deliveries[custodian]["visit"]
        order = [p for p, record in enumerate(columns["record"]) if record == 77]
        draw.shuffle(order)
        deliveries[custodian] = {"visit": {name: [listed[p] for p in order] for name, listed in columns.items()}}
    alone = dict(reversed(deliveries.items()))
    after = built(tmp_path / "after", alone, {who: key for who, key in persons.items() if who not in everybody_else})
    theirs = [_placed(community) for community in (before, after)]
    assert len(theirs[0]) == 15
    assert theirs[0] == theirs[1]


def _placed(community: Community) -> list[list[Any]]:
    """The rows of the planted person, in order, without the number."""
    rows = (row for row in stored(community, VISIT) if (row["c3"] or 0) > 200)
    return [[v for name, v in row.items() if name != "person"] for row in sorted(rows, key=lambda r: r["rank_across"])]


def test_each_row_of_a_person_is_equally_often_first(tmp_path: Path) -> None:
    """Chi-square over 4 different rows of each of 2,000 persons; the bound is exceeded once in a million."""
    people, kinds = range(2000), ("x", "it's", 'y"; DROP', None)
    rows: dict[str, list[str | int | None]] = {
        "record": [person for person in people for _ in kinds],
        "kind": [kind for _ in people for kind in kinds],
        "urgent": [0 for _ in people for _ in kinds],
        "school_year": [2024 for _ in people for _ in kinds],
        "cost": [7 for _ in people for _ in kinds],
    }
    deliveries: dict[str, Tables] = {"north": {"visit": rows}}
    community = built(tmp_path, deliveries, {("north", person): person for person in people})
    found = stored(community, VISIT)
    for rank in range(len(kinds)):
        met = Counter(row["c2"] for row in found if row["rank_across"] == rank)
        expected = len(people) / len(kinds)
        assert sum((met[kind] - expected) ** 2 / expected for kind in (0, 1, 2, None)) < 30.7


def test_a_record_that_the_map_does_not_name_is_left_out(tmp_path: Path) -> None:
    deliveries: dict[str, Tables] = {"north": {"visit": {"record": [1, 2], "urgent": [1, 1]}}}
    community = built(tmp_path, deliveries, {("north", 1): 5, ("south", 2): 6})
    assert len(stored(community, VISIT)) == 1


def test_a_person_with_more_rows_than_the_hard_bound_stops_the_snapshot(tmp_path: Path) -> None:
    rows: Tables = {"visit": {"record": [*[1] * 40, 2], "urgent": [*[0] * 41]}}
    vault = received(tmp_path, {"north": rows})
    with pytest.raises(EngineError, match="more rows at one custodian than the catalogue's bound"):
        snapshot.build(
            vault,
            {("north", 1): 9, ("north", 2): 9},
            CATALOGUE,
            secret=SECRET,
            directory=tmp_path / "snapshot",
            new_key=new_key,
        )
    assert not [path for path in (tmp_path / "snapshot").iterdir() if path.is_file()]


def test_a_catalogue_that_became_narrower_refuses_a_delivery_by_column(tmp_path: Path) -> None:
    wide = CATALOGUE
    narrow_visit = Table(
        name="visit",
        description="narrower",
        hard_rows=40,
        columns=tuple(c for c in VISIT.columns if c.name != "cost")
        + tuple(
            type(c)(
                name="cost", kind=c.kind, description="d", legal_class=c.legal_class, lower=0, upper=9, null_means="n"
            )
            for c in VISIT.columns
            if c.name == "cost"
        ),
    )
    vault = received(tmp_path, {"north": {"visit": {"record": [1], "cost": [250], "urgent": [0]}}})
    with pytest.raises(DeliveryRefusedError, match="column 'cost'") as refused:
        snapshot.build(
            vault,
            {("north", 1): 9},
            type(wide)((narrow_visit,)),
            secret=SECRET,
            directory=tmp_path / "snapshot",
            new_key=new_key,
        )
    assert "250" not in str(refused.value)


def test_a_custodian_whose_name_could_leave_the_folder_is_refused(tmp_path: Path) -> None:
    vault = received(tmp_path, {"north": {"visit": {"record": [], "urgent": []}}})
    with pytest.raises(EngineError, match="letters, digits"):
        snapshot.build({"../north": vault["north"]}, {}, CATALOGUE, secret=SECRET, directory=tmp_path, new_key=new_key)


def test_every_file_has_its_own_key_and_is_for_its_owner_only(communities: list[Community]) -> None:
    files = communities[-1].files
    assert len({file.key for file in files.values()}) == len(files) == len(SITES) + 2
    assert {file.path.stat().st_mode & 0o777 for file in files.values()} == {0o600}
