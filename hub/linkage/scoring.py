"""How much a pair of records looks like one person, in hundredths of a bit.

It decides nothing.  Rules:

* the weight of a pair is the log-odds of a match against the likeliest other explanation: a sibling, a twin, somebody
  with the same birthday or somebody with the same name;
* comparisons count independently of each other within one explanation (Fellegi and Sunter 1969, latent classes);
* a weight depends on the frozen parameters and the kinds that the two records share, on no other record;
* weights are whole numbers, so that sums and ties come out the same everywhere.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.linkage.comparisons import Birth, levels
from hub.linkage.parameters import ANOTHER_BIRTH_DATE, SAME_BIRTH_DATE, Explanation, Table

_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Score:
    """A pair's weight in hundredths of a bit, and the probability of a match that the parameters imply."""

    weight: int
    posterior: float


@lru_cache(maxsize=65_536)
def score(mask: int) -> Score:
    """The score of a pair that shares the kinds of this bit mask."""
    seen = levels(mask)
    tables = SAME_BIRTH_DATE if seen.birth == Birth.SAME else ANOTHER_BIRTH_DATE
    likely = {explanation: _likelihood(table, seen) for explanation, table in tables.items()}
    match = likely.pop(Explanation.MATCH)
    return Score(match - max(likely.values()), _posterior(match, likely))


def _likelihood(table: Table, seen: tuple[int, ...]) -> int:
    return table.share + sum(bits[level] for bits, level in zip(table.levels, seen, strict=True))


def _posterior(match: int, others: Mapping[Explanation, int]) -> float:
    return 1.0 / (1.0 + sum(math.exp2((other - match) / _HUNDREDTHS) for other in others.values()))
