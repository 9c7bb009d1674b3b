"""Thousands of generated questions: Cedar, a plain evaluator, and the permit alone give the same verdicts."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from agreements import purposes
from agreements.standing import State
from policies.decision import Law, decide, law_text, read_law
from policies.entities import AgreementFacts
from policies.request import AskRequest
from tests.policies.builders import NOW, SINCE, UNTIL, community, listed, question
from tests.policies.reference import refusals

ORGS = ("alder", "birch", "lakeside")
QUESTIONS, WITHOUT_FORBIDS = 2_500, 2_000

Change = Callable[[random.Random], dict[str, Any]]

STRANGE = (
    "alder/school_year/person:group_by",
    "alder/school_year/person:filter",
    "alder/school_year/grade:join",
    "birch/school_year/grade:group_by",
    "birch/school_year/shoe_size:filter",
    "lakeside/condition/months:measure",
    "lakeside/condition/months:sell",
    "hazel/school_year/grade:filter",
    "alder/school_year",
    "nonsense",
)

TERMS: tuple[Change, ...] = (
    lambda r: {"state": r.choice([state for state in State if state is not State.IN_FORCE])},
    lambda r: {"effective_from": r.choice([NOW, NOW + timedelta(seconds=1), SINCE])},
    lambda r: {"effective_until": r.choice([NOW, NOW + timedelta(seconds=1), UNTIL])},
    lambda r: {"contributors": frozenset(r.sample(ORGS, 2))},
    lambda r: {"signed": frozenset(r.sample(ORGS, 2))},
    lambda r: {"suspended_by": frozenset(r.sample([*ORGS, "university"], 1))},
    lambda r: {"purposes": frozenset(r.sample(sorted(purposes.PARENT), 3))},
    lambda r: {"prohibited_purposes": frozenset(r.sample(sorted(purposes.PARENT), 2))},
    lambda r: {"recipients": frozenset(r.sample(["university", "clinic"], r.randint(0, 2)))},
    lambda r: {"permitted_users": frozenset(r.sample(["ana", "ben"], r.randint(0, 2)))},
    lambda r: {"outputs": frozenset(r.sample(["count", "mean", "sum"], r.randint(0, 3)))},
    lambda r: {"linkage_allowed": r.random() < 0.5},
    lambda r: {"catalogue_digest": r.choice(["", "ab" * 32])},
    lambda r: {"rho_limit": r.choice([0, 49_999_999, 50_000_000])},
    lambda r: {"rho_query_max": r.choice([0, 9_999_999, 10_000_000])},
    lambda r: {"delta_limit_e18": r.choice([0, 5]), "delta_spent_e18": r.choice([0, 4])},
    lambda r: {"output_checkers": r.randint(0, 2)},
    lambda r: {"elements": frozenset(r.sample(sorted(frozenset[str]().union(*map(listed, ORGS))), 40))},
)

ASKED: tuple[Change, ...] = (
    lambda r: {"person": r.choice(["ana", "ben"])},
    lambda r: {"org": r.choice(["university", "clinic", ""])},
    lambda r: {"project": r.choice(["lic-1", "lic-2", "mou-1"])},
    lambda r: {"purpose": r.choice([*purposes.PARENT, "atendance"])},
    lambda r: {"outputs": frozenset(r.sample(["count", "mean", "sum", "median_of_rows"], r.randint(0, 2)))},
    lambda r: {"rho": r.choice([0, 9_999_999, 10_000_001, 30_000_001])},
    lambda r: {"delta_e18": r.choice([0, 1, 2])},
    lambda r: {"at": r.choice([SINCE, UNTIL, SINCE - timedelta(microseconds=1), UNTIL - timedelta(microseconds=1)])},
    lambda r: {"catalogue_digest": r.choice(["", "ab" * 32])},
    lambda r: {"contributor_remaining": {org: r.choice([-5, 9_999_999, 10_000_000]) for org in ORGS}},
    lambda r: {"community_remaining": r.choice([-5, 9_999_999, 10_000_000])},
    lambda r: {"checkers": r.randint(0, 2)},
    lambda r: {"direct_identifiers": frozenset(r.sample(sorted(listed("alder")), 1))},
    lambda r: {"contributors": frozenset(r.sample(ORGS, r.randint(0, 3)))},
    lambda r: {"elements": frozenset(r.sample(STRANGE, r.randint(0, 3)))},
)


def generated(seed: int) -> tuple[AskRequest, tuple[AgreementFacts, ...]]:
    chance = random.Random(seed)
    orgs = tuple(chance.sample(ORGS, chance.randint(1, 3)))
    agreements = list(community(*ORGS))
    if chance.random() < 0.05:
        del agreements[chance.randrange(len(agreements))]
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        place = chance.randrange(len(agreements))
        agreements[place] = replace(agreements[place], **chance.choice(TERMS)(chance))
    request = replace(question(*orgs), contributor_remaining=dict.fromkeys(ORGS, 30_000_000))
    for _ in range(chance.choice([0, 0, 1, 2])):
        request = replace(request, **chance.choice(ASKED)(chance))
    chance.shuffle(agreements)
    return request, tuple(agreements)


@cache
def permit_alone() -> Law:
    permit = law_text("ask.cedar").partition('@id("not-in-force")')[0]
    law = read_law(permit, law_text("schema.cedarschema"), purposes.PARENT)
    assert not law.rules
    return law


def test_a_second_evaluator_finds_the_same_reasons_and_the_permit_alone_the_same_verdicts() -> None:
    permitted, seen = 0, set()
    for seed in range(QUESTIONS):
        request, agreements = generated(seed)
        decision = decide(request, agreements)
        found = {(reason.agreement, reason.rule) for reason in decision.reasons}
        assert found == refusals(request, agreements), seed
        assert decision.permitted == (not found), seed
        if seed < WITHOUT_FORBIDS:
            assert decide(request, agreements, law=permit_alone()).permitted == decision.permitted, seed
        permitted += decision.permitted
        seen |= {rule for _, rule in found}
    assert permitted > QUESTIONS // 5, "the questions are too often refused to tell much"
    assert seen == set(ask_rules()), "some rule was never met"


def ask_rules() -> tuple[str, ...]:
    return tuple(read_law(law_text("ask.cedar"), law_text("schema.cedarschema"), purposes.PARENT).rules)
