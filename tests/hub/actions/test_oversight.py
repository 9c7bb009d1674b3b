"""The check-up finds what was spoiled; a proof shows forgeries to anybody who holds the keyring."""

import base64
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agreements import canonical, envelope
from agreements.envelope import Envelope
from agreements.keys import Keyring, Signer
from agreements.statement import Act
from hub.actions import oversee, publish
from hub.actions.verify import NotGenuineError, verify
from hub.engine.workers import Workers
from hub.errors import HubError
from hub.privacy.release import AgreementNamed, Release
from tests.agreements import community
from tests.hub.actions import small
from tests.hub.actions.small import ANA, Small, asked, sharing


def run_sql(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "hub.sqlite")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def without_own_key(folder: Path) -> None:
    held = Keyring.from_bytes((folder / "trust.json").read_bytes())
    others = tuple(entry for entry in held.entries if entry.person != "hub")
    (folder / "trust.json").write_bytes(Keyring(others).to_bytes())


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4096])


FAULTS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "an edited entry of the journal": (
        "journal",
        lambda folder: run_sql(
            folder, "DROP TRIGGER journal_no_update", "UPDATE journal SET kind = 'nothing' WHERE number = 7"
        ),
    ),
    "a raised limit": (
        "journal",
        lambda folder: run_sql(
            folder,
            "INSERT INTO accounts VALUES ('x')",
            "INSERT INTO account_limits VALUES ('x', 1, 5, 5, '2026-01-01T00:00:00.000000Z')",
        ),
    ),
    "a hidden statement": (
        "journal",
        lambda folder: run_sql(
            folder,
            "DROP TRIGGER statement_agreements_no_delete",
            "DELETE FROM statement_agreements WHERE statement = 3",
        ),
    ),
    "a key that others can read": ("keys", lambda folder: (folder / "keys" / "release.pem").chmod(0o644)),
    "a missing snapshot file": ("snapshot", lambda folder: next(folder.glob("snapshots/*/birch.duckdb")).unlink()),
    "a damaged snapshot file": (
        "snapshot",
        lambda folder: next(folder.glob("snapshots/*/birch.duckdb")).write_bytes(b"x" * 9000),
    ),
    "a missing vault file": ("files", lambda folder: next(folder.glob("vault/birch-*")).unlink()),
    "a missing token file": ("files", lambda folder: next(folder.glob("linkage/birch-*")).unlink()),
    "a file that belongs to nothing": ("files", lambda folder: (folder / "vault" / "left.duckdb").touch()),
    "a snapshot that belongs to nothing": ("files", lambda folder: (folder / "snapshots" / "s0").mkdir()),
    "a keyring without the hub's own key": ("keyring", without_own_key),
}


@pytest.mark.parametrize("what", FAULTS)
def test_the_check_up_finds_a_planted_fault_and_says_what_to_do(folder: Path, what: str) -> None:
    name, spoil = FAULTS[what]
    spoil(folder)
    with small.opened(folder) as here:
        unwell = {check.name: check.sentence for check in oversee.check_up(here.hub) if not check.well}
    assert name in unwell
    assert all(len(sentence) > 20 for sentence in unwell.values())


def test_the_check_up_finds_nothing_where_nothing_was_spoiled(here: Small) -> None:
    assert [check for check in oversee.check_up(here.hub) if not check.well] == []


def test_a_master_key_that_others_can_read_does_not_even_open(folder: Path) -> None:
    (folder / "keys" / "master.key").chmod(0o640)
    with pytest.raises(HubError, match="0600"), small.opened(folder):
        pass


@pytest.fixture(scope="module")
def proven(founded: Path, tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> tuple[bytes, Small]:
    folder = small.copied(founded, tmp_path_factory.mktemp("proven") / "hub")
    with small.opened(folder, workers=workers) as here:
        release = here.answered(asked())
        return publish.proof(here.hub, ANA, release), here


def test_a_proof_says_who_agreed_and_what_it_cost(proven: tuple[bytes, Small]) -> None:
    proof, here = proven
    verified = verify(proof, here.hub.keyring, at=here.clock())
    assert verified.kind == "release"
    assert any("from the data of alder, birch" in fact for fact in verified.facts)
    assert sum("signed by" in fact for fact in verified.facts) == 5


def test_a_byte_that_was_changed_anywhere_in_a_proof_is_found(proven: tuple[bytes, Small]) -> None:
    proof, here = proven
    for place in range(0, len(proof), len(proof) // 60):
        changed = bytearray(proof)
        changed[place] ^= 1
        with pytest.raises(NotGenuineError):
            verify(bytes(changed), here.hub.keyring, at=here.clock())


def test_another_keyring_verifies_nothing(proven: tuple[bytes, Small]) -> None:
    proof, here = proven
    entries = here.hub.keyring.entries
    for left_out in ("hub", "head-alder", "head-commons"):
        others = Keyring(tuple(entry for entry in entries if entry.person != left_out))
        with pytest.raises(NotGenuineError):
            verify(proof, others, at=here.clock())
    with pytest.raises(NotGenuineError):
        verify(proof, Keyring(), at=here.clock())


def forged(proven: tuple[bytes, Small], signer: Signer | None = None, **changed: Any) -> bytes:
    """The proof of a release that the hub itself signed otherwise."""
    proof, here = proven
    value = canonical.decode(proof)
    document = Release.from_bytes(Envelope.from_bytes(base64.b64decode(value["release"])).payload)
    inner = {name: changed.pop(name) for name in list(changed) if hasattr(document.circumstances, name)}
    made = replace(document, circumstances=replace(document.circumstances, **inner), **changed)
    signed = envelope.sign(envelope.RELEASE, made.to_bytes(), signer or here.hub.signer)
    value["release"] = base64.b64encode(signed.to_bytes()).decode()
    return canonical.encode(value)


def named(proven: tuple[bytes, Small]) -> tuple[AgreementNamed, ...]:
    value = canonical.decode(proven[0])
    document = Release.from_bytes(Envelope.from_bytes(base64.b64decode(value["release"])).payload)
    return document.circumstances.agreements


FORGED: dict[str, Callable[[tuple[bytes, Small]], dict[str, Any]]] = {
    "without agreements": lambda _: {"agreements": ()},
    "without the memorandum": lambda proven: {
        "agreements": tuple(each for each in named(proven) if each.id != "agr-mou")
    },
    "without an agreement of a contributor": lambda proven: {
        "agreements": tuple(each for each in named(proven) if each.id != "agr-dsa-alder")
    },
    "of a district that did not agree": lambda _: {"contributors": ("alder", "birch", "cedar")},
    "of nobody": lambda _: {"contributors": ()},
    "for another purpose": lambda _: {"purpose": "immunisation"},
    "for a prohibited purpose": lambda _: {"purpose": "marketing"},
    "for another person": lambda _: {"person": "eve"},
    "for another organisation": lambda _: {"org": "alder"},
    "with small cells": lambda _: {"min_cell": 2},
    "before everybody had signed": lambda _: {"at": small.START - timedelta(days=30)},
    "of tomorrow": lambda _: {"at": small.START + timedelta(days=1)},
    "of other terms": lambda proven: {"agreements": tuple(replace(each, sha256="ab" * 32) for each in named(proven))},
}


@pytest.mark.parametrize("what", FORGED)
def test_a_hub_that_signs_what_was_not_agreed_is_found_out(proven: tuple[bytes, Small], what: str) -> None:
    with pytest.raises(NotGenuineError):
        verify(forged(proven, **FORGED[what](proven)), proven[1].hub.keyring, at=proven[1].clock())
    assert verify(forged(proven), proven[1].hub.keyring, at=proven[1].clock()).release


def test_a_head_or_a_connector_cannot_sign_a_release(proven: tuple[bytes, Small]) -> None:
    for name in ("commons", "connector-alder", "stranger"):
        with pytest.raises(NotGenuineError):
            verify(forged(proven, community.signer(name)), proven[1].hub.keyring, at=proven[1].clock())


def test_a_release_of_after_a_stop_is_not_genuine_and_one_of_before_stays_so(here: Small) -> None:
    release = here.answered(asked())
    here.act(Act.SUSPEND, sharing("alder"), org="alder")
    later = publish.proof(here.hub, ANA, release)
    assert verify(later, here.hub.keyring, at=here.clock()).release
    with pytest.raises(NotGenuineError, match="suspended"):
        verify(forged((later, here), at=here.clock()), here.hub.keyring, at=here.clock())


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"[" * 5000, b"\xff", b'{"schema":"hub.release-proof/1"}']
)
def test_what_is_no_file_of_ours_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotGenuineError):
        verify(data, Keyring(), at=small.START)
