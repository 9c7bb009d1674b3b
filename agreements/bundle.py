"""The file that a custodian keeps: an agreement and the agreements above it, with every signed statement.

It reads and writes no file.  Rules: the terms stand in it as they were signed, so that their digests can be worked out
again by anybody; parents come before their children, and the agreement itself is the last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from agreements import canonical, standing
from agreements.errors import AgreementError
from agreements.keys import Keyring
from agreements.standing import Evidence, Standing
from agreements.terms import Terms

_SCHEMA = "hub.bundle/1"


class BundleError(AgreementError):
    """A bundle cannot be read, or an agreement is missing from it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The evidence of agreements, parents before children; the last one is what the bundle is about."""

    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse an empty bundle, an agreement twice, and a child before its parent or without it."""
        known: set[str] = set()
        for held in self.evidence:
            terms = Terms.from_bytes(held.terms)
            if missing := sorted(set(terms.parent_ids) - known):
                raise BundleError(f"{terms.id}: put its parent {missing[0]} before it")
            if terms.id in known:
                raise BundleError(f"{terms.id}: an agreement stands once in a bundle")
            known.add(terms.id)
        if not known:
            raise BundleError("a bundle holds at least one agreement")

    @classmethod
    def of(cls, agreement: str, evidence: Iterable[Evidence]) -> "Bundle":
        """The bundle of one agreement: its evidence and that of everything above it, out of what is given."""
        held = {Terms.from_bytes(one.terms).id: one for one in evidence}
        needed: dict[str, Evidence] = {}
        _gather(agreement, held, needed)
        return cls(tuple(needed.values()))

    @property
    def terms(self) -> Terms:
        """The terms of the agreement that the bundle is about."""
        return Terms.from_bytes(self.evidence[-1].terms)

    def standing(self, *, keyring: Keyring, at: datetime) -> Standing:
        """Where that agreement stands, every signature of every agreement verified."""
        return list(standings(self.evidence, keyring=keyring, at=at).values())[-1]

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785)."""
        agreements = [
            {
                "terms": canonical.decode(held.terms),
                "statements": [canonical.decode(statement) for statement in held.statements],
            }
            for held in self.evidence
        ]
        return canonical.encode({"schema": _SCHEMA, "agreements": agreements})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Bundle":
        """Read canonical bytes; an unknown field refuses, and nothing is verified yet."""
        value = canonical.decode(data)
        if not isinstance(value, Mapping) or value.get("schema") != _SCHEMA or set(value) != {"schema", "agreements"}:
            raise BundleError(f"the bundle is not of schema {_SCHEMA}")
        if not isinstance(value["agreements"], list):
            raise BundleError("agreements: a list stands here")
        return cls(tuple(_evidence(entry) for entry in value["agreements"]))


def standings(evidence: Iterable[Evidence], *, keyring: Keyring, at: datetime) -> dict[str, Standing]:
    """Where each agreement stands, by id; parents come before their children in `evidence`."""
    known: dict[str, Standing] = {}
    for held in evidence:
        terms = Terms.from_bytes(held.terms)
        parents = [known[name] for name in terms.parent_ids if name in known]
        known[terms.id] = standing.read(held, keyring=keyring, at=at, parents=parents)
    return known


def _gather(agreement: str, held: Mapping[str, Evidence], needed: dict[str, Evidence], *, depth: int = 0) -> None:
    if agreement not in held or depth > len(held):
        raise BundleError(f"{agreement}: the evidence of this agreement is missing, or it stands under itself")
    for parent in Terms.from_bytes(held[agreement].terms).parent_ids:
        _gather(parent, held, needed, depth=depth + 1)
    needed[agreement] = held[agreement]


def _evidence(entry: object) -> Evidence:
    if not isinstance(entry, Mapping) or set(entry) != {"terms", "statements"}:
        raise BundleError("each agreement of a bundle has terms and statements, and nothing else")
    if not isinstance(entry["statements"], list):
        raise BundleError("statements: a list stands here")
    statements = tuple(canonical.encode(statement) for statement in entry["statements"])
    return Evidence(canonical.encode(entry["terms"]), statements)
