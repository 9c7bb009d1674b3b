"""How far each column may lie off, told before anything is spent: a function of the plan and its noise alone.

Rules: the ± of a count or sum is known exactly; that of a mean depends on how many rows it is over, so it is told for
20, 100 and 500 of them, and at most: over all means that the public range allows.
"""

import math
from dataclasses import dataclass

from hub.privacy import decimals
from hub.privacy.calibrated import Calibrated
from hub.privacy.intervals import Spread, fieller
from hub.privacy.plan import Measured
from hub.privacy.table import domain_of, spread_of
from hub.query.expression import Range
from hub.query.model import Statistic, StatisticKind

SIZES = (20, 100, 500)


@dataclass(frozen=True, slots=True)
class Margin:
    """The ± of a statistic in units, as decimal text: either `half_width`, or `at_sizes` as (rows, ±)."""

    statistic: str
    half_width: str | None
    at_sizes: tuple[tuple[int, str], ...] = ()


def margins(calibrated: Calibrated) -> tuple[Margin, ...]:
    """One margin for each statistic, in the order of the question, at the confidence of the offer."""
    bounds = calibrated.bounds
    pairs = zip(bounds.question.statistics, bounds.measured, strict=True)
    return tuple(_margin(statistic, measured, calibrated) for statistic, measured in pairs)


def _margin(statistic: Statistic, measured: Measured, calibrated: Calibrated) -> Margin:
    if statistic.kind is not StatisticKind.MEAN:
        half = calibrated.half_width(measured.count or measured.total)
        steps = 1 if not measured.total else domain_of(calibrated, measured).steps_per_unit
        places = decimals.places(steps)
        return Margin(statistic.name, decimals.text(decimals.up(half * 10**places, steps), places))
    spread, domain = spread_of(calibrated, measured), domain_of(calibrated, measured)
    return Margin(statistic.name, None, tuple((size, _of_mean(size, spread, domain)) for size in SIZES))


def _of_mean(size: int, spread: Spread, domain: Range) -> str:
    """The largest distance of an interval's end from a mean over `size` rows, capped by the width of the range."""
    width, places = domain.upper - domain.lower, decimals.places(domain.steps_per_unit) + 1
    far = float(width)
    found = fieller(width * size, size, spread=spread)
    if found is not None:
        far = min(far, (found[1] - width) / 2)
    return decimals.text(math.ceil(far * 10**places / domain.steps_per_unit), places)
