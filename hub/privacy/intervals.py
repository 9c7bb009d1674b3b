"""Numbers with the interval of their noise, worked out from noisy vectors and public facts alone.

It sees no exact number.  Rules:

* a count or sum: the noisy number ± the half-width that holds at the stated confidence, then clipped to what is
  possible (a count, or a sum of numbers that cannot be negative, is not below 0); the vectors themselves stay as drawn;
* a mean: the ratio of centred sum and count, its interval by Fieller's theorem, clipped to the public range;
* a mean over a noisy count of zero or less is blank, and its interval, as where the count is not clearly positive, is
  the whole public range;
* low ends are rounded down and high ends up.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from hub.privacy import decimals
from hub.query.expression import Range

_MEAN_PLACES = 3
"""Places of a mean beyond those of one step."""


@dataclass(frozen=True, slots=True)
class Number:
    """Decimal texts in units; all None where the cell is suppressed, only the value where a mean is blank."""

    value: str | None
    low: str | None
    high: str | None


NOTHING = Number(None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The noise of a mean's parts: their scales in steps, and the quantile of the confidence."""

    total: float
    count: float
    quantile: float

    @property
    def widened(self) -> tuple[float, float]:
        """Quantile times scale of total and count, half a step wider: noise lies on whole numbers, not on a line."""
        return self.quantile * self.total + 0.5, self.quantile * self.count + 0.5


def quantile(confidence: Decimal) -> float:
    """How many scales a Gaussian stays within with probability `confidence`."""
    return NormalDist().inv_cdf(float((1 + confidence) / 2))


def count(noisy: int, half_width: int) -> Number:
    """A number of rows or persons."""
    ends = (max(0, noisy), max(0, noisy - half_width), max(0, noisy + half_width))
    return Number(*map(str, ends))


def total(noisy: int, half_width: int, *, domain: Range) -> Number:
    """A sum, in units of the domain."""
    places, steps = decimals.places(domain.steps_per_unit), domain.steps_per_unit
    middle, low, high = (
        _possible(steps_found, domain) for steps_found in (noisy, noisy - half_width, noisy + half_width)
    )
    factor = 10**places
    return Number(
        decimals.text(decimals.nearest(middle * factor, steps), places),
        decimals.text(decimals.down(low * factor, steps), places),
        decimals.text(decimals.up(high * factor, steps), places),
    )


def mean(centred: int, rows: int, *, spread: Spread, domain: Range) -> Number:
    """A mean from the noisy centred sum and the noisy count, in units of the domain."""
    lower, upper, steps = domain.lower, domain.upper, domain.steps_per_unit
    places = decimals.places(steps) + _MEAN_PLACES
    factor = 10**places
    least, most = decimals.down(lower * factor, steps), decimals.up(upper * factor, steps)
    if rows <= 0:
        return Number(None, decimals.text(least, places), decimals.text(most, places))
    middle = decimals.nearest((centred + (lower + upper) * rows) * factor, 2 * rows * steps)
    low, high = least, most
    ratio = fieller(centred, rows, spread=spread)
    if ratio is not None:
        scale, offset = factor / (2 * steps), (lower + upper) * factor / (2 * steps)
        low, high = math.floor(ratio[0] * scale + offset), math.ceil(ratio[1] * scale + offset)
    middle = max(least, min(most, middle))
    low, high = min(middle, max(least, low)), max(middle, min(most, high))
    return Number(decimals.text(middle, places), decimals.text(low, places), decimals.text(high, places))


def fieller(numerator: int, denominator: int, *, spread: Spread) -> tuple[float, float] | None:
    """The interval of a ratio of two noisy numbers; None where the denominator is not clearly positive.

    Fieller 1954: all t for which numerator - t·denominator is no further from 0 than its own noise.
    """
    top, bottom = (width**2 for width in spread.widened)
    lead = denominator**2 - bottom
    if denominator <= 0 or lead <= 0:
        return None
    root = math.sqrt(numerator**2 * bottom + lead * top)
    middle = numerator * denominator
    return (middle - root) / lead, (middle + root) / lead


def _possible(found: int, domain: Range) -> int:
    """A sum as near as possible to what was found: not below 0 where no number is, not above 0 likewise."""
    if domain.lower >= 0:
        return max(0, found)
    return min(0, found) if domain.upper <= 0 else found
