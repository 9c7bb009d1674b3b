"""What every route is given: the hub, and the actor who signed in.

It decides nothing about what an actor may do.  Rule: whether an actor may still act is asked at every request, not only
when the token was made.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2

from hub.actions.actor import Actor
from hub.actions.sign_in import is_active
from hub.web.answering import Answering
from hub.web.identity import Tokens
from hub.web.problems import NotSignedInError
from hub.web.sessions import Sessions
from hub.wiring import Hub

API = "/api/v1"
_SCHEME = OAuth2(
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl=f"{API}/token", scopes={})),
    scheme_name="client_credentials",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Serving:
    """One hub as it is served."""

    hub: Hub
    tokens: Tokens
    sessions: Sessions
    answering: Answering


def serving(request: Request) -> Serving:
    """What serves this request."""
    found: Serving = request.app.state.serving
    return found


Here = Annotated[Serving, Depends(serving)]


def signed_in(here: Here, authorization: Annotated[str | None, Depends(_SCHEME)]) -> Actor:
    """The actor whom the Bearer token names; `NotSignedInError` without a good one."""
    scheme, _, token = (authorization or "").partition(" ")
    actor = here.tokens.read(token.strip() if scheme.lower() == "bearer" else "")
    if not is_active(here.hub, actor):
        raise NotSignedInError("there is no token, or it is not one of this hub's that is still good")
    return actor


SignedIn = Annotated[Actor, Depends(signed_in)]
