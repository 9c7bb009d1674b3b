"""Every error as `application/problem+json`: what went wrong, every reason, what was spent, and what to do next.

It decides nothing.  Rules:

* one body for all errors, FastAPI's own and those nobody foresaw included; what was sent is never repeated in it;
* there is no telling what does not exist from what may not be seen: both give the same bytes;
* a problem that this module makes means that nothing was spent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from agreements.errors import AgreementError
from hub.actions.refusals import RefusedError, together
from hub.errors import ConflictError, HubError, InvalidError, NotFoundError, UnavailableError
from hub.query.errors import QueryError
from hub.store.errors import DifferentRequestError, WrongSecretError
from hub.web.bodies import sentence
from policies.reasons import Reason

MEDIA_TYPE = "application/problem+json"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["status", "code", "title", "detail", "reasons", "problems", "spent", "next_step"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "code", "title", "detail", "next_step")},
        **{name: {"type": "array", "items": {"type": "object"}} for name in ("reasons", "problems")},
        **{name: {"type": "integer"} for name in ("status", "spent")},
    },
}
"""What every problem holds, for OpenAPI."""


class NotSignedInError(HubError):
    """There is no token, or not one that this hub gave and that is still good; never which."""

    title = "You are not signed in"


class NotAcceptableError(HubError):
    """No rendering fits what the request accepts."""

    title = "There is no such rendering"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One error, ready to be shown."""

    status: int
    code: str
    title: str
    detail: str
    next_step: str
    reasons: tuple[Reason, ...] = ()
    problems: tuple[Mapping[str, Any], ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The body."""
        return {
            "type": "about:blank",
            "status": self.status,
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
            "reasons": [reason_json(each) for each in self.reasons],
            "problems": [dict(each) for each in self.problems],
            "spent": 0,
            "next_step": self.next_step,
            **self.more,
        }

    def response(self) -> JSONResponse:
        """The whole answer."""
        headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}.get(self.status)
        return JSONResponse(self.to_json(), status_code=self.status, media_type=MEDIA_TYPE, headers=headers)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of error is told."""

    kind: type[Exception]
    status: int
    code: str
    next_step: str


_KINDS = (
    _Kind(NotSignedInError, 401, "not-signed-in", "Get a token from POST /api/v1/token and send it as a Bearer token."),
    _Kind(WrongSecretError, 401, "invalid_client", "Check both, or ask the operator for a new secret."),
    _Kind(RefusedError, 403, "refused", ""),
    _Kind(NotFoundError, 404, "not-found", "Check the id; GET /api/v1/agreements lists the licences."),
    _Kind(NotAcceptableError, 406, "not-acceptable", "Accept application/json or text/csv."),
    _Kind(DifferentRequestError, 409, "idempotency-key-reused", "Send another Idempotency-Key with another question."),
    _Kind(ConflictError, 409, "conflict", "Look at what stands, then decide anew."),
    _Kind(QueryError, 422, "question-not-understood", "Correct each place that is named, then ask again."),
    _Kind(InvalidError, 422, "invalid", "Correct what the sentence names, then send it again."),
    _Kind(UnavailableError, 503, "unavailable", "Send the same request again in a little while."),
    _Kind(AgreementError, 503, "evidence", "Tell the operator: the evidence of an agreement does not hold together."),
    _Kind(HubError, 500, "failed", "Tell the operator: `hub doctor` says more."),
)
_UNFORESEEN = Problem(
    status=500,
    code="failed",
    title="The hub failed",
    detail="Something went wrong inside the hub; its journal and its log know when.",
    next_step="Tell the operator when it happened: `hub doctor` says more.",
)
_STATUSES = {
    404: ("not-found", "There is no such thing", "Check the address; GET /api/v1/openapi.json lists all of them."),
    405: ("method", "This address takes another method", "GET /api/v1/openapi.json says which."),
    413: ("too-large", "The body is too large", "Send less at once."),
    414: ("too-long", "The address is too long", "Send a shorter one."),
}


def of(error: Exception) -> Problem:
    """The problem that tells an error."""
    found = next((each for each in _KINDS if isinstance(error, each.kind)), None)
    if found is None or found.status == _UNFORESEEN.status:
        return _UNFORESEEN
    detail = str(error)
    title = getattr(error, "title", HubError.title)
    if isinstance(error, RefusedError):
        detail = " ".join(each.reason.sentence for each in together(error.reasons)) or detail
    if isinstance(error, NotFoundError):
        title, detail = NotFoundError.title, "There is no such thing here, or it is not your organisation's to see."
    return Problem(
        status=found.status,
        code=found.code,
        title=title,
        detail=detail,
        next_step=error.next_step if isinstance(error, RefusedError) else found.next_step,
        reasons=error.reasons if isinstance(error, RefusedError) else (),
        problems=tuple(asdict(each) for each in error.problems) if isinstance(error, QueryError) else (),
        more={"error": found.code} if isinstance(error, WrongSecretError) else {},
    )


def of_status(status: int) -> Problem:
    """The problem that tells a plain HTTP status."""
    code, title, step = _STATUSES.get(status, ("invalid", "The request cannot be read", "Check its form."))
    return Problem(status=status, code=code, title=title, detail=f"{title}.", next_step=step)


def of_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """The problem that tells what a body, a header or a parameter should have been."""
    found = [sentence(each) for each in errors]
    return Problem(
        status=422,
        code="invalid-body",
        title="The request does not have the form that is needed",
        detail=" ".join(dict.fromkeys(f"{field}: {text}." for field, text in found)),
        next_step="Correct each field that is named, then send it again.",
        problems=tuple({"field": field, "message": text} for field, text in dict.fromkeys(found)),
    )


def reason_json(reason: Reason) -> dict[str, str]:
    """One reason of a refusal."""
    return {
        "rule": reason.rule,
        "agreement": reason.agreement,
        "sentence": reason.sentence,
        "clause": reason.clause,
        "citation": reason.citation,
        "accepted": reason.accepted,
        "who_can_change": reason.who_can_change,
    }


def register(app: FastAPI) -> None:
    """Tell every error of the application in this way."""

    def known(_: Request, error: Exception) -> JSONResponse:
        return of(error).response()

    def plain(_: Request, error: Exception) -> JSONResponse:
        return of_status(error.status_code if isinstance(error, HTTPException) else _UNFORESEEN.status).response()

    def malformed(_: Request, error: Exception) -> JSONResponse:
        return of_validation(error.errors() if isinstance(error, RequestValidationError) else ()).response()

    app.add_exception_handler(HubError, known)
    app.add_exception_handler(AgreementError, known)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(RequestValidationError, malformed)
