"""Laws that hold for every history: nothing is in force unsigned, no suspension is overridden, storing has no order."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agreements.bundle import standings
from agreements.standing import Evidence, EvidenceError, Standing, State
from agreements.statement import Act
from tests.agreements.community import (
    END,
    MINUTE,
    NOW,
    SECOND,
    SIGNED,
    START,
    acts,
    all_sign,
    keyring,
    licence,
    memorandum,
    sharing,
    signed,
    standing,
)

MOU = memorandum()
PARTIES = ("alder", "prairie", "commons", "university")
SIGNING = {Act.PROPOSE, Act.COUNTERSIGN}


class Histories(RuleBasedStateMachine):
    """Parties act in any order, and what is refused is not stored; a model beside it remembers what people would."""

    def __init__(self) -> None:
        super().__init__()
        self.evidence = Evidence(MOU.to_bytes())
        self.clock = SIGNED
        self.signed: set[str] = set()
        self.suspended: set[str] = set()
        self.left: set[str] = set()
        self.over = False

    @rule(party=st.sampled_from(PARTIES), act=st.sampled_from(Act))
    def act(self, party: str, act: Act) -> None:
        self.clock += MINUTE
        accepted = self._would_follow(party, act)
        after = self.evidence.with_statement(signed(act, MOU, org=party, at=self.clock))
        if not accepted:
            with pytest.raises(EvidenceError):
                standing(after)
            return
        standing(after)
        self.evidence = after
        self._remember(party, act)

    def _would_follow(self, party: str, act: Act) -> bool:
        if self.over or party in self.left or (act is Act.PROPOSE) is bool(self.evidence.statements):
            return False
        return {
            Act.COUNTERSIGN: party not in self.signed,
            Act.SUSPEND: party not in self.suspended,
            Act.REINSTATE: party in self.suspended,
        }.get(act, True)

    def _remember(self, party: str, act: Act) -> None:
        if act in SIGNING:
            self.signed.add(party)
        elif act is Act.SUSPEND:
            self.suspended.add(party)
        elif act is Act.REINSTATE:
            self.suspended.discard(party)
        else:
            self.left.add(party)
            contributors_stay = self.left <= {"alder", "prairie"} and len(self.left) == 1
            self.over = self.signed != set(PARTIES) or not contributors_stay

    @invariant()
    def in_force_means_signed_by_all_and_stopped_by_none(self) -> None:
        out = self.suspended | self.left
        whole = self.signed == set(PARTIES) and not self.over
        runs = whole and out <= {"alder", "prairie"} and len(out) < 2
        found = standing(self.evidence)
        assert (found.state is State.IN_FORCE) is runs
        assert found.suspended_by >= self.suspended
        assert found.signed == self.signed

    @invariant()
    def outside_its_dates_it_is_never_in_force(self) -> None:
        for at in (START - SECOND, END, END + SECOND):
            assert standing(self.evidence, at=at).state is not State.IN_FORCE

    @invariant()
    def an_empty_reading_gives_the_same_standing(self) -> None:
        again = Evidence(bytes(self.evidence.terms), tuple(reversed(self.evidence.statements)))
        assert standing(again) == standing(self.evidence)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)

FAMILY: dict[str, Any] = {terms.id: terms for terms in (MOU, sharing("alder"), sharing("prairie"), licence())}
IN_FORCE = tuple(acts(terms, all_sign(terms)) for terms in FAMILY.values())


def family(evidence: tuple[Evidence, ...], at: datetime = NOW) -> dict[str, Standing]:
    return standings(evidence, keyring=keyring(), at=at)


def allowed(found: dict[str, Standing]) -> frozenset[str]:
    """The contributors whose data the licence may touch."""
    top = found["agr-dul"]
    return top.terms.contributors - top.suspended_by if top.state is State.IN_FORCE else frozenset()


def test_when_everything_is_signed_every_contributor_may_be_asked() -> None:
    assert allowed(family(IN_FORCE)) == {"alder", "prairie"}


CUTS = [(position, number) for position, held in enumerate(IN_FORCE) for number in range(len(held.statements))]


@pytest.mark.parametrize(("position", "number"), CUTS)
def test_removing_any_one_signature_refuses_what_it_carried(position: int, number: int) -> None:
    held = IN_FORCE[position]
    kept = Evidence(held.terms, held.statements[:number] + held.statements[number + 1 :])
    try:
        found = family((*IN_FORCE[:position], kept, *IN_FORCE[position + 1 :]))
    except EvidenceError:
        return
    one_sharing_agreement = {1: {"prairie"}, 2: {"alder"}}
    assert allowed(found) == one_sharing_agreement.get(position, set())


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(CUTS)))
def test_no_question_touches_a_contributor_whose_signature_is_absent(cuts: set[tuple[int, int]]) -> None:
    evidence = tuple(
        Evidence(held.terms, tuple(one for number, one in enumerate(held.statements) if (position, number) not in cuts))
        for position, held in enumerate(IN_FORCE)
    )
    try:
        found = family(evidence)
    except EvidenceError:
        return
    for org in allowed(found):
        bound = [one for one in found.values() if org in one.terms.contributors]
        assert all(org in one.signed for one in bound)
        assert len(bound) == 3


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_in_which_evidence_is_stored_changes_nothing(order: list[int]) -> None:
    held = acts(MOU, f"{all_sign(MOU)}, alder suspend, alder reinstate")
    shuffled = Evidence(held.terms, tuple(held.statements[position] for position in order))
    assert standing(shuffled) == standing(held)


@settings(max_examples=40, deadline=None)
@given(
    st.datetimes(datetime(2026, 6, 1), datetime(2027, 6, 1)),  # noqa: DTZ001 - the zone is put on below
    st.integers(1, 400 * 86_400),
    st.integers(-2, 400 * 86_400 + 2),
)
def test_a_term_is_half_open(start: datetime, length: int, offset: int) -> None:
    begins = start.replace(microsecond=0, tzinfo=SIGNED.tzinfo) + timedelta(days=1)
    ends = begins + timedelta(seconds=length)
    terms = memorandum(effective_from=begins, effective_until=ends)
    held = acts(terms, all_sign(terms))
    for at in (begins, ends - SECOND, ends, begins + timedelta(seconds=offset)):
        assert (standing(held, at=at).state is State.IN_FORCE) is (begins <= at < ends)


@pytest.mark.parametrize("suspender", ["commons", "university", "alder", "prairie"])
def test_nobody_but_the_suspender_reinstates(suspender: str) -> None:
    held = acts(MOU, f"{all_sign(MOU)}, {suspender} suspend")
    later = SIGNED + 30 * MINUTE
    for other in PARTIES:
        again = held.with_statement(signed(Act.REINSTATE, MOU, org=other, at=later))
        if other == suspender:
            assert standing(again).state is State.IN_FORCE
            assert not standing(again).suspended_by
        else:
            with pytest.raises(EvidenceError, match="only the suspender"):
                standing(again)
