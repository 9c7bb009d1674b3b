"""Link: from every custodian's tokens to the person behind each record.

It sees no name, number or address, and reads no file.  Rules:

* every record of every custodian gets a person, alone or with records of other custodians, at most one of each;
* the parameters are frozen and every decision is local, so that no order of custodians, records or loading shows;
* a record that was linked before keeps its person; new persons get keys from `random`;
* tokens of two versions are refused.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from connectors.token_kinds import TOKENS_VERSION
from hub.linkage import candidates, neighbourhoods, persons
from hub.linkage.candidates import Candidates, Records
from hub.linkage.candidates import Tokens as Tokens  # noqa: PLC0414 - callers take it together with `link`
from hub.linkage.decide import Decided, decide
from hub.linkage.neighbourhoods import Neighbourhood, Pair
from hub.linkage.parameters import APART, KEEP, MARGIN, NEVER_COMPARED, THRESHOLD, VERSION
from hub.linkage.scoring import Score, score
from hub.linkage.summary import Summary

_PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Linkage:
    """The person key of every (custodian, record), and what the linkage says of itself."""

    persons: dict[tuple[str, int], int] = field(repr=False)
    summary: Summary


def link(
    tokens: Mapping[str, Tokens], *, known: Mapping[tuple[str, int], int] | None, random: Callable[[], int]
) -> Linkage:
    """Link all records; `known` are the persons of the last linkage, `random` draws a new person's key."""
    earlier = known or {}
    all_records = candidates.records(tokens)
    compared = candidates.candidates(tokens, all_records)
    before = _linked_before(compared, all_records, earlier)
    around, apart = _around(compared, before)
    decided = [decide(each, all_records.custodian, before=before, apart=apart) for each in around]
    groups = _groups(decided, len(all_records.names))
    return Linkage(
        persons=persons.keys(groups, all_records.names, known=earlier, random=random),
        summary=_summary(all_records, groups, compared, (around, decided)),
    )


def _linked_before(compared: Candidates, all_records: Records, earlier: Mapping[tuple[str, int], int]) -> set[Pair]:
    keys = [earlier.get(name) for name in all_records.names]
    return {(left, right) for left, right in compared.masks if keys[left] is not None and keys[left] == keys[right]}


def _around(compared: Candidates, before: set[Pair]) -> tuple[tuple[Neighbourhood, ...], set[Pair]]:
    """The neighbourhoods, and the pairs that must not be put together through a third."""
    pairs: dict[Pair, Score] = {}
    apart: set[Pair] = set()
    for pair, mask in compared.masks.items():
        scored = score(mask)
        if scored.weight >= THRESHOLD - MARGIN or (pair in before and scored.weight >= KEEP):
            pairs[pair] = scored
        elif scored.weight <= APART:
            apart.add(pair)
    return neighbourhoods.neighbourhoods(pairs, compared.bridges), apart


def _groups(decided: Sequence[Decided], records: int) -> list[tuple[int, ...]]:
    groups = [group for each in decided for group in each.groups]
    grouped = {record for group in groups for record in group}
    return sorted([*groups, *((record,) for record in range(records) if record not in grouped)])


def _summary(
    all_records: Records,
    groups: Sequence[tuple[int, ...]],
    compared: Candidates,
    made: tuple[Sequence[Neighbourhood], Sequence[Decided]],
) -> Summary:
    around, decided = made
    person = {record: place for place, group in enumerate(groups) for record in group}
    wrong, missed = _estimates(compared, person)
    return Summary(
        parameters=VERSION,
        tokens=TOKENS_VERSION,
        records=len(all_records.names),
        persons=len(groups),
        links=sum(len(group) * (len(group) - 1) // 2 for group in groups),
        ambiguous=sum(each.ambiguous for each in decided),
        j=_most_touched(around, person, all_records.custodian),
        estimated_false=wrong,
        estimated_missed=missed,
        by_custodian=tuple(sorted(Counter(custodian for custodian, _ in all_records.names).items())),
    )


def _estimates(compared: Candidates, person: Mapping[int, int]) -> tuple[int, int]:
    """The expected share of false links, and of true pairs missed, in thousandths rounded up."""
    linked = right = apart = 0.0
    for (one, other), mask in compared.masks.items():
        posterior = score(mask).posterior
        if person[one] == person[other]:
            linked, right = linked + 1.0, right + posterior
        else:
            apart += posterior
    never = (right + apart) * NEVER_COMPARED / (1.0 - NEVER_COMPARED)
    wrong = (linked - right) / linked if linked else 0.0
    missed = (apart + never) / (right + apart + never) if right + apart else 0.0
    return _per_mille(wrong), _per_mille(missed)


def _per_mille(share: float) -> int:
    return -int(-share * _PER_MILLE // 1)


def _most_touched(around: Sequence[Neighbourhood], person: Mapping[int, int], custodian: Sequence[int]) -> int:
    """For the person where it is largest, the pairs of others' records in the neighbourhoods of its records."""
    touched: Counter[int] = Counter()
    for each in around:
        pairs = [pair for pair in combinations(each.records, 2) if custodian[pair[0]] != custodian[pair[1]]]
        for whose in {person[record] for record in each.records}:
            touched[whose] += sum(whose not in (person[left], person[right]) for left, right in pairs)
    return max(touched.values(), default=0)
