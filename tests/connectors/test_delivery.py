"""A delivery is what its custodian signed, only the hub opens it, and it holds only what was agreed."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agreements import canonical, envelope, sealing
from agreements.errors import AgreementError
from agreements.sealing import SealingKey
from connectors import contents as delivered
from connectors import delivery
from connectors.contents import Contents, Tokens
from connectors.delivery import Manifest
from connectors.errors import DeliveryError
from tests.agreements.community import catalogue, sharing, signer
from tests.connectors.sites import HUB, NOW, keyring

ALDER = signer("connector-alder")
TRUST = keyring("alder", ALDER)
TERMS = sharing("alder")
ROW: dict[str, list[Any]] = {
    "record": [5],
    "school_year": [2025],
    "grade": ["03"],
    "grade_band": ["3-5"],
    "school_moves": [1],
}
SECOND = timedelta(seconds=1)


def contents(**table: list[Any]) -> Contents:
    return Contents({"files": []}, {"school_year": {**ROW, **table}}, Tokens([5, 5], [1, 2], [11, 2**63 - 1]))


def manifest(**changed: Any) -> Manifest:
    given: dict[str, Any] = {
        "custodian": "alder",
        "agreement": TERMS.id,
        "agreement_sha256": TERMS.digest,
        "catalogue_sha256": catalogue().digest,
        "number": 1,
        "created_at": NOW,
        "tokens_version": "tokens/1",
        "elements": TERMS.elements,
    }
    return Manifest(**{**given, **changed})


def packed(made: Contents | None = None, **changed: Any) -> bytes:
    return delivery.pack(made or contents(), manifest(**changed), signer=ALDER, hub_public=HUB.public)


def opened(data: bytes) -> tuple[Manifest, Contents]:
    return delivery.open_delivery(data, keyring=TRUST, unsealer=HUB, at=NOW)


def test_what_was_packed_is_what_is_opened() -> None:
    read, found = opened(packed())
    assert found == contents()
    assert replace(read, sealed_sha256="") == manifest()
    assert read == delivery.read_manifest(packed_once := packed(), TRUST, NOW) or packed_once


def test_nothing_of_the_contents_stands_in_the_file_in_the_open() -> None:
    data = packed(contents(grade=["09"]))
    assert b"school_moves" not in data.split(b"hub-sealed/1")[1]
    assert "2025" not in repr((manifest(), contents()))


@pytest.mark.parametrize("place", [0, 5, 16, 22, 60, 400, -1, -40])
def test_a_changed_byte_anywhere_refuses(place: int) -> None:
    data = bytearray(packed())
    data[place] ^= 1
    with pytest.raises(AgreementError) if place in {60, 400} else pytest.raises((AgreementError, DeliveryError)):
        opened(bytes(data))


@pytest.mark.parametrize("length", [0, 10, 15, 23, 100, -1])
def test_a_delivery_that_was_cut_short_refuses(length: int) -> None:
    with pytest.raises((AgreementError, DeliveryError)):
        opened(packed()[:length])


def test_a_delivery_signed_for_another_custodian_refuses() -> None:
    with pytest.raises(DeliveryError, match="not signed by birch"):
        opened(packed(custodian="birch"))


def test_a_stranger_a_key_for_agreements_and_a_delivery_of_tomorrow_refuse() -> None:
    for other in ("stranger", "alder"):
        data = delivery.pack(contents(), manifest(), signer=signer(other), hub_public=HUB.public)
        with pytest.raises(AgreementError):
            opened(data)
    with pytest.raises(DeliveryError, match="dated in the future"):
        opened(packed(created_at=NOW + timedelta(days=1)))
    assert opened(packed(created_at=NOW + SECOND))


def test_another_reader_cannot_open_it() -> None:
    with pytest.raises(AgreementError, match="sealed to another key"):
        delivery.open_delivery(packed(), keyring=TRUST, unsealer=SealingKey.generate(), at=NOW)


def test_a_sealed_part_carried_over_from_another_delivery_refuses() -> None:
    first, second = packed(), packed(contents(grade=["09"]))
    mixed = first.split(b"hub-sealed/1")[0] + b"hub-sealed/1" + second.split(b"hub-sealed/1")[1]
    with pytest.raises(DeliveryError, match="not the one that was signed"):
        opened(mixed)


@pytest.mark.parametrize(
    "plain",
    [
        b"canary",
        zlib.compress(b"canary"),
        zlib.compress(contents().to_bytes()) + b"more",
        zlib.compress(contents().to_bytes())[:-3],
    ],
)
def test_a_signed_delivery_of_another_form_refuses_and_quotes_nothing(plain: bytes) -> None:
    sealed = sealing.seal(plain, HUB.public)
    head = envelope.sign(
        envelope.DELIVERY, replace(manifest(), sealed_sha256=canonical.digest(sealed)).to_bytes(), ALDER
    ).to_bytes()
    with pytest.raises(DeliveryError, match="deliver again") as caught:
        opened(b"hub-delivery/1\n" + len(head).to_bytes(8, "big") + head + sealed)
    assert "canary" not in repr(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("custodian", "../alder"),
        ("number", 0),
        ("agreement_sha256", "f" * 63),
        ("catalogue_sha256", "G" * 64),
        ("tokens_version", ""),
    ],
)
def test_a_manifest_that_makes_no_sense_cannot_be_made(field: str, value: object) -> None:
    with pytest.raises((AgreementError, DeliveryError)):
        manifest(**{field: value})


def checked(made: Contents) -> None:
    delivered.check(made, custodian="alder", agreed=TERMS.elements, catalogue=catalogue())


def test_contents_as_agreed_may_stay() -> None:
    checked(contents())
    assert delivered.counts(contents()) == {"school_year": 1}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda: contents(grade=["03", "04"]), "not of one length"),
        (lambda: contents(grade=["canary"]), "outside the catalogue's domain"),
        (lambda: contents(school_moves=[5]), "outside the catalogue's domain"),
        (lambda: contents(school_moves=[None]), "outside the catalogue's domain"),
        (lambda: contents(school_year=["2025"]), "outside the catalogue's domain"),
        (lambda: contents(record=[6]), "without linkage tokens"),
        (lambda: contents(district=["alder"]), "a column travels"),
        (lambda: contents(canary=["x"]), "a column travels"),
        (lambda: contents(**{name: values * 4 for name, values in ROW.items()}), "more than 3 rows"),
        (lambda: Contents({}, {"encounter": {"record": []}}, Tokens([], [], [])), "a table that the agreement"),
        (lambda: Contents({}, {"canary": {"record": []}}, Tokens([], [], [])), "a table that the agreement"),
        (lambda: Contents({}, {"school_year": {"grade": []}}, Tokens([], [], [])), "record is missing"),
        (lambda: Contents({}, {}, Tokens([1], [1], [])), "not of one length"),
        (lambda: Contents({}, {}, Tokens([1], [1], [2**63])), "between 0 and"),
        (lambda: Contents({}, {}, Tokens([-1], [1], [1])), "between 0 and"),
    ],
)
def test_contents_that_were_not_agreed_may_not_stay(spoil: Callable[[], Contents], sentence: str) -> None:
    with pytest.raises(DeliveryError, match=sentence) as caught:
        checked(spoil())
    assert "canary" not in str(caught.value)


def test_columns_beyond_a_narrow_agreement_may_not_stay() -> None:
    narrow = frozenset({"alder/school_year/grade:group_by", "alder/school_year/person:join"})
    with pytest.raises(DeliveryError, match="a column travels"):
        delivered.check(contents(), custodian="alder", agreed=narrow, catalogue=catalogue())
