"""Which key each person has: the one it had before, or a new random one.

It decides no link.  Rules:

* a person keeps the key that its records had; when two persons turn out to be one, the key of the first record stays;
* when a person turns out to be two, the key stays with the first record that had it;
* a key that was ever known is given to nobody else; new keys are drawn in the order of first records.
"""

from collections.abc import Callable, Mapping, Sequence

from hub.linkage.errors import LinkageError

Name = tuple[str, int]

_DRAWS = 100


def keys(
    groups: Sequence[Sequence[int]],
    names: Sequence[Name],
    *,
    known: Mapping[Name, int],
    random: Callable[[], int],
) -> dict[Name, int]:
    """The person key of every record, in order of position."""
    group_of = {record: place for place, group in enumerate(groups) for record in group}
    given: dict[int, int] = {}
    taken: set[int] = set()
    for record, name in enumerate(names):
        key = known.get(name)
        if key is not None and group_of[record] not in given and key not in taken:
            given[group_of[record]] = key
            taken.add(key)
    taken.update(known.values())
    found: dict[Name, int] = {}
    for record, name in enumerate(names):
        group = group_of[record]
        if group not in given:
            given[group] = _new(taken, random)
        found[name] = given[group]
    return found


def _new(taken: set[int], random: Callable[[], int]) -> int:
    for _ in range(_DRAWS):
        key = random()
        if key not in taken:
            taken.add(key)
            return key
    raise LinkageError("the source of random person keys repeats itself; check the machine's random numbers")
