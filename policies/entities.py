"""What Cedar is told of the world: agreements and purposes as entities.

It judges nothing and knows no Cedar library.  Rules: every fact is always given, so that a missing one is an error;
only the agreement that is touched is built for a request; purposes never change and are built once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agreements.standing import State
from agreements.terms import Tier
from policies.checks import require_amounts, require_instants, require_names, require_text
from policies.errors import FactsError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """One agreement as the policies see it: its terms, and its standing and spent loss worked out at this instant.

    Only an agreement in force permits anything.  `signed` and `suspended_by` are
    organisations.  Amounts are whole numbers: rho in billionths, delta in 1e-18.  In a memorandum no elements means
    that they are not limited there; in a memorandum or data-sharing agreement the same holds for recipients and
    permitted users.  A licence without them permits none.
    """

    id: str
    version: int
    tier: Tier
    title: str
    state: State
    effective_from: datetime
    effective_until: datetime
    contributors: frozenset[str]
    signed: frozenset[str]
    suspended_by: frozenset[str]
    purposes: frozenset[str]
    prohibited_purposes: frozenset[str]
    permitted_users: frozenset[str]
    recipients: frozenset[str]
    elements: frozenset[str]
    outputs: frozenset[str]
    linkage_allowed: bool
    catalogue_digest: str
    rho_limit: int
    rho_spent: int
    rho_query_max: int
    output_checkers: int
    delta_limit_e18: int = 0
    delta_spent_e18: int = 0

    def __post_init__(self) -> None:
        """Refuse wrong types, an instant without a zone, and amounts that cannot be."""
        require_text({name: getattr(self, name) for name in _TEXTS}, FactsError)
        require_names({name: getattr(self, name) for name in ("elements", *_NAMES, *_REFERENCES)}, FactsError)
        require_amounts({name: getattr(self, name) for name in (*_AMOUNTS, "version")}, FactsError)
        require_instants({name: getattr(self, name) for name in _INSTANTS}, FactsError)
        if not isinstance(self.tier, Tier) or not isinstance(self.state, State):
            raise FactsError("tier, state: give a Tier and a State")
        if not isinstance(self.linkage_allowed, bool):
            raise FactsError("linkage_allowed: give true or false")


_TEXTS = ("id", "title", "catalogue_digest")
_NAMES = ("contributors", "signed", "suspended_by", "recipients", "outputs")
_REFERENCES = {"purposes": "Purpose", "prohibited_purposes": "Purpose", "permitted_users": "Person"}
_INSTANTS = ("effective_from", "effective_until")
_AMOUNTS = ("rho_limit", "rho_spent", "rho_query_max", "delta_limit_e18", "delta_spent_e18", "output_checkers")
_AS_IS = ("linkage_allowed", "catalogue_digest", *_AMOUNTS)


def agreement_entity(facts: AgreementFacts) -> Json:
    """The agreement as a Cedar entity."""
    attributes: Json = {name: sorted(getattr(facts, name)) for name in _NAMES}
    attributes |= {name: references(kind, getattr(facts, name)) for name, kind in _REFERENCES.items()}
    attributes |= {name: instant(getattr(facts, name)) for name in _INSTANTS}
    attributes |= {name: getattr(facts, name) for name in _AS_IS}
    attributes |= {"tier": reference("Tier", facts.tier.value), "state": facts.state.value}
    attributes["schedule"] = reference("Schedule", facts.id)
    return {"uid": uid("Agreement", facts.id), "attrs": attributes, "parents": []}


def schedule_entity(facts: AgreementFacts) -> Json:
    """The data elements that the agreement lists, as an entity of their own: long, and the same at every question."""
    return {"uid": uid("Schedule", facts.id), "attrs": {"elements": sorted(facts.elements)}, "parents": []}


def purpose_entities(parent: Mapping[str, str | None]) -> list[Json]:
    """The purpose tree: each purpose under its parent, so that permitting the parent permits the child."""
    known = set(parent) | {above for above in parent.values() if above}
    return [
        {
            "uid": uid("Purpose", purpose),
            "attrs": {},
            "parents": [uid("Purpose", above)] if (above := parent.get(purpose)) else [],
        }
        for purpose in sorted(known)
    ]


def uid(kind: str, name: str) -> Json:
    """The name of an entity; a dict, so that no name can be mistaken for syntax."""
    return {"type": f"Hub::{kind}", "id": name}


def reference(kind: str, name: str) -> Json:
    """An entity where a value is expected."""
    return {"__entity": uid(kind, name)}


def references(kind: str, names: Iterable[str]) -> list[Json]:
    """Entities where a set is expected, in a stable order."""
    return [reference(kind, name) for name in sorted(names)]


def instant(at: datetime) -> Json:
    """An instant as Cedar's datetime, in UTC, its fraction of a millisecond cut off."""
    text = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return {"__extn": {"fn": "datetime", "arg": f"{text}Z"}}
