"""What a refusal says: the sentence, the clause, and what would be accepted, computed from the terms."""

from dataclasses import replace
from typing import Any

import pytest

from policies.decision import decide
from policies.entities import AgreementFacts
from policies.reasons import Reason
from policies.words import both, elements_in_words, rho_in_words, short
from tests.policies.builders import asked, community, question


def only(request: Any, agreements: Any) -> Reason:
    decision = decide(request, agreements)
    assert len(decision.reasons) == 1
    return decision.reasons[0]


def changed(place: int, **terms: Any) -> list[AgreementFacts]:
    agreements = list(community())
    agreements[place] = replace(agreements[place], **terms)
    return agreements


def test_the_permitted_purposes_are_named_without_the_prohibited() -> None:
    terms = {
        "purposes": frozenset({"asthma", "vision_hearing", "early_literacy", "research"}),
        "prohibited_purposes": frozenset({"research"}),
    }
    reason = only(question(), changed(0, **terms))
    assert reason.accepted == "the purpose asthma, early_literacy or vision_hearing"
    assert reason.sentence == "Moving and learning does not permit the purpose 'attendance'."


def test_elements_to_leave_out_are_named_once_with_their_custodians() -> None:
    stray = {f"{org}/school_year/shoe_size:filter" for org in ("alder", "birch")}
    decision = decide(question(elements=question().elements | stray), community())
    assert decision.reasons[0].accepted == "the question without school_year/shoe_size as filter (alder and birch)"
    assert decision.reasons[1].accepted == "the question without school_year/shoe_size as filter (alder)"
    assert decide(question(), community()).permitted


def test_another_use_names_the_uses_that_are_listed() -> None:
    wrong = question("alder", elements=asked("alder") | {"alder/school_year/grade:join"})
    reason = decide(wrong, community("alder")).reasons[0]
    assert reason.rule == "use-of-element-not-listed"
    assert reason.accepted == (
        "school_year/grade as filter (alder), school_year/grade as group_by (alder) and "
        "school_year/grade as measure (alder); or the question without school_year/grade as join (alder)"
    )


@pytest.mark.parametrize(
    ("place", "terms", "asking"),
    [
        (0, {"rho_query_max": 7_000_000}, {}),
        (0, {"rho_limit": 47_000_000}, {}),
        (1, {"rho_spent": 93_000_000}, {}),
        (3, {}, {"contributor_remaining": {"alder": 7_000_000, "birch": 9_000_000}}),
        (3, {}, {"community_remaining": 7_000_000}),
    ],
)
def test_the_accepted_loss_is_accepted_and_one_billionth_more_is_not(place: int, terms: Any, asking: Any) -> None:
    agreements = changed(place, **terms)
    reason = only(question(**asking), agreements)
    assert reason.accepted == "rho 0.007 or less"
    assert reason.accepted_rho == 7_000_000
    assert decide(question(**asking, rho=7_000_000), agreements).permitted
    assert not decide(question(**asking, rho=7_000_001), agreements).permitted


def test_a_spent_budget_accepts_nothing_more() -> None:
    reason = only(question(), changed(0, rho_spent=100_000_001))
    assert (reason.accepted, reason.accepted_rho) == ("no further question: nothing remains", 0)


def test_the_decision_accepts_what_every_refusing_budget_accepts() -> None:
    agreements = changed(0, rho_query_max=6_000_000)
    assert decide(question(community_remaining=3_000_000), agreements).accepted_rho == 3_000_000
    assert decide(question(), agreements).accepted_rho == 6_000_000
    assert decide(question(person="ben"), community()).accepted_rho is None


def test_delta_has_a_budget_of_its_own() -> None:
    agreements = [replace(a, delta_limit_e18=9, delta_spent_e18=5) for a in community()]
    assert decide(question(delta_e18=4), agreements).permitted
    refused = decide(question(delta_e18=5), agreements).reasons
    assert [(reason.rule, reason.accepted_rho) for reason in refused] == [("agreement-budget", None)] * 4
    assert "delta" in refused[0].sentence


def test_who_suspended_is_named_and_only_they_can_lift_it() -> None:
    reason = only(question(), changed(0, suspended_by=frozenset({"birch"})))
    assert reason.who_can_change == "only who suspended: birch"
    assert reason.accepted == "the question with only the data of alder, until the suspension is lifted"
    assert decide(question("alder"), changed(0, suspended_by=frozenset({"birch"}))).permitted


def test_a_reason_never_leaves_a_placeholder_or_an_empty_part() -> None:
    wrong = question(purpose="made_up", org="x", person="y", outputs=frozenset({"rows"}), rho=10**12)
    for reason in decide(wrong, community()).reasons:
        parts = (reason.sentence, reason.clause, reason.citation, reason.accepted, reason.who_can_change)
        assert all(parts)
        assert not any("{" in part for part in parts)


def test_a_person_who_may_not_ask_is_not_told_who_may() -> None:
    assert "ana" not in str(only(question(person="ben"), community()))


def test_words_are_plain_and_bounded() -> None:
    assert rho_in_words(20_000_000) == "rho 0.02"
    assert rho_in_words(1) == "rho 0.000000001"
    assert rho_in_words(10**10) == "rho 10"
    assert both([]) == "nothing"
    assert both(["b", "a", "c"]) == "a, b and c"
    assert elements_in_words(["b/t/c:join", "a/t/c:join"]) == "t/c as join (a and b)"
    assert len(short("x" * 10_000)) < 70
