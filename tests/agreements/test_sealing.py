"""Only the reader opens what was sealed, and only as it was sealed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.sealing import SealError, SealingKey, seal
from tests.agreements.community import signer

READER = SealingKey.generate()
SEALED = seal(b"a delivery", READER.public)


@given(st.binary(max_size=300))
def test_the_reader_opens_what_was_sealed(data: bytes) -> None:
    assert READER.open(seal(data, READER.public)) == data


@pytest.mark.parametrize("position", range(len(SEALED)))
def test_any_changed_byte_is_refused(position: int) -> None:
    for change in (1, 0x80, 0xFF):
        changed = bytearray(SEALED)
        changed[position] ^= change
        with pytest.raises(SealError):
            READER.open(bytes(changed))


@given(st.binary(max_size=200), st.data())
def test_any_flipped_bit_anywhere_is_refused(data: bytes, draw: st.DataObject) -> None:
    changed = bytearray(seal(data, READER.public))
    changed[draw.draw(st.integers(0, len(changed) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(SealError):
        READER.open(bytes(changed))


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_a_cut_sealing_is_refused(length: int) -> None:
    with pytest.raises(SealError):
        READER.open(SEALED[:length])


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(SealError):
        READER.open(SEALED + b"\0")


def test_another_reader_cannot_open_it() -> None:
    with pytest.raises(SealError):
        SealingKey.generate().open(SEALED)


def test_the_same_data_are_never_sealed_alike() -> None:
    assert seal(b"x", READER.public) != seal(b"x", READER.public)


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(33), bytes(32)])
def test_a_public_key_that_is_none_is_refused(public: bytes) -> None:
    with pytest.raises(SealError):
        seal(b"x", public)


def test_a_sealing_with_a_weak_ephemeral_key_is_refused() -> None:
    start = SEALED.index(b"\n") + 1
    with pytest.raises(SealError):
        READER.open(SEALED[:start] + bytes(32) + SEALED[start + 32 :])


def test_a_key_survives_its_file_and_shows_nothing_of_itself() -> None:
    again = SealingKey.from_pem(READER.to_pem())
    assert again.open(SEALED) == b"a delivery"
    assert repr(again) == f"SealingKey({READER.public.hex()})"


@pytest.mark.parametrize("data", [b"", b"no key", signer("alder").to_pem()])
def test_a_file_without_an_x25519_key_is_refused(data: bytes) -> None:
    with pytest.raises(SealError):
        SealingKey.from_pem(data)
