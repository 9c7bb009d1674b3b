"""Noise, what it costs, and how far it reaches: the only door to OpenDP.

It keeps no account and reads no data but an `Exact`, which it releases.  Rules:

* one discrete Gaussian measurement for each vector, on whole numbers; only OpenDP draws noise;
* charged is what OpenDP's maps prove, added exactly and rounded up once to billionths of rho;
* distances are f64, rounded up where a square root is not whole;
* rho is split evenly over the vectors of a question unless weights are given;
* ε and δ never add: a limit converts once, down; what is shown converts back, up.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import opendp.prelude as dp
from opendp.accuracy import accuracy_to_discrete_gaussian_scale, discrete_gaussian_scale_to_accuracy

from hub.privacy import loss
from hub.privacy.calibrated import Calibrated
from hub.privacy.errors import MeasurementError, OfferError
from hub.privacy.exact import Exact, unsafe_open
from hub.privacy.intervals import quantile
from hub.privacy.noisy import NoisyVectors
from hub.privacy.offer import LARGEST_DELTA_E12, Offer
from hub.privacy.plan import Bounds, Vector
from hub.query.model import StatisticKind

dp.enable_features("contrib")

_SPACE = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
_LARGEST_SCALE = 2.0**52
_NARROW = 32
_EXACT_TAILS = 200.0
"""Up to this scale OpenDP adds up the tail exactly, in time proportional to it; beyond, a proven bound is as close."""


# --- rho, ε and δ --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def rho_limit(epsilon_micro: int, delta_e12: int) -> int:
    """The largest whole billionths of rho whose ε at δ is at most `epsilon_micro` millionths (0 when there is none)."""
    Offer(epsilon_micro=epsilon_micro, delta_e12=delta_e12)
    kept, broken = _bracket(epsilon_micro, delta_e12)
    while broken - kept > 1:
        middle = _between(kept, broken, epsilon_micro, delta_e12)
        if _converted(middle, delta_e12) <= epsilon_micro:
            kept = middle
        else:
            broken = middle
    return kept


def _bracket(epsilon_micro: int, delta_e12: int) -> tuple[int, int]:
    """A loss that keeps the limit (or 0) and one that breaks it, found from the plain bound of zCDP."""
    unlikely = math.log(10**12 / delta_e12)
    plain = (math.sqrt(unlikely + epsilon_micro / 1e6) - math.sqrt(unlikely)) ** 2
    kept, broken = 0, max(1, round(plain * loss.PER_UNIT))
    while _converted(broken, delta_e12) <= epsilon_micro:
        kept, broken = broken, broken + broken // 4 + 1
    return kept, broken


def _between(kept: int, broken: int, epsilon_micro: int, delta_e12: int) -> int:
    """Where to look next: a straight line from one to the other meets the limit near there; halves keep it safe."""
    if kept == 0 or broken - kept <= _NARROW:
        return (kept + broken) // 2
    low, high = _converted(kept, delta_e12), _converted(broken, delta_e12)
    met = kept + (broken - kept) * (epsilon_micro - low) // max(1, high - low)
    margin = (broken - kept) // _NARROW
    return min(broken - margin, max(kept + margin, met))


def epsilon_micro(rho: int, delta_e12: int) -> int:
    """The ε at δ of `rho` billionths, in millionths, rounded up; 0 for no loss at all."""
    if type(rho) is not int or not 0 <= rho <= loss.LARGEST:
        raise OfferError("a loss is a whole number of billionths of rho, at most 1,000 units")
    if type(delta_e12) is not int or not 0 < delta_e12 <= LARGEST_DELTA_E12:
        raise OfferError("delta is a whole number of 10^-12, from 1 to 10^9")
    return _converted(rho, delta_e12) if rho else 0


@lru_cache(maxsize=65_536)
def _converted(rho: int, delta_e12: int) -> int:
    """OpenDP's conversion, of a measurement whose map proves at least `rho`, at a δ rounded down."""
    measurement = _measurement(1.0)
    distance = math.sqrt(2 * rho / loss.PER_UNIT)
    while _proven(measurement, distance) < loss.units(rho):
        distance = math.nextafter(distance, math.inf)
    delta = delta_e12 / 10**12
    if Fraction(delta) > Fraction(delta_e12, 10**12):
        delta = math.nextafter(delta, 0.0)
    profile: Any = dp.c.make_zCDP_to_approxDP(measurement)
    found = profile.map(distance).epsilon(delta)
    return math.ceil(Fraction(found) * 10**6)


# --- noise before it is drawn ------------------------------------------------------------------------------------


def calibrate(bounds: Bounds, offer: Offer, *, weights: Mapping[str, int] | None = None) -> Calibrated:
    """Choose the scale of each vector so that the offer is kept; `weights` by vector name, evenly when left out.

    No record is read.  An offered ε is never exceeded; an offered half-width holds for the first count or sum.
    """
    shares = _shares(bounds, weights)
    if offer.within is None:
        rho, fixed, within_of = _by_epsilon(offer), {}, ""
    else:
        within_of, vector, scale = _by_within(bounds, offer)
        fixed = {vector.name: scale}
        rho = _loss_of(vector, scale) / shares[vector.name]
    if rho > loss.units(loss.LARGEST):
        raise OfferError("so close an answer costs more than any agreement allows; ask for a wider `within`")
    scales = tuple(fixed.get(vector.name) or _scale(vector, rho * shares[vector.name]) for vector in bounds.vectors)
    losses = tuple(_loss_of(vector, scale) for vector, scale in zip(bounds.vectors, scales, strict=True))
    return Calibrated(
        bounds=bounds,
        scales=scales,
        losses=losses,
        half_widths=tuple(half_width(scale, offer.confidence) for scale in scales),
        rho=loss.billionths(losses),
        delta_e12=offer.delta_e12,
        confidence=offer.confidence,
        within_of=within_of,
    )


@lru_cache(maxsize=4096)
def half_width(scale: float, confidence: Decimal) -> int:
    """The smallest h known such that noise of this scale lies within ±h with probability `confidence`, in steps.

    OpenDP's accuracy is for "at least", so one less.  Above a scale of 200 the tail is bounded by that of the Gaussian
    one step nearer to zero (Canonne, Kamath, Steinke 2020), which is what OpenDP's sum comes to there.
    """
    if scale <= _EXACT_TAILS:
        return max(0, int(discrete_gaussian_scale_to_accuracy(scale, float(1 - confidence))) - 1)
    return math.ceil(scale * quantile(confidence) * (1 + 1e-12))


def _by_epsilon(offer: Offer) -> Fraction:
    rho = rho_limit(offer.epsilon_micro or 0, offer.delta_e12)
    if rho == 0:
        raise OfferError("so small an epsilon is less than one billionth of rho; offer more")
    return loss.units(rho)


def _by_within(bounds: Bounds, offer: Offer) -> tuple[str, Vector, float]:
    """The statistic that `within` speaks of, its vector, and the largest scale that keeps it."""
    wanted = offer.within or Decimal(0)
    for statistic, measured in zip(bounds.question.statistics, bounds.measured, strict=True):
        if statistic.kind is StatisticKind.MEAN:
            continue
        steps = 1 if statistic.domain is None else statistic.domain.steps_per_unit
        half = math.floor(Fraction(wanted) * steps)
        if half < 1:
            raise OfferError(f"within is less than one step of {statistic.name!r}; offer at least {Fraction(1, steps)}")
        return statistic.name, bounds.vector(measured.count or measured.total), _widest(half, offer.confidence)
    raise OfferError("within states the half-width of a count or a sum; for a mean offer epsilon instead")


def _widest(half: int, confidence: Decimal) -> float:
    """The largest scale found whose half-width is at most `half`."""
    scale = half / quantile(confidence)
    if scale <= _EXACT_TAILS:
        scale = float(accuracy_to_discrete_gaussian_scale(float(half + 1), float(1 - confidence)))
    while half_width(scale, confidence) > half:
        scale *= 1 - 1e-9
    return scale


def _shares(bounds: Bounds, weights: Mapping[str, int] | None) -> dict[str, Fraction]:
    """The part of rho of each vector: exact, adding up to one."""
    names = [vector.name for vector in bounds.vectors]
    chosen = dict.fromkeys(names, 1) if weights is None else dict(weights)
    if set(chosen) != set(names) or any(type(weight) is not int or weight < 1 for weight in chosen.values()):
        raise OfferError("weights are whole numbers above 0, one for each vector of the plan")
    return {name: Fraction(weight, sum(chosen.values())) for name, weight in chosen.items()}


def _scale(vector: Vector, rho: Fraction) -> float:
    """The scale at which OpenDP proves at most `rho`: √(sensitivity² / 2 rho), nudged up until it does."""
    scale = math.sqrt(vector.sensitivity_squared / (2 * rho))
    while scale < _LARGEST_SCALE and _loss_of(vector, scale) > rho:
        scale = max(math.nextafter(scale, math.inf), scale * (1 + 2**-50))
    return scale


def _loss_of(vector: Vector, scale: float) -> Fraction:
    """What OpenDP proves, in units of rho, for one vector at this scale."""
    if not 0 < scale < _LARGEST_SCALE:
        raise OfferError("at so small a loss the noise would drown every answer; offer more")
    return _proven(_measurement(scale), rounded_up_root(vector.sensitivity_squared))


def rounded_up_root(square: int) -> float:
    """The smallest f64 found that is no less than √square: exact where the root is a whole f64."""
    root = float(math.isqrt(square))
    if Fraction(root) ** 2 != square:
        root = math.sqrt(square)
    while Fraction(root) ** 2 < square:
        root = math.nextafter(root, math.inf)
    return root


@lru_cache(maxsize=4096)
def _measurement(scale: float) -> Any:
    return dp.m.make_gaussian(*_SPACE, scale=scale)


def _proven(measurement: Any, distance: float) -> Fraction:
    rho = measurement.map(distance)
    if not (math.isfinite(rho) and rho > 0):
        raise OfferError("no finite loss is proven for so little noise; offer less, or a wider `within`")
    return Fraction(rho)


# --- the noise ---------------------------------------------------------------------------------------------------


def release(calibrated: Calibrated, exact: Exact) -> NoisyVectors:
    """Draw the noise of every vector, one measurement each; the only way that leads out of an `Exact`."""
    vectors, cell_count = calibrated.bounds.vectors, len(calibrated.bounds.cells)
    if _shape(exact) != {vector.name: cell_count for vector in vectors}:
        raise MeasurementError("the engine's answer does not have the vectors and cells of the plan")
    drawn = tuple(_draw(exact, vector, scale) for vector, scale in zip(vectors, calibrated.scales, strict=True))
    values = tuple(value for value in drawn if value is not None)
    if len(values) != len(vectors):
        raise MeasurementError("no noise could be drawn; what was charged stays charged, ask again under that charge")
    return NoisyVectors(tuple(vector.name for vector in vectors), calibrated.scales, values)


def _shape(exact: Exact) -> dict[str, int]:
    return {name: len(values) for name, values in unsafe_open(exact).items()}


def _draw(exact: Exact, vector: Vector, scale: float) -> tuple[int, ...] | None:
    """One measurement, of values held within the plan's largest; nothing where it fails, lest an error tell a value."""
    largest = vector.largest
    try:
        return tuple(
            _measurement(scale)([max(-largest, min(largest, value)) for value in unsafe_open(exact)[vector.name]])
        )
    except Exception:  # noqa: BLE001 - whatever a library says here may hold an exact number, so nothing of it is kept
        return None
