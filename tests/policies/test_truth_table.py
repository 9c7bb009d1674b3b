"""Each rule alone fires exactly its id; wrong in six ways gives exactly six; all at once, in a stable order."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from agreements.standing import State
from policies.decision import Decision, decide, law_text
from policies.request import AskRequest
from tests.policies.builders import DIGEST, NOW, SINCE, UNTIL, asked, community, question

LICENCE, ALDER, BIRCH, MEMORANDUM = "lic-1", "dsa-alder", "dsa-birch", "mou-1"


@dataclass(frozen=True)
class Row:
    rule: str
    agreement: str
    terms: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)


def with_element(element: str) -> dict[str, Any]:
    return {"elements": question().elements | {element}}


NOBODY = frozenset[str]()
NUMBERS = {"alder": 30_000_000, "birch": 9_999_999}
OTHER_USE = question().elements - {"alder/school_year/grade:group_by"} | {"alder/school_year/grade:filter"}

ROWS = [
    *(Row("not-in-force", LICENCE, {"state": state}) for state in State if state is not State.IN_FORCE),
    Row("outside-dates", LICENCE, {"effective_until": NOW}),
    Row("outside-dates", LICENCE, {"effective_from": NOW + timedelta(seconds=1)}),
    Row("outside-dates", BIRCH, {"effective_until": NOW}),
    Row("unsigned-contributor", LICENCE, {"signed": frozenset({"alder", "university"})}),
    Row("unsigned-contributor", LICENCE, {"contributors": frozenset({"alder"})}),
    Row("unsigned-contributor", BIRCH, {"signed": frozenset({"alder", "university"})}),
    Row("unsigned-contributor", MEMORANDUM, {"signed": frozenset({"alder"})}),
    Row("suspended-by", LICENCE, {"suspended_by": frozenset({"birch"})}),
    Row("suspended-by", LICENCE, {"suspended_by": frozenset({"university"})}),
    Row("suspended-by", MEMORANDUM, {"suspended_by": frozenset({"alder"})}),
    Row("purpose-not-permitted", LICENCE, {"purposes": frozenset({"early_literacy", "public_health"})}),
    Row("purpose-not-permitted", ALDER, {"purposes": frozenset({"mobility_and_instruction"})}),
    Row("purpose-prohibited", LICENCE, {"prohibited_purposes": frozenset({"attendance"})}),
    Row("purpose-prohibited", MEMORANDUM, {"prohibited_purposes": frozenset({"improve_instruction"})}),
    Row("recipient-not-listed", LICENCE, asked={"org": "clinic"}),
    Row("recipient-not-listed", LICENCE, {"recipients": NOBODY}),
    Row("recipient-not-listed", ALDER, {"recipients": frozenset({"clinic"})}),
    Row("user-not-permitted", LICENCE, asked={"person": "ben"}),
    Row("user-not-permitted", LICENCE, {"permitted_users": NOBODY}),
    Row("user-not-permitted", MEMORANDUM, {"permitted_users": frozenset({"ben"})}),
    Row("element-not-listed", LICENCE, {"elements": frozenset(asked("alder"))}),
    Row("element-not-listed", MEMORANDUM, {"elements": frozenset(asked("alder"))}),
    Row("use-of-element-not-listed", LICENCE, {"elements": OTHER_USE}),
    Row("direct-identifier", LICENCE, asked={"direct_identifiers": frozenset({"alder/school_year/grade:group_by"})}),
    Row("output-kind", LICENCE, {"outputs": frozenset({"count", "sum"})}),
    Row("output-kind", BIRCH, {"outputs": NOBODY}),
    Row("linkage-not-permitted", LICENCE, {"linkage_allowed": False}),
    Row("linkage-not-permitted", ALDER, {"linkage_allowed": False}),
    Row("catalogue-changed", LICENCE, {"catalogue_digest": DIGEST[::-1]}),
    Row("catalogue-changed", BIRCH, {"catalogue_digest": ""}),
    Row("catalogue-changed", MEMORANDUM, {"catalogue_digest": DIGEST[::-1]}),
    Row("query-budget", LICENCE, {"rho_query_max": 9_999_999}),
    Row("agreement-budget", LICENCE, {"rho_limit": 49_999_999}),
    Row("agreement-budget", MEMORANDUM, {"rho_spent": 100_000_000}),
    Row("agreement-budget", LICENCE, {"delta_limit_e18": 5, "delta_spent_e18": 6}),
    Row("contributor-budget", MEMORANDUM, asked={"contributor_remaining": NUMBERS}),
    Row("contributor-budget", MEMORANDUM, asked={"contributor_remaining": {"alder": -1, "birch": 30_000_000}}),
    Row("community-budget", MEMORANDUM, asked={"community_remaining": 9_999_999}),
    Row("output-check-missing", LICENCE, {"output_checkers": 1}),
    Row("output-check-missing", ALDER, {"output_checkers": 2}, {"checkers": 1}),
    Row("evaluation-error", LICENCE, {"rho_spent": 2**63 - 1}),
]


def decided(row: Row) -> Decision:
    agreements = [replace(a, **row.terms) if a.id == row.agreement else a for a in community()]
    return decide(question(**row.asked), agreements)


def rules(decision: Decision) -> list[tuple[str, str]]:
    return [(reason.rule, reason.agreement) for reason in decision.reasons]


def test_the_question_that_every_row_changes_is_permitted() -> None:
    assert decide(question(), community()) == Decision(permitted=True, reasons=())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule} by {row.agreement}")
def test_one_wrong_term_gives_exactly_its_rule(row: Row) -> None:
    decision = decided(row)
    assert not decision.permitted
    assert rules(decision) == [(row.rule, row.agreement)]


def test_every_rule_of_the_text_has_a_row() -> None:
    named = {line.split('"')[1] for line in law_text("ask.cedar").splitlines() if line.startswith("@id")} - {"ask"}
    assert named <= {row.rule for row in ROWS} | {"parent-not-in-force", "unknown-term"}


def test_a_question_wrong_in_six_ways_gets_exactly_six_reasons() -> None:
    wrong = question(
        person="ben",
        org="clinic",
        direct_identifiers=frozenset({"alder/school_year/grade:group_by"}),
        contributor_remaining=NUMBERS,
        community_remaining=0,
    )
    agreements = [replace(a, linkage_allowed=a.id != LICENCE) for a in community()]
    assert rules(decide(wrong, agreements)) == [
        ("recipient-not-listed", LICENCE),
        ("user-not-permitted", LICENCE),
        ("direct-identifier", LICENCE),
        ("linkage-not-permitted", LICENCE),
        ("contributor-budget", MEMORANDUM),
        ("community-budget", MEMORANDUM),
    ]


def test_the_order_of_agreements_does_not_change_the_reasons() -> None:
    wrong, agreements = question(purpose="asthma", rho=10**9), community()
    assert decide(wrong, agreements) == decide(wrong, agreements[::-1])
    assert [agreement for _, agreement in rules(decide(wrong, agreements))][::7] == [LICENCE, BIRCH]


def test_a_licence_stands_only_while_what_it_stands_under_does() -> None:
    agreements = community()
    out = [replace(a, state=State.EXPIRED) if a.id == BIRCH else a for a in agreements]
    assert rules(decide(question(), out)) == [("parent-not-in-force", LICENCE), ("not-in-force", BIRCH)]
    assert rules(decide(question(), agreements[:-1])) == [("parent-not-in-force", LICENCE)]
    assert decide(question("alder"), out).permitted, "an agreement that is not touched does not refuse"


def test_a_contributor_without_an_agreement_of_its_own_refuses() -> None:
    agreements = [a for a in community() if a.id != BIRCH]
    decision = decide(question(), agreements)
    assert rules(decision) == [("unsigned-contributor", LICENCE)]
    assert "birch" in decision.reasons[0].sentence


@pytest.mark.parametrize(
    ("nothing", "rule"),
    [("contributors", "unsigned-contributor"), ("elements", "element-not-listed"), ("outputs", "output-kind")],
)
def test_a_question_about_nothing_is_refused(nothing: str, rule: str) -> None:
    decision = decide(question(**{nothing: NOBODY}), community())
    assert not decision.permitted
    assert (rule, LICENCE) in rules(decision)


def test_a_contributor_whose_data_elements_are_not_named_is_refused() -> None:
    decision = decide(question(elements=asked("alder")), community())
    assert rules(decision) == [("element-not-listed", BIRCH)]


def test_a_project_without_licence_is_refused_and_a_memorandum_is_no_licence() -> None:
    for project in ("lic-2", MEMORANDUM, ALDER, ""):
        assert rules(decide(question(project=project), community())) == [("unknown-term", project)]
    assert rules(decide(question(), ())) == [("unknown-term", LICENCE)]


@pytest.mark.parametrize(
    "element",
    [
        "alder/school_year",
        "alder//grade:filter",
        "alder/school_year/grade:sell",
        "alder/school_year/grade",
        "",
        ":",
        "/",
    ],
)
def test_an_element_of_no_known_form_is_refused_even_when_an_agreement_lists_it(element: str) -> None:
    agreements = [replace(a, elements=a.elements | {element}) if a.elements else a for a in community()]
    assert rules(decide(question(**with_element(element)), agreements)) == [("unknown-term", LICENCE)]


def test_an_element_of_somebody_who_does_not_contribute_is_refused() -> None:
    stray = "hazel/school_year/grade:filter"
    agreements = [replace(a, elements=a.elements | {stray}) if a.elements else a for a in community()]
    assert rules(decide(question(**with_element(stray)), agreements)) == [("unknown-term", LICENCE)]


@pytest.mark.parametrize("use", ["group_by", "filter"])
def test_a_question_that_shows_persons_is_refused_even_when_agreements_list_it(use: str) -> None:
    person = f"alder/school_year/person:{use}"
    agreements = [replace(a, elements=a.elements | {person}) if a.elements else a for a in community()]
    assert rules(decide(question(**with_element(person)), agreements)) == [("direct-identifier", LICENCE)]


def test_a_wider_purpose_permits_the_narrower_and_never_the_reverse() -> None:
    narrow = [replace(a, purposes=frozenset({"attendance"})) for a in community()]
    assert decide(question(purpose="attendance"), community()).permitted
    assert decide(question(purpose="attendance"), narrow).permitted
    assert len(rules(decide(question(purpose="improve_instruction"), narrow))) == len(narrow)


def test_unknown_purposes_and_results_are_refused_even_when_listed() -> None:
    purposes, outputs = frozenset({"attendance", "made_up"}), frozenset({"count", "rows"})
    listed = [replace(a, purposes=purposes, outputs=outputs) for a in community()]
    asking = {"purpose": "made_up"}, {"outputs": frozenset({"rows"})}, {"outputs": frozenset({"count", "rows"})}
    for unknown in asking:
        assert rules(decide(question(**{"outputs": frozenset({"count"}), **unknown}), listed)) == [
            ("unknown-term", LICENCE)
        ]


@pytest.mark.parametrize(
    ("at", "permitted"),
    [
        (SINCE - timedelta(microseconds=1), False),
        (SINCE, True),
        (UNTIL - timedelta(seconds=1), True),
        (UNTIL - timedelta(microseconds=1), True),
        (UNTIL, False),
    ],
)
def test_dates_are_half_open(at: Any, *, permitted: bool) -> None:
    assert decide(question(at=at), community()).permitted is permitted


def test_one_custodian_alone_links_nothing() -> None:
    unlinked = [replace(a, linkage_allowed=False) for a in community()]
    assert decide(question("alder"), unlinked).permitted
    assert {rule for rule, _ in rules(decide(question(), unlinked))} == {"linkage-not-permitted"}


def test_names_that_look_like_syntax_stay_names() -> None:
    hostile = 'ana", Hub::Person::"ana'
    asked_by: AskRequest = question(person=hostile, purpose='attendance"', org="{agreement}")
    assert ("user-not-permitted", LICENCE) in rules(decide(asked_by, community()))
