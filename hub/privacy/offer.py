"""What the person who asks offers: a privacy loss, or how close the first count or sum must come.

It converts nothing.  Rules: exactly one of the two; whole millionths of ε, never floats; no zero, negative, infinite
or absurd number gets in; confidence and δ are stated with it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from hub.privacy.errors import OfferError

LARGEST_EPSILON_MICRO = 100_000_000
LARGEST_DELTA_E12 = 1_000_000_000
_LARGEST_WITHIN = Decimal(10) ** 15
_CONFIDENCES = (Decimal("0.5"), Decimal("0.9999"))
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_RELATIVE = re.compile(rf"({_PLAIN.pattern})\s*%\s*of\s*({_PLAIN.pattern})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """ε in millionths (it converts alone, at `delta_e12`), or the half-width `within` at `confidence`."""

    epsilon_micro: int | None = None
    within: Decimal | None = None
    delta_e12: int
    confidence: Decimal = Decimal("0.95")

    def __post_init__(self) -> None:
        """Refuse an offer that nobody could mean."""
        if (self.epsilon_micro is None) == (self.within is None):
            raise OfferError("offer either epsilon or within, not both")
        if not _whole(self.delta_e12, LARGEST_DELTA_E12):
            raise OfferError("delta is a whole number of 10^-12, from 1 to 10^9")
        if self.epsilon_micro is not None and not _whole(self.epsilon_micro, LARGEST_EPSILON_MICRO):
            raise OfferError("epsilon lies above 0 and at most at 100, in whole millionths")
        if self.within is not None and not _decimal(self.within, Decimal(0), _LARGEST_WITHIN):
            raise OfferError("within is a half-width above 0 and at most 10^15")
        if not _decimal(self.confidence, *_CONFIDENCES):
            raise OfferError("confidence lies between 0.5 and 0.9999")


def parse_within(text: str) -> Decimal:
    """A half-width as it is written: `15`, or relative with its base, `5% of 400`."""
    plain, relative = _PLAIN.fullmatch(text.strip()), _RELATIVE.fullmatch(text.strip())
    amount = Decimal(plain[0]) if plain else Decimal(0)
    if relative:
        amount = Decimal(relative[1]) * Decimal(relative[2]) / 100
    if not _decimal(amount, Decimal(0), _LARGEST_WITHIN):
        raise OfferError('write within as a number above 0 ("15") or with its base ("5% of 400")')
    return amount


def _whole(value: object, largest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= largest


def _decimal(value: object, lowest: Decimal, highest: Decimal) -> bool:
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    return lowest <= value <= highest and value > 0
