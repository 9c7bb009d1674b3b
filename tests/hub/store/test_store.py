"""Transactions: one writer at a time from the first moment, readers beside it, refusals that outlive their raise."""

import sqlite3
import stat
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.errors import HubError
from hub.store import journal, ledger, questions
from hub.store.amounts import Account
from hub.store.engines import _ADVISORY_LOCK
from hub.store.errors import StoreError, StoreFailedError, ValueRefusedError
from hub.store.store import Store
from hub.store.tables import accounts, charges
from tests.hub.store.builders import AT, question


def lock_is_free(store: Store) -> bool:
    """Whether somebody else could write now, asked without waiting."""
    if store.dialect == "postgresql":
        with store._engines.reader.connect() as other:
            return bool(other.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_ADVISORY_LOCK})").scalar_one())
    other_file = sqlite3.connect(str(store._engines.writer.url.database), timeout=0, isolation_level=None)
    try:
        other_file.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other_file.close()
    return True


def test_a_writer_holds_the_lock_before_its_first_statement(store: Store) -> None:
    assert lock_is_free(store)
    with store.begin():
        assert not lock_is_free(store)
    assert lock_is_free(store)


def test_a_reader_holds_no_lock_and_cannot_write(store: Store) -> None:
    with store.read() as reading:
        assert lock_is_free(store)
        reading.connection.execute(sa.select(accounts)).all()
    with pytest.raises(StoreError), store.read() as reading:
        reading.connection.execute(sa.insert(accounts).values(key="sly"))
    with store.read() as reading:
        assert ledger.keys(reading) == ()


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.read() as before:
        with store.begin() as tx:
            ledger.set_limit(tx, Account("community", 100, 0), at=AT)
        assert ledger.keys(before) == ()
        assert journal.head(before).index == 0
    with store.read() as after:
        assert ledger.keys(after) == ("community",)


def test_an_error_in_the_block_takes_back_all_of_it(store: Store) -> None:
    with pytest.raises(KeyError), store.begin() as tx:  # noqa: PT012 - what stands before the raise is the point
        ledger.set_limit(tx, Account("community", 100, 0), at=AT)
        raise KeyError
    with store.read() as reading:
        assert ledger.keys(reading) == ()
        assert journal.head(reading).index == 0
    assert lock_is_free(store)


def test_a_refusal_is_raised_after_its_journal_entry_is_committed(store: Store) -> None:
    refusal = HubError("not permitted")
    with pytest.raises(HubError) as raised, store.begin() as tx:  # noqa: PT012 - what stands before the raise is the point
        journal.append(tx, "refusal", {"rule": "purpose-not-permitted"}, at=AT)
        try:
            tx.refuse(refusal)
        except Exception:  # noqa: BLE001 - no careless handler on the way may stop a refusal
            pytest.fail("a refusal was caught before the commit")
    assert raised.value is refusal
    with store.read() as reading:
        assert [entry.kind for entry in journal.entries(reading)] == ["refusal"]
    assert lock_is_free(store)


def test_what_the_database_says_is_not_repeated(store: Store) -> None:
    planted = "Zebulon Quartermaine"
    with pytest.raises(StoreFailedError) as raised, store.begin() as tx:  # noqa: PT012 - twice is the point
        for _ in range(2):
            tx.connection.execute(sa.insert(accounts).values(key=planted))
    shown = "".join(traceback.format_exception(raised.value))
    assert planted not in shown
    assert "accounts" not in str(raised.value)


@pytest.mark.parametrize("sent", ["planted \ud800 text", 2**70], ids=["half a character", "a number too large"])
def test_what_cannot_be_written_down_is_refused_without_repeating_it(store: Store, sent: str | int) -> None:
    if isinstance(sent, int) and store.dialect == "postgresql":
        sent = str(sent) + "\ud800"  # PostgreSQL compares numbers of any size
    with pytest.raises(StoreError) as raised, store.read() as tx:
        tx.connection.execute(sa.select(charges).where(charges.c.rho == sent)).all()
    shown = "".join(traceback.format_exception(raised.value))
    assert "planted" not in shown
    assert str(2**70) not in shown


def test_an_instant_without_a_zone_is_refused_by_name(store: Store) -> None:
    with pytest.raises(ValueRefusedError, match="UTC"), store.begin() as tx:
        questions.add(tx, replace(question("q1"), asked_at=AT.replace(tzinfo=None)))


def test_a_transaction_inside_another_is_refused_at_once(store: Store) -> None:
    with store.begin():
        with pytest.raises(StoreError, match="already"), store.begin():
            pytest.fail("it would wait for itself")
        assert not lock_is_free(store)
    with store.begin():
        pass


def test_commits_reach_the_disk_and_deleted_bytes_are_overwritten(migrated: Path) -> None:
    store = Store(f"sqlite:///{migrated}")
    with store.begin() as tx:
        found = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    store.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'hub.db'}")
    store.migrate()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    store.close()
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "mysql://x/y", "no address"]
)
def test_an_address_that_cannot_remember_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        Store(url)


def test_a_folder_that_is_not_there_is_named_as_the_trouble(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="folder"):
        Store(f"sqlite:///{tmp_path / 'none' / 'hub.db'}")


def test_the_address_is_not_shown() -> None:
    store = Store("postgresql://hub:planted-password@db.invalid/hub")
    assert "planted" not in repr(store) + repr(store._engines) + str(vars(store))


def test_randomness_comes_from_the_source_that_was_given(new_address: Callable[[], str]) -> None:
    heads = set()
    for _ in range(2):
        store = Store(new_address(), random=bytes)
        with store.begin() as tx:
            journal.append(tx, "refusal", {}, at=AT)
            heads.add(journal.head(tx))
        store.close()
    assert len(heads) == 1
