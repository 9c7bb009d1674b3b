"""Which cells are not shown: those with too few persons, by their noisy count alone.

The promise is "noisy count at least n"; nothing is promised or learned about exact counts.  A question without keys
that counts no persons has no such number, and nothing of it is suppressed.
"""

from hub.privacy.noisy import NoisyVectors
from hub.privacy.plan import Bounds


def reasons(bounds: Bounds, noisy: NoisyVectors) -> tuple[str, ...]:
    """For each cell why it is suppressed, or nothing."""
    if not bounds.person_vector:
        return ("",) * len(bounds.cells)
    sentence = f"fewer than {bounds.min_cell} persons by the noisy count"
    return tuple(sentence if persons < bounds.min_cell else "" for persons in noisy.of(bounds.person_vector))
