"""Forged, stale and foreign tokens: none of them signs anybody in."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jose import jwk

from hub.actions.actor import Actor
from hub.store.vault import new_token_key
from hub.web.identity import SECONDS, Tokens
from hub.web.problems import NotSignedInError

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADDRESS = "https://hub.example"
KEY = new_token_key()
ANA = Actor(client="ana-laptop", person="ana", org="university")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(KEY, issuer=ADDRESS, clock=clock)


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _ = (base64.urlsafe_b64decode(part + "===") for part in token.split("."))
    return json.loads(header), json.loads(claims)


def signed(header: Mapping[str, Any], claims: Any, *, key: bytes = KEY) -> str:
    """A token with any header and claims, with a signature that is right for the key."""
    body = f"{text(json.dumps(header).encode())}.{text(json.dumps(claims).encode())}"
    return f"{body}.{text(jwk.construct(json.loads(key), 'ES256').sign(body.encode()))}"


def public_key() -> ec.EllipticCurvePublicKey:
    known = {name: int.from_bytes(base64.urlsafe_b64decode(json.loads(KEY)[name] + "===")) for name in "xy"}
    return ec.EllipticCurvePublicNumbers(known["x"], known["y"], ec.SECP256R1()).public_key()


def test_a_token_names_the_actor_it_was_issued_to(tokens: Tokens) -> None:
    issued = tokens.issue(ANA)
    assert tokens.read(issued.token) == ANA
    assert issued.seconds == 900
    assert parts(issued.token)[1]["sub"] == "ana"


def test_a_token_that_is_signed_again_by_hand_is_read(tokens: Tokens) -> None:
    assert tokens.read(signed(*parts(tokens.issue(ANA).token))) == ANA


@pytest.mark.parametrize(
    ("seconds", "good"), [(-1, False), (0, True), (SECONDS - 1, True), (SECONDS, False), (SECONDS * 9, False)]
)
def test_a_token_is_good_from_its_first_second_until_its_last(
    tokens: Tokens, clock: Clock, seconds: int, *, good: bool
) -> None:
    token = tokens.issue(ANA).token
    clock.now = NOW + timedelta(seconds=seconds)
    if good:
        assert tokens.read(token) == ANA
    else:
        with pytest.raises(NotSignedInError):
            tokens.read(token)


HEADERS: dict[str, dict[str, Any]] = {
    "no algorithm": {"alg": "none"},
    "an algorithm in other letters": {"alg": "nOnE"},
    "another curve": {"alg": "ES384"},
    "a shared secret": {"alg": "HS256"},
    "a list of algorithms": {"alg": ["ES256"]},
    "its own key": {"jwk": json.loads(new_token_key())},
    "an address of keys": {"jku": "https://evil.example/keys"},
    "an address of certificates": {"x5u": "https://evil.example/x"},
    "a certificate": {"x5c": ["MIIB"]},
    "an extension that must be understood": {"crit": ["exp"], "exp": 1},
    "an empty list of extensions": {"crit": []},
    "an unencoded payload": {"b64": False, "crit": ["b64"]},
    "a path as key id": {"kid": "../../keys/tokens.jwk"},
    "SQL as key id": {"kid": "x' UNION SELECT 'secret"},
    "no key id": {"kid": None},
    "another type": {"typ": "JWT"},
    "a compressed payload": {"zip": "DEF"},
}


@pytest.mark.parametrize("changed", HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_not_ours_refuses_even_when_the_signature_is_right(
    tokens: Tokens, changed: dict[str, Any]
) -> None:
    header, claims = parts(tokens.issue(ANA).token)
    with pytest.raises(NotSignedInError):
        tokens.read(signed({**header, **changed}, claims))


CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "https://other.example/api/v1"},
    "a list of audiences": {"aud": [f"{ADDRESS}/api/v1"]},
    "a longer life": {"exp": int(NOW.timestamp()) + 10**6},
    "an end in text": {"exp": str(int(NOW.timestamp()) + SECONDS)},
    "an end with a fraction": {"exp": NOW.timestamp() + SECONDS},
    "an end that is true": {"exp": True},
    "no end": {"exp": None},
    "a beginning in the future": {"nbf": int(NOW.timestamp()) + 1},
    "a person that is a list": {"sub": ["ana"]},
    "an empty person": {"sub": ""},
    "a claim more": {"admin": True},
    "no organisation": {"org": None},
}


@pytest.mark.parametrize("changed", CLAIMS.values(), ids=CLAIMS)
def test_claims_that_this_hub_would_not_write_refuse_even_when_signed(tokens: Tokens, changed: dict[str, Any]) -> None:
    header, claims = parts(tokens.issue(ANA).token)
    with pytest.raises(NotSignedInError):
        tokens.read(signed(header, {**claims, **changed}))


@pytest.mark.parametrize("left_out", ["iss", "aud", "sub", "org", "client", "iat", "nbf", "exp", "jti"])
def test_every_claim_is_required(tokens: Tokens, left_out: str) -> None:
    header, claims = parts(tokens.issue(ANA).token)
    del claims[left_out]
    with pytest.raises(NotSignedInError):
        tokens.read(signed(header, claims))


def test_another_hubs_key_under_our_key_id_refuses(tokens: Tokens) -> None:
    with pytest.raises(NotSignedInError):
        tokens.read(signed(*parts(tokens.issue(ANA).token), key=new_token_key()))


SHARED: dict[str, Callable[[], bytes]] = {
    "DER": lambda: public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "PEM": lambda: public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "point": lambda: public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    "JWK": lambda: json.dumps({name: json.loads(KEY)[name] for name in ("kty", "crv", "x", "y")}).encode(),
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("form", SHARED)
@pytest.mark.parametrize("claimed", ["HS256", "ES256"])
def test_the_public_key_is_no_shared_secret_in_any_form(tokens: Tokens, form: str, claimed: str) -> None:
    header, claims = parts(tokens.issue(ANA).token)
    body = f"{text(json.dumps({**header, 'alg': claimed}).encode())}.{text(json.dumps(claims).encode())}"
    mac = hmac.new(SHARED[form](), body.encode(), hashlib.sha256).digest()
    with pytest.raises(NotSignedInError):
        tokens.read(f"{body}.{text(mac)}")


def broken(token: str) -> dict[str, str]:
    header, claims, signature = token.split(".")
    raw = base64.urlsafe_b64decode(signature + "===")
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    other = text(json.dumps({**parts(token)[1], "org": "alder"}).encode())
    return {
        "other claims under the same signature": f"{header}.{other}.{signature}",
        "no signature": f"{header}.{claims}.",
        "two parts": f"{header}.{claims}",
        "four parts": f"{token}.{signature}",
        "a signature of zeros": f"{header}.{claims}.{text(bytes(64))}",
        "a shortened signature": f"{header}.{claims}.{text(raw[:-1])}",
        "a lengthened signature": f"{header}.{claims}.{text(raw + b'0')}",
        "a signature in DER": f"{header}.{claims}.{text(der)}",
        "nothing": "",
        "dots": "..",
        "no JSON": f"{text(b'x')}.{claims}.{signature}",
        "a header that is a list": f"{text(b'[]')}.{claims}.{signature}",
        "letters beyond ASCII": f"{token}é",
        "a very long one": f"{header}.{claims}.{'A' * 100_000}",
        "deep JSON": f"{text(b'[' * 3000)}.{claims}.{signature}",
    }


def test_what_is_no_whole_token_of_ours_refuses_with_one_and_the_same_sentence(tokens: Tokens) -> None:
    said = set()
    for token in broken(tokens.issue(ANA).token).values():
        with pytest.raises(NotSignedInError) as refused:
            tokens.read(token)
        said.add(str(refused.value))
    assert len(said) == 1


def test_nothing_shows_the_private_key(tokens: Tokens) -> None:
    assert json.loads(KEY)["d"] not in repr(tokens) + tokens.issue(ANA).token
