"""What stands around every answer: headers, limits, renderings, and errors that nobody foresaw."""

import logging

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from hub.web.access import API
from hub.web.app import create_app
from hub.web.releases import preferred
from hub.wiring import Hub
from tests.hub.web.demonstration import Told, question

Headers = dict[str, str]

PATHS = [
    "/",
    "/static/hub.css",
    "/static/none.css",
    "/nothing",
    "/releases/x/table.csv",
    f"{API}/catalogue",
    f"{API}/openapi.json",
    f"{API}/journal",
    f"{API}/budget",
    f"{API}/agreements/none",
    f"{API}/{'x' * 300}",
]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(web: TestClient, path: str, method: str) -> None:
    headers = web.request(method, path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == ("public, max-age=3600" if path.startswith("/static/") else "no-store")
    assert "server" not in headers


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith(API)])
def test_every_error_of_the_api_is_a_problem(web: TestClient, path: str) -> None:
    answer = web.delete(path)
    assert answer.status_code in {401, 404, 405, 414}
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"code", "title", "detail", "reasons", "spent", "next_step"} <= set(answer.json())


def test_a_body_over_its_limit_is_refused_before_it_is_read(web: TestClient, ana: Headers) -> None:
    large = question(sql="x" * 1_100_000)
    assert web.post(f"{API}/queries", headers=ana, json=large).status_code == 413
    lying = {**ana, "Content-Length": str(10**18), "Content-Type": "application/json"}
    assert web.post(f"{API}/queries", headers=lying, content=b"{}").status_code == 413
    delivery = {**ana, "Content-Length": str(513 * 10**6)}
    assert web.post(f"{API}/deliveries", headers=delivery, content=b"x").status_code == 413


def test_a_body_that_does_not_say_its_length_is_counted(web: TestClient, ana: Headers) -> None:
    chunks = (b" " * 100_000 for _ in range(12))
    headers = {**ana, "Content-Type": "application/json"}
    answer = web.post(f"{API}/queries", headers=headers, content=chunks)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("text/csv;q=0.1, */*", "application/json"),
        ("application/*, text/csv;q=0", "application/json"),
        ("application/xml", ""),
        ("text/csv;q=0", ""),
        ("*/*;q=nonsense", ""),
        ("", ""),
    ],
)
def test_the_rendering_is_the_one_that_is_liked_best(accept: str, given: str) -> None:
    assert preferred(accept, ("application/json", "text/csv")) == given


def test_a_rendering_that_there_is_not_is_406(web: TestClient, ana: Headers, release: str) -> None:
    answer = web.get(f"{API}/releases/{release}", headers={**ana, "Accept": "application/xml"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")


def test_an_error_that_nobody_foresaw_tells_nothing_of_itself(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(hub)
    routes = APIRouter()

    @routes.get("/broken")
    def broken() -> None:
        raise RuntimeError("planted-value-4711")

    app.include_router(routes)
    with caplog.at_level(logging.DEBUG):
        answer = TestClient(app, base_url="http://localhost").get("/broken")
    app.state.serving.answering.close()
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert "content-security-policy" in answer.headers
    assert "4711" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


def test_the_journal_is_read_page_by_page(web: TestClient) -> None:
    first = web.get(f"{API}/journal?limit=3").json()
    second = web.get(f"{API}/journal?limit=3&after={first['next_after']}").json()
    assert [each["index"] for each in first["entries"] + second["entries"]] == [1, 2, 3, 4, 5, 6]
    assert web.get(f"{API}/journal?after=999999999").json() == {"entries": [], "next_after": None}
    for wrong in ("limit=0", "limit=1001", "after=-1", "after=x", "after=99999999999999999999"):
        assert web.get(f"{API}/journal?{wrong}").status_code == 422


def test_the_catalogue_is_shown_with_the_digest_that_was_signed(web: TestClient, hub: Hub) -> None:
    shown = web.get(f"{API}/catalogue").json()
    assert shown["sha256"] == hub.catalogue.digest
    assert shown["catalogue"] == hub.catalogue.to_json()


def test_no_secret_and_no_key_is_in_any_answer_or_log(
    web: TestClient, told: Told, hub: Hub, ana: Headers, secrets: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = [web.get(path, headers=ana).text for path in PATHS]
        answers.append(web.post("/sign-in", data={"client_id": "ana", "client_secret": secrets["ana"]}).text)
    seen = "".join(answers) + caplog.text + told.output + repr(hub)
    kept = (hub.settings.keys / "tokens.jwk").read_text()
    for secret in (*secrets.values(), kept, hub.order_secret.decode(), ana["Authorization"].partition(" ")[2]):
        assert secret not in seen
