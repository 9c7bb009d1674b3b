"""Agreements and deliveries over HTTP: the public register, signed acts, sealed files."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from agreements.statement import Act
from hub.actions import agree
from hub.demo import ceremony
from hub.demo.organisations import CONTRIBUTORS
from hub.web.access import API
from hub.wiring import Hub, wall_clock
from tests.hub.web.demonstration import Told

Headers = dict[str, str]
SignIn = Callable[[str], Headers]
ALDER = CONTRIBUTORS[0]


@pytest.fixture
def dana(bearer: SignIn) -> Headers:
    return bearer("dana")


def statement(told: Told, hub: Hub, act: Act, *, earlier: int = 0) -> Any:
    """An act of Alder's head on its own agreement, dated back: two acts of a party never have one instant."""
    terms = agree.show(hub, "sharing-alder").standing.terms
    at = wall_clock() - timedelta(seconds=earlier)
    signed = ceremony.act(told.places, ALDER, act, (terms,), at=at, reason="The board decided.")
    return json.loads(signed)


def test_anybody_may_read_where_agreements_stand(web: TestClient) -> None:
    listed = web.get(f"{API}/agreements").json()["agreements"]
    states = {each["id"]: each["state"] for each in listed}
    assert len(states) == 13
    assert (states["memorandum"], states["sharing-alder"]) == ("in_force", "suspended")


def test_an_agreement_is_shown_with_clauses_terms_and_what_each_party_did(web: TestClient) -> None:
    whole = web.get(f"{API}/agreements/sharing-alder").json()
    assert whole["clauses"][6]["heading"] == "Purposes"
    assert whole["history"][-1]["act"] == "suspend"
    assert whole["history"][-1]["reason"]
    assert whole["terms"]["id"] == "sharing-alder"


@pytest.mark.parametrize("unknown", ["nothing", "..%2f..%2fkeys", "'%20OR%201=1", "%00", "%F0%9F%91%BB"])
def test_an_unknown_agreement_is_not_found(web: TestClient, unknown: str) -> None:
    assert web.get(f"{API}/agreements/{unknown}").status_code == 404


def test_the_head_who_suspended_reinstates_and_suspends_again_over_http(
    web: TestClient, hub: Hub, told: Told, dana: Headers
) -> None:
    address = f"{API}/agreements/sharing-alder/statements"
    back = web.post(address, headers=dana, json=statement(told, hub, Act.REINSTATE, earlier=2))
    assert (back.status_code, back.json()["agreements"][0]["state"]) == (201, "in_force")
    again = web.post(address, headers=dana, json=statement(told, hub, Act.SUSPEND))
    assert (again.status_code, again.json()["agreements"][0]["state"]) == (201, "suspended")


def test_a_statement_about_another_agreement_or_with_a_changed_word_is_refused(
    web: TestClient, hub: Hub, told: Told, dana: Headers
) -> None:
    good = statement(told, hub, Act.REINSTATE)
    elsewhere = web.post(f"{API}/agreements/memorandum/statements", headers=dana, json=good)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "invalid")
    for changed in (
        {**good, "payload": good["payload"][::-1]},
        {**good, "payloadType": "text/plain"},
        {**good, "signatures": [{**good["signatures"][0], "sig": "AAAA"}]},
        {**good, "signatures": [{"keyid": 1.5, "sig": "x"}]},
        {**good, "signatures": good["signatures"] * 2},
    ):
        answer = web.post(f"{API}/agreements/sharing-alder/statements", headers=dana, json=changed)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert agree.show(hub, "sharing-alder").standing.state.value == "suspended"


def test_who_is_no_party_can_hand_in_nothing(web: TestClient, hub: Hub, told: Told, bearer: SignIn) -> None:
    headers, good = bearer("dana"), statement(told, hub, Act.REINSTATE)
    assert web.post(f"{API}/agreements/sharing-birch/statements", headers=headers, json=good).status_code == 404


def test_a_proposal_of_what_stands_already_or_of_nonsense_is_refused(
    web: TestClient, hub: Hub, told: Told, dana: Headers
) -> None:
    terms = json.loads(agree.show(hub, "sharing-alder").standing.terms.to_bytes())
    signed = statement(told, hub, Act.PROPOSE)
    again = web.post(f"{API}/agreements", headers=dana, json={"terms": [terms], "statement": signed})
    assert again.status_code in {409, 422}
    for body in (
        {"terms": [{**terms, "privacy": 1.5}], "statement": signed},
        {"terms": [{**terms, "signed_by": ["alder"]}], "statement": signed},
        {"terms": [], "statement": signed},
        {"terms": [terms], "statement": signed, "status": "active"},
    ):
        assert web.post(f"{API}/agreements", headers=dana, json=body).status_code == 422


def test_a_delivery_is_taken_from_its_custodian_alone_and_once(
    web: TestClient, told: Told, dana: Headers, ana: Headers
) -> None:
    file = next((told.places.site("alder") / "outbox").glob("*.delivery")).read_bytes()
    assert web.post(f"{API}/deliveries", headers=ana, content=file).status_code == 404
    again = web.post(f"{API}/deliveries", headers=dana, content=file)
    assert (again.status_code, again.json()["again"], again.json()["custodian"]) == (200, True, "alder")


@pytest.mark.parametrize("change", ["cut", "flip", "empty", "text"])
def test_a_delivery_that_was_changed_on_the_way_is_refused(
    web: TestClient, told: Told, dana: Headers, change: str
) -> None:
    file = next((told.places.site("alder") / "outbox").glob("*.delivery")).read_bytes()
    changed = {"cut": file[:-9], "flip": file[:-1] + bytes([file[-1] ^ 1]), "empty": b"", "text": b"hello"}[change]
    answer = web.post(f"{API}/deliveries", headers=dana, content=changed)
    assert (answer.status_code, answer.json()["spent"]) == (422, 0)
