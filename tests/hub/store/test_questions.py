"""Questions and releases: one end for each question, one charge for each release, and the same bytes again."""

from dataclasses import replace
from typing import Any

import pytest

from hub.store import deliveries, ledger, questions, releases, snapshots
from hub.store.amounts import Account, Charge
from hub.store.errors import AlreadyThereError, DifferentRequestError, StoreError, UnknownError, ValueRefusedError
from hub.store.questions import State
from hub.store.store import Store
from tests.hub.store.builders import AT, HEX, LATER, delivery, question, release, snapshot


@pytest.fixture
def ready(store: Store) -> Store:
    """A snapshot, two accounts, and the charges of q1 and q2."""
    with store.begin() as tx:
        deliveries.add(tx, delivery())
        snapshots.add(tx, snapshot())
        for key in ("community", "licence"):
            ledger.set_limit(tx, Account(key, 100, 0), at=AT)
        for request in ("q1", "q2"):
            ledger.charge(tx, request, [Charge("community", 5, 0), Charge("licence", 5, 0)], at=AT)
    return store


def test_a_key_finds_the_same_question_again_for_the_same_person_only(ready: Store) -> None:
    with ready.begin() as tx:
        questions.add(tx, question("q1"))
        found = questions.earlier(tx, "ana", "university", idempotency_key="key", request_sha256=HEX)
        assert found == question("q1")
        for person, org, key in (("ben", "university", "key"), ("ana", "alder", "key"), ("ana", "university", "k")):
            assert questions.earlier(tx, person, org, idempotency_key=key, request_sha256=HEX) is None
        questions.add(tx, question("q2", person="ben"))


def test_a_key_with_another_request_is_an_error(ready: Store) -> None:
    with ready.begin() as tx:
        questions.add(tx, question("q1"))
        with pytest.raises(DifferentRequestError):
            questions.earlier(tx, "ana", "university", idempotency_key="key", request_sha256="cd" * 32)


def test_the_database_itself_refuses_a_second_question_under_a_key(ready: Store) -> None:
    with pytest.raises(StoreError), ready.begin() as tx:  # noqa: PT012 - twice is the point
        questions.add(tx, question("q1"))
        questions.add(tx, question("q2"))


def test_a_question_of_somebody_else_looks_like_none(ready: Store) -> None:
    with ready.begin() as tx:
        questions.add(tx, question("q1"))
        assert questions.get(tx, "q1", person="ana", org="university").id == "q1"
        messages = set()
        for wanted, person, org in (("q1", "ben", "university"), ("q1", "ana", "alder"), ("q9", "ana", "university")):
            with pytest.raises(UnknownError) as raised:
                questions.get(tx, wanted, person=person, org=org)
            messages.add(str(raised.value))
    assert len(messages) == 1


def test_a_charged_question_ends_once(ready: Store) -> None:
    with ready.begin() as tx:
        questions.add(tx, question("q1"))
        releases.add(tx, release("r1", request_id="q1"))
        assert [found.id for found in questions.unanswered(tx)] == ["q1"]
        questions.release(tx, "q1", release_id="r1", visible_at=LATER)
        found = questions.get(tx, "q1", person="ana", org="university")
        assert (found.state, found.release_id, found.visible_at) == (State.RELEASED, "r1", LATER)
        assert questions.unanswered(tx) == ()
        with pytest.raises(AlreadyThereError):
            questions.fail(tx, "q1", problem=b"{}", visible_at=LATER)
        with pytest.raises(AlreadyThereError):
            questions.release(tx, "q1", release_id="r1", visible_at=LATER)


def test_a_failed_question_keeps_its_charge(ready: Store) -> None:
    with ready.begin() as tx:
        questions.add(tx, question("q1"))
        questions.fail(tx, "q1", problem=b'{"code":"late"}', visible_at=LATER)
        found = questions.get(tx, "q1", person="ana", org="university")
        assert (found.state, found.problem, found.rho) == (State.FAILED, b'{"code":"late"}', 5)
        assert ledger.spent(tx, "community") == 10


def test_a_refused_question_is_kept_with_its_reasons_and_never_answered(ready: Store) -> None:
    with ready.begin() as tx:
        questions.add(tx, question("q3", state=State.REFUSED, rho=0, problem=b"{}"))
        assert questions.unanswered(tx) == ()
        with pytest.raises(AlreadyThereError):
            questions.release(tx, "q3", release_id="r1", visible_at=LATER)


def test_the_same_question_again_points_to_the_earlier_release(ready: Store) -> None:
    with ready.begin() as tx:
        releases.add(tx, release("r1", request_id="q1"))
        questions.add(tx, question("q3", state=State.RELEASED, rho=0, release_id="r1", visible_at=AT))
        assert questions.get(tx, "q3", person="ana", org="university").release_id == "r1"
        with pytest.raises(AlreadyThereError):
            questions.add(tx, question("q3", key="another"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.RELEASED},
        {"state": State.CHARGED, "release_id": "r1"},
        {"state": State.REFUSED},
        {"state": State.CHARGED, "problem": b"{}"},
        {"idempotency_key": ""},
        {"id": ""},
    ],
)
def test_a_question_that_contradicts_itself_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueRefusedError):
        replace(question("q1"), **wrong)


def test_what_was_asked_is_not_shown() -> None:
    assert "SELECT" not in repr(question("q1"))
    assert "persons" not in repr(release("r1", request_id="q1"))


def test_a_new_question_cannot_have_failed(ready: Store) -> None:
    with pytest.raises(ValueRefusedError), ready.begin() as tx:
        questions.add(tx, question("q1", state=State.FAILED, problem=b"{}"))


def test_a_release_is_found_by_its_id_its_request_its_licence_and_what_was_measured(ready: Store) -> None:
    first, second = release("r1", request_id="q1"), release("r2", request_id="q2", licence="other", at=LATER)
    with ready.begin() as tx:
        releases.add(tx, first)
        releases.add(tx, second)
        assert releases.get(tx, "r1") == first
        assert releases.of_request(tx, "q2") == second
        assert releases.same(tx, HEX, snapshot="snapshot-1") == first
        assert releases.same(tx, HEX, snapshot="snapshot-1", licence="other") == second
        assert releases.same(tx, HEX, snapshot="snapshot-2") is None
        assert releases.same(tx, "cd" * 32, snapshot="snapshot-1") is None
        assert releases.of_licence(tx, "dul") == (first,)
        with pytest.raises(UnknownError):
            releases.get(tx, "r3")


@pytest.mark.parametrize(("request_id", "rho"), [("q9", 5), ("q1", 4), ("q1", 6)], ids=["none", "less", "more"])
def test_there_is_no_release_without_a_charge_of_its_cost(ready: Store, request_id: str, rho: int) -> None:
    with pytest.raises(ValueRefusedError), ready.begin() as tx:
        releases.add(tx, release("r1", request_id=request_id, rho=rho))


def test_a_charge_is_answered_once(ready: Store) -> None:
    with ready.begin() as tx:
        releases.add(tx, release("r1", request_id="q1"))
        with pytest.raises(AlreadyThereError):
            releases.add(tx, release("r2", request_id="q1"))
