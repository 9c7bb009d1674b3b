"""Which records of different custodians share tokens, and which kinds of tokens they share.

It scores nothing.  Rules:

* a token that more than `CAP` records hold says too little about any of them and is ignored;
* a pair is two records of different custodians, the earlier position first; records of one custodian are never paired;
* positions follow custodians in alphabetical order and then record numbers, so that no order of loading shows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.token_kinds import FIRST, TOKENS_VERSION, Kind
from hub.linkage.errors import TokensError

CAP: Final = 24
"""The most records, of all custodians together, that a token may tie together."""

_KINDS = frozenset(int(kind) for kind in Kind)
_SPREAD = 64


@dataclass(frozen=True, slots=True)
class Tokens:
    """One custodian's linkage tokens as three equally long lists: record, kind, token."""

    record: Sequence[int] = field(repr=False)
    kind: Sequence[int] = field(repr=False)
    token: Sequence[int] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse lists of different lengths, and kinds of another version."""
        if not len(self.record) == len(self.kind) == len(self.token):
            raise TokensError("record, kind and token of a custodian's tokens are lists of one length; deliver again")
        if not _KINDS.issuperset(self.kind):
            raise TokensError(
                f"tokens are not all {TOKENS_VERSION}: every custodian delivers again with one version of connectors"
            )


@dataclass(frozen=True, slots=True)
class Records:
    """Every record at its position: custodians alphabetically, then record numbers."""

    custodians: tuple[str, ...]
    names: tuple[tuple[str, int], ...] = field(repr=False)
    custodian: tuple[int, ...] = field(repr=False)
    """For each position, the place of its custodian in `custodians`."""


def records(tokens: Mapping[str, Tokens]) -> Records:
    """The positions of all records."""
    custodians = tuple(sorted(tokens))
    names = tuple((name, record) for name in custodians for record in sorted(set(tokens[name].record)))
    places = {name: place for place, name in enumerate(custodians)}
    return Records(custodians, names, tuple(places[name] for name, _ in names))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that share tokens, each with the kinds that it shares as a bit mask (bit 0 is the first kind).

    `bridges` are the holders of tokens that one child's leaving could bring under the cap.
    """

    masks: Mapping[tuple[int, int], int] = field(repr=False)
    bridges: tuple[tuple[int, ...], ...] = field(repr=False)


def candidates(tokens: Mapping[str, Tokens], known: Records) -> Candidates:
    """Every pair that shares a token that counts."""
    found: defaultdict[tuple[int, int], int] = defaultdict(int)
    bridges: set[tuple[int, ...]] = set()
    for key, several in _shared(tokens, known).items():
        holders = sorted(several)
        if len(holders) <= CAP:
            bit = 1 << (key % _SPREAD)
            for pair in _pairs(holders, known.custodian):
                found[pair] |= bit
        elif len(holders) <= CAP + len(known.custodians):
            bridges.add(tuple(holders))
    return Candidates(found, tuple(sorted(bridges)))


def _shared(tokens: Mapping[str, Tokens], known: Records) -> Mapping[int, set[int]]:
    """The records that hold each token which more than one record holds; a key is token and kind in one number."""
    positions = {name: position for position, name in enumerate(known.names)}
    first: dict[int, int] = {}
    several: dict[int, set[int]] = {}
    for name in known.custodians:
        mine = tokens[name]
        for record, kind, token in zip(mine.record, mine.kind, mine.token, strict=True):
            key = token * _SPREAD + kind - FIRST
            position = positions[name, record]
            held = first.setdefault(key, position)
            if held != position:
                several.setdefault(key, {held}).add(position)
    return several


def _pairs(holders: Sequence[int], custodian: Sequence[int]) -> Iterator[tuple[int, int]]:
    for place, left in enumerate(holders):
        for right in holders[place + 1 :]:
            if custodian[left] != custodian[right]:
                yield left, right
