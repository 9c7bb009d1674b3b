"""The web application of one hub: the API under `/api/v1`, the page at `/`, and what stands around both.

It decides nothing.  Rule: one hub, one application; whoever made the hub closes it after the application.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from hub.web import agreements, oversight, pages, problems, questions, releases, tokens
from hub.web.access import API, Serving
from hub.web.answering import Answering
from hub.web.headers import Around
from hub.web.identity import Tokens
from hub.web.sessions import Sessions
from hub.wiring import Hub

_MEGABYTE = 1_000_000
_PROBLEM = {
    "description": "A problem, with every reason and the next step.",
    "content": {problems.MEDIA_TYPE: {"schema": problems.SCHEMA}},
}


def create_app(hub: Hub) -> FastAPI:
    """The application that serves a hub."""
    address = hub.settings.address.rstrip("/")
    serving = Serving(
        hub=hub,
        tokens=Tokens(hub.token_key, issuer=address, clock=hub.clock),
        sessions=Sessions(hub.clock),
        answering=Answering(hub),
    )

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        serving.answering.recover()
        try:
            yield
        finally:
            serving.answering.close()

    app = FastAPI(
        title=hub.settings.name,
        version=version("learning-commons-hub"),
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=living,
    )
    app.state.serving = serving
    problems.register(app)
    api = APIRouter(prefix=API, responses={"4XX": _PROBLEM, "5XX": _PROBLEM})
    for part in (tokens, oversight, agreements, questions, releases):
        api.include_router(part.routes)
    app.include_router(api)
    app.include_router(pages.routes)
    with resources.as_file(resources.files("hub.web") / "static") as static:
        app.mount("/static", StaticFiles(directory=static), name="static")
    largest = hub.settings.largest_delivery_megabytes * _MEGABYTE
    app.add_middleware(Around, larger={f"{API}/deliveries": largest}, encrypted=address.startswith("https:"))
    return app
