"""A refusal, with every reason at once and what would be accepted.

It decides nothing; `policies` does.  Rules: a refusal says what was spent, which is nothing; it depends on the
question, the agreements, the catalogue and the budget, never on a record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from hub.errors import HubError
from policies.reasons import Reason


class RefusedError(HubError):
    """The agreements do not permit this; `reasons` holds all of them, in a stable order."""

    title: ClassVar[str] = "The agreements do not permit this"

    def __init__(self, reasons: tuple[Reason, ...], *, next_step: str, question: str = "") -> None:
        super().__init__(" ".join(reason.sentence for reason in reasons) or self.title)
        self.reasons = reasons
        self.next_step = next_step
        self.question = question


@dataclass(frozen=True, slots=True)
class Together:
    """One rule that refused, with its tightest reason, and the other agreements that refuse by the same rule."""

    reason: Reason
    also: tuple[str, ...]


def together(reasons: Iterable[Reason]) -> tuple[Together, ...]:
    """Reasons for a reader: each rule once, in order; eleven agreements that say the same take one line, not eleven."""
    found: dict[str, list[Reason]] = {}
    for reason in reasons:
        found.setdefault(reason.rule, []).append(reason)
    return tuple(_tightest(same) for same in found.values())


def _tightest(same: list[Reason]) -> Together:
    budgets = [reason for reason in same if reason.accepted_rho is not None]
    first = min(budgets, key=lambda reason: reason.accepted_rho or 0) if budgets else same[0]
    return Together(first, tuple(reason.agreement for reason in same if reason is not first))
