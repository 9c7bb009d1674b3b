"""What linkage found against who is who: for demos and tests, which alone have a truth.

It links nothing and is called by no question.  Rules:

* a pair is two records; it is true when one person is behind both, found when linkage gave both one person;
* records that the truth does not name are left out, and so are records that linkage did not see;
* shares are in millionths, rounded down; a share of nothing is a whole.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

Name = tuple[str, int]

_WHOLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of one sort: how many are true, how many of those were found, how many were linked falsely."""

    true: int
    found: int
    false: int

    @property
    def missed(self) -> int:
        """True pairs that were not found."""
        return self.true - self.found

    @property
    def precision_ppm(self) -> int:
        """Of a million links, how many join one person's records."""
        return _share(self.found, self.found + self.false)

    @property
    def recall_ppm(self) -> int:
        """Of a million true pairs, how many are linked."""
        return _share(self.found, self.true)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All pairs; those that touch a twin; and those of each two custodians, alphabetically."""

    pairs: Pairs
    twins: Pairs
    by_custodians: Mapping[tuple[str, str], Pairs]

    @property
    def precision_ppm(self) -> int:
        """Of a million links, how many join one person's records."""
        return self.pairs.precision_ppm

    @property
    def recall_ppm(self) -> int:
        """Of a million true pairs, how many are linked."""
        return self.pairs.recall_ppm


def evaluate(
    persons: Mapping[Name, int], truth: Mapping[Name, Hashable], *, twins: Collection[Hashable] = frozenset()
) -> Evaluation:
    """Compare linkage with the truth; `twins` are the true persons who have a twin."""
    known = {name: true for name, true in truth.items() if name in persons}
    true_pairs = list(_pairs(known))
    linked = list(_pairs({name: persons[name] for name in known}))
    custodians = sorted({(left[0], right[0]) for left, right in (*true_pairs, *linked)})
    every, of_twins = Counter[str](), Counter[str]()
    counts = {each: Counter[str]() for each in custodians}

    def count(pair: tuple[Name, Name], what: str, *, twin: bool) -> None:
        every[what] += 1
        of_twins[what] += twin
        counts[pair[0][0], pair[1][0]][what] += 1

    for left, right in true_pairs:
        count((left, right), "true", twin=known[left] in twins)
    for left, right in linked:
        right_link = known[left] == known[right]
        twin = known[left] in twins or known[right] in twins
        count((left, right), "found" if right_link else "false", twin=twin)
    return Evaluation(
        pairs=_as_pairs(every),
        twins=_as_pairs(of_twins),
        by_custodians={each: _as_pairs(counts[each]) for each in custodians},
    )


def _pairs(person_of: Mapping[Name, Hashable]) -> Iterator[tuple[Name, Name]]:
    records: defaultdict[Hashable, list[Name]] = defaultdict(list)
    for name, person in person_of.items():
        records[person].append(name)
    for names in records.values():
        yield from combinations(sorted(names), 2)


def _as_pairs(count: Mapping[str, int]) -> Pairs:
    return Pairs(true=count.get("true", 0), found=count.get("found", 0), false=count.get("false", 0))


def _share(part: int, whole: int) -> int:
    return part * _WHOLE // whole if whole else _WHOLE
