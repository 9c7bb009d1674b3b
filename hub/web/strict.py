"""Bodies are read as strictly as signed documents: UTF-8 without a mark, no name twice, no NaN, no surprise.

It judges no field; `bodies` does.  Rule: what two readers could understand differently is refused, and nothing of it is
repeated.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class StrictRequest(Request):
    """A request whose JSON has one meaning."""

    async def json(self) -> Any:
        """The body's value; whatever is doubtful is told as JSON that cannot be read."""
        data = await self.body()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise json.JSONDecodeError("the body is not UTF-8", "", 0) from None
        if text.startswith("\ufeff"):
            raise json.JSONDecodeError("the body begins with a byte-order mark", "", 0)
        try:
            return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        except RecursionError:
            raise json.JSONDecodeError("the body is nested too deep", "", 0) from None
        except json.JSONDecodeError as error:
            raise json.JSONDecodeError(error.msg, "", error.pos) from None
        except ValueError:
            raise json.JSONDecodeError("a number of the body is too long", "", 0) from None


class StrictRoute(APIRoute):
    """A route that reads its body through `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI, given a strict request."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise json.JSONDecodeError("a name stands twice in one object", "", 0)
    return read


def _constant(_: str) -> Any:
    raise json.JSONDecodeError("NaN and infinity are no numbers", "", 0)
