"""Agreements over HTTP: the public register of them, proposing one, and adding a signed statement.

It signs nothing.  Rules: anybody may read an agreement; who sends a proposal or a statement is signed in for a party of
it, and that alone binds nobody: the signatures inside do.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter

from agreements import canonical
from agreements.envelope import Envelope
from agreements.errors import AgreementError
from agreements.statement import Statement
from agreements.terms import Terms
from hub.actions import agree
from hub.actions.actor import Actor
from hub.actions.agree import AgreementRefusedError
from hub.errors import NotFoundError
from hub.web import shapes
from hub.web.access import Here, SignedIn
from hub.web.bodies import EnvelopeBody, ProposalBody
from hub.web.strict import StrictRoute

routes = APIRouter(prefix="/agreements", tags=["agreements"], route_class=StrictRoute)


@routes.get("")
def listed(here: Here) -> dict[str, Any]:
    """Every agreement and where it stands."""
    return {"agreements": [shapes.standing(each) for each in agree.everything(here.hub)]}


@routes.get("/{agreement}")
def one(here: Here, agreement: str) -> dict[str, Any]:
    """One agreement: where it stands, its clauses in plain words, its terms, and what each party did."""
    return shapes.agreement(agree.show(here.hub, agreement).standing)


@routes.post("", status_code=201)
def propose(here: Here, actor: SignedIn, body: ProposalBody) -> dict[str, Any]:
    """Propose agreements: their terms and the signed statement that proposes them, kept together or not at all."""
    try:
        proposals = [canonical.encode(each) for each in body.terms]
        statement = canonical.encode(body.statement)
        _check_party(actor, map(Terms.from_bytes, proposals))
    except AgreementError as error:
        raise AgreementRefusedError(str(error)) from error
    return {"agreements": [shapes.standing(each) for each in agree.propose(here.hub, proposals, statement)]}


@routes.post("/{agreement}/statements", status_code=201)
def add_statement(here: Here, actor: SignedIn, agreement: str, body: EnvelopeBody) -> dict[str, Any]:
    """Add a signed statement about this agreement (and others, if it names them): sign, suspend, reinstate, leave."""
    _check_party(actor, [agree.show(here.hub, agreement).standing.terms])
    envelope = {"payloadType": body.payloadType, "payload": body.payload, "signatures": body.signatures}
    try:
        data = canonical.encode(envelope)
        about = Statement.from_bytes(Envelope.from_bytes(data).payload)
    except AgreementError as error:
        raise AgreementRefusedError(str(error)) from error
    if about.document(agreement) is None:
        raise AgreementRefusedError("the statement is about another agreement than the address names")
    return {"agreements": [shapes.standing(each) for each in agree.add_statement(here.hub, data)]}


def _check_party(actor: Actor, terms: Iterable[Terms]) -> None:
    """To those who are no party it is as if there were no such agreement to act on."""
    if any(actor.org not in {party.org_id for party in each.parties} for each in terms):
        raise NotFoundError("there is no such agreement of yours")
