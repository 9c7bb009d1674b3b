"""Agreements and questions of a small community, all permitted until a test changes one thing."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from agreements.standing import State
from agreements.terms import Tier
from policies.entities import AgreementFacts
from policies.request import AskRequest, DeliverRequest

DIGEST = "c0ffee" * 10 + "0123"
SINCE = datetime(2026, 7, 1, tzinfo=UTC)
UNTIL = datetime(2027, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DISTRICTS = ("alder", "birch", "cedar", "dogwood", "elm", "fir", "hazel", "juniper")
SYSTEMS = ("lakeside", "northgate", "prairie")
TABLES = {
    "school_year": ("district", "school_year", "grade", "grade_band", "school_moves", "days_enrolled", "days_absent"),
    "condition": ("health_system", "school_year", "condition", "months"),
}
OUTPUTS = frozenset({"count", "count_persons", "mean"})


def listed(org: str) -> frozenset[str]:
    """What an agreement lists of a custodian: every column of its table for three uses, and linking by person."""
    table = "condition" if org in SYSTEMS else "school_year"
    uses = ("group_by", "filter", "measure")
    return frozenset({f"{org}/{table}/person:join"} | {f"{org}/{table}/{c}:{u}" for c in TABLES[table] for u in uses})


def asked(org: str) -> frozenset[str]:
    table = "condition" if org in SYSTEMS else "school_year"
    own = (f"{TABLES[table][2]}:group_by", f"{TABLES[table][3]}:filter", "school_year:filter", "person:join")
    return frozenset(f"{org}/{table}/{place}" for place in own)


def _facts(**changes: Any) -> AgreementFacts:
    orgs = changes.get("contributors", frozenset({"alder", "birch"}))
    facts = AgreementFacts(
        id="lic-1",
        version=1,
        tier=Tier.DUL,
        title="Moving and learning",
        state=State.IN_FORCE,
        effective_from=SINCE,
        effective_until=UNTIL,
        contributors=orgs,
        signed=orgs | {"commons", "university"},
        suspended_by=frozenset(),
        purposes=frozenset({"improve_instruction"}),
        prohibited_purposes=frozenset({"sale", "law_enforcement"}),
        permitted_users=frozenset({"ana"}),
        recipients=frozenset({"university"}),
        elements=frozenset[str]().union(*(listed(org) for org in orgs)),
        outputs=OUTPUTS,
        linkage_allowed=True,
        catalogue_digest=DIGEST,
        rho_limit=100_000_000,
        rho_spent=40_000_000,
        rho_query_max=20_000_000,
        output_checkers=0,
    )
    return replace(facts, **changes)


def licence(**changes: Any) -> AgreementFacts:
    return _facts(**changes)


def sharing(org: str = "alder", **changes: Any) -> AgreementFacts:
    narrow: dict[str, Any] = {"permitted_users": frozenset(), "recipients": frozenset()}
    named = {"id": f"dsa-{org}", "title": f"Data of {org}", "tier": Tier.DSA, "contributors": frozenset({org})}
    return _facts(**{**named, **narrow, **changes})


def memorandum(**changes: Any) -> AgreementFacts:
    silent: dict[str, frozenset[str]] = {
        "permitted_users": frozenset(),
        "recipients": frozenset(),
        "elements": frozenset(),
    }
    named = {"id": "mou-1", "title": "The memorandum", "tier": Tier.MOU, "contributors": frozenset({"alder", "birch"})}
    return _facts(**{**named, **silent, "catalogue_digest": "", **changes})


def community(*orgs: str) -> tuple[AgreementFacts, ...]:
    """A licence, a data-sharing agreement of each contributor, and the memorandum."""
    contributors = frozenset(orgs or ("alder", "birch"))
    return (
        licence(contributors=contributors),
        *(sharing(org) for org in sorted(contributors)),
        memorandum(contributors=contributors),
    )


def question(*orgs: str, **changes: Any) -> AskRequest:
    contributors = frozenset(orgs or ("alder", "birch"))
    request = AskRequest(
        person="ana",
        org="university",
        project="lic-1",
        purpose="attendance",
        contributors=contributors,
        elements=frozenset[str]().union(*(asked(org) for org in contributors)),
        outputs=frozenset({"count", "mean"}),
        rho=10_000_000,
        delta_e18=0,
        at=NOW,
        catalogue_digest=DIGEST,
        contributor_remaining=dict.fromkeys(contributors, 30_000_000),
        community_remaining=25_000_000,
    )
    return replace(request, **changes)


def delivery(**changes: Any) -> DeliverRequest:
    given = {"custodian": "alder", "elements": listed("alder"), "at": NOW, "catalogue_digest": DIGEST}
    return DeliverRequest(**{**given, "agreement": sharing(), **changes})
