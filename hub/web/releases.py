"""Releases over HTTP: as JSON, as CSV, and with the proof of who agreed.

Rules: every rendering has the same numbers; a release of another licence is as unknown as one that does not exist.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from hub.actions import publish
from hub.actions.publish import Published
from hub.web import shapes
from hub.web.access import Here, SignedIn
from hub.web.problems import NotAcceptableError

routes = APIRouter(prefix="/releases", tags=["releases"])

_JSON, _CSV = "application/json", "text/csv"
_CONTENT: dict[int | str, dict[str, Any]] = {200: {"content": {_JSON: {}, _CSV: {}}}}


@routes.get("")
def listed(
    here: Here, actor: SignedIn, project: Annotated[str, Query(description="The licence's id.", max_length=200)]
) -> dict[str, Any]:
    """Every release under a licence of yours, oldest first."""
    return {"releases": [shapes.release_line(each) for each in publish.of_licence(here.hub, actor, project)]}


@routes.get("/{release}", response_class=Response, responses=_CONTENT)
def one(here: Here, actor: SignedIn, release: str, request: Request) -> Response:
    """One release: JSON, or CSV if that is what you accept."""
    published = publish.get(here.hub, actor, release)
    accepted = preferred(request.headers.get("accept", "*/*"), (_JSON, _CSV))
    if not accepted:
        raise NotAcceptableError("a release is given as application/json or text/csv")
    answer = csv(published) if accepted == _CSV else JSONResponse(shapes.release(published))
    answer.headers["Vary"] = "Accept"
    return answer


@routes.get("/{release}/proof", response_class=Response, responses={200: {"content": {_JSON: {}}}})
def proof(here: Here, actor: SignedIn, release: str) -> Response:
    """A file that anybody can check offline with `hub verify`: the signed release and every agreement behind it."""
    return proven(publish.proof(here.hub, actor, release), release)


def csv(published: Published) -> Response:
    """A release's table as a CSV file."""
    named = {"Content-Disposition": f'attachment; filename="{published.id}.csv"'}
    return Response(published.document.to_csv(), media_type=_CSV, headers=named)


def proven(data: bytes, release: str) -> Response:
    """A release's proof as a file."""
    named = {"Content-Disposition": f'attachment; filename="{release}.proof.json"'}
    return Response(data, media_type=_JSON, headers=named)


def preferred(accept: str, offered: tuple[str, ...]) -> str:
    """The first of `offered` among those that an Accept header likes best; empty when it takes none of them."""
    wished = dict(map(_wish, accept.split(",")))
    liked = {
        kind: wished.get(kind, wished.get(f"{kind.partition('/')[0]}/*", wished.get("*/*", 0.0))) for kind in offered
    }
    best = max(offered, key=lambda kind: liked[kind])
    return best if liked[best] > 0 else ""


def _wish(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return kind, 0.0
