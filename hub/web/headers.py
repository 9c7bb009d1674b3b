"""What stands around every answer: security headers, limits on what is sent, and a last word on what nobody foresaw.

It knows no route.  Rules:

* every answer carries the same security headers, errors included; only static files may be kept by a browser;
* a body over its limit, an address over its length: refused before anything reads it;
* an error that nobody foresaw is logged by its kind and place, never with a traceback, which could quote values.
"""

import logging
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.web import problems

_SECURITY: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ONE_YEAR = "max-age=31536000"
_STATIC = "/static/"
_LONGEST_PATH = 200
_LONGEST_QUERY = 2_000
_LARGEST_BODY = 1_000_000
_LOG = logging.getLogger("hub.web")


class Around:
    """The outermost layer; `larger` gives the few addresses that take larger bodies, with their limits in bytes."""

    def __init__(self, app: ASGIApp, *, larger: Mapping[str, int], encrypted: bool) -> None:
        self._app, self._larger, self._encrypted = app, larger, encrypted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _Sending(send, self._headers(scope["path"]))
        limit = self._larger.get(scope["path"], _LARGEST_BODY)
        refused = _refused(scope, limit)
        if refused:
            await problems.of_status(refused).response()(scope, receive, sending)
            return
        try:
            await self._app(scope, _Receiving(receive, limit), sending)
        except Exception as error:  # noqa: BLE001 - the last word on what nobody foresaw
            _log(error)
            if not sending.begun:
                await problems.of(error).response()(scope, receive, sending)

    def _headers(self, path: str) -> Mapping[str, str]:
        kept = "public, max-age=3600" if path.startswith(_STATIC) else "no-store"
        strict = {"Strict-Transport-Security": _ONE_YEAR} if self._encrypted else {}
        return {**_SECURITY, **strict, "Cache-Control": kept}


class _Sending:
    """Adds the headers to the beginning of an answer."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send, self._headers, self.begun = send, headers, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            MutableHeaders(scope=message).update(self._headers)
        await self._send(message)


class _Receiving:
    """Counts a body that did not say how long it is."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left = receive, limit

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message


def _refused(scope: Scope, limit: int) -> int:
    """The status with which a request is refused before it is read, or 0."""
    if (
        len(scope.get("raw_path") or scope["path"].encode()) > _LONGEST_PATH
        or len(scope["query_string"]) > _LONGEST_QUERY
    ):
        return 414
    length = Headers(scope=scope).get("content-length", "0")
    return 0 if length.isascii() and length.isdigit() and int(length[:20]) <= limit else 413


def _log(error: Exception) -> None:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown"
    _LOG.error("%s at %s", type(error).__name__, where)
