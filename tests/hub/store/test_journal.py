"""The journal: a chain that only grows, and that tells when anything it vouches for was changed."""

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agreements import canonical
from hub.store import clock, journal, ledger
from hub.store.amounts import Account
from hub.store.chain import NO_HASH, Head
from hub.store.errors import ClockError, JournalBrokenError, UnknownError, ValueRefusedError
from hub.store.store import Store
from hub.store.transaction import Transaction
from tests.hub.store.builders import AT, fill


def record(store: Store, count: int) -> Head:
    with store.begin() as tx:
        for number in range(count):
            journal.append(tx, "refusal", {"number": number}, private={"sql": f"SELECT {number}"}, at=AT)
        return journal.head(tx)


def test_an_empty_journal_is_sound(store: Store) -> None:
    with store.read() as tx:
        assert journal.verify(tx) == journal.head(tx) == Head(0, NO_HASH)


def test_anybody_can_recompute_a_hash_from_what_is_public(store: Store) -> None:
    record(store, 2)
    with store.read() as tx:
        first, second = journal.entries(tx)
        salt, private = journal.private(tx, 2)
    body = {
        "at": "2026-09-01T12:00:00Z",
        "index": 2,
        "kind": "refusal",
        "private_sha256": second.private_sha256,
        "public": {"number": 1},
    }
    written = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    assert second.hash == hashlib.sha256(bytes.fromhex(first.hash) + written).hexdigest()
    assert second.private_sha256 == hashlib.sha256(salt + canonical.encode(private)).hexdigest()


def test_the_same_private_body_never_has_the_same_commitment(store: Store) -> None:
    with store.begin() as tx:
        commitments = {journal.append(tx, "refusal", {}, private={"a": 1}, at=AT).private_sha256 for _ in range(5)}
    assert len(commitments) == 5


def test_entries_are_read_in_order_from_a_place(store: Store) -> None:
    record(store, 5)
    with store.read() as tx:
        assert [entry.index for entry in journal.entries(tx, after=1, limit=3)] == [2, 3, 4]
        assert journal.entries(tx, after=5) == ()
        with pytest.raises(UnknownError):
            journal.private(tx, 6)


def test_a_journal_with_every_kind_of_row_is_sound(store: Store) -> None:
    fill(store)
    with store.read() as tx:
        head = journal.verify(tx)
        assert head == journal.head(tx)
        assert [entry.kind for entry in journal.entries(tx)] == [
            "terms",
            "terms",
            "statement",
            "limit",
            "charge",
            "release",
        ]


TAMPERED = [
    ("UPDATE agreement_terms SET terms = (SELECT envelope FROM statements)", 1),
    ("UPDATE agreement_terms SET version = 7 WHERE agreement = 'dsa-alder'", 2),
    ("DELETE FROM agreement_terms WHERE agreement = 'dsa-alder'", 2),
    ("UPDATE statements SET envelope = (SELECT terms FROM agreement_terms WHERE agreement = 'mou')", 3),
    ("UPDATE statements SET received_at = '2026-09-02T12:00:00.000000Z'", 3),
    ("DELETE FROM statements", 3),
    ("DELETE FROM statement_agreements WHERE agreement = 'mou'", 3),
    ("DELETE FROM statement_agreements", 3),
    ("INSERT INTO statements SELECT 2, 'ab', envelope, received_at FROM statements", None),
    ("UPDATE account_limits SET rho_limit = 200", 4),
    ("UPDATE account_limits SET set_at = '2026-09-02T12:00:00.000000Z'", 4),
    ("INSERT INTO account_limits SELECT account, 2, 200, 10, set_at FROM account_limits", None),
    ("DELETE FROM account_limits", 4),
    ("UPDATE charges SET rho = rho - 1", 5),
    ("UPDATE charges SET delta_e18 = 0", 5),
    ("UPDATE charges SET account = 'elsewhere'", 5),
    ("UPDATE charges SET request_id = 'q9'", 5),
    ("UPDATE charges SET charged_at = '2026-09-02T12:00:00.000000Z'", 5),
    ("DELETE FROM charges", 5),
    ("INSERT INTO charges SELECT 'q2', account, rho, delta_e18, charged_at FROM charges", None),
    ("UPDATE releases SET rho = 1", 6),
    ("UPDATE releases SET licence = 'other'", 6),
    ("UPDATE releases SET measured_sha256 = 'other'", 6),
    ("UPDATE releases SET envelope = vectors", 6),
    ("UPDATE releases SET vectors = envelope", 6),
    ("DELETE FROM releases", 6),
    ("UPDATE journal SET at = '2026-09-01T12:00:01Z' WHERE number = 2", 2),
    ("UPDATE journal SET at = 'yesterday' WHERE number = 2", 2),
    ("UPDATE journal SET kind = 'refusal' WHERE number = 2", 2),
    ("UPDATE journal SET kind = 'No Kind' WHERE number = 2", 2),
    ("UPDATE journal SET public = (SELECT public FROM journal WHERE number = 1) WHERE number = 2", 2),
    ("UPDATE journal SET public = private_sha256 WHERE number = 2", 2),
    ("UPDATE journal SET hash = (SELECT hash FROM journal WHERE number = 1) WHERE number = 2", 2),
    ("UPDATE journal SET number = 9 WHERE number = 3", 3),
    ("DELETE FROM journal WHERE number = 2", 2),
    ("DELETE FROM journal WHERE number = 6", 6),
    ("INSERT INTO journal SELECT 7, at, kind, public, private_sha256, hash FROM journal WHERE number = 6", 7),
    ("UPDATE journal_private SET private = salt WHERE number = 2", 2),
    ("UPDATE journal_private SET salt = private WHERE number = 2", 2),
    ("DELETE FROM journal_private WHERE number = 1", 1),
    ("UPDATE journal_head SET number = 2", 7),
    ("DELETE FROM journal_head", 7),
]


@pytest.mark.parametrize(("statement", "index"), TAMPERED, ids=[statement for statement, _ in TAMPERED])
def test_whoever_gets_past_the_triggers_is_found_out(filled: Store, statement: str, index: int | None) -> None:
    with pytest.raises(JournalBrokenError) as raised, filled.begin() as tx:  # noqa: PT012 - it was sound before
        journal.verify(tx)
        as_administrator(filled, tx, statement)
        journal.verify(tx)
    assert raised.value.index == index


def as_administrator(store: Store, tx: Transaction, statement: str) -> None:
    """Run a statement as somebody who owns the database: no triggers, no references checked."""
    run = tx.connection.exec_driver_sql
    if store.dialect == "postgresql":
        run("SET LOCAL session_replication_role = replica")
        statement = statement.replace("public = private_sha256", "public = convert_to(private_sha256, 'UTF8')")
    else:
        run("PRAGMA defer_foreign_keys = ON")
        for name in run("SELECT name FROM sqlite_schema WHERE type = 'trigger'").scalars().all():
            run(f"DROP TRIGGER {name}")
        statement = statement.replace("public = private_sha256", "public = CAST(private_sha256 AS BLOB)")
    run(statement)


def test_a_journal_rewritten_from_its_start_is_found_out_by_a_head_that_was_kept(
    new_address: Callable[[], str],
) -> None:
    heads = []
    for limit in (100, 1000):
        store = Store(new_address())
        with store.begin() as tx:
            ledger.set_limit(tx, Account("community", limit, 0), at=AT)
        heads.append(record(store, 2))
        with store.read() as tx:
            assert journal.verify(tx, kept=heads[-1:]) == heads[-1]
            if len(heads) > 1:
                with pytest.raises(JournalBrokenError) as raised:
                    journal.verify(tx, kept=heads)
                assert raised.value.index == 3
        store.close()


def test_an_earlier_head_stays_a_prefix_and_a_copy_from_before_it_is_found_out(store: Store) -> None:
    earlier = record(store, 3)
    later = record(store, 3)
    with store.read() as tx:
        assert journal.verify(tx, kept=[earlier]) == later
        with pytest.raises(JournalBrokenError, match="shorter"):
            journal.verify(tx, kept=[Head(7, later.hash)])


def test_a_flipped_byte_in_the_file_is_found_out(tmp_path: Path) -> None:
    file = tmp_path / "hub.db"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    with store.begin() as tx:
        journal.append(tx, "refusal", {"rule": "planted-rule"}, at=AT)
    store.scrub()
    store.close()
    held = file.read_bytes()
    assert held.count(b"planted-rule") == 1
    file.write_bytes(held.replace(b"planted-rule", b"planted-rulf"))
    with pytest.raises(JournalBrokenError), store.read() as tx:
        journal.verify(tx)
    store.close()


def test_many_append_at_once_and_the_chain_holds(address: str) -> None:
    stores = [Store(address) for _ in range(4)]
    threads = [threading.Thread(target=record, args=(stores[number % 4], 5)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores[0].read() as tx:
        assert journal.verify(tx).index == 80
    for store in stores:
        store.close()


@pytest.mark.parametrize("kind", ["charge", "limit", "release", "statement", "terms", "", "Refusal", "a b"])
def test_the_kinds_of_this_room_and_nameless_kinds_are_refused(store: Store, kind: str) -> None:
    with pytest.raises(ValueRefusedError), store.begin() as tx:
        journal.append(tx, kind, {}, at=AT)


def test_a_body_with_a_fraction_is_refused(store: Store) -> None:
    with pytest.raises(canonical.NotCanonicalError), store.begin() as tx:
        journal.append(tx, "refusal", {"epsilon": 0.1}, at=AT)


def test_time_does_not_run_back_within_the_journal(store: Store) -> None:
    record(store, 1)
    with pytest.raises(ValueRefusedError, match="older"), store.begin() as tx:
        journal.append(tx, "refusal", {}, at=AT - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("behind", "expected"),
    [(timedelta(hours=-1), AT + timedelta(hours=1)), (timedelta(0), AT), (timedelta(minutes=5), AT)],
    ids=["ahead", "equal", "five minutes behind"],
)
def test_the_instant_is_the_later_of_the_clock_and_the_journal(
    store: Store, behind: timedelta, expected: datetime
) -> None:
    record(store, 1)
    with store.read() as tx:
        assert clock.instant(tx, AT - behind) == expected


def test_a_clock_set_back_by_more_than_five_minutes_stops_the_hub(store: Store) -> None:
    with store.read() as tx:
        assert clock.instant(tx, datetime(1999, 1, 1, tzinfo=UTC)).year == 1999
    record(store, 1)
    with store.read() as tx:
        with pytest.raises(ClockError):
            clock.instant(tx, AT - timedelta(minutes=5, microseconds=1))
        with pytest.raises(ValueRefusedError):
            clock.instant(tx, AT.replace(tzinfo=None))
