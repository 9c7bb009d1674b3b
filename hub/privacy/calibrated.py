"""A plan with its noise: the scale of each vector, what it costs, and how far each number may lie off.

It draws nothing.  Rule: nothing here depends on a record, so all of it may be shown before anything is spent.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hub.privacy.plan import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """Vector by vector, in the order of `bounds.vectors`; `rho` is what is charged, in whole billionths.

    `losses` are what OpenDP's maps prove, in units of rho; `half_widths` are in steps and hold with probability
    `confidence`; `within_of` names the statistic that a `within` was about.
    """

    bounds: Bounds
    scales: tuple[float, ...]
    losses: tuple[Fraction, ...]
    half_widths: tuple[int, ...]
    rho: int
    delta_e12: int
    confidence: Decimal
    within_of: str = ""

    def scale(self, vector: str) -> float:
        """The scale of the noise of one vector, in steps."""
        return self.scales[self._index(vector)]

    def half_width(self, vector: str) -> int:
        """How far a number of one vector may lie off, in steps."""
        return self.half_widths[self._index(vector)]

    def _index(self, vector: str) -> int:
        return [entry.name for entry in self.bounds.vectors].index(vector)
