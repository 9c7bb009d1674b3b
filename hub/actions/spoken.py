"""Amounts of privacy loss as people are told them: policies speak of rho, which adds; people read ε at the licence's δ.

It judges nothing.  Rule: what is told as possible is rounded down, so that asking for it is permitted; what was asked
is told by the same rule.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from hub.privacy.mechanism import epsilon_micro
from policies.reasons import Reason

_AMOUNT = re.compile(r"\brho (\d+)(?:\.(\d{1,9}))?")
_MICRO = Decimal(1_000_000)
_SHOWN = Decimal("0.001")


def epsilon(rho: int, delta_e12: int) -> str:
    """The ε of `rho` billionths at δ, to three places, rounded down."""
    return str((Decimal(epsilon_micro(rho, delta_e12)) / _MICRO).quantize(_SHOWN, ROUND_DOWN))


def in_epsilon(reasons: Iterable[Reason], delta_e12: int) -> tuple[Reason, ...]:
    """The same reasons, with every amount of rho in their words told as ε."""

    def told(text: str) -> str:
        return _AMOUNT.sub(lambda found: f"ε {epsilon(_billionths(found), delta_e12)}", text)

    return tuple(
        replace(reason, sentence=told(reason.sentence), accepted=told(reason.accepted))
        if reason.accepted_rho is not None
        else reason
        for reason in reasons
    )


def _billionths(found: re.Match[str]) -> int:
    return int(found[1]) * 10**9 + int((found[2] or "").ljust(9, "0"))
