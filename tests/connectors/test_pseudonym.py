"""Identity becomes tokens that only holders of one secret can compare, and as many for everybody."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import pseudonym
from connectors.errors import ConnectorError
from connectors.records import Address, Identity
from connectors.token_kinds import PLACES, Kind
from tests.connectors.test_pseudonym_compounds import CHILD

SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))
MEMORANDUM = "memorandum-1"

Bytes = Callable[[int], bytes]


def fresh(seed: int) -> Bytes:
    return Random(seed).randbytes


def made(
    identity: Identity, *, secret: bytes = SECRET, agreement: str = MEMORANDUM, seed: int = 1
) -> set[tuple[int, int]]:
    return set(pseudonym.tokens(identity, secret=secret, agreement=agreement, random=fresh(seed)))


def real(identity: Identity) -> set[tuple[int, int]]:
    return made(identity, seed=1) & made(identity, seed=2)


identities = st.builds(
    Identity,
    given=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    middle=st.text(max_size=8),
    family=st.lists(st.text(max_size=12), max_size=3).map(tuple),
    preferred=st.text(max_size=5),
    birth_date=st.none() | st.dates(min_value=date(1990, 1, 1), max_value=date(2030, 1, 1)),
    sex=st.sampled_from(["female", "male", ""]),
    phones=st.lists(st.from_regex(r"[0-9]{3}-[0-9]{3}-[0-9]{4}", fullmatch=True), max_size=4).map(tuple),
    addresses=st.lists(st.builds(Address, line=st.text(max_size=20), postal_code=st.text(max_size=6)), max_size=3).map(
        tuple
    ),
)


@settings(max_examples=60, deadline=None)
@given(identities)
def test_everybody_has_the_same_number_of_tokens_of_each_kind(identity: Identity) -> None:
    tokens = pseudonym.tokens(identity, secret=SECRET, agreement=MEMORANDUM, random=fresh(1))
    assert Counter(kind for kind, _ in tokens) == {int(kind): places for kind, places in PLACES.items()}
    assert all(0 <= token < 2**63 for _, token in tokens)


def test_the_same_identity_written_otherwise_has_the_same_tokens() -> None:
    otherwise = replace(
        CHILD,
        given=("ALEJANDRA",),
        family=("garcia lopez",),
        phones=("(614) 555.0143",),
        addresses=(Address("12 OAK STREET, UNIT 9", "", "", "45901-0001"),),
    )
    assert real(CHILD) == real(otherwise)
    assert len({kind for kind, _ in real(CHILD)}) == len(Kind)


@pytest.mark.parametrize("other", [{"secret": OTHER}, {"agreement": "memorandum-2"}])
def test_two_secrets_or_agreements_never_share_a_token(other: dict[str, object]) -> None:
    here = {token for _, token in made(CHILD)}
    there = {token for _, token in made(CHILD, seed=2, **other)}  # type: ignore[arg-type]
    assert not here & there


def test_an_epoch_begins_with_new_tokens() -> None:
    later = pseudonym.tokens(CHILD, secret=SECRET, agreement=MEMORANDUM, random=fresh(1), epoch=2)
    assert not {token for _, token in real(CHILD)} & {token for _, token in later}


def test_one_text_has_another_token_under_every_kind() -> None:
    tokens = [token for _, token in real(CHILD)]
    assert len(set(tokens)) == len(tokens)


def test_what_fills_up_is_used_once() -> None:
    nobody = Identity()
    assert real(nobody) == set()
    assert len(made(nobody)) == sum(PLACES.values())
    again = fresh(1)
    one, other = (set(pseudonym.tokens(nobody, secret=SECRET, agreement=MEMORANDUM, random=again)) for _ in range(2))
    assert not one & other


CONFORMANCE = {
    Kind.BIRTH_GIVEN: "2012-03-04\x1falejandra",
    Kind.NAMES_YEAR: "alejandra\x1fgarcia\x1f2012",
    Kind.PHONE_PART: "6145550143\x1flopez",
}


@pytest.mark.parametrize(("kind", "text"), CONFORMANCE.items())
def test_a_token_is_hmac_sha256_under_a_key_by_hkdf(kind: Kind, text: str) -> None:
    info = f"{MEMORANDUM}\x1f1\x1f{kind.name}\x1f{pseudonym.TOKENS_VERSION}".encode()
    extracted = hmac.digest(bytes(32), SECRET, hashlib.sha256)
    key = hmac.digest(extracted, info + b"\x01", hashlib.sha256)
    token = int.from_bytes(hmac.digest(key, text.encode(), hashlib.sha256)[:8], "big") >> 1
    assert (int(kind), token) in real(CHILD)


VECTORS: tuple[tuple[str, Identity, str], ...] = (
    ("a child of two surnames", CHILD, "70c8cc9caa90db980a694fa085bd81b5acf6e62bd905da274daaaf5c45e61fbe"),
    (
        "a patient without a given name",
        Identity(given=("BABY BOY",), family=("Nguyen",), birth_date=date(2019, 10, 17), sex="male"),
        "85c10c81fc2a4b7473f88db9793a9b2501d1cf689d6fe71ac64cc50ec58057a0",
    ),
    (
        "a student whose birth date is a default",
        Identity(given=("Bill",), family=("O'Neill",), birth_date=date(2010, 1, 1), phones=("2165550117",)),
        "82b9c833da9d477a603db393e6ec406fdb3b547f2fe1ca726d88eabdf02b973e",
    ),
)


@pytest.mark.parametrize(("who", "identity", "digest"), VECTORS)
def test_tokens_conform_to_the_vectors_of_this_version(who: str, identity: Identity, digest: str) -> None:
    """When this fails without VERSION having grown, linkage between old and new deliveries is broken."""
    text = ";".join(f"{kind}:{token}" for kind, token in sorted(real(identity)))
    assert hashlib.sha256(text.encode()).hexdigest() == digest, who


def test_single_tokens_conform_to_the_vectors() -> None:
    assert pseudonym.TOKENS_VERSION == "linkage-tokens/1"
    found = {kind: token for kind, token in real(CHILD) if kind in {Kind.BIRTH_GIVEN_START, Kind.PHONE_YEAR}}
    assert found == {Kind.BIRTH_GIVEN_START: 2639566849329187060, Kind.PHONE_YEAR: 1305113562851653403}


def test_a_secret_of_another_length_is_refused_without_being_shown() -> None:
    with pytest.raises(ConnectorError, match="32 random bytes") as refused:
        pseudonym.tokens(CHILD, secret=b"planted-secret", agreement=MEMORANDUM, random=fresh(1))
    assert "planted" not in str(refused.value)
    with pytest.raises(ConnectorError, match="record key") as refused:
        pseudonym.record_number("planted-id", key=b"short")
    assert "planted" not in str(refused.value)


def test_a_record_number_depends_on_the_key_and_the_identifier() -> None:
    numbers = {pseudonym.record_number(source, key=key) for source in ("a", "b", "\udcff") for key in (SECRET, OTHER)}
    assert len(numbers) == 6
    assert all(0 <= number < 2**63 for number in numbers)
    assert pseudonym.record_number("student-1", key=SECRET) == 1240951547888517811
