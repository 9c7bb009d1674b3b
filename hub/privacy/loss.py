"""Privacy loss as whole numbers: rho in billionths, δ in 10⁻¹², both exact, both rounded against the one who spends.

It converts nothing between rho and ε; `hub.privacy.mechanism` asks OpenDP for that.  Rules: a loss is an int greater
than zero; fractions are added exactly and rounded up once; no float is ever added to another.
"""

import math
from collections.abc import Iterable
from fractions import Fraction

PER_UNIT = 1_000_000_000
"""Billionths in one unit of rho."""

LARGEST = 1_000 * PER_UNIT
"""No question may cost more than rho = 1,000: nothing would be private, and sums of charges stay far below 2^63."""


def billionths(parts: Iterable[Fraction]) -> int:
    """The sum of exact losses (in units of rho), rounded up once to whole billionths."""
    return math.ceil(sum(parts, Fraction(0)) * PER_UNIT)


def units(rho: int) -> Fraction:
    """Billionths as an exact number of units of rho."""
    return Fraction(rho, PER_UNIT)
