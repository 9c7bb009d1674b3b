"""Decide one neighbourhood: which of its records are one person.

It knows nothing of other neighbourhoods.  Rules:

* a pair is linked at the threshold, and only when it beats every rival pair by the margin; otherwise it is ambiguous
  and stays apart: twins who cannot be told apart are not linked;
* a pair that was linked before stays, while it weighs at least `KEEP` and no rival beats it by the margin;
* a person has at most one record at each custodian; stronger pairs come first, ties go by position;
* two records that speak against each other are not put together through a third;
* a weak new pair joins a single record to others, never two groups of several, of whom it would be the only witness.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.linkage.neighbourhoods import Neighbourhood, Pair
from hub.linkage.parameters import BRIDGE, KEEP, MARGIN, THRESHOLD
from hub.linkage.scoring import Score


@dataclass(frozen=True, slots=True)
class Decided:
    """The persons of a neighbourhood as groups of records, and how many pairs were strong enough yet not linked."""

    groups: tuple[tuple[int, ...], ...] = field(repr=False)
    ambiguous: int


def decide(
    around: Neighbourhood, custodian: Sequence[int], *, before: Collection[Pair], apart: Collection[Pair]
) -> Decided:
    """Group the records; `before` are pairs that were linked before, `apart` pairs that must not meet."""
    rivals = _rivals(around.pairs, custodian)
    kept = [pair for pair in around.pairs if pair in before and _stays(pair, around.pairs, rivals, custodian)]
    fresh = [
        pair
        for pair, scored in around.pairs.items()
        if scored.weight >= THRESHOLD and _best_rival(pair, rivals, custodian) + MARGIN <= scored.weight
    ]
    groups: dict[int, tuple[int, ...]] = {record: (record,) for record in around.records}
    for pair in _in_order(kept, around.pairs):
        _merge(groups, pair, custodian, apart=apart)
    for pair in _in_order(fresh, around.pairs):
        if around.pairs[pair].weight >= BRIDGE or any(len(groups[record]) == 1 for record in pair):
            _merge(groups, pair, custodian, apart=apart)
    together = {record: group[0] for record, group in groups.items()}
    strong = (pair for pair, scored in around.pairs.items() if scored.weight >= THRESHOLD)
    return Decided(
        groups=tuple(sorted(set(groups.values()))),
        ambiguous=sum(together[left] != together[right] for left, right in strong),
    )


_Rivals = Mapping[tuple[int, int], Sequence[tuple[int, int]]]
"""For (record, custodian), the weights of the record's pairs there with the other record, strongest first."""

_NO_RIVAL = -(10**9)


def _rivals(pairs: Mapping[Pair, Score], custodian: Sequence[int]) -> _Rivals:
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (left, right), scored in pairs.items():
        found.setdefault((left, custodian[right]), []).append((scored.weight, right))
        found.setdefault((right, custodian[left]), []).append((scored.weight, left))
    return {key: sorted(others, reverse=True) for key, others in found.items()}


def _best_rival(pair: Pair, rivals: _Rivals, custodian: Sequence[int]) -> int:
    """The weight of the strongest other pair that either record has at the other's custodian."""
    left, right = pair
    sides = ((left, right), (right, left))
    others = (weight for here, there in sides for weight, other in rivals[here, custodian[there]] if other != there)
    return max(others, default=_NO_RIVAL)


def _stays(pair: Pair, pairs: Mapping[Pair, Score], rivals: _Rivals, custodian: Sequence[int]) -> bool:
    weight = pairs[pair].weight
    return weight >= KEEP and _best_rival(pair, rivals, custodian) < weight + MARGIN


def _in_order(chosen: Iterable[Pair], pairs: Mapping[Pair, Score]) -> list[Pair]:
    return sorted(chosen, key=lambda pair: (-pairs[pair].weight, pair))


def _merge(
    groups: dict[int, tuple[int, ...]], pair: Pair, custodian: Sequence[int], *, apart: Collection[Pair]
) -> None:
    """Put two groups together unless they hold two records of one custodian or two that speak against each other."""
    first, second = groups[pair[0]], groups[pair[1]]
    if first is second or {custodian[record] for record in first} & {custodian[record] for record in second}:
        return
    if any((min(left, right), max(left, right)) in apart for left in first for right in second):
        return
    merged = tuple(sorted(first + second))
    groups.update(dict.fromkeys(merged, merged))
