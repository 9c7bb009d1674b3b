"""Whole numbers of steps as decimal text, exact or rounded in a stated direction; no float is ever shown.

Rules: one resolution has one number of places; a low end is rounded down and a high end up, so that no rounding makes
an interval narrower; zero has no sign.
"""

from decimal import Decimal

_MOST_PLACES = 12


def places(steps_per_unit: int) -> int:
    """How many decimal places show one step exactly, or closely where no number of places does."""
    for found in range(_MOST_PLACES + 1):
        if 10**found % steps_per_unit == 0:
            return found
    return min(_MOST_PLACES, len(str(steps_per_unit)) + 2)


def text(scaled: int, decimal_places: int) -> str:
    """`scaled` units of 10^-places as plain decimal text with exactly that many places."""
    if decimal_places == 0:
        return str(scaled)
    whole, part = divmod(abs(scaled), 10**decimal_places)
    return f"{'-' if scaled < 0 else ''}{whole}.{part:0{decimal_places}d}"


def down(numerator: int, denominator: int) -> int:
    """The quotient rounded down; the denominator is positive."""
    return numerator // denominator


def up(numerator: int, denominator: int) -> int:
    """The quotient rounded up; the denominator is positive."""
    return -(-numerator // denominator)


def nearest(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest whole number, ties to even; the denominator is positive."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
