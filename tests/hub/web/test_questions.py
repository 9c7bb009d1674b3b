"""Questions over HTTP, from the price to the release."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.actions.oversee import budget, read_journal
from hub.web.access import API, Serving
from hub.web.app import create_app
from hub.wiring import Hub
from tests.hub.web.demonstration import OTHERS, finished, question

Headers = dict[str, str]


def spent(hub: Hub) -> dict[str, int]:
    return {line.account: line.rho_spent for line in budget(hub)}


def journaled(hub: Hub) -> int:
    return len(read_journal(hub, limit=1000))


def test_a_dry_run_tells_price_margin_and_remainder_and_spends_nothing(web: TestClient, hub: Hub, ana: Headers) -> None:
    before = (spent(hub), journaled(hub))
    answer = web.post(f"{API}/queries/dry-run", headers=ana, json=question(epsilon=None, within="5% of 400"))
    assert answer.status_code == 200
    told = answer.json()
    assert told["permitted"]
    assert told["epsilon"] > 0
    assert told["columns"][0] == {"name": "children", "role": "count_persons", "plus_minus": "20", "at_sizes": {}}
    assert told["remaining"]["epsilon_after"] < told["remaining"]["epsilon_now"]
    assert told["answer_seconds"] in {1, 2}
    assert told["proof"]
    assert (spent(hub), journaled(hub)) == before


def test_a_dry_run_of_what_is_refused_says_every_reason(web: TestClient, ana: Headers) -> None:
    body = question(sql=OTHERS.replace("<> 'alder'", "<> 'birch'"), purpose="immunisation", epsilon=20)
    told = web.post(f"{API}/queries/dry-run", headers=ana, json=body).json()
    assert not told["permitted"]
    assert {"purpose-not-permitted", "suspended-by", "query-budget"} <= {each["rule"] for each in told["reasons"]}


def test_a_question_is_admitted_answered_and_the_same_in_json_and_csv(web: TestClient, hub: Hub, ana: Headers) -> None:
    before = spent(hub)
    answer = web.post(f"{API}/queries", headers=ana, json=question(epsilon=0.11))
    assert answer.status_code == 202
    assert answer.headers["location"] == answer.json()["href"]
    done = finished(web, ana, answer.json())
    assert done["state"] == "released"
    whole = web.get(done["release_href"], headers=ana)
    table = web.get(done["release_href"], headers={**ana, "Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    document = whole.json()["document"]
    for row, written in zip(document["rows"], rows, strict=True):
        number, key = row["entries"]
        assert written["district"] == key
        assert written["children"] == (number["value"] or "")
        assert (written["children_low"], written["children_high"]) == (number["low"] or "", number["high"] or "")
    cost = document["loss"]["rho"]
    assert {account: after - before[account] for account, after in spent(hub).items() if after != before[account]}
    assert all(after - before[account] in {0, cost} for account, after in spent(hub).items())


def test_the_same_key_is_the_same_question_and_another_question_under_it_is_refused(
    web: TestClient, hub: Hub, ana: Headers
) -> None:
    headers = {**ana, "Idempotency-Key": "tuesday"}
    first = web.post(f"{API}/queries", headers=headers, json=question(epsilon=0.12)).json()
    again = web.post(f"{API}/queries", headers=headers, json=question(epsilon=0.12)).json()
    assert again["id"] == first["id"]
    other = web.post(f"{API}/queries", headers=headers, json=question(epsilon=0.13))
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    before = spent(hub)
    finished(web, ana, first)
    repeated = web.post(f"{API}/queries", headers=headers, json=question(epsilon=0.12))
    assert (repeated.status_code, repeated.json()["id"]) == (200, first["id"])
    assert spent(hub) == before


def test_the_same_question_under_another_key_is_given_the_earlier_release_at_no_cost(
    web: TestClient, hub: Hub, ana: Headers
) -> None:
    first = finished(web, ana, web.post(f"{API}/queries", headers=ana, json=question(epsilon=0.14)).json())
    before = spent(hub)
    again = web.post(f"{API}/queries", headers=ana, json=question(epsilon=0.14))
    assert again.status_code == 200
    assert again.json()["release"] == first["release"]
    assert again.json()["spent"]["rho"] == 0
    assert spent(hub) == before


def test_a_charged_question_that_is_not_answered_says_so_and_is_answered_later_under_its_charge(
    web: TestClient, hub: Hub, ana: Headers
) -> None:
    stopped = create_app(hub)
    serving: Serving = stopped.state.serving
    serving.answering.close()
    headers = {**ana, "Idempotency-Key": "late"}
    charged = TestClient(stopped, base_url="http://localhost").post(
        f"{API}/queries", headers=headers, json=question(epsilon=0.15)
    )
    assert (charged.status_code, charged.json()["problem"]) == (202, None)
    before = spent(hub)
    later = create_app(replace(hub, clock=lambda: hub.clock() + timedelta(minutes=1)))
    seen = TestClient(later, base_url="http://localhost").get(charged.json()["href"], headers=ana).json()
    assert (seen["state"], seen["problem"]["code"]) == ("charged", "no-answer")
    later.state.serving.answering.close()
    again = web.post(f"{API}/queries", headers=headers, json=question(epsilon=0.15)).json()
    assert again["id"] == charged.json()["id"]
    assert finished(web, ana, again)["state"] == "released"
    assert spent(hub) == before


def test_a_refusal_has_every_reason_with_clause_citation_and_what_would_be_accepted(
    web: TestClient, hub: Hub, ana: Headers
) -> None:
    before = spent(hub)
    body = question(purpose="immunisation", epsilon=20)
    answer = web.post(f"{API}/queries", headers=ana, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    told = answer.json()
    assert {"purpose-not-permitted", "query-budget"} <= {each["rule"] for each in told["reasons"]}
    for each in told["reasons"]:
        assert all(each[name] for name in ("sentence", "clause", "citation", "accepted", "who_can_change"))
    assert (told["spent"], bool(told["next_step"])) == (0, True)
    assert spent(hub) == before


def test_every_mistake_in_the_sql_is_told_with_its_place_and_what_to_write(web: TestClient, ana: Headers) -> None:
    sql = "SELECT districk,\n  COUNT(*) AS n FROM school_year WHERE grade_bandd = 'K-2' GROUP BY districk"
    answer = web.post(f"{API}/queries", headers=ana, json=question(sql=sql))
    assert answer.status_code == 422
    places = {(each["line"], each["column"]): each["suggestion"] for each in answer.json()["problems"]}
    assert places[1, 8] == "write district"
    assert any("grade_band" in suggestion for (line, _), suggestion in places.items() if line == 2)


WRONG: dict[str, dict[str, Any] | str] = {
    "NaN": '{"epsilon": NaN}',
    "infinity": '{"epsilon": Infinity}',
    "1e400": '{"epsilon": 1e400}',
    "true": {"epsilon": True},
    "text": {"epsilon": "0.1"},
    "negative": {"epsilon": -0.1},
    "negative zero": {"epsilon": -0.0},
    "too small": {"epsilon": 1e-320},
    "too large": {"epsilon": 10**400},
    "both": {"within": 15},
    "neither": {"epsilon": None},
    "a relative margin without its base": {"epsilon": None, "within": "5%"},
    "an infinite margin": '{"epsilon": null, "within": -Infinity}',
    "certainty": {"confidence": 1},
    "confidence in text": {"confidence": "0.95"},
    "part of a row": {"rows_per_person": 1.5},
    "no rows": {"rows_per_person": 0},
    "a field that is not taken": {"org_id": "alder"},
    "somebody else's spending": {"spent": 0},
    "no sql": {"sql": ""},
    "sql that is a list": {"sql": ["SELECT"]},
    "very long sql": {"sql": "SELECT " * 10_000},
    "no project": {"project": None},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("path", ["/queries", "/queries/dry-run"])
def test_a_body_that_cannot_be_meant_is_refused_without_repeating_it_and_nothing_happens(
    web: TestClient, hub: Hub, ana: Headers, path: str, wrong: dict[str, Any] | str
) -> None:
    before = (spent(hub), journaled(hub))
    headers = {**ana, "Content-Type": "application/json"}
    if isinstance(wrong, str):
        whole = '{"sql": "SELECT secret_word", "project": "p", "purpose": "q", ' + wrong[1:]
        answer = web.post(f"{API}{path}", headers=headers, content=whole)
    else:
        answer = web.post(f"{API}{path}", headers=headers, json=question(**wrong))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["spent"], bool(told["detail"]), bool(told["next_step"])) == (0, True, True)
    assert "secret_word" not in answer.text
    assert "org_id" not in answer.text
    assert (spent(hub), journaled(hub)) == before


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"x"', "[" * 5000, '{"sql": "\\ud800"}', "\xff"])
def test_what_is_no_object_is_refused(web: TestClient, ana: Headers, content: str) -> None:
    headers = {**ana, "Content-Type": "application/json"}
    answer = web.post(f"{API}/queries", headers=headers, content=content.encode("latin-1"))
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", ["x" * 201, "é".encode().decode("latin-1"), "tab\there"])
def test_an_idempotency_key_is_short_and_plain(web: TestClient, ana: Headers, key: str) -> None:
    headers = {**ana, "Idempotency-Key": key.encode("latin-1")}
    assert web.post(f"{API}/queries", headers=headers, json=question()).status_code == 422  # type: ignore[arg-type]


def test_a_body_that_is_not_sent_as_json_is_told_how_to_send_it(web: TestClient, ana: Headers) -> None:
    answer = web.post(f"{API}/queries", headers=ana, data={"sql": "secret_word"})
    assert (answer.status_code, "secret_word" in answer.text) == (422, False)
    assert "Content-Type: application/json" in answer.json()["detail"]


def test_a_field_that_is_not_taken_is_told_where_those_that_are_stand(web: TestClient, ana: Headers) -> None:
    answer = web.post(f"{API}/queries/dry-run", headers=ana, json=question(org_id="alder"))
    assert f"{API}/openapi.json" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"sql": "SELECT 1", "epsilon": 0.1, "epsilon": 0.2}', "a name stands twice in one object"),
        (b'{"sql": "SELECT 1", "epsilon": NaN}', "NaN and infinity are no numbers"),
        (b"\xef\xbb\xbf{}", "byte-order mark"),
        ('{"sql": "SELECT 1"}'.encode("utf-16"), "not UTF-8"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"epsilon": ' + b"9" * 10_000 + b"}", "too long"),
    ],
)
def test_a_body_that_two_readers_could_understand_differently_is_refused_and_spends_nothing(
    web: TestClient, hub: Hub, ana: Headers, content: bytes, said: str
) -> None:
    before = spent(hub)
    for place in ("queries", "queries/dry-run"):
        answer = web.post(f"{API}/{place}", headers={**ana, "Content-Type": "application/json"}, content=content)
        assert answer.status_code == 422
        assert said in answer.text
    assert spent(hub) == before


def test_without_a_key_the_question_s_own_id_is_the_key_to_send_it_again_with(web: TestClient, ana: Headers) -> None:
    body = question(epsilon=0.171)
    first = web.post(f"{API}/queries", headers=ana, json=body).json()
    again = web.post(f"{API}/queries", headers={**ana, "Idempotency-Key": first["id"]}, json=body).json()
    assert again["id"] == first["id"]
