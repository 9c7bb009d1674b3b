"""What is asked of the policies: one question, or one delivery.

It decides nothing.  Rules:

* a request of the wrong type or range cannot be constructed; one that is empty or names unknown terms can, because it
  must be refused with its reasons and be written down as refused;
* a data element is the text `org/table/column:use`; in a delivery the use may be left out;
* amounts are whole numbers: privacy loss in billionths of rho, delta in 1e-18.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policies.checks import require_amounts, require_instants, require_names, require_text
from policies.entities import AgreementFacts
from policies.errors import RequestError


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRequest:
    """One question: who asks, why, which data elements of whom, which results, at what privacy loss.

    `person` asks for the organisation `org` under the data-use licence `project`.  `contributors` are the custodians
    whose files are read.  `delta_e18` is the delta that the question itself is charged (that of threshold releases).
    `contributor_remaining` and `community_remaining` say how much rho is left, in billionths.  `checkers` is how many
    independent output checkers this hub can provide.  `direct_identifiers` are those of `elements` that the catalogue
    classes as direct identifiers; grouping or filtering by person is found without it.
    """

    person: str
    org: str
    project: str
    purpose: str
    contributors: frozenset[str]
    elements: frozenset[str]
    outputs: frozenset[str]
    rho: int
    delta_e18: int
    at: datetime
    catalogue_digest: str
    contributor_remaining: Mapping[str, int] = field(hash=False)
    community_remaining: int
    checkers: int = 0
    direct_identifiers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse wrong types, an instant without a zone, and amounts that cannot be."""
        texts = ("person", "org", "project", "purpose", "catalogue_digest")
        require_text({name: getattr(self, name) for name in texts}, RequestError)
        sets = ("contributors", "elements", "outputs", "direct_identifiers")
        require_names({name: getattr(self, name) for name in sets}, RequestError)
        require_amounts({name: getattr(self, name) for name in ("rho", "delta_e18", "checkers")}, RequestError)
        require_instants({"at": self.at}, RequestError)
        remaining = {**self.contributor_remaining, "community_remaining": self.community_remaining}
        if any(isinstance(amount, bool) or not isinstance(amount, int) for amount in remaining.values()):
            raise RequestError("contributor_remaining, community_remaining: give whole billionths of rho")
        if missing := self.contributors - set(self.contributor_remaining):
            raise RequestError(f"contributor_remaining: say what remains for {', '.join(sorted(missing))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverRequest:
    """One delivery of a custodian: the data elements it holds and the catalogue it was made for."""

    custodian: str
    elements: frozenset[str]
    at: datetime
    catalogue_digest: str
    agreement: AgreementFacts

    def __post_init__(self) -> None:
        """Refuse wrong types and an instant without a zone."""
        require_text({"custodian": self.custodian, "catalogue_digest": self.catalogue_digest}, RequestError)
        require_names({"elements": self.elements}, RequestError)
        require_instants({"at": self.at}, RequestError)


def column_of(element: str) -> str:
    """The data element without its use: `org/table/column`."""
    return element.partition(":")[0]


def custodian_of(element: str) -> str:
    """Whose data element it is: the text before the first slash."""
    return element.partition("/")[0]
