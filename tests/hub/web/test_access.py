"""Every route, asked by nobody, by a stranger and by another party."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from hub.web.access import API
from tests.hub.web.demonstration import finished, question

Headers = dict[str, str]

OPEN = {
    ("POST", "/token"),
    ("GET", "/catalogue"),
    ("GET", "/journal"),
    ("GET", "/agreements"),
    ("GET", "/agreements/{agreement}"),
}
SIGNED_IN = {
    ("POST", "/deliveries"),
    ("POST", "/agreements"),
    ("POST", "/agreements/{agreement}/statements"),
    ("POST", "/queries/dry-run"),
    ("POST", "/queries"),
    ("GET", "/queries/{question}"),
    ("GET", "/releases"),
    ("GET", "/releases/{release}"),
    ("GET", "/releases/{release}/proof"),
    ("GET", "/budget"),
}
ENVELOPE: dict[str, object] = {"payloadType": "x", "payload": "eA==", "signatures": [{"keyid": "00", "sig": "eA=="}]}


def address(path: str, release: str) -> str:
    known = {"{agreement}": "attendance-and-asthma", "{question}": "0" * 32, "{release}": release}
    for name, value in known.items():
        path = path.replace(name, value)
    return f"{API}{path}" + ("?project=attendance-and-asthma" if path == "/releases" else "")


def body(path: str) -> dict[str, object]:
    if path.startswith("/queries"):
        return question()
    return ENVELOPE if path.endswith("statements") else {}


def test_the_two_lists_together_are_all_routes_that_openapi_tells_of(web: TestClient) -> None:
    paths = web.get(f"{API}/openapi.json").json()["paths"]
    served = {(method.upper(), path.removeprefix(API)) for path, methods in paths.items() for method in methods}
    assert served == OPEN | SIGNED_IN


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x.y.z", "Basic YW5hOng=", "Bearer null"])
@pytest.mark.parametrize(("method", "path"), sorted(SIGNED_IN))
def test_without_a_good_token_every_route_that_needs_one_says_the_same(
    web: TestClient, release: str, method: str, path: str, authorization: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = web.request(method, address(path, release), headers=headers, json=body(path) or None)
    expected = 422 if path == "/agreements" else 401
    assert answer.status_code in {expected, 401}
    if answer.status_code == 401:
        assert answer.json()["code"] == "not-signed-in"
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/releases"),
        ("GET", "/releases/{release}"),
        ("GET", "/releases/{release}/proof"),
        ("GET", "/queries/{question}"),
        ("POST", "/queries"),
        ("POST", "/queries/dry-run"),
        ("POST", "/agreements/{agreement}/statements"),
    ],
)
def test_to_a_stranger_what_exists_is_as_unknown_as_what_does_not(
    web: TestClient, release: str, bearer: Callable[[str], Headers], method: str, path: str
) -> None:
    real = address(path, release)
    unknown = real.replace("attendance-and-asthma", "no-such-licence").replace(release, "r0000000000000000")
    sent = body(path)
    other = {**sent, "project": "no-such-licence"} if "project" in sent else sent
    headers = bearer("stranger")
    seen = web.request(method, real, headers=headers, json=sent or None)
    unseen = web.request(method, unknown, headers=headers, json=other or None)
    assert (seen.status_code, seen.content) == (unseen.status_code, unseen.content)
    assert seen.status_code == 404


def test_a_question_is_seen_by_its_asker_alone(web: TestClient, ana: Headers, bearer: Callable[[str], Headers]) -> None:
    asked = web.post(f"{API}/queries", headers=ana, json=question(epsilon=0.06)).json()
    assert finished(web, ana, asked)["state"] == "released"
    assert web.get(asked["href"], headers=bearer("dana")).status_code == 404


def test_a_party_that_the_licence_does_not_permit_to_ask_is_refused_with_the_reason(
    web: TestClient, bearer: Callable[[str], Headers]
) -> None:
    answer = web.post(f"{API}/queries", headers=bearer("dana"), json=question())
    assert answer.status_code == 403
    assert answer.json()["reasons"]


def test_every_wrong_sign_in_ends_in_the_same_bytes(web: TestClient, secrets: dict[str, str]) -> None:
    wrong = [("ana", "wrong"), ("nobody", "wrong"), ("", ""), ("ana", ""), ("nobody", secrets["ana"]), ("a\x00", "b")]
    answers = [web.post(f"{API}/token", data={"client_id": name, "client_secret": secret}) for name, secret in wrong]
    answers += [web.post(f"{API}/token", headers={"Authorization": "Basic %%%"})]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["error"] == "invalid_client"


def test_a_secret_in_the_address_signs_nobody_in(web: TestClient, secrets: dict[str, str]) -> None:
    assert web.post(f"{API}/token?client_id=ana&client_secret={secrets['ana']}").status_code == 401


def test_another_grant_is_not_offered(web: TestClient) -> None:
    assert web.post(f"{API}/token", data={"grant_type": "password"}).status_code == 422
