"""Deliveries and snapshots: what is held, and what questions run on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.store import deliveries, snapshots
from hub.store.errors import AlreadyThereError, StoreError, UnknownError, ValueRefusedError
from hub.store.store import Store
from tests.hub.store.builders import AT, LATER, delivery, snapshot


def test_a_delivery_is_found_by_its_bytes(store: Store) -> None:
    with store.begin() as tx:
        assert deliveries.add(tx, delivery())
        assert deliveries.find(tx, delivery().sha256) == delivery()
        assert deliveries.find(tx, "ff" * 32) is None


def test_the_same_bytes_again_change_nothing(store: Store) -> None:
    with store.begin() as tx:
        assert deliveries.add(tx, delivery(2))
        assert not deliveries.add(tx, delivery(2))
        assert deliveries.of_custodian(tx, "alder") == (delivery(2),)


@pytest.mark.parametrize("number", [1, 2])
def test_an_older_number_with_other_bytes_is_a_replay(store: Store, number: int) -> None:
    with store.begin() as tx:
        deliveries.add(tx, delivery(2))
        with pytest.raises(AlreadyThereError, match="later number"):
            deliveries.add(tx, delivery(number, sha256="ee" * 32))


def test_custodians_are_numbered_each_for_itself_and_the_latest_counts(store: Store) -> None:
    with store.begin() as tx:
        deliveries.add(tx, delivery(9))
        deliveries.add(tx, delivery(1, custodian="birch"))
        deliveries.add(tx, delivery(10))
        assert deliveries.latest(tx) == {"alder": delivery(10), "birch": delivery(1, custodian="birch")}


def test_a_destroyed_delivery_keeps_its_number(store: Store) -> None:
    with store.begin() as tx:
        deliveries.add(tx, delivery(1))
        deliveries.add(tx, delivery(2))
        deliveries.destroyed(tx, "alder", 2, at=LATER)
        assert deliveries.latest(tx) == {"alder": delivery(1)}
        assert deliveries.of_custodian(tx, "alder")[1].destroyed_at == LATER
        with pytest.raises(AlreadyThereError):
            deliveries.add(tx, delivery(2, sha256="ee" * 32))
        for number in (2, 3):
            with pytest.raises(UnknownError):
                deliveries.destroyed(tx, "alder", number, at=LATER)


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"number": True}, {"file": "../x"}, {"file": ""}, {"file": ".hidden"}]
)
def test_a_delivery_has_a_number_and_a_plain_file_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueRefusedError):
        replace(delivery(), **wrong)


def test_a_snapshot_is_in_use_from_its_instant_until_the_next(store: Store) -> None:
    first, second = snapshot("s1", at=AT), snapshot("s2", at=LATER)
    with store.begin() as tx:
        deliveries.add(tx, delivery())
        assert snapshots.current(tx, LATER) is None
        snapshots.add(tx, first)
        snapshots.add(tx, second)
        assert snapshots.current(tx, AT - timedelta(microseconds=1)) is None
        assert snapshots.current(tx, AT) == first
        assert snapshots.current(tx, LATER - timedelta(microseconds=1)) == first
        assert snapshots.current(tx, LATER) == second
        assert snapshots.get(tx, "s1") == first
        with pytest.raises(UnknownError):
            snapshots.get(tx, "s3")
        with pytest.raises(ValueRefusedError):
            snapshots.add(tx, snapshot("s3", at=AT))


def test_a_snapshot_is_made_of_deliveries_that_are_known(store: Store) -> None:
    with pytest.raises(StoreError), store.begin() as tx:
        snapshots.add(tx, snapshot())


def test_a_snapshot_has_one_file_of_each_custodian() -> None:
    for files in ((), snapshot().files * 2):
        with pytest.raises(ValueRefusedError):
            replace(snapshot(), files=files)
