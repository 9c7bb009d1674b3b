"""A second evaluator, in plain Python and written from the rules' names: which rules refuse, per agreement."""

from collections.abc import Iterator, Sequence

from agreements.purposes import PARENT
from policies.entities import AgreementFacts
from policies.request import AskRequest

USES = ("group_by", "filter", "measure", "join")
KNOWN_OUTPUTS = ("count", "count_persons", "sum", "mean", "rate", "histogram", "quantile")


def refusals(request: AskRequest, agreements: Sequence[AgreementFacts]) -> set[tuple[str, str]]:
    """Every (agreement, rule) that refuses."""
    touched = [a for a in agreements if a.tier.value == "dul" and a.id == request.project]
    if not touched:
        return {(request.project, "unknown-term")}
    touched += [a for a in agreements if a.tier.value == "dsa" and a.contributors & request.contributors]
    touched += [a for a in agreements if a.tier.value == "mou"]
    found = {(a.id, rule) for a in touched for rule in (*_use(request, a), *_standing(request, a), *_loss(request, a))}
    return found | {(request.project, rule) for rule in _whole(request, touched)}


def _line(purpose: str) -> set[str]:
    line = {purpose}
    while (above := PARENT.get(purpose)) is not None:
        line.add(above)
        purpose = above
    return line


def _mine(request: AskRequest, a: AgreementFacts) -> tuple[set[str], set[str]]:
    orgs = {org for org in request.contributors if a.tier.value != "dsa" or org in a.contributors}
    elements = {e for e in request.elements if a.tier.value != "dsa" or e.split("/")[0] in orgs}
    return orgs, elements


def _whole(request: AskRequest, touched: Sequence[AgreementFacts]) -> Iterator[str]:
    parents = touched[1:]
    if any(a.state.value != "in_force" for a in parents) or not any(a.tier.value == "mou" for a in parents):
        yield "parent-not-in-force"
    if not request.contributors <= {org for a in parents if a.tier.value == "dsa" for org in a.contributors}:
        yield "unsigned-contributor"
    for element in request.elements:
        place, colon, use = element.partition(":")
        parts = place.split("/")
        if len(parts) != 3 or not colon or use not in USES or parts[0] not in request.contributors:
            yield "unknown-term"
        if len(parts) == 3 and parts[2] == "person" and use in {"group_by", "filter"}:
            yield "direct-identifier"
    if request.direct_identifiers:
        yield "direct-identifier"
    if request.purpose not in PARENT or any(output not in KNOWN_OUTPUTS for output in request.outputs):
        yield "unknown-term"


def _standing(request: AskRequest, a: AgreementFacts) -> Iterator[str]:
    orgs, _ = _mine(request, a)
    if a.state.value != "in_force":
        yield "not-in-force"
    if request.at < a.effective_from or request.at >= a.effective_until:
        yield "outside-dates"
    if not orgs or any(org not in a.contributors or org not in a.signed for org in orgs):
        yield "unsigned-contributor"
    if any(org in orgs or org not in a.contributors for org in a.suspended_by):
        yield "suspended-by"
    if a.output_checkers > request.checkers:
        yield "output-check-missing"
    if (a.catalogue_digest or a.tier.value != "mou") and not (a.catalogue_digest == request.catalogue_digest != ""):
        yield "catalogue-changed"


def _use(request: AskRequest, a: AgreementFacts) -> Iterator[str]:
    licence = a.tier.value == "dul"
    if not _line(request.purpose) & a.purposes:
        yield "purpose-not-permitted"
    if _line(request.purpose) & a.prohibited_purposes:
        yield "purpose-prohibited"
    if (a.recipients or licence) and request.org not in a.recipients:
        yield "recipient-not-listed"
    if (a.permitted_users or licence) and request.person not in a.permitted_users:
        yield "user-not-permitted"
    if not request.outputs or not request.outputs <= a.outputs:
        yield "output-kind"
    if len(request.contributors) > 1 and not a.linkage_allowed:
        yield "linkage-not-permitted"
    _, elements = _mine(request, a)
    columns = {listed.split(":")[0] for listed in a.elements}
    limited = bool(a.elements) or a.tier.value != "mou"
    if not elements or (limited and any(e.split(":")[0] not in columns for e in elements)):
        yield "element-not-listed"
    if limited and any(e.split(":")[0] in columns and e not in a.elements for e in elements):
        yield "use-of-element-not-listed"


def _loss(request: AskRequest, a: AgreementFacts) -> Iterator[str]:
    if request.rho > a.rho_query_max:
        yield "query-budget"
    if a.rho_spent + request.rho > a.rho_limit or a.delta_spent_e18 + request.delta_e18 > a.delta_limit_e18:
        yield "agreement-budget"
    if a.tier.value == "mou":
        if any(request.rho > request.contributor_remaining[org] for org in request.contributors):
            yield "contributor-budget"
        if request.rho > request.community_remaining:
            yield "community-budget"
