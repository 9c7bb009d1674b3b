"""The page: agreements, releases, budget and journal for a reader with a browser, and its sign-in.

It needs no script.  Rules: a session is an opaque text in a cookie that no script and no other site can use; what
changes anything is a form of this very site; everything is escaped by the templates.
"""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from hub.actions import publish
from hub.actions.actor import Actor
from hub.actions.sign_in import is_active, verify
from hub.store.errors import WrongSecretError
from hub.web import releases, views
from hub.web.access import Here, Serving
from hub.web.problems import NotSignedInError

routes = APIRouter(include_in_schema=False)

_TEMPLATES = Jinja2Templates(
    env=Environment(
        loader=PackageLoader("hub.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
)
_SAME = frozenset({"same-origin", "none"})
_WRONG = "The client id or its secret is wrong. Check both, or ask the operator for a new secret."


def reader(here: Here, request: Request) -> Actor | None:
    """Who reads the page, if somebody signed in."""
    actor = here.sessions.find(request.cookies.get(_cookie(here), ""))
    return actor if actor is not None and is_active(here.hub, actor) else None


Reader = Annotated[Actor | None, Depends(reader)]


def own_form(here: Here, request: Request) -> None:
    """Refuse a form that another site sent."""
    origin = request.headers.get("origin", "")
    fetched = request.headers.get("sec-fetch-site")
    ours = {f"{request.url.scheme}://{request.url.netloc}", _origin(here.hub.settings.address)}
    if not (fetched in _SAME if fetched is not None else origin in ours):
        raise HTTPException(403)


@routes.get("/")
def page(here: Here, request: Request, actor: Reader) -> Response:
    """The page, as this reader may see it."""
    return _page(here, request, actor)


@routes.post("/sign-in", dependencies=[Depends(own_form)])
def sign_in(
    here: Here,
    request: Request,
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
) -> Response:
    """Begin a session, and back to the page."""
    try:
        actor = verify(here.hub, client_id.strip(), secret=client_secret.strip())
    except WrongSecretError:
        return _page(here, request, None, failure=_WRONG)
    here.sessions.end(request.cookies.get(_cookie(here), ""))
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        _cookie(here), here.sessions.begin(actor), httponly=True, samesite="strict", path="/", secure=_encrypted(here)
    )
    return answer


@routes.post("/sign-out", dependencies=[Depends(own_form)])
def sign_out(here: Here, request: Request) -> Response:
    """End the session."""
    here.sessions.end(request.cookies.get(_cookie(here), ""))
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(_cookie(here), path="/", httponly=True, samesite="strict", secure=_encrypted(here))
    return answer


@routes.get("/releases/{release}/table.csv")
def table(here: Here, actor: Reader, release: str) -> Response:
    """A release's table, for those who signed in on the page."""
    return releases.csv(publish.get(here.hub, _signed_in(actor), release))


@routes.get("/releases/{release}/proof.json")
def proof(here: Here, actor: Reader, release: str) -> Response:
    """A release's proof, likewise."""
    return releases.proven(publish.proof(here.hub, _signed_in(actor), release), release)


def _page(here: Serving, request: Request, actor: Actor | None, *, failure: str = "") -> Response:
    shown = {"page": views.page(here.hub, actor), "failure": failure}
    return _TEMPLATES.TemplateResponse(request, "page.html", shown, status_code=401 if failure else 200)


def _signed_in(actor: Actor | None) -> Actor:
    if actor is None:
        raise NotSignedInError("sign in on the page first")
    return actor


def _cookie(here: Serving) -> str:
    return "__Host-hub" if _encrypted(here) else "hub"


def _encrypted(here: Serving) -> bool:
    return here.hub.settings.address.startswith("https:")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
