"""Only what its signatory signed, lately, with a key that is good, changes where an agreement stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from agreements.keys import Keyring
from agreements.standing import State
from agreements.statement import Act
from agreements.terms import Terms
from hub.actions import agree, enrol, oversee
from hub.actions.agree import AgreementRefusedError
from hub.errors import HubError, NotFoundError
from tests.agreements import community
from tests.agreements.community import DISTRICTS, keyring, sharing, signed
from tests.hub.actions.small import LIMITS, Small, licence, memorandum
from tests.hub.actions.small import sharing as own_sharing

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def hashes(here: Small) -> list[str]:
    return [entry.hash for entry in oversee.read_journal(here.hub, limit=1000)]


def test_a_stop_and_its_end_show_at_once(here: Small) -> None:
    here.act(Act.SUSPEND, own_sharing("birch"), org="birch")
    assert agree.show(here.hub, "agr-dsa-birch").standing.state is State.SUSPENDED
    assert agree.show(here.hub, "agr-dul").standing.suspended_by == {"birch"}
    here.act(Act.REINSTATE, own_sharing("birch"), org="birch")
    assert agree.show(here.hub, "agr-dul").standing.suspended_by == frozenset()


def test_the_same_statement_again_changes_nothing_however_late(here: Small) -> None:
    here.clock.move(SECOND)
    data = signed(Act.SUSPEND, own_sharing("birch"), org="birch", at=here.clock())
    agree.add_statement(here.hub, data)
    before = hashes(here)
    for wait in (SECOND, 30 * DAY):
        here.clock.move(wait)
        assert agree.add_statement(here.hub, data)[0].state is State.SUSPENDED
    assert hashes(here) == before


WRONG: dict[str, Callable[[Small], bytes]] = {
    "signed more than seven days ago": lambda here: suspend(here, at=here.clock() - 7 * DAY - SECOND),
    "signed in the future": lambda here: suspend(here, at=here.clock() + SECOND),
    "signed by somebody else for the party": lambda here: suspend(here, signer=community.head("alder")),
    "about other terms": lambda here: signed(Act.SUSPEND, sharing("birch"), org="birch", at=here.clock()),
    "about an unknown agreement": lambda here: signed(
        Act.SUSPEND, own_sharing("birch", id="agr-none"), org="birch", at=here.clock()
    ),
    "signed a second time": lambda here: signed(Act.COUNTERSIGN, own_sharing("birch"), org="birch", at=here.clock()),
    "reinstated without a stop": lambda here: signed(Act.REINSTATE, own_sharing("birch"), org="birch", at=here.clock()),
    "of a party that is not bound": lambda here: signed(
        Act.SUSPEND, own_sharing("birch"), org="alder", at=here.clock()
    ),
    "half right: one of two documents is of others": lambda here: signed(
        Act.SUSPEND, own_sharing("birch"), own_sharing("alder"), org="birch", at=here.clock()
    ),
    "no envelope": lambda _: b"{}",
    "no JSON": lambda _: b"\xff\x00",
    "nested without end": lambda _: b"[" * 100_000 + b"]" * 100_000,
    "one changed byte": lambda here: suspend(here).replace(b"keyid", b"keyie"),
}


def suspend(here: Small, **more: object) -> bytes:
    given = {"at": here.clock(), **more}
    return signed(Act.SUSPEND, own_sharing("birch"), org="birch", **given)  # type: ignore[arg-type] # a statement's fields


@pytest.mark.parametrize("what", WRONG)
def test_a_statement_that_does_not_fit_changes_nothing(steady: Small, what: str) -> None:
    steady.clock.move(DAY)
    before = hashes(steady)
    with pytest.raises(HubError):
        agree.add_statement(steady.hub, WRONG[what](steady))
    assert hashes(steady) == before
    assert agree.show(steady.hub, "agr-dsa-birch").standing.state is State.IN_FORCE


def test_a_statement_of_exactly_seven_days_ago_is_still_taken(here: Small) -> None:
    here.clock.move(8 * DAY)
    data = suspend(here, at=here.clock() - 7 * DAY)
    assert agree.add_statement(here.hub, data)[0].state is State.SUSPENDED


def test_a_key_that_is_retired_by_now_signs_nothing_even_dated_back(here: Small) -> None:
    here.clock.move(2 * DAY)
    retired = Keyring(
        tuple(
            replace(entry, retired_at=here.clock() - SECOND)
            if entry.party == "birch" and entry.person == "head-birch"
            else entry
            for entry in here.hub.keyring.entries
        )
    )
    hub = replace(here.hub, keyring=retired)
    assert agree.show(hub, "agr-dsa-birch").standing.state is State.IN_FORCE, "what it signed in its time stands"
    with pytest.raises(AgreementRefusedError, match="is retired: sign with a current key"):
        agree.add_statement(hub, suspend(here, at=here.clock() - DAY))


def proposal(here: Small, *terms: Terms, act: Act = Act.PROPOSE, org: str = "commons") -> bytes:
    return signed(act, *terms, org=org, at=here.clock())


def test_a_proposal_brings_exactly_the_terms_that_it_proposes(here: Small) -> None:
    one = memorandum(id="agr-second")
    other = memorandum(id="agr-third")
    for sent, statement in (
        ((one, other), proposal(here, one)),
        ((one,), proposal(here, one, other)),
        ((one, one), proposal(here, one)),
        ((), proposal(here, one)),
        ((one,), proposal(here, memorandum(id="agr-second", title="Other terms"))),
        ((one,), proposal(here, one, act=Act.COUNTERSIGN)),
    ):
        with pytest.raises(HubError):
            agree.propose(here.hub, [terms.to_bytes() for terms in sent], statement)
        for name in ("agr-second", "agr-third"):
            with pytest.raises(NotFoundError):
                agree.show(here.hub, name)
    (standing,) = agree.propose(here.hub, [one.to_bytes()], proposal(here, one))
    assert standing.state is State.PROPOSED


def test_agreements_cannot_stand_above_each_other(here: Small) -> None:
    first = own_sharing("alder", id="agr-a", parent_ids=("agr-b",))
    second = own_sharing("alder", id="agr-b", parent_ids=("agr-a",))
    for sent in ((first, second), (second, first)):
        with pytest.raises(AgreementRefusedError, match="not known here"):
            agree.propose(here.hub, [terms.to_bytes() for terms in sent], proposal(here, *sent))


def test_a_child_that_is_wider_is_refused_with_every_breach(here: Small) -> None:
    wider = licence(id="agr-wide", destroy_within_days=900, privacy={**LIMITS, "min_cell": 2})
    with pytest.raises(AgreementRefusedError) as caught:
        agree.propose(here.hub, [wider.to_bytes()], proposal(here, wider, org="university"))
    assert "destroy_within_days" in str(caught.value)
    assert "min_cell" in str(caught.value)


def test_limits_that_no_loss_can_keep_are_refused_when_they_are_proposed(here: Small) -> None:
    limits = {"contributor_epsilon_total_micro": 5_000_000, "community_epsilon_total_micro": 500_000_000}
    vast = memorandum(id="agr-vast", privacy={**LIMITS, **limits})
    with pytest.raises(AgreementRefusedError, match="privacy limits"):
        agree.propose(here.hub, [vast.to_bytes()], proposal(here, vast))


def test_an_amendment_is_not_taken_for_a_new_agreement(here: Small) -> None:
    terms = own_sharing("alder", version=2, prev_digest=own_sharing("alder").digest)
    with pytest.raises(HubError, match="another id"):
        agree.propose(here.hub, [terms.to_bytes()], proposal(here, terms))


def test_a_new_key_joins_those_on_the_disk_and_replaces_none(here: Small) -> None:
    trust = here.hub.settings.trust
    new = replace(keyring().entries[0], key=community.signer("new").public_key)
    newer = replace(new, key=community.signer("newer").public_key)
    for entry in (new, newer):
        enrol.trust_key(here.hub, Keyring((entry,)).to_bytes())
    held = Keyring.from_bytes(trust.read_bytes())
    assert {new.key.key_id, newer.key.key_id} <= {entry.key.key_id for entry in held.entries}
    before = trust.read_bytes()
    for wrong in (Keyring((replace(new, party=DISTRICTS[3]),)).to_bytes(), b"{}", b"\xff"):
        with pytest.raises(enrol.KeyringRefusedError):
            enrol.trust_key(here.hub, wrong)
    assert trust.read_bytes() == before
