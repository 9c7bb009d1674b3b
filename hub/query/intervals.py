"""Sets of whole numbers as intervals in order, apart from each other by at least one number."""

from collections.abc import Iterable

Interval = tuple[int, int]
"""From the first to the second, both included."""

Intervals = tuple[Interval, ...]


def united(*sets: Intervals) -> Intervals:
    """What is in one of the sets."""
    merged: list[Interval] = []
    for lower, upper in sorted(interval for one in sets for interval in one):
        if merged and lower <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], upper))
        else:
            merged.append((lower, upper))
    return tuple(merged)


def shared(left: Intervals, right: Intervals) -> Intervals:
    """What is in both sets."""
    found: list[Interval] = []
    first = second = 0
    while first < len(left) and second < len(right):
        lower, upper = max(left[first][0], right[second][0]), min(left[first][1], right[second][1])
        if lower <= upper:
            found.append((lower, upper))
        if left[first][1] < right[second][1]:
            first += 1
        else:
            second += 1
    return tuple(found)


def outside(inside: Intervals, whole: Interval) -> Intervals:
    """What is in `whole` and not in the set."""
    found: list[Interval] = []
    start = whole[0]
    for lower, upper in shared(inside, (whole,)):
        if start < lower:
            found.append((start, lower - 1))
        start = upper + 1
    if start <= whole[1]:
        found.append((start, whole[1]))
    return tuple(found)


def of(numbers: Iterable[int]) -> Intervals:
    """The set of these numbers."""
    return united(tuple((number, number) for number in numbers))


def holds(inside: Intervals, number: int) -> bool:
    """Whether the number is in the set."""
    return any(lower <= number <= upper for lower, upper in inside)
