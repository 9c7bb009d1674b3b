"""A delivery is kept whole, under an agreement in force, once; whatever else comes leaves the hub as it was."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from agreements.errors import AgreementError
from agreements.sealing import SealingKey
from agreements.statement import Act
from connectors.contents import Contents, Tokens
from hub.actions import oversee
from hub.actions.receive import DeliveryError, receive
from hub.actions.refusals import RefusedError
from hub.actions.snapshot import NothingDeliveredError, OvertakenError, refresh
from hub.engine.errors import EngineError
from hub.errors import HubError
from hub.store import deliveries, snapshots
from tests.agreements import community
from tests.hub.actions import small
from tests.hub.actions.small import Small, contents, packed, public_of, sharing


def state(here: Small) -> tuple[dict[str, bytes], list[str]]:
    """Every file, and what the journal holds."""
    entries = oversee.read_journal(here.hub, limit=1000)
    return small.everything(here.hub.settings.directory), [entry.hash for entry in entries]


def next_delivery(here: Small, custodian: str = "alder", number: int = 2, **more: object) -> bytes:
    public = public_of(here.hub.settings.directory)
    return packed(public, custodian, number=number, **more)  # type: ignore[arg-type] # a manifest's fields


def test_a_delivery_is_kept_in_two_encrypted_files_and_the_same_bytes_again_change_nothing(here: Small) -> None:
    data = next_delivery(here)
    assert not receive(here.hub, data).again
    before = state(here)
    assert receive(here.hub, data).again
    assert state(here) == before
    with here.hub.store.read() as tx:
        kept = deliveries.latest(tx)["alder"]
    assert kept.number == 2
    assert kept.manifest in data, "the signed envelope, as it came"
    assert here.hub.unsealer.open(kept.account) == b'{"accepted":%d}' % small.CANARY_COUNT


def test_a_byte_that_was_changed_anywhere_leaves_everything_as_it_was(folder: Path) -> None:
    with small.opened(folder) as here:
        data, before = next_delivery(here), state(here)

        @tried(max_examples=40, deadline=None)
        @given(place=st.integers(0, len(data) - 1), bit=st.integers(0, 7))
        def flipped(place: int, bit: int) -> None:
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            with pytest.raises(HubError) as caught:
                receive(here.hub, bytes(changed))
            assert not isinstance(caught.value, AgreementError)

        @tried(max_examples=20, deadline=None)
        @given(length=st.integers(0, len(data) - 1))
        def cut(length: int) -> None:
            with pytest.raises(DeliveryError):
                receive(here.hub, data[:length])

        flipped()
        cut()
        assert state(here) == before


def other_tokens() -> Contents:
    made = contents("alder")
    return Contents(
        made.account, made.tables, Tokens(made.tokens.record, [1] * len(made.tokens.kind), made.tokens.token)
    )


def with_rows(**columns: list[object]) -> Contents:
    made = contents("alder", persons=1)
    return Contents(made.account, {"school_year": {**made.tables["school_year"], **columns}}, made.tokens)  # type: ignore[dict-item] # some are wrong


WRONG: dict[str, Callable[[Small], bytes]] = {
    "nothing": lambda _: b"",
    "not a delivery": lambda _: b"%PDF-1.7",
    "signed by a stranger": lambda here: next_delivery(here, signer="stranger"),
    "signed by a head, whose key signs agreements": lambda here: next_delivery(here, signer="alder"),
    "signed by another custodian's connector": lambda here: next_delivery(here, signer="connector-birch"),
    "an older number": lambda here: next_delivery(here, number=1, created_at=small.START - timedelta(seconds=1)),
    "another catalogue": lambda here: next_delivery(here, catalogue_sha256="ab" * 32),
    "other terms": lambda here: next_delivery(here, agreement_sha256="ab" * 32),
    "an unknown agreement": lambda here: next_delivery(here, agreement="agr-none"),
    "under the licence": lambda here: next_delivery(
        here, agreement="agr-dul", agreement_sha256=small.licence().digest, elements=small.licence().elements
    ),
    "under another's agreement": lambda here: next_delivery(
        here, agreement="agr-dsa-birch", agreement_sha256=sharing("birch").digest, elements=sharing("birch").elements
    ),
    "of tomorrow": lambda here: next_delivery(here, created_at=small.START + timedelta(days=1)),
    "tokens of another version": lambda here: next_delivery(here, tokens_version="linkage-tokens/9"),
    "tokens of unknown kinds": lambda here: next_delivery(here, made=other_tokens()),
    "a value outside the catalogue": lambda here: next_delivery(here, made=with_rows(grade_band=["X", "X"])),
    "a column that was not agreed": lambda here: next_delivery(here, made=with_rows(surname=["A", "B"])),
    "columns of two lengths": lambda here: next_delivery(here, made=with_rows(grade_band=["K-2"])),
    "an account with fractions": lambda here: next_delivery(here, made=contents("alder", account={"share": 0.5})),
    "nested without end": lambda here: next_delivery(here, made=Nested()),
    "sealed to another hub": lambda _: packed(SealingKey.generate().public, "alder", number=2),
}


class Nested:
    """Contents whose account is a map in a map in a map, far deeper than anybody reads."""

    def to_bytes(self) -> bytes:
        return b"\x83\xa7account" + b"\x81\xa1a" * 50_000 + b"\x80\xa6tables\x80\xa6tokens\x80"


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_delivery_leaves_everything_as_it_was(steady: Small, what: str) -> None:
    data = WRONG[what](steady)
    files, journal = state(steady)
    with pytest.raises(HubError) as caught:
        receive(steady.hub, data)
    found, entries = state(steady)
    assert found == files
    assert entries[: len(journal)] == journal
    assert len(entries) - len(journal) == isinstance(caught.value, RefusedError), "a refusal is journaled"


def test_after_all_of_them_the_hub_is_well(steady: Small) -> None:
    assert [check.sentence for check in oversee.check_up(steady.hub) if not check.well] == []


def test_a_delivery_that_is_too_large_is_not_even_read(here: Small) -> None:
    little = replace(here.hub, settings=replace(here.hub.settings, largest_delivery_megabytes=1))
    with pytest.raises(DeliveryError, match="larger than 1 MB"):
        receive(little, b"x" * 1_000_001)


def test_a_suspended_or_expired_agreement_takes_no_delivery(here: Small) -> None:
    data = next_delivery(here)
    here.act(Act.SUSPEND, sharing("alder"), org="alder")
    before = state(here)[0]
    with pytest.raises(RefusedError):
        receive(here.hub, data)
    here.clock.move(community.END - here.clock())
    with pytest.raises(RefusedError):
        receive(here.hub, next_delivery(here, "birch"))
    assert state(here)[0] == before


def test_a_stop_while_a_delivery_is_written_leaves_nothing_of_it(here: Small) -> None:
    """The unsealer stands for the moment between the first judgement and the last."""
    data = next_delivery(here)
    before = state(here)[0]

    class Stopping(SealingKey):
        def open(self, sealed: bytes) -> bytes:
            here.act(Act.SUSPEND, sharing("alder"), org="alder")
            return super().open(sealed)

    with pytest.raises(RefusedError):
        receive(replace(here.hub, unsealer=Stopping(here.hub.unsealer._private)), data)
    assert state(here)[0] == before
    assert [check.sentence for check in oversee.check_up(here.hub) if not check.well] == []


def test_the_same_delivery_from_many_threads_is_kept_once_and_leaves_no_file_behind(here: Small) -> None:
    data = next_delivery(here)
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(receive(here.hub, data).again)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, True, True, True]
    assert len(list(here.hub.settings.vault.iterdir())) == 3
    assert [check.sentence for check in oversee.check_up(here.hub) if not check.well] == []


def test_two_deliveries_of_one_number_cannot_both_be_kept(here: Small) -> None:
    first, second = next_delivery(here), next_delivery(here, created_at=small.START - timedelta(seconds=1))
    assert first != second
    receive(here.hub, first)
    with pytest.raises(DeliveryError, match="pull again"):
        receive(here.hub, second)


def test_a_disk_that_fails_leaves_neither_files_nor_keys(here: Small) -> None:
    (here.hub.settings.linkage / "x").touch()
    lost = replace(here.hub, settings=replace(here.hub.settings, directory=here.hub.settings.directory / "gone"))
    (lost.settings.directory / "vault").mkdir(parents=True)
    with pytest.raises(HubError):
        receive(lost, next_delivery(here))
    assert list((lost.settings.directory / "vault").iterdir()) == []
    assert len(list(here.hub.settings.vault.iterdir())) == 2


def test_a_snapshot_that_fails_leaves_the_earlier_one_in_use_and_nothing_behind(here: Small) -> None:
    before = state(here)[0]
    with here.hub.store.read() as tx:
        current = snapshots.current(tx, here.clock())
    tables = tuple(
        replace(table, columns=tuple(c if c.name != "grade_band" else replace(c, keys=("K-2",)) for c in table.columns))
        for table in here.hub.catalogue.tables
    )
    narrower = replace(here.hub, catalogue=replace(here.hub.catalogue, tables=tables))
    with pytest.raises(EngineError):
        refresh(narrower)
    assert state(here)[0] == before
    with here.hub.store.read() as tx:
        assert snapshots.current(tx, here.clock()) == current
    assert [check.sentence for check in oversee.check_up(here.hub) if not check.well] == []


def test_a_snapshot_that_was_overtaken_by_a_delivery_does_not_come_into_use(here: Small) -> None:
    def progress(step: str) -> None:
        if step == "building the snapshot":
            receive(here.hub, next_delivery(here))

    with pytest.raises(OvertakenError, match="build it again"):
        refresh(here.hub, progress=progress)
    assert len(list(here.hub.settings.snapshots.iterdir())) == 1
    assert refresh(here.hub).custodians == ("alder", "birch")
    assert [check.sentence for check in oversee.check_up(here.hub) if not check.well] == []


def test_a_record_that_was_linked_before_keeps_its_person(here: Small) -> None:
    first, second = refresh(here.hub), refresh(here.hub)
    assert first.id != second.id
    assert first.linkage.persons == second.linkage.persons


def test_there_is_no_snapshot_of_nothing(tmp_path: Path) -> None:
    small.found(tmp_path / "hub", delivered=())
    with small.opened(tmp_path / "hub") as here, pytest.raises(NothingDeliveredError):
        refresh(here.hub)


def test_what_a_revoked_agreement_delivered_is_not_in_the_next_snapshot(here: Small) -> None:
    here.act(Act.WITHDRAW, sharing("birch"), org="birch", reason="We leave.")
    assert refresh(here.hub).custodians == ("alder",)


def test_a_suspension_keeps_the_data_of_the_next_snapshot_because_it_may_be_lifted(here: Small) -> None:
    here.act(Act.SUSPEND, sharing("birch"), org="birch", reason="We look again.")
    assert refresh(here.hub).custodians == ("alder", "birch")
