"""Access tokens: who signed in, signed by the hub, good for fifteen minutes.  Door to jose.

It checks no secret.  Rules:

* one algorithm, ES256, with one key that is given as a JWK and never as bytes that a library could mistake;
* the header is exactly the one that this module writes: a token that brings its own key, address, algorithm, key id or
  `crit` is refused before its signature is looked at;
* claims are exactly those that this module writes, each of its type; the hub's own clock judges their instants;
* whatever is wrong with a token, the answer is the same.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from jose import jws
from jose.exceptions import JOSEError
from jose.utils import base64url_decode

from hub.actions.actor import Actor
from hub.web.problems import NotSignedInError
from hub.wiring import Clock

SECONDS = 15 * 60
"""How long a token is good."""

_ALGORITHM = "ES256"
_LONGEST = 4096
_TEXTS = ("iss", "aud", "sub", "org", "client", "jti")
_INSTANTS = ("iat", "nbf", "exp")
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as it is handed out."""

    token: str
    seconds: int


class Tokens:
    """Writes and reads the access tokens of one hub; `key` is a private P-256 JWK, `issuer` the hub's address."""

    def __init__(self, key: bytes, *, issuer: str, clock: Clock) -> None:
        self._private: Mapping[str, str] = json.loads(key)
        self._public = {name: self._private[name] for name in ("kty", "crv", "x", "y")}
        self._issuer, self._audience, self._clock = issuer, f"{issuer}/api/v1", clock
        thumbprint = sha256(json.dumps(self._public, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        self._header = {"alg": _ALGORITHM, "typ": "at+jwt", "kid": thumbprint[:32]}

    def __repr__(self) -> str:
        return f"Tokens({self._issuer})"

    def issue(self, actor: Actor) -> Issued:
        """A new token for an actor."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": actor.person,
            "org": actor.org,
            "client": actor.client,
            "iat": now,
            "nbf": now,
            "exp": now + SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        payload = json.dumps(claims, separators=(",", ":")).encode()
        token: str = jws.sign(payload, dict(self._private), headers=dict(self._header), algorithm=_ALGORITHM)
        return Issued(token, SECONDS)

    def read(self, token: str) -> Actor:
        """The actor whom a token names, or `NotSignedInError`."""
        try:
            claims = self._verified(token)
            self._check(claims)
            return Actor(client=claims["client"], person=claims["sub"], org=claims["org"])
        except (JOSEError, ValueError, TypeError, KeyError, RecursionError):
            raise NotSignedInError("there is no token, or it is not one of this hub's that is still good") from None

    def _verified(self, token: str) -> Any:
        parts = token.split(".")
        if len(token) > _LONGEST or len(parts) != _PARTS or not token.isascii():
            raise ValueError
        if json.loads(base64url_decode(parts[0].encode("ascii"))) != self._header:
            raise ValueError
        return json.loads(jws.verify(token, dict(self._public), algorithms=[_ALGORITHM]))

    def _check(self, claims: Mapping[str, Any]) -> None:
        texts = all(type(claims[name]) is str and claims[name] for name in _TEXTS)
        instants = all(type(claims[name]) is int for name in _INSTANTS)
        if not (texts and instants) or set(claims) != {*_TEXTS, *_INSTANTS}:
            raise ValueError
        if claims["iss"] != self._issuer or claims["aud"] != self._audience:
            raise ValueError
        now = int(self._clock().timestamp())
        if not claims["nbf"] <= now < claims["exp"] or claims["exp"] - claims["iat"] != SECONDS:
            raise ValueError
