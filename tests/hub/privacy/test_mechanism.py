"""Noise follows its law, and what is charged is at least what OpenDP proves."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import opendp.prelude as dp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.privacy import loss
from hub.privacy.calibrated import Calibrated
from hub.privacy.errors import DocumentError, OfferError
from hub.privacy.exact import Exact
from hub.privacy.mechanism import calibrate, half_width, release, rho_limit, rounded_up_root
from hub.privacy.noisy import NoisyVectors
from hub.privacy.offer import Offer
from hub.privacy.plan import VectorKind
from hub.query.expression import Field, Range
from tests.hub.privacy.builders import (
    BY_KIND,
    BY_SITE,
    COST,
    bounded,
    count,
    mean,
    persons,
    plain,
    question,
    scan,
    total,
)

ASKED = question(
    scan("visit"), count(), persons(), total(Field("t0.cost"), COST), mean(Field("t0.cost"), COST), keys=(BY_KIND,)
)
EPSILON = Offer(epsilon_micro=1_000_000, delta_e12=10**6)


def proven(calibrated: Calibrated) -> list[Fraction]:
    """What OpenDP's own maps say of the scales that were chosen, at an f64 distance no shorter than the root."""
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
    found = []
    for vector, scale in zip(calibrated.bounds.vectors, calibrated.scales, strict=True):
        distance = math.sqrt(vector.sensitivity_squared)
        while Fraction(distance) ** 2 < vector.sensitivity_squared:
            distance = math.nextafter(distance, math.inf)
        measurement: Any = dp.m.make_gaussian(*space, scale=scale)
        found.append(Fraction(measurement.map(distance)))
    return found


# --- the charge --------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2**100), st.sampled_from([200_000, 500_000, 1_000_000, 3_000_000]))
def test_the_charge_is_what_opendp_proves_and_no_more_than_was_offered(squared: int, epsilon: int) -> None:
    offer = Offer(epsilon_micro=epsilon, delta_e12=1)
    try:
        calibrated = calibrate(plain(2, squared=squared), offer)
    except OfferError:
        assert squared > 2**80  # the noise would leave 64 bits
        return
    assert type(calibrated.rho) is int
    assert 0 < calibrated.rho <= rho_limit(epsilon, 1)
    assert loss.units(calibrated.rho) >= sum(proven(calibrated))
    assert loss.units(calibrated.rho - 1) < sum(proven(calibrated))
    assert calibrated.scales[0] == pytest.approx(math.sqrt(squared / (2 * loss.units(rho_limit(epsilon, 1)))))


def test_an_offer_is_split_evenly_over_the_vectors_and_charged_once() -> None:
    calibrated = calibrate(bounded(ASKED), EPSILON)
    assert len(calibrated.scales) == 5
    assert calibrated.rho == rho_limit(1_000_000, 10**6) == loss.billionths(proven(calibrated))
    shares = [float(part) for part in calibrated.losses]
    assert shares == pytest.approx([calibrated.rho / 1e9 / 5] * 5, rel=1e-9)


def test_weights_give_a_vector_more_of_the_loss() -> None:
    bounds = bounded(question(scan("visit"), count(), keys=(BY_KIND,)))
    even = calibrate(bounds, EPSILON)
    leaning = calibrate(bounds, EPSILON, weights={"persons_1": 1, "rows_2": 9})
    assert leaning.rho <= even.rho
    assert leaning.scale("rows_2") < even.scale("rows_2")
    assert leaning.scale("persons_1") > even.scale("persons_1")
    for weights in ({}, {"rows_2": 1}, {"persons_1": 0, "rows_2": 1}, {"persons_1": 1, "rows_2": 1, "x": 1}):
        with pytest.raises(OfferError, match="weights"):
            calibrate(bounds, EPSILON, weights=weights)


@given(st.integers(1, 2**124))
def test_a_root_is_rounded_up_only_where_it_is_not_whole(square: int) -> None:
    root = rounded_up_root(square)
    assert Fraction(root) ** 2 >= square
    assert Fraction(math.nextafter(root, 0)) ** 2 < square
    if square < 2**26:
        assert rounded_up_root(square**2) == square


# --- offers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("within", ["1", "2", "7", "15", "50.5", "400", "100000"])
@pytest.mark.parametrize("confidence", ["0.5", "0.9", "0.95", "0.99"])
def test_within_is_kept_and_not_bettered_by_much(within: str, confidence: str) -> None:
    offer = Offer(within=Decimal(within), delta_e12=1, confidence=Decimal(confidence))
    try:
        calibrated = calibrate(plain(3), offer)
    except OfferError as error:
        assert "costs more" in str(error) or "no finite loss" in str(error)  # noqa: PT017 - most combinations pass
        return
    vector = calibrated.bounds.vectors[0].name
    assert calibrated.half_width(vector) == math.floor(Decimal(within))
    assert half_width(calibrated.scale(vector) * 1.02, offer.confidence) >= calibrated.half_width(vector)
    assert half_width(calibrated.scale(vector) * 1.2 + 1, offer.confidence) > calibrated.half_width(vector)


def test_within_speaks_of_the_first_count_or_sum_in_its_own_units() -> None:
    cost = Field("t0.cost")
    asked = question(scan("visit"), mean(cost, COST), total(cost, COST), count(), keys=(BY_SITE,))
    calibrated = calibrate(bounded(asked), Offer(within=Decimal("2.5"), delta_e12=1))
    assert calibrated.within_of == "total"
    assert calibrated.half_width(calibrated.bounds.measured[1].total) == 25  # tenths
    assert [float(each) for each in calibrated.losses] == pytest.approx([float(calibrated.losses[0])] * 5, rel=1e-6)
    assert calibrated.rho == loss.billionths(proven(calibrated))


def test_within_of_a_mean_alone_is_refused_with_what_to_offer_instead() -> None:
    asked = question(scan("visit"), mean(Field("t0.cost"), COST))
    with pytest.raises(OfferError, match="for a mean offer epsilon instead"):
        calibrate(bounded(asked), Offer(within=Decimal(1), delta_e12=1))


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        (Offer(within=Decimal("0.5"), delta_e12=1), "less than one step of .*; offer at least 1$"),
        (Offer(epsilon_micro=1, delta_e12=1), "less than one billionth"),
    ],
)
def test_an_offer_that_buys_nothing_is_refused(offer: Offer, words: str) -> None:
    with pytest.raises(OfferError, match=words):
        calibrate(plain(1), offer)


def test_a_within_that_costs_more_than_any_agreement_allows_is_refused() -> None:
    with pytest.raises(OfferError, match="wider `within`"):
        calibrate(plain(1, squared=10**12), Offer(within=Decimal(1), delta_e12=1))


def test_noise_that_would_leave_64_bits_is_refused() -> None:
    with pytest.raises(OfferError, match="drown"):
        calibrate(plain(1, squared=2**123), Offer(epsilon_micro=1_000, delta_e12=1))


# --- the law of the noise ----------------------------------------------------------------------------------------


def drawn(scale: float, draws: int) -> list[int]:
    bounds = plain(draws)
    calibrated = replace(calibrate(bounds, EPSILON), scales=(scale,))
    return list(release(calibrated, Exact({"rows_1": [1000] * draws})).of("rows_1"))


def chi_square(noise: Sequence[int], scale: float) -> float:
    """The standardised chi-square of noise against the discrete Gaussian of a scale, in bins of enough weight."""
    reach = math.ceil(12 * scale) + 12
    weights = {k: math.exp(-(k**2) / (2 * scale**2)) for k in range(-reach, reach + 1)}
    whole = sum(weights.values())
    width = max(1, round(scale / 2))
    expected, observed = defaultdict[int, float](float), Counter[int]()
    for k, weight in weights.items():
        expected[bin_of(k, width, scale)] += weight / whole * len(noise)
    for k in noise:
        observed[bin_of(k, width, scale)] += 1
    kept = [place for place, weight in expected.items() if weight >= 5]
    statistic = sum((observed[place] - expected[place]) ** 2 / expected[place] for place in kept)
    freedom = len(kept) - 1
    cube = math.cbrt(statistic / freedom)  # Wilson and Hilferty 1931
    return (cube - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))


def bin_of(k: int, width: int, scale: float) -> int:
    """Tails beyond two and a half scales share one bin on each side."""
    most = math.ceil(2.5 * scale / width)
    return max(-most, min(most, round(k / width)))


REJECT = NormalDist().inv_cdf(1 - 1e-7)


@pytest.mark.parametrize("scale", [0.7, 1.0, 3.0, 26.4, 1000.0, 2.0**40])
def test_noise_follows_the_discrete_gaussian(scale: float) -> None:
    noise = [value - 1000 for value in drawn(scale, 4000)]
    assert all(type(value) is int for value in noise)
    if scale > 10_000:
        noise, scale = [round(value / 2**34) for value in noise], scale / 2**34
    assert chi_square(noise, scale) < REJECT


@pytest.mark.parametrize("scale", [1.0, 3.0, 26.4, 1000.0])
@pytest.mark.parametrize("planted", [0.5, 2.0])
def test_noise_of_half_or_twice_the_scale_would_be_found(scale: float, planted: float) -> None:
    noise = [value - 1000 for value in drawn(scale * planted, 2000)]
    assert chi_square(noise, scale) > REJECT


def test_every_vector_gets_noise_of_its_own() -> None:
    calibrated = calibrate(bounded(ASKED), EPSILON)
    zero = Exact({vector.name: [0] * 4 for vector in calibrated.bounds.vectors})
    first, second = release(calibrated, zero), release(calibrated, zero)
    assert len({*first.values, *second.values}) == 10
    assert first.names == tuple(vector.name for vector in calibrated.bounds.vectors)
    kinds = {vector.kind for vector in calibrated.bounds.vectors}
    assert kinds == set(VectorKind)


def test_noisy_vectors_are_read_back_exactly() -> None:
    noisy = NoisyVectors(("rows_1", "sum_2"), (0.1, 3e9), ((1, -(2**61)), (0, 5)))
    assert NoisyVectors.from_bytes(noisy.to_bytes()) == noisy
    for damaged in (b"", b"{}", noisy.to_bytes() + b" ", noisy.to_bytes().replace(b"hub.noisy/1", b"hub.noisy/2")):
        with pytest.raises(DocumentError):
            NoisyVectors.from_bytes(damaged)
    assert Range(0, 1).steps_per_unit == 1
