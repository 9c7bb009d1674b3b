"""A passkey's assertion counts only for the message, person, site and origin that it was made for."""

import base64
import json
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import passkey
from agreements.envelope import STATEMENT, Envelope
from agreements.keys import BadSignatureError, KeyEntry, Keyring, KeyUse, PublicKey
from agreements.parties import Signatory
from agreements.passkey import PasskeyError
from agreements.standing import Evidence, EvidenceError, State, read
from agreements.statement import Act, Statement
from tests.agreements.authenticator import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    ORIGIN,
    PRESENT,
    RP_ID,
    VERIFIED,
    Authenticator,
    base64url,
)
from tests.agreements.community import (
    ENROLLED,
    MINUTE,
    NOW,
    SIGNED,
    entry,
    head,
    keyring,
    memorandum,
    signatory,
    signed,
    statement,
)

MESSAGE = b"what was agreed"
ES256, ED25519 = Authenticator(-7), Authenticator(-8)
BOTH = pytest.mark.parametrize("authenticator", [ES256, ED25519], ids=["ES256", "Ed25519"])


def check(key: PublicKey, assertion: bytes, *, message: bytes = MESSAGE) -> None:
    passkey.verify(key, message=message, assertion=assertion)


@BOTH
@pytest.mark.parametrize("counter", [0, 1, 7])
def test_an_assertion_over_the_message_is_accepted(authenticator: Authenticator, counter: int) -> None:
    check(authenticator.public_key, authenticator.sign(MESSAGE, counter=counter))


@BOTH
def test_a_synced_passkey_is_accepted(authenticator: Authenticator) -> None:
    flags = PRESENT | VERIFIED | BACKUP_ELIGIBLE | BACKED_UP
    check(authenticator.public_key, authenticator.sign(MESSAGE, flags=flags))


TAMPERED: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "http://localhost:9090"},
    "an origin that starts alike": {"origin": ORIGIN + ".evil.example"},
    "another site": {"rp_id": "evil.example"},
    "another type": {"type": "webauthn.create"},
    "another challenge": {"challenge": base64url(b"x" * 32)},
    "no challenge": {"challenge": None},
    "person not verified": {"flags": PRESENT},
    "person not present": {"flags": VERIFIED},
    "backed up but not eligible": {"flags": PRESENT | VERIFIED | BACKED_UP},
    "a frame of another origin": {"crossOrigin": True},
    "a frame with a top origin": {"topOrigin": "http://evil.example"},
    "cross origin as text": {"crossOrigin": "false"},
}


@BOTH
@pytest.mark.parametrize("tampering", TAMPERED.values(), ids=TAMPERED)
def test_an_assertion_for_something_else_is_refused(authenticator: Authenticator, tampering: dict[str, Any]) -> None:
    with pytest.raises(PasskeyError):
        check(authenticator.public_key, authenticator.sign(MESSAGE, **tampering))


@BOTH
def test_an_assertion_fits_one_message(authenticator: Authenticator) -> None:
    with pytest.raises(PasskeyError):
        check(authenticator.public_key, authenticator.sign(MESSAGE), message=MESSAGE + b" ")


def test_another_persons_passkey_is_refused() -> None:
    with pytest.raises(PasskeyError):
        check(ES256.public_key, Authenticator(-7).sign(MESSAGE))
    with pytest.raises(PasskeyError):
        check(ES256.public_key, ED25519.sign(MESSAGE))


@BOTH
def test_a_key_enrolled_for_another_site_or_origin_is_refused(authenticator: Authenticator) -> None:
    key = authenticator.public_key
    for other in (replace(key, rp_id="example.org"), replace(key, origin="https://example.org")):
        with pytest.raises(PasskeyError):
            check(other, authenticator.sign(MESSAGE))


@BOTH
@given(data=st.data())
def test_any_changed_byte_of_what_was_signed_is_refused(authenticator: Authenticator, data: st.DataObject) -> None:
    assertion = json.loads(authenticator.sign(MESSAGE))
    field = data.draw(st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]))
    raw = bytearray(base64.urlsafe_b64decode(assertion["response"][field] + "=="))
    raw[data.draw(st.integers(0, 10_000)) % len(raw)] ^= data.draw(st.integers(1, 255))
    assertion["response"][field] = base64url(bytes(raw))
    with pytest.raises(PasskeyError):
        check(authenticator.public_key, json.dumps(assertion).encode())


@given(st.binary(max_size=60))
def test_bytes_that_are_no_assertion_are_refused(data: bytes) -> None:
    with pytest.raises(PasskeyError):
        check(ES256.public_key, data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON"]), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_json_that_is_no_assertion_is_refused(value: object) -> None:
    with pytest.raises(PasskeyError):
        check(ES256.public_key, json.dumps(value).encode())


@pytest.mark.parametrize(
    "key",
    [
        {1: 2, 3: -35, -1: 2, -2: bytes(48), -3: bytes(48)},
        {1: 2, 3: -7, -1: 2, -2: bytes(48), -3: bytes(48)},
        {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: b"\x01" * 32},
        {1: 3, 3: -257, -1: b"\x01" * 256, -2: b"\x01\x00\x01"},
        {1: 1, 3: -8, -1: 4, -2: bytes(32)},
        {1: 1, 3: -7, -1: 6, -2: bytes(32)},
        {1: 1, 3: -8, -1: 6, -2: bytes(31)},
        {1: 7, 3: -48, -1: bytes(1312)},
        {},
        [],
        5,
    ],
)
def test_a_key_of_another_algorithm_is_refused(key: object) -> None:
    with pytest.raises(PasskeyError):
        passkey.check_key(cbor2.dumps(key))


@given(st.binary(max_size=80))
def test_bytes_that_are_no_cose_key_are_refused(data: bytes) -> None:
    with pytest.raises(PasskeyError):
        passkey.check_key(data)


def test_a_bare_point_names_no_algorithm_and_is_refused() -> None:
    with pytest.raises(PasskeyError):
        passkey.check_key(b"\x04" + bytes(64))


def alder_signs_by_passkey(authenticator: Authenticator) -> tuple[Keyring, Evidence, Statement]:
    """Evidence in which everybody but alder has signed, under terms that name alder's passkey."""
    alder = replace(signatory("alder"), key_ids=(authenticator.public_key.key_id,))
    others: tuple[Signatory, ...] = tuple(signatory(org) for org in ("prairie", "commons", "university"))
    terms = memorandum(signatories=(alder, *others))
    key = KeyEntry(
        authenticator.public_key, "alder", head("alder"), "Superintendent", entry("alder").uses, ENROLLED, None
    )
    rest = [signed(Act.COUNTERSIGN, terms, org=org, at=SIGNED) for org in ("prairie", "university")]
    evidence = Evidence(terms.to_bytes(), (signed(Act.PROPOSE, terms, org="commons"), *rest))
    return keyring().with_entry(key), evidence, statement(Act.COUNTERSIGN, terms, org="alder", at=SIGNED + MINUTE)


@BOTH
def test_a_superintendents_passkey_brings_an_agreement_into_force(authenticator: Authenticator) -> None:
    ring, evidence, said = alder_signs_by_passkey(authenticator)
    bare = Envelope(STATEMENT, said.to_bytes())
    envelope = bare.with_signature(authenticator.public_key.key_id, authenticator.sign(bare.pae))
    done = evidence.with_statement(envelope.to_bytes())
    assert read(evidence, keyring=ring, at=NOW).state is State.PARTLY_SIGNED
    assert read(done, keyring=ring, at=NOW).state is State.IN_FORCE


@BOTH
def test_an_assertion_cannot_be_used_for_another_statement(authenticator: Authenticator) -> None:
    ring, evidence, said = alder_signs_by_passkey(authenticator)
    bare = Envelope(STATEMENT, said.to_bytes())
    assertion = authenticator.sign(bare.pae)
    other = Envelope(STATEMENT, replace(said, nonce="another-nonce-of-the-attacker").to_bytes())
    with pytest.raises(BadSignatureError):
        read(
            evidence.with_statement(other.with_signature(authenticator.public_key.key_id, assertion).to_bytes()),
            keyring=ring,
            at=NOW,
        )


def test_a_statement_that_is_signed_again_with_the_same_nonce_is_refused() -> None:
    ring, evidence, said = alder_signs_by_passkey(ES256)
    bare = Envelope(STATEMENT, said.to_bytes())
    for _ in range(2):
        envelope = bare.with_signature(ES256.public_key.key_id, ES256.sign(bare.pae))
        evidence = evidence.with_statement(envelope.to_bytes())
    assert evidence.statements[-1] != evidence.statements[-2]
    with pytest.raises(EvidenceError, match="nonce"):
        read(evidence, keyring=ring, at=NOW)


def test_the_keyring_verifies_a_passkey_for_its_uses_only() -> None:
    ring, _, _ = alder_signs_by_passkey(ES256)
    found = ring.verify(ES256.public_key.key_id, MESSAGE, ES256.sign(MESSAGE), use=KeyUse.AGREE, at=NOW)
    assert (found.party, found.key.rp_id) == ("alder", RP_ID)
    assert Keyring.from_bytes(ring.to_bytes()) == ring
