from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.engine import linkage_file, vault_file
from hub.engine.errors import DeliveryRefusedError, EngineError
from hub.engine.warehouse import VaultFile
from tests.hub.engine.community import CATALOGUE, Tables, new_key


def new_file(tmp_path: Path) -> VaultFile:
    return VaultFile(tmp_path / "delivery.duckdb", new_key())


def visits(**columns: list[Any]) -> Tables:
    complete: dict[str, list[Any]] = {
        "record": [1, 2, 2**63 - 1],
        "school_year": [2024, None, 2026],
        "kind": ["it's", 'y"; DROP', None],
        "cost": [-5, 300, None],
        "urgent": [0, 1, 1],
    }
    return {"visit": complete | columns}


def test_a_delivery_comes_back_as_it_was_written(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    vault_file.write(file, visits(), catalogue=CATALOGUE, custodian="north")
    assert vault_file.read(file, catalogue=CATALOGUE, custodian="north") == visits()


def test_a_large_delivery_comes_back_in_order(tmp_path: Path) -> None:
    file, many = new_file(tmp_path), 110_000
    tables: Tables = {"visit": {"record": list(range(many)), "cost": [n % 300 for n in range(many)]}}
    vault_file.write(file, tables, catalogue=CATALOGUE, custodian="north")
    read = vault_file.read(file, catalogue=CATALOGUE, custodian="north")["visit"]
    assert (read["record"], read["cost"]) == (tables["visit"]["record"], tables["visit"]["cost"])


def test_what_a_delivery_leaves_out_is_empty(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    vault_file.write(file, {"visit": {"record": [5], "cost": [1]}}, catalogue=CATALOGUE, custodian="west")
    read = vault_file.read(file, catalogue=CATALOGUE, custodian="west")
    assert read == {"visit": {"record": [5], "cost": [1], "kind": [None], "school_year": [None], "urgent": [None]}}
    other = VaultFile(tmp_path / "empty.duckdb", new_key())
    vault_file.write(other, {}, catalogue=CATALOGUE, custodian="alder")
    assert vault_file.read(other, catalogue=CATALOGUE, custodian="alder")["pupil"]["record"] == []


@pytest.mark.parametrize(
    ("tables", "place"),
    [
        ({"dragon": {"record": [1]}}, "table 'dragon'"),
        ({"pupil": {"record": [1]}}, "table 'pupil'"),
        (visits(colour=[1, 1, 1]), "'colour'"),
        (visits(site=["north"] * 3), "'site'"),
        (visits(urgent=[0, 1]), "not equally long"),
        (visits(cost=[301, 0, 0]), "column 'cost'"),
        (visits(cost=[-6, 0, 0]), "column 'cost'"),
        (visits(cost=[1.0, 0, 0]), "column 'cost'"),
        (visits(cost=["7", 0, 0]), "column 'cost'"),
        (visits(cost=[float("nan"), 0, 0]), "column 'cost'"),
        (visits(cost=[2**70, 0, 0]), "column 'cost'"),
        (visits(urgent=[None, 0, 0]), "column 'urgent'"),
        (visits(urgent=[True, 0, 0]), "column 'urgent'"),
        (visits(kind=["z", None, None]), "column 'kind'"),
        (visits(kind=[b"x", None, None]), "column 'kind'"),
        (visits(kind=[[], None, None]), "column 'kind'"),
        (visits(school_year=["2024", None, None]), "column 'school_year'"),
        (visits(school_year=[2027, None, None]), "column 'school_year'"),
        (visits(record=[1, 2, -1]), "record number"),
        (visits(record=[1, 2, 2**63]), "record number"),
        (visits(record=[1, 2, "3"]), "record number"),
        (visits(record=[1, 2, True]), "record number"),
        (visits(record=[1, 2, None]), "record number"),
        ({"visit": {"urgent": [1]}}, "record number"),
        ({"visit": {"record": [7] * 41, "urgent": [1] * 41}}, "bound of 40"),
    ],
)
def test_a_delivery_that_does_not_fit_is_refused_whole_by_place_and_not_by_value(
    tmp_path: Path, tables: Tables, place: str
) -> None:
    file = new_file(tmp_path)
    with pytest.raises(DeliveryRefusedError) as refused:
        vault_file.write(file, tables, catalogue=CATALOGUE, custodian="north")
    assert place in str(refused.value)
    assert "301" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_custodian_delivers_only_its_own_tables(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefusedError, match="'visit'"):
        vault_file.write(new_file(tmp_path), visits(), catalogue=CATALOGUE, custodian="alder")


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(), st.booleans(), st.floats()), min_size=1, max_size=4))
def test_a_column_is_accepted_exactly_when_the_catalogue_admits_every_value(values: list[Any]) -> None:
    table = CATALOGUE.table("visit")
    assert table is not None
    for column in table.columns[1:]:
        tables: Tables = {"visit": {"record": list(range(len(values))), column.name: values}}
        try:
            vault_file.check(tables, catalogue=CATALOGUE, custodian="north")
        except DeliveryRefusedError:
            assert not all(type(value) in (int, str, type(None)) and column.admits(value) for value in values)
        else:
            assert all(map(column.admits, values))


def test_tokens_and_persons_come_back_from_files_of_their_own(tmp_path: Path) -> None:
    tokens = {"record": [1, 1, 2**62], "kind": [0, 37, 5], "token": [2**63 - 1, 0, 8]}
    persons = {("north", 1): 2**62, ("alder", 2**63 - 1): 0}
    first, second = (VaultFile(tmp_path / name, new_key()) for name in ("tokens", "persons"))
    linkage_file.write_tokens(first, tokens)
    linkage_file.write_persons(second, persons)
    assert linkage_file.read_tokens(first) == tokens
    assert linkage_file.read_persons(second) == persons
    empty = VaultFile(tmp_path / "nobody", new_key())
    linkage_file.write_persons(empty, {})
    assert linkage_file.read_persons(empty) == {}


def test_a_delivery_read_with_another_key_is_refused(tmp_path: Path) -> None:
    file = new_file(tmp_path)
    vault_file.write(file, visits(), catalogue=CATALOGUE, custodian="north")
    with pytest.raises(EngineError):
        vault_file.read(VaultFile(file.path, new_key()), catalogue=CATALOGUE, custodian="north")
