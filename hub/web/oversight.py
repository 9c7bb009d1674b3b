"""What anybody may look at: the catalogue, the journal; and, for those who signed in, the budget; and deliveries in.

It changes nothing but by a delivery.  Rules: the journal is shown as the public may read it; a delivery is taken from
an actor of the custodian whose connector signed it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from agreements.errors import AgreementError
from connectors.delivery import read_manifest
from connectors.errors import ConnectorError
from hub.actions.actor import Actor
from hub.actions.oversee import budget, read_journal
from hub.actions.receive import DeliveryError, Received, receive
from hub.errors import NotFoundError
from hub.web import shapes
from hub.web.access import Here, SignedIn
from hub.wiring import Hub

routes = APIRouter()

_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@routes.get("/catalogue", tags=["oversight"])
def catalogue(here: Here) -> dict[str, Any]:
    """Every table and column: keys, bounds, legal class, and what an empty value means."""
    return {"sha256": here.hub.catalogue.digest, "catalogue": here.hub.catalogue.to_json()}


@routes.get("/budget", tags=["oversight"])
def accounts(here: Here, _: SignedIn) -> dict[str, Any]:
    """Every account: its limit and what is spent of it."""
    return {"accounts": [shapes.line(each) for each in budget(here.hub)]}


@routes.get("/journal", tags=["oversight"])
def journal(
    here: Here,
    after: Annotated[int, Query(ge=0, le=2**53 - 1, description="Entries that follow this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Entries of the journal, oldest first, each with its hash."""
    entries = [shapes.entry(each) for each in read_journal(here.hub, after=after, limit=limit)]
    return {"entries": entries, "next_after": entries[-1]["index"] if len(entries) == limit else None}


@routes.post("/deliveries", status_code=201, tags=["deliveries"], openapi_extra=_BYTES)
async def deliver(here: Here, actor: SignedIn, request: Request, response: Response) -> dict[str, Any]:
    """Deliver: the bytes of a sealed file from your connector's outbox."""
    received = await run_in_threadpool(_receive, here.hub, actor, await request.body())
    if received.again:
        response.status_code = 200
    return {
        "custodian": received.custodian,
        "number": received.number,
        "sha256": received.sha256,
        "again": received.again,
    }


def _receive(hub: Hub, actor: Actor, data: bytes) -> Received:
    try:
        custodian = read_manifest(data, hub.keyring, hub.clock()).custodian
    except (AgreementError, ConnectorError) as error:
        raise DeliveryError(str(error)) from error
    if custodian != actor.org:
        raise NotFoundError("there is no site of yours that signed this delivery")
    return receive(hub, data)
