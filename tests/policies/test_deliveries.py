"""Deliveries: each rule alone, at the edge of its dates, and nothing of another custodian."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agreements.standing import State
from policies.decision import decide_delivery
from tests.policies.builders import NOW, SINCE, UNTIL, delivery, sharing

NOBODY = frozenset[str]()


def rules(**changes: Any) -> list[str]:
    decision = decide_delivery(delivery(**changes))
    assert decision.permitted == (not decision.reasons)
    return [reason.rule for reason in decision.reasons]


def test_a_delivery_as_agreed_is_permitted_with_or_without_uses() -> None:
    assert rules() == []
    assert rules(elements=frozenset({"alder/school_year/grade", "alder/school_year/days_absent"})) == []


@pytest.mark.parametrize(
    ("rule", "terms"),
    [
        ("not-in-force", {"state": State.SUSPENDED}),
        ("not-in-force", {"suspended_by": frozenset({"alder"})}),
        ("outside-dates", {"effective_until": NOW}),
        ("outside-dates", {"effective_from": NOW + timedelta(seconds=1)}),
        ("unsigned-contributor", {"signed": frozenset({"commons"})}),
        ("unsigned-contributor", {"contributors": frozenset({"birch"})}),
        ("element-not-listed", {"elements": frozenset({"alder/school_year/grade:filter"})}),
        ("element-not-listed", {"elements": NOBODY}),
        ("catalogue-changed", {"catalogue_digest": "ab" * 32}),
    ],
)
def test_one_wrong_term_gives_exactly_its_rule(rule: str, terms: Any) -> None:
    assert rules(agreement=replace(sharing(), **terms)) == [rule]


def test_what_is_wrong_with_the_delivery_itself_is_refused() -> None:
    assert rules(elements=NOBODY) == ["element-not-listed"]
    assert rules(elements=frozenset({"alder/school_year/shoe_size"})) == ["element-not-listed"]
    assert rules(catalogue_digest="") == ["catalogue-changed"]
    assert rules(catalogue_digest="", agreement=sharing(catalogue_digest="")) == ["catalogue-changed"]
    assert rules(custodian="birch") == ["unsigned-contributor", "element-not-listed"]


def test_a_custodian_delivers_only_its_own_even_if_an_agreement_lists_more() -> None:
    both = sharing(contributors=frozenset({"alder", "birch"}))
    mixed = frozenset({"alder/school_year/grade", "birch/school_year/grade"})
    assert rules(agreement=both, elements=mixed) == ["element-not-listed"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (SINCE, []),
        (UNTIL - timedelta(seconds=1), []),
        (UNTIL, ["outside-dates"]),
        (SINCE - timedelta(seconds=1), ["outside-dates"]),
    ],
)
def test_dates_are_half_open(at: Any, expected: list[str]) -> None:
    assert rules(at=at) == expected


def test_a_refused_delivery_says_what_to_leave_out() -> None:
    listed = frozenset({"alder/school_year/grade:filter"})
    more = frozenset({"alder/school_year/grade", "alder/school_year/days_absent"})
    reason = decide_delivery(delivery(agreement=sharing(elements=listed), elements=more)).reasons[0]
    assert reason.accepted == "the delivery without school_year/days_absent (alder)"


def test_an_agreement_that_cannot_be_evaluated_refuses() -> None:
    assert rules(agreement=sharing(rho_limit=2**63)) == ["evaluation-error"]
