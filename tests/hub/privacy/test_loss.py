"""Loss in whole billionths, offers that can be meant, and what OpenDP converts."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.privacy import loss
from hub.privacy.errors import OfferError
from hub.privacy.mechanism import epsilon_micro, rho_limit
from hub.privacy.offer import Offer, parse_within


@given(st.lists(st.fractions(min_value=Fraction(1, 10**30), max_value=10), min_size=1, max_size=9))
def test_losses_are_added_exactly_and_rounded_up_once(parts: list[Fraction]) -> None:
    total = loss.billionths(parts)
    assert total > 0
    assert loss.units(total) >= sum(parts) > loss.units(total - 1)


def test_the_smallest_loss_is_not_lost_beside_a_large_one() -> None:
    assert loss.billionths([Fraction(1000), Fraction(5e-324)]) == 1000 * loss.PER_UNIT + 1
    assert loss.billionths([Fraction(1, 10)] * 10) == loss.PER_UNIT


@pytest.mark.parametrize(
    ("rho", "delta_e12", "epsilon"),
    [
        (5_000_000, 10**6, "0.430"),
        (50_000_000, 10**6, "1.472"),
        (500_000_000, 10**6, "5.222"),
        (50_000_000, 1, "2.219"),
    ],
)
def test_rho_is_shown_as_the_epsilon_that_opendp_converts(rho: int, delta_e12: int, epsilon: str) -> None:
    shown = Decimal(epsilon_micro(rho, delta_e12)) / 10**6
    assert abs(shown - Decimal(epsilon)) <= Decimal("0.0005")


@pytest.mark.parametrize("rho", [1, 999, 10**6, 123_456_789, 10**10])
@pytest.mark.parametrize("delta_e12", [1, 10**6])
def test_the_epsilon_that_is_shown_is_no_smaller_than_what_opendp_proves(rho: int, delta_e12: int) -> None:
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
    measurement: Any = dp.m.make_gaussian(*space, scale=1.0)
    distance = math.sqrt(2 * rho / loss.PER_UNIT)
    while Fraction(measurement.map(distance)) < loss.units(rho):
        distance = math.nextafter(distance, math.inf)
    converted: Any = dp.c.make_zCDP_to_approxDP(measurement)
    found = Fraction(converted.map(distance).epsilon(delta_e12 / 10**12))
    assert Fraction(epsilon_micro(rho, delta_e12) - 1, 10**6) < found <= Fraction(epsilon_micro(rho, delta_e12), 10**6)


@pytest.mark.parametrize("limit", [1_000, 100_000, 500_000, 1_000_000, 3_000_000, 10_000_000])
@pytest.mark.parametrize("delta_e12", [1, 10**6])
def test_a_limit_is_the_largest_loss_that_keeps_it(limit: int, delta_e12: int) -> None:
    rho = rho_limit(limit, delta_e12)
    assert epsilon_micro(rho, delta_e12) <= limit < epsilon_micro(rho + 1, delta_e12) or rho == 0


def test_a_limit_of_three_holds_thirty_one_questions_of_one_half() -> None:
    assert rho_limit(3_000_000, 1) // rho_limit(500_000, 1) == 31


def test_more_loss_is_never_shown_as_less_epsilon() -> None:
    shown = [epsilon_micro(rho, 1) for rho in (0, 1, 2, 10, 1_000, 10**6, 10**7, 10**8, 10**9, 10**11)]
    assert shown == sorted(shown)
    assert shown[0] == 0
    assert shown[1] > 0


@pytest.mark.parametrize("value", [0, -1, 10**9, True, 0.5, float("nan"), float("inf"), "1", None, Decimal(1)])
def test_an_epsilon_that_is_no_small_whole_number_of_millionths_is_refused(value: Any) -> None:
    with pytest.raises(OfferError):
        Offer(epsilon_micro=value, delta_e12=1)


@pytest.mark.parametrize(
    "value",
    [Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e16"), 15, 15.0, "15"],
)
def test_a_within_that_is_no_usable_decimal_is_refused(value: Any) -> None:
    with pytest.raises(OfferError):
        Offer(within=value, delta_e12=1)


@pytest.mark.parametrize("delta", [0, -1, 10**9 + 1, True, 1e-6, "1"])
def test_a_delta_that_is_no_small_whole_number_is_refused(delta: Any) -> None:
    with pytest.raises(OfferError):
        Offer(epsilon_micro=1, delta_e12=delta)
    with pytest.raises(OfferError):
        epsilon_micro(1, delta)


@pytest.mark.parametrize("confidence", [Decimal(0), Decimal(1), Decimal("NaN"), Decimal("0.49"), 0.95])
def test_a_confidence_that_says_nothing_is_refused(confidence: Any) -> None:
    with pytest.raises(OfferError):
        Offer(epsilon_micro=1, delta_e12=1, confidence=confidence)


def test_exactly_one_of_epsilon_and_within_is_offered() -> None:
    with pytest.raises(OfferError, match="not both"):
        Offer(delta_e12=1)
    with pytest.raises(OfferError, match="not both"):
        Offer(epsilon_micro=1, within=Decimal(1), delta_e12=1)


@pytest.mark.parametrize("rho", [-1, True, 10**13])
def test_a_loss_out_of_range_is_not_converted(rho: int) -> None:
    with pytest.raises(OfferError):
        epsilon_micro(rho, 1)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("15", "15"), (" 0.5 ", "0.5"), ("5% of 400", "20"), ("2.5 % of 1000", "25"), ("1%of 3", "0.03")],
)
def test_within_is_written_as_a_number_or_with_its_base(text: str, amount: str) -> None:
    assert parse_within(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "5%", "of 400", "1e5", "NaN", "inf", "٣", "5% of 0", "9" * 60, "1,000", "0x10", "1_0"]
)
def test_a_within_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(OfferError, match="base"):
        parse_within(text)
