"""The Python client: ask a hub from a notebook, see the price first, get a DataFrame with ranges.

It holds no data and no rule of its own; the hub decides.  Rules:

* `ask` spends nothing: it returns a plan that says what it would cost; only `run` spends, once, however often it runs;
* a refusal is an error whose text holds every reason and the next step;
* a suppressed number is NaN, and the column `suppressed` says why;
* a secret is sent to the hub's token address and nowhere else, and shown by nothing.
"""

import io
import math
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx2
import pandas as pd

from hub.errors import HubError

_API = "/api/v1"
_PATIENCE_SECONDS = 120.0
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 2.0
_FORBIDDEN, _NOT_SIGNED_IN = 403, 401
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

_NONE: Mapping[str, str] = {}

Amount = int | float | str | Decimal


class ClientError(HubError):
    """The hub cannot be asked, or did not answer; the sentence says what to do."""

    title = "The hub cannot be asked"


class HubRefusedError(ClientError):
    """The agreements do not permit the question; the text holds every reason, `problem` all the hub said."""

    title = "The agreements do not permit this"

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(_sentences(problem))
        self.problem = dict(problem)


@dataclass(frozen=True, slots=True)
class Release:
    """An answer: numbers with their ranges, as the hub signed them.  `document` is the signed document."""

    id: str
    licence: str
    document: Mapping[str, Any] = field(repr=False)
    _text: str = field(repr=False)
    _hub: "Hub" = field(repr=False, compare=False)

    def df(self) -> pd.DataFrame:
        """One row for each cell; numbers with `_low` and `_high`, NaN where suppressed, and why in `suppressed`."""
        frame = pd.read_csv(io.StringIO(self._text, newline=""), dtype=str, keep_default_na=False)
        for column in self.document["columns"]:
            name, role = column["name"], column["role"]
            if role != "key":
                for each in (name, f"{name}_low", f"{name}_high"):
                    frame[each] = pd.to_numeric(frame[each].replace("", None)).astype("float64")
            elif not frame[name].empty and frame[name].str.fullmatch(r"-?\d+").all():
                frame[name] = frame[name].astype("int64")
        return frame

    def csv(self) -> str:
        """The table as CSV text, as the hub wrote it."""
        return self._text

    def proof(self) -> bytes:
        """The file that `hub verify` checks offline."""
        return self._hub.proof(self.id)


class Plan:
    """A question and its price.  It spends nothing until `run`, and then once."""

    def __init__(self, hub: "Hub", body: Mapping[str, Any], quote: Mapping[str, Any]) -> None:
        self.quote = dict(quote)
        self._hub, self._body = hub, dict(body)
        self._key = secrets.token_urlsafe(24)
        self._release: Release | None = None

    @property
    def permitted(self) -> bool:
        """Whether the agreements would permit it now."""
        return bool(self.quote["permitted"])

    def run(self) -> Release:
        """Ask for real and wait for the answer; running again returns the same release at no cost."""
        if self._release is None:
            self._release = self._hub.answer(self._body, key=self._key)
        return self._release

    def __repr__(self) -> str:
        """The price in plain words."""
        if not self.permitted:
            return f"This would be refused.\n{_sentences({**self.quote, 'title': '', 'detail': ''})}"
        said, left = self.quote, self.quote["remaining"]
        return (
            f"Costs ε {said['epsilon']:.3f} at δ {said['delta']:g}. Nothing is spent yet.\n"
            + "".join(f"  {_margin(each)}\n" for each in said["columns"] if each["role"] != "key")
            + f"Ranges hold with {said['confidence']:.0%} confidence, over {said['cells']} cells; "
            f"{said['rows_per_person']} row(s) a person count.\n"
            f"Remaining: ε {left['epsilon_now']:.3f} in {left['account']}, afterwards {left['epsilon_after']:.3f}; "
            f"about {said['questions_like_this']} such questions.\n"
            f"The answer comes after {said['answer_seconds']} s."
        )


class Hub:
    """A hub at `url`, as one person sees it who may ask under the licence `project` for `purpose`."""

    def __init__(
        self,
        url: str,
        *,
        client_id: str,
        secret: str,
        project: str,
        purpose: str,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        _check(url, client_id, secret)
        self.project, self.purpose = project, purpose
        self._sign_in = (client_id, secret)
        self._token = ""
        self._sleep = sleep
        self._http = httpx2.Client(base_url=url.rstrip("/"), timeout=30.0, transport=transport)

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Hub({str(self._http.base_url)!r}, client_id={self._sign_in[0]!r}, project={self.project!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def ask(
        self,
        sql: str,
        *,
        epsilon: Amount | None = None,
        within: Amount | None = None,
        confidence: float = 0.95,
        rows_per_person: int | None = None,
    ) -> Plan:
        """What a question would cost and how exact it would be.  Give `epsilon` to spend, or the ± you need (`within`).

        `within` may be text with its base: "5% of 400".
        """
        body = {
            "sql": sql,
            "project": self.project,
            "purpose": self.purpose,
            "epsilon": _number(epsilon, "epsilon"),
            "within": within if isinstance(within, str) else _number(within, "within"),
            "confidence": _number(confidence, "confidence"),
            "rows_per_person": rows_per_person,
        }
        return Plan(self, body, self._json("POST", "/queries/dry-run", json=body))

    def answer(self, body: Mapping[str, Any], *, key: str) -> Release:
        """Ask under an idempotency key of your own, and wait; the same key and body give the same release."""
        found = self._json("POST", "/queries", json=dict(body), headers={"Idempotency-Key": key})
        waited, pause = 0.0, _FIRST_PAUSE_SECONDS
        while found["state"] == "charged" and not found["problem"]:
            if waited > _PATIENCE_SECONDS:
                raise ClientError("the hub has not answered yet: run the plan again, it is charged once")
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
            found = self._json("GET", f"/queries/{quote(found['id'], safe='')}")
        if found["problem"]:
            raise ClientError(_sentences(found["problem"]))
        return self.release(found["release"])

    def release(self, release: str) -> Release:
        """A release by its id."""
        address = f"/releases/{quote(release, safe='')}"
        whole = self._json("GET", address)
        text = self._send("GET", address, headers={"Accept": "text/csv"}).content.decode("utf-8")
        return Release(whole["id"], whole["licence"], whole["document"], text, self)

    def proof(self, release: str) -> bytes:
        """The proof of a release by its id."""
        return self._send("GET", f"/releases/{quote(release, safe='')}/proof").content

    def releases(self) -> list[dict[str, Any]]:
        """Every release of the project, oldest first."""
        return list(self._json("GET", f"/releases?project={quote(self.project, safe='')}")["releases"])

    def _json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            return dict(self._send(method, path, **more).json())
        except (ValueError, TypeError):
            raise ClientError("what answers there is not a hub: check the url") from None

    def _send(self, method: str, path: str, *, headers: Mapping[str, str] = _NONE, **more: Any) -> httpx2.Response:
        """Send with a token; a token that is no longer good is renewed once."""
        fresh = not self._token
        if fresh:
            self._token = self._new_token()
        answer = self._once(method, path, headers={**headers, "Authorization": f"Bearer {self._token}"}, **more)
        if answer.status_code == _NOT_SIGNED_IN and not fresh:
            self._token = ""
            return self._send(method, path, headers=headers, **more)
        return _checked(answer)

    def _new_token(self) -> str:
        answer = _checked(self._once("POST", "/token", auth=self._sign_in, data={"grant_type": "client_credentials"}))
        try:
            return str(answer.json()["access_token"])
        except (ValueError, KeyError, TypeError):
            raise ClientError("what answers there is not a hub: check the url") from None

    def _once(self, method: str, path: str, **more: Any) -> httpx2.Response:
        try:
            return self._http.request(method, f"{_API}{path}", **more)
        except httpx2.TimeoutException:
            raise ClientError("the hub did not answer in time: try again") from None
        except (httpx2.HTTPError, httpx2.InvalidURL):
            raise ClientError("the hub cannot be reached: check the url, and that the hub is running") from None


def _check(url: str, client_id: str, secret: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ClientError("give the hub's url, for example https://hub.example.org")
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise ClientError("use https: over http your secret could be read on the way")
    if not client_id.strip() or not secret.strip():
        raise ClientError("give a client_id and its secret: the operator makes them with `hub actor add`")


def _number(amount: Amount | None, name: str) -> int | float | None:
    if amount is None:
        return None
    try:
        known = amount if isinstance(amount, (int, float)) and not isinstance(amount, bool) else float(str(amount))
    except ValueError:
        known = math.nan
    if not abs(known) < math.inf:
        raise ClientError(f"{name} is a finite number, for example 0.5")
    return known


def _checked(answer: httpx2.Response) -> httpx2.Response:
    if answer.is_success:
        return answer
    try:
        problem = dict(answer.json())
    except (ValueError, TypeError):
        raise ClientError(f"the hub answered with status {answer.status_code} and no reason: check the url") from None
    if answer.status_code == _FORBIDDEN:
        raise HubRefusedError(problem)
    raise ClientError(_sentences(problem))


def _sentences(problem: Mapping[str, Any]) -> str:
    """All that a problem says, for a person: every reason, every place, the next step."""
    lines = [f"{problem['title']}."] if problem.get("title") else []
    reasons, places = problem.get("reasons") or [], problem.get("problems") or []
    for each in reasons:
        lines.append(f"  - {each['sentence']} ({each['clause']}; {each['citation']}; {each['rule']})")
        lines.append(f"    Accepted would be: {each['accepted']}. Who can change it: {each['who_can_change']}.")
    for each in places:
        where = f"line {each['line']}, column {each['column']}" if "line" in each else each.get("field", "")
        lines.append(f"  - {where}: {'; '.join(filter(None, (each['message'], each.get('suggestion'))))}")
    if not reasons and not places and problem.get("detail"):
        lines.append(str(problem["detail"]))
    if problem.get("next_step"):
        lines.append(str(problem["next_step"]))
    return "\n".join(lines)


def _margin(column: Mapping[str, Any]) -> str:
    if column["plus_minus"] is not None:
        return f"{column['name']}: ± {column['plus_minus']}"
    sizes = ", ".join(f"± {half} over {size} rows" for size, half in column["at_sizes"].items())
    return f"{column['name']}: {sizes}"
