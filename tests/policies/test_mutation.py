"""At the level of Cedar's JSON: no fact can be missing, of another type or too large and still permit."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from agreements import purposes
from policies.cases import cases, delivery_json
from policies.decision import Law, decide, law_text, read_law
from policies.entities import agreement_entity, schedule_entity
from tests.policies.builders import community, delivery, licence, question

Json = dict[str, Any]
WRONG: tuple[Any, ...] = (None, True, 7, 1.5, "text", [], [7], {}, {"__entity": {"type": "Hub::Stranger", "id": "x"}})


def law(name: str) -> Law:
    return read_law(law_text(name), law_text("schema.cedarschema"), purposes.PARENT)


ASK, DELIVER = law("ask.cedar"), law("deliver.cedar")


def kind(value: Any) -> str:
    if isinstance(value, dict):
        return str(sorted(value)) + str(value.get("__entity", {}).get("type"))
    return "set" if isinstance(value, list) else type(value).__name__


def broken(document: Json, place: str) -> Iterator[tuple[str, Json]]:
    """The document with each attribute in turn missing or of another type, and with one too many."""
    for name, value in document[place].items():
        for wrong in WRONG:
            if kind(wrong) != kind(value) or wrong == [7]:
                changed = copy.deepcopy(document)
                changed[place][name] = wrong
                yield f"{name} as {wrong}", changed
        missing = copy.deepcopy(document)
        del missing[place][name]
        yield f"without {name}", missing
    yield "one too many", {**document, place: {**document[place], "made_up": True}}


def ask_case(tier: str) -> tuple[Json, Json, Json]:
    case = next(case for case in cases(question(), community()) if case.agreement.tier == tier)
    return case.to_json(), agreement_entity(case.agreement), schedule_entity(case.agreement)


@pytest.mark.parametrize("tier", ["dul", "dsa", "mou"])
def test_no_broken_fact_of_a_question_permits(tier: str) -> None:
    request, agreement, schedule = ask_case(tier)
    assert ASK.judge([request], [agreement], [schedule])[0].permitted
    refuse_all_broken(ASK, request, agreement, schedule)


def test_no_broken_fact_of_a_delivery_permits() -> None:
    request, facts = delivery_json(delivery())
    agreement, schedule = agreement_entity(facts), schedule_entity(facts)
    assert DELIVER.judge([request], [agreement], [schedule])[0].permitted
    refuse_all_broken(DELIVER, request, agreement, schedule)


def refuse_all_broken(rules: Law, request: Json, agreement: Json, schedule: Json) -> None:
    for what, changed in broken(request, "context"):
        assert not rules.judge([changed], [agreement], [schedule])[0].permitted, f"context {what}"
    for what, changed in broken(agreement, "attrs"):
        assert not rules.judge([request], [changed], [schedule])[0].permitted, f"agreement {what}"
    for what, changed in broken(schedule, "attrs"):
        assert not rules.judge([request], [agreement], [changed])[0].permitted, f"schedule {what}"


@pytest.mark.parametrize("part", ["principal", "action", "resource", "context"])
def test_no_request_without_one_of_its_parts_permits(part: str) -> None:
    request, agreement, schedule = ask_case("dul")
    without = {name: value for name, value in request.items() if name != part}
    verdict = ASK.judge([without], [agreement], [schedule])[0]
    assert not verdict.permitted
    assert not verdict.sound


def test_no_request_for_another_action_principal_or_agreement_permits() -> None:
    request, agreement, schedule = ask_case("dul")
    for part, stranger in (("action", "deliver"), ("resource", "lic-2"), ("principal", "ben")):
        changed = {**request, part: {**request[part], "id": stranger}}
        assert not ASK.judge([changed], [agreement], [schedule])[0].permitted, part
    assert not ASK.judge([request], [], [schedule])[0].permitted
    assert not ASK.judge([request], [agreement], [])[0].permitted
    twin = {**agreement, "attrs": {**agreement["attrs"], "rho_spent": 0}}
    assert not ASK.judge([request], [agreement, twin], [schedule])[0].permitted, "two agreements of one name"


def test_a_refusal_stays_a_refusal_whatever_else_is_broken() -> None:
    request, agreement, schedule = ask_case("dul")
    agreement["attrs"]["state"] = "suspended"
    refuse_all_broken(ASK, request, agreement, schedule)


@pytest.mark.parametrize(
    "change", [{"rho": -1}, {"delta_e18": -1}, {"contributors": []}, {"catalogue_digest": ""}], ids=str
)
def test_what_no_question_can_hold_is_refused_by_the_permit_alone(change: Json) -> None:
    request, agreement, schedule = ask_case("dul")
    agreement["attrs"] |= {name: "" for name in change if name == "catalogue_digest"}
    changed = {**request, "context": {**request["context"], **change}}
    permit = law_text("ask.cedar").partition('@id("not-in-force")')[0]
    alone = read_law(permit, law_text("schema.cedarschema"), purposes.PARENT)
    assert alone.judge([request], [ask_case("dul")[1]], [schedule])[0].permitted
    assert not alone.judge([changed], [agreement], [schedule])[0].permitted
    assert not ASK.judge([changed], [agreement], [schedule])[0].permitted


@pytest.mark.parametrize("rho", [2**63 - 1, 2**63, 2**64, 10**30])
def test_numbers_that_overflow_refuse(rho: int) -> None:
    terms: Json = {"rho_query_max": 2**63 - 1, "rho_limit": 2**63 - 1}
    agreements = [licence(**terms), *community()[1:]]
    decision = decide(question(rho=rho), agreements)
    assert not decision.permitted
    assert ("evaluation-error", "lic-1") in {(reason.rule, reason.agreement) for reason in decision.reasons}


@pytest.mark.parametrize("name", ["rho_limit", "rho_spent", "rho_query_max", "output_checkers", "delta_limit_e18"])
def test_terms_too_large_to_compare_refuse(name: str) -> None:
    decision = decide(question(), [licence(**{name: 2**63}), *community()[1:]])
    assert not decision.permitted
    assert {reason.rule for reason in decision.reasons} == {"evaluation-error"}


def test_an_error_in_evaluation_keeps_the_reasons_that_were_found() -> None:
    decision = decide(question(person="ben"), [licence(rho_spent=2**63 - 1), *community()[1:]])
    assert [reason.rule for reason in decision.reasons] == ["user-not-permitted", "evaluation-error"]
    assert "overflow" not in str(decision)
