"""Where a licence and everything above it stand at one instant, worked out from the signed bytes.

It stores nothing and trusts no stored state.  Rules: parents are read before children; an agreement that is named but
unknown is an error, never skipped; each signature is verified at every call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agreements.keys import Keyring
from agreements.standing import Evidence, Standing, read
from agreements.terms import Terms, Tier
from hub.errors import ConflictError, NotFoundError
from hub.store import agreements
from hub.store.transaction import Reading


@dataclass(frozen=True, slots=True)
class Family:
    """The standing of one agreement and of all those above it, by id; `evidence` is what they were worked out from."""

    standing: Standing
    above: Mapping[str, Standing]
    evidence: Mapping[str, Evidence]

    @property
    def memorandum(self) -> Standing | None:
        """The memorandum above (or the agreement itself, when it is one)."""
        return next((each for each in self.everyone if each.terms.tier is Tier.MOU), None)

    def sharing(self, contributor: str) -> Standing | None:
        """The data-sharing agreement of that contributor, if the family has one."""
        return next(
            (each for each in self.everyone if each.terms.tier is Tier.DSA and contributor in each.terms.contributors),
            None,
        )

    @property
    def everyone(self) -> tuple[Standing, ...]:
        """The agreement itself and all above it."""
        return (self.standing, *self.above.values())


def family(tx: Reading, agreement: str, *, keyring: Keyring, at: datetime) -> Family:
    """The agreement's standing and those above it at `at`; `NotFoundError` when there is no such agreement."""
    walk = _Walk(_gathered(tx, agreement), keyring, at)
    own = walk.read(agreement)
    return Family(own, {name: each for name, each in walk.found.items() if name != agreement}, walk.evidence)


def _gathered(tx: Reading, agreement: str) -> dict[str, Evidence]:
    """The evidence of the agreement and of everything above it, tier by tier."""
    evidence: dict[str, Evidence] = {}
    wanted = {agreement}
    while wanted:
        found = agreements.evidence_of(tx, sorted(wanted))
        if missing := sorted(wanted - found.keys()):
            raise NotFoundError(
                f"there is no agreement {missing[0][:80]!r}: `hub agreement show` lists those there are"
            )
        evidence |= found
        above = {parent for each in found.values() for parent in Terms.from_bytes(each.terms).parent_ids}
        wanted = above - evidence.keys()
    return evidence


class _Walk:
    """Reads each agreement once, parents first."""

    def __init__(self, evidence: Mapping[str, Evidence], keyring: Keyring, at: datetime) -> None:
        self.evidence, self.keyring, self.at = evidence, keyring, at
        self.found: dict[str, Standing] = {}
        self.begun: set[str] = set()

    def read(self, agreement: str) -> Standing:
        """The standing of an agreement, once those of its parents are known."""
        if agreement in self.found:
            return self.found[agreement]
        if agreement in self.begun:
            raise ConflictError(f"the agreement {agreement} stands above itself: propose it with other parents")
        self.begun.add(agreement)
        own = self.evidence[agreement]
        parents = [self.read(parent) for parent in Terms.from_bytes(own.terms).parent_ids]
        self.found[agreement] = read(own, keyring=self.keyring, at=self.at, parents=parents)
        return self.found[agreement]
