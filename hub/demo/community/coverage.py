"""Which clinics know a child, and whether they diagnosed asthma.

It draws no visits.  Rules: a fifth of the school children are known to no clinic and so have no diagnosis; the
others are patients of one health system, near where they live or lived, and some of two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from hub.demo.community.drawing import Weighted, chance, weighted
from hub.demo.community.households import Child, Schooling
from hub.demo.community.places import DISTRICTS

_UNKNOWN = 0.20
_SECOND_SYSTEM = 0.065
_SECOND_AFTER_A_MOVE = 0.22
_ASTHMA = 0.113  # of patients of school age, which makes 9 % of all children
_ASTHMA_OF_THE_YOUNG = 0.05
_BOTH_KNOW = 0.7


@dataclass(frozen=True, slots=True)
class Coverage:
    """The health systems that know a child, and those among them that recorded asthma."""

    systems: tuple[str, ...]
    asthma: tuple[str, ...]


_NEAR: dict[str, Weighted[str]] = {district.key: weighted(district.clinics) for district in DISTRICTS}


def cover(people: Iterable[Child], random: Random) -> dict[str, Coverage]:
    """The coverage of every child, by the child's key."""
    return {child.key: _coverage(child, random) for child in people}


def _coverage(child: Child, random: Random) -> Coverage:
    if child.schooling is Schooling.ENROLLED and chance(random, _UNKNOWN):
        return Coverage((), ())
    homes = child.household.homes
    systems = [_NEAR[homes[0].district].pick(random)]
    if chance(random, _SECOND_AFTER_A_MOVE if child.household.changed_district else _SECOND_SYSTEM):
        second = _NEAR[homes[-1].district].pick(random)
        while second in systems:
            second = _NEAR[homes[-1].district].pick(random)
        systems.append(second)
    young = child.schooling is Schooling.TOO_YOUNG
    if not chance(random, _ASTHMA_OF_THE_YOUNG if young else _ASTHMA):
        return Coverage(tuple(systems), ())
    knowing = systems if chance(random, _BOTH_KNOW) else systems[:1]
    return Coverage(tuple(systems), tuple(knowing))
