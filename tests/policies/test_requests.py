"""What cannot even be asked: wrong types and impossible amounts do not make a request."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from policies.decision import decide
from policies.errors import FactsError, PolicyError, RequestError
from tests.policies.builders import community, delivery, licence, question

SUMMER = timezone(timedelta(hours=2))
NAIVE = datetime(2026, 11, 21)  # noqa: DTZ001 - an instant without a zone is what must be refused


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": None},
        {"purpose": 7},
        {"contributors": ["alder"]},
        {"elements": frozenset({7})},
        {"outputs": "count"},
        {"rho": -1},
        {"rho": 1.5},
        {"rho": True},
        {"delta_e18": -1},
        {"checkers": -1},
        {"at": NAIVE},
        {"at": datetime(2026, 11, 21, tzinfo=SUMMER)},
        {"contributor_remaining": {"alder": 1}},
        {"contributor_remaining": {"alder": 1, "birch": 1.5}},
        {"community_remaining": None},
    ],
    ids=str,
)
def test_a_question_of_wrong_values_cannot_be_made(wrong: Any) -> None:
    with pytest.raises(RequestError) as raised:
        question(**wrong)
    assert next(iter(wrong)) in str(raised.value)


@pytest.mark.parametrize(
    "wrong", [{"custodian": None}, {"elements": {"a"}}, {"at": NAIVE}, {"catalogue_digest": b""}], ids=str
)
def test_a_delivery_of_wrong_values_cannot_be_made(wrong: Any) -> None:
    with pytest.raises(RequestError):
        delivery(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tier": "dul"},
        {"state": "in_force"},
        {"signed": ["alder"]},
        {"linkage_allowed": 1},
        {"rho_spent": -1},
        {"rho_limit": 0.5},
        {"version": True},
        {"effective_until": NAIVE},
    ],
    ids=str,
)
def test_an_agreement_of_wrong_values_cannot_be_described(wrong: Any) -> None:
    with pytest.raises(FactsError):
        licence(**wrong)


def test_every_error_of_the_package_has_one_base() -> None:
    assert issubclass(RequestError, PolicyError)
    assert issubclass(FactsError, PolicyError)


def test_a_question_and_a_decision_can_be_kept_in_a_set() -> None:
    assert {question(), question()} == {question()}
    assert len({decide(question(), community()), decide(question(), community())}) == 1
