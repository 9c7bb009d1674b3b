"""A key speaks for one person of one party, for what it was enrolled for, while it is valid."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import canonical
from agreements.errors import AgreementError
from agreements.keys import (
    Algorithm,
    BadSignatureError,
    KeyEntry,
    Keyring,
    KeyUse,
    PublicKey,
    RetiredKeyError,
    Signer,
    SigningKeyError,
    UnknownKeyError,
    WrongUseError,
    key_id,
)
from agreements.sealing import SealingKey
from tests.agreements.community import ENROLLED, NOW, SECOND, entry, keyring, signer

MESSAGE = b"what was agreed"


def verify(ring: Keyring, *, at: datetime = NOW, use: KeyUse = KeyUse.AGREE, message: bytes = MESSAGE) -> KeyEntry:
    alder = signer("alder")
    return ring.verify(alder.key_id, message, alder.sign(MESSAGE), use=use, at=at)


def test_a_good_signature_tells_whose_it_is() -> None:
    assert verify(keyring()).person == "head-alder"


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(UnknownKeyError):
        verify(Keyring((entry("prairie"),)))


@pytest.mark.parametrize("use", [KeyUse.DELIVER, KeyUse.RELEASE])
def test_a_key_for_agreements_signs_nothing_else(use: KeyUse) -> None:
    with pytest.raises(WrongUseError):
        verify(keyring(), use=use)


def test_a_key_is_valid_from_its_first_instant_and_not_at_its_last() -> None:
    ring = Keyring((replace(entry("alder"), retired_at=NOW),))
    assert verify(ring, at=ENROLLED)
    assert verify(ring, at=NOW - SECOND)
    for at in (ENROLLED - SECOND, NOW, NOW + SECOND):
        with pytest.raises(RetiredKeyError):
            verify(ring, at=at)


@given(st.integers(0, 63), st.integers(0, 7))
def test_any_flipped_bit_of_a_signature_is_refused(position: int, bit: int) -> None:
    alder = signer("alder")
    changed = bytearray(alder.sign(MESSAGE))
    changed[position] ^= 1 << bit
    with pytest.raises(BadSignatureError):
        keyring().verify(alder.key_id, MESSAGE, bytes(changed), use=KeyUse.AGREE, at=NOW)


@pytest.mark.parametrize("signature", [b"", b"x", bytes(64), bytes(65)])
def test_a_signature_of_another_shape_is_refused(signature: bytes) -> None:
    with pytest.raises(BadSignatureError):
        keyring().verify(signer("alder").key_id, MESSAGE, signature, use=KeyUse.AGREE, at=NOW)


def test_another_message_is_refused() -> None:
    with pytest.raises(BadSignatureError):
        verify(keyring(), message=MESSAGE + b".")


def test_a_key_cannot_take_the_id_of_another() -> None:
    with pytest.raises(SigningKeyError):
        PublicKey(signer("alder").key_id, Algorithm.ED25519, signer("prairie").public_key.public)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PublicKey(key_id(b"x" * 31), Algorithm.ED25519, b"x" * 31),
        lambda: PublicKey(key_id(b"x" * 32), Algorithm.ED25519, b"x" * 32, rp_id="localhost"),
        lambda: PublicKey(key_id(b"x" * 32), Algorithm.PASSKEY, b"x" * 32, "localhost", "http://localhost"),
        lambda: PublicKey(key_id(b""), Algorithm.PASSKEY, b"", "localhost", "http://localhost"),
        lambda: Keyring((entry("alder"), entry("alder"))),
        lambda: keyring().with_entry(entry("alder")),
        lambda: entry("alder", uses=frozenset()),
        lambda: replace(entry("alder"), retired_at=ENROLLED),
        lambda: replace(entry("alder"), valid_from=ENROLLED.replace(tzinfo=None)),
        lambda: replace(entry("alder"), valid_from=ENROLLED + timedelta(microseconds=1)),
        lambda: replace(entry("alder"), valid_from=ENROLLED.astimezone(timezone(timedelta(hours=1)))),
        lambda: replace(entry("alder"), party="Alder"),
        lambda: replace(entry("alder"), title=""),
    ],
)
def test_a_keyring_that_contradicts_itself_is_refused(make: object) -> None:
    with pytest.raises(AgreementError):
        make()  # type: ignore[operator]


def test_a_keyring_reads_back_from_its_bytes_in_one_order() -> None:
    ring = Keyring((entry("prairie"), replace(entry("alder"), retired_at=NOW)))
    assert Keyring.from_bytes(ring.to_bytes()) == ring
    assert Keyring(tuple(reversed(ring.entries))).to_bytes() == ring.to_bytes()


def test_a_keyring_that_is_written_out_of_order_is_refused() -> None:
    value = canonical.decode(keyring().to_bytes())
    value["entries"].reverse()
    with pytest.raises(AgreementError, match="order"):
        Keyring.from_bytes(canonical.encode(value))


def test_a_keyring_with_an_unknown_field_is_refused() -> None:
    data = keyring().to_bytes().replace(b'"schema"', b'"extra":1,"schema"')
    with pytest.raises(AgreementError):
        Keyring.from_bytes(data)


def test_a_signing_key_survives_its_file_and_shows_nothing_of_itself() -> None:
    key = Signer.generate()
    assert Signer.from_pem(key.to_pem()).key_id == key.key_id
    assert repr(key) == f"Signer({key.key_id})"
    assert Signer.generate().key_id != key.key_id


@pytest.mark.parametrize("data", [b"", b"no key", SealingKey.generate().to_pem()])
def test_a_file_without_an_ed25519_key_is_refused(data: bytes) -> None:
    with pytest.raises(SigningKeyError):
        Signer.from_pem(data)
