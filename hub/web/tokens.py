"""Signing in: client credentials for an access token (RFC 6749, section 4.4).

Rules: the secret comes in the body or as Basic authorisation, never in the address; whatever is wrong with a client id
or its secret ends in one and the same error.
"""

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header

from hub.actions.sign_in import verify
from hub.errors import InvalidError
from hub.web.access import Here

routes = APIRouter(tags=["signing in"])

_GRANT = "client_credentials"


class GrantError(InvalidError):
    """Another way of signing in was asked for."""

    title = "This way of signing in is not offered"


@routes.post("/token")
def token(
    here: Here,
    grant_type: Annotated[str, Form()] = _GRANT,
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    authorization: Annotated[str, Header(include_in_schema=False)] = "",
) -> dict[str, Any]:
    """Get an access token that is good for fifteen minutes."""
    if grant_type != _GRANT:
        raise GrantError(f"grant_type is {_GRANT}")
    name, secret = _basic(authorization) or (client_id, client_secret)
    issued = here.tokens.issue(verify(here.hub, name, secret=secret))
    return {"access_token": issued.token, "token_type": "Bearer", "expires_in": issued.seconds}


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, secret
