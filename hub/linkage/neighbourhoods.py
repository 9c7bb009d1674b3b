"""Which pairs are decided together: neighbourhoods, each decided by itself.

It decides no pair.  Rules:

* two records are neighbours when their pair weighs enough to be linked or to stand in a link's way;
* records that share a token which one child's leaving could bring under the cap are neighbours too;
* what happens outside a neighbourhood changes nothing inside it, whatever the records there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.linkage.scoring import Score

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Records, in order of position, and every scored pair that counts among them."""

    records: tuple[int, ...] = field(repr=False)
    pairs: Mapping[Pair, Score] = field(repr=False)


def neighbourhoods(pairs: Mapping[Pair, Score], bridges: Iterable[Sequence[int]]) -> tuple[Neighbourhood, ...]:
    """Records that are connected by pairs or by bridges, in order of their first record."""
    root: dict[int, int] = {}
    for left, right in pairs:
        _join(root, left, right)
    for bridge in bridges:
        for record in bridge:
            _join(root, bridge[0], record)
    members: dict[int, list[int]] = {}
    for record in sorted(root):
        members.setdefault(_find(root, record), []).append(record)
    inside: dict[int, dict[Pair, Score]] = {top: {} for top in members}
    for pair in sorted(pairs):
        inside[_find(root, pair[0])][pair] = pairs[pair]
    return tuple(Neighbourhood(tuple(records), inside[top]) for top, records in members.items())


def _find(root: dict[int, int], record: int) -> int:
    top = root.setdefault(record, record)
    while top != root[top]:
        top = root[top]
    while root[record] != top:
        root[record], record = top, root[record]
    return top


def _join(root: dict[int, int], left: int, right: int) -> None:
    first, second = sorted((_find(root, left), _find(root, right)))
    root[second] = first
