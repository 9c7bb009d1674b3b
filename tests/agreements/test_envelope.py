"""An envelope is genuine only when it is of the right kind and every signature on it verifies."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import canonical
from agreements.envelope import (
    DELIVERY,
    RELEASE,
    STATEMENT,
    Envelope,
    EnvelopeError,
    Signature,
    pae,
    sign,
    verify,
)
from agreements.errors import AgreementError
from agreements.keys import BadSignatureError, KeyUse, WrongUseError
from tests.agreements.community import NOW, keyring, signer

PAYLOAD = b'{"a":1}'


def test_the_encoding_is_the_one_of_the_specification() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.text(max_size=5), st.binary(max_size=5), st.text(max_size=5), st.binary(max_size=5))
def test_two_envelopes_are_never_encoded_alike(kind: str, payload: bytes, other_kind: str, other: bytes) -> None:
    try:
        same = pae(kind, payload) == pae(other_kind, other)
    except UnicodeEncodeError:
        return
    assert same is ((kind, payload) == (other_kind, other))


@given(st.binary(max_size=200), st.lists(st.sampled_from(["alder", "prairie", "commons"]), unique=True, max_size=3))
def test_an_envelope_reads_back_from_its_bytes(payload: bytes, names: list[str]) -> None:
    made = sign(STATEMENT, payload, *(signer(name) for name in names))
    assert Envelope.from_bytes(made.to_bytes()) == made


def test_the_signers_are_told_in_order() -> None:
    made = sign(STATEMENT, PAYLOAD, signer("prairie"), signer("alder"))
    entries = verify(made, keyring(), payload_type=STATEMENT, use=KeyUse.AGREE, at=NOW)
    assert [entry.party for entry in entries] == ["prairie", "alder"]


def test_a_signature_made_elsewhere_can_be_added() -> None:
    bare = Envelope(STATEMENT, PAYLOAD)
    alder = signer("alder")
    made = bare.with_signature(alder.key_id, alder.sign(bare.pae))
    assert made == sign(STATEMENT, PAYLOAD, alder)


def test_one_bad_signature_among_good_ones_is_refused() -> None:
    made = sign(STATEMENT, PAYLOAD, signer("alder")).with_signature(signer("prairie").key_id, bytes(64))
    with pytest.raises(BadSignatureError):
        verify(made, keyring(), payload_type=STATEMENT, use=KeyUse.AGREE, at=NOW)


def test_an_unsigned_envelope_is_refused() -> None:
    with pytest.raises(EnvelopeError):
        verify(Envelope(STATEMENT, PAYLOAD), keyring(), payload_type=STATEMENT, use=KeyUse.AGREE, at=NOW)


def test_a_key_signs_once() -> None:
    with pytest.raises(EnvelopeError):
        sign(STATEMENT, PAYLOAD, signer("alder"), signer("alder"))


@pytest.mark.parametrize("kind", [DELIVERY, RELEASE])
def test_an_envelope_of_another_kind_is_refused(kind: str) -> None:
    made = sign(kind, PAYLOAD, signer("alder"))
    with pytest.raises(EnvelopeError):
        verify(made, keyring(), payload_type=STATEMENT, use=KeyUse.AGREE, at=NOW)
    relabelled = Envelope(STATEMENT, PAYLOAD, made.signatures)
    with pytest.raises(BadSignatureError):
        verify(relabelled, keyring(), payload_type=STATEMENT, use=KeyUse.AGREE, at=NOW)
    with pytest.raises(WrongUseError):
        verify(made, keyring(), payload_type=kind, use=KeyUse.DELIVER, at=NOW)


def test_the_fields_are_named_as_dsse_names_them() -> None:
    document = json.loads(sign(STATEMENT, PAYLOAD, signer("alder")).to_bytes())
    assert set(document) == {"payload", "payloadType", "signatures"}
    assert set(document["signatures"][0]) == {"keyid", "sig"}


@pytest.mark.parametrize(
    "document",
    [
        {"payload": "YQ==", "payloadType": "x"},
        {"payload": "YQ==", "payloadType": "x", "signatures": [], "extra": 1},
        {"payload": "YQ", "payloadType": "x", "signatures": []},
        {"payload": "YR==", "payloadType": "x", "signatures": []},
        {"payload": "Y Q==", "payloadType": "x", "signatures": []},
        {"payload": "YQ==", "payloadType": "", "signatures": []},
        {"payload": "YQ==", "payloadType": 1, "signatures": []},
        {"payload": "YQ==", "payloadType": "x", "signatures": [{"keyid": "a"}]},
        {"payload": "YQ==", "payloadType": "x", "signatures": {}},
        [],
        1,
    ],
)
def test_an_envelope_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(AgreementError):
        Envelope.from_bytes(canonical.encode(document))


def test_the_same_key_twice_is_refused_when_read() -> None:
    with pytest.raises(EnvelopeError):
        Envelope(STATEMENT, PAYLOAD, (Signature("a", b"1"), Signature("a", b"2")))
