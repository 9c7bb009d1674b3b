"""Draws that come out the same on every machine: named streams, weighted choices, counts and bell shapes.

It knows nothing of children.  Rules:

* a stream is named by the seed and words, so that a change in one part of the community leaves the others as they were;
* only sums, products and quotients of `random()` are used: no function of the C library that rounds as it likes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")

_GOLDEN = 0.6180339887498949
_UNIFORMS = 12  # the sum of twelve uniform draws has variance one


def stream(seed: int, *words: str | int) -> Random:
    """The stream of random numbers that belongs to these words."""
    return Random("/".join(str(word) for word in (seed, *words)))


def chance(random: Random, probability: float) -> bool:
    """True with this probability."""
    return random.random() < probability


def bell(random: Random, centre: float, spread: float) -> float:
    """A draw from a bell shape with this centre and standard deviation, never more than six of them away."""
    total = 0.0
    for _ in range(_UNIFORMS):  # not sum(), which rounds otherwise in later versions of Python
        total += random.random()
    return centre + spread * (total - _UNIFORMS / 2)


@dataclass(frozen=True, slots=True)
class Weighted(Generic[Item]):
    """Items and their weights, summed from the left."""

    items: tuple[Item, ...]
    sums: tuple[float, ...]

    def pick(self, random: Random) -> Item:
        """One item, in proportion to its weight."""
        place = bisect_right(self.sums, random.random() * self.sums[-1])
        return self.items[min(place, len(self.items) - 1)]


def weighted(pairs: Iterable[tuple[Item, float]]) -> Weighted[Item]:
    """Items with the weights beside them."""
    listed = tuple(pairs)
    return Weighted(tuple(item for item, _ in listed), tuple(accumulate(weight for _, weight in listed)))


def by_rank(items: Sequence[Item], *, flatness: int = 12) -> Weighted[Item]:
    """Items of which the first is the most frequent: weights 1 / (rank + flatness)."""
    return weighted((item, 1 / (rank + flatness)) for rank, item in enumerate(items))


class Even:
    """Draws from [0, 1) that fill it evenly (an additive recurrence), so that shares come out as planned."""

    def __init__(self, random: Random) -> None:
        self._last = random.random()

    def next(self) -> float:
        """The next draw."""
        self._last += _GOLDEN
        if self._last >= 1:
            self._last -= 1
        return self._last


def opaque(random: Random) -> str:
    """A source id without meaning, in the shape of a UUID."""
    text = f"{random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
