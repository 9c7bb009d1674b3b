"""Questions over HTTP: what one would cost, asking it, and what became of it.

Rules: a dry run spends nothing; the same Idempotency-Key with the same question is the same question, and has an answer
that failed computed again under the charge that was made; only the person who asked sees a question.
"""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from hub.actions import ask
from hub.actions.answer import FAILED
from hub.store.questions import Question, State
from hub.web import shapes
from hub.web.access import API, Here, Serving, SignedIn
from hub.web.bodies import QuestionBody
from hub.web.strict import StrictRoute

routes = APIRouter(prefix="/queries", tags=["questions"], route_class=StrictRoute)

_GRACE = timedelta(seconds=5)

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[ -~]*$",
        description="A text of your own; sent again with the same question it finds that question, and charges once.",
    ),
]


@routes.post("/dry-run")
def dry_run(here: Here, actor: SignedIn, body: QuestionBody) -> dict[str, Any]:
    """What a question would cost, how exact it would be, and every reason for which it would be refused."""
    offered = ask.quote(here.hub, actor, body.asked())
    step = "Send the same body to POST /api/v1/queries." if offered.decision.permitted else _CHANGE
    return shapes.quote(offered, step)


@routes.post("", status_code=202, responses={200: {"description": "An earlier release answers it."}})
def submit(
    here: Here, actor: SignedIn, body: QuestionBody, response: Response, idempotency_key: Key = ""
) -> dict[str, Any]:
    """Ask: judged, charged and admitted, or refused with every reason and nothing spent."""
    ticket = ask.submit(here.hub, actor, body.asked(), idempotency_key=idempotency_key)
    found = ask.status(here.hub, actor, ticket.id)
    if found.state is State.CHARGED:
        here.answering.begin(found, ticket.priced)
    else:
        response.status_code = 200
    response.headers["Location"] = f"{API}/queries/{found.id}"
    return _shown(here, found)


@routes.get("/{question}")
def status(here: Here, actor: SignedIn, question: str, response: Response) -> dict[str, Any]:
    """What became of a question of yours: charged, released or failed."""
    found = ask.status(here.hub, actor, question)
    if found.state is State.CHARGED:
        response.headers["Retry-After"] = "1"
    return _shown(here, found)


_CHANGE = "Change what the reasons name, then ask again."


def _shown(here: Serving, found: Question) -> dict[str, Any]:
    now = here.hub.clock()
    late = found.visible_at is not None and now > found.visible_at + _GRACE
    waiting = found.state is State.CHARGED and late and not here.answering.is_under_way(found.id)
    shown = shapes.question(found, now=now, problem=dict(FAILED) if waiting else None)
    release = None if found.release_id is None else f"{API}/releases/{found.release_id}"
    return {**shown, "href": f"{API}/queries/{found.id}", "release_href": release}
