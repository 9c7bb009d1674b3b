"""One question as the cases that are judged: the licence, each data-sharing agreement it touches, the memorandum.

It decides nothing and gives no reasons.  Rules:

* every agreement that the question touches is a case: the licence with the whole question, a data-sharing agreement
  with the contributors it binds and their data elements, the memorandum with the whole question;
* a question whose licence is not there has no case, and a contributor without an agreement is said so;
* more than one contributor means that records are linked;
* what is worked out here for reasons only never decides: the law judges the elements, not how they are sorted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agreements import elements, purposes
from agreements.catalogue import PERSON
from agreements.elements import Element, ElementError, ElementUse
from agreements.standing import State
from agreements.terms import Output, Tier
from policies.entities import AgreementFacts, Json, instant, reference, uid
from policies.request import AskRequest, DeliverRequest, column_of, custodian_of
from policies.words import said, short


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question as it touches one agreement."""

    request: AskRequest
    agreement: AgreementFacts
    contributors: frozenset[str]
    elements: frozenset[str]
    without_agreement: frozenset[str]
    parents_not_in_force: tuple[str, ...]
    unknown: tuple[str, ...]
    direct: frozenset[str]

    @property
    def on_listed_columns(self) -> frozenset[str]:
        """The elements whose column the agreement lists, whatever their use."""
        if self.elements <= self.agreement.elements:
            return self.elements
        listed = {column_of(element) for element in self.agreement.elements}
        return frozenset(element for element in self.elements if column_of(element) in listed)

    def to_json(self) -> Json:
        """The case as a Cedar request."""
        request, listed = self.request, self.on_listed_columns
        context: Json = {
            "now": instant(request.at),
            "org": request.org,
            "purpose": reference("Purpose", request.purpose),
            "contributors": sorted(self.contributors),
            "contributors_without_agreement": sorted(self.without_agreement),
            "elements_of_listed_columns": sorted(listed),
            "elements_of_other_columns": sorted(self.elements - listed),
            "outputs": sorted(request.outputs),
            "direct_identifiers": sorted(self.direct),
            "unknown_terms": list(self.unknown),
            "links": len(request.contributors) > 1,
            "parents_in_force": not self.parents_not_in_force,
            "catalogue_digest": request.catalogue_digest,
            "rho": request.rho,
            "delta_e18": request.delta_e18,
            "contributor_remaining": min(
                (request.contributor_remaining[c] for c in self.contributors), default=request.rho
            ),
            "community_remaining": request.community_remaining,
            "checkers": request.checkers,
        }
        return _request(uid("Person", request.person), "ask", self.agreement, context)


def cases(request: AskRequest, agreements: Sequence[AgreementFacts]) -> tuple[Case, ...]:
    """Every agreement that the question touches, the licence first; none when its licence is not there."""
    licence = next((facts for facts in agreements if facts.tier is Tier.DUL and facts.id == request.project), None)
    if licence is None:
        return ()
    sharing = sorted(
        (facts for facts in agreements if facts.tier is Tier.DSA and facts.contributors & request.contributors),
        key=lambda facts: (sorted(facts.contributors), facts.id),
    )
    memoranda = [facts for facts in agreements if facts.tier is Tier.MOU]
    covered = frozenset().union(*(facts.contributors for facts in sharing))
    parents = [
        f"{facts.title} ({said(facts.state)})" for facts in (*sharing, *memoranda) if facts.state is not State.IN_FORCE
    ]
    whole = Case(
        request=request,
        agreement=licence,
        contributors=request.contributors,
        elements=request.elements,
        without_agreement=request.contributors - covered,
        parents_not_in_force=tuple(parents) if memoranda else (*parents, "a memorandum, of which there is none"),
        unknown=_unknown(request),
        direct=request.direct_identifiers | _direct(request.elements),
    )
    return (whole, *(_under(whole, facts) for facts in (*sharing, *memoranda)))


def _under(whole: Case, facts: AgreementFacts) -> Case:
    """The question as it touches another agreement; what only the licence answers for is left to the licence."""
    part = replace(whole, agreement=facts, without_agreement=frozenset())
    if facts.tier is Tier.MOU:
        return part
    contributors = whole.contributors & facts.contributors
    own = frozenset(element for element in whole.elements if custodian_of(element) in contributors)
    return replace(part, contributors=contributors, elements=own)


def _direct(asked: frozenset[str]) -> frozenset[str]:
    """The elements that would show or select single persons, seen without the catalogue."""
    return frozenset(text for text in asked if (element := _read(text)) and _shows_persons(element))


def _shows_persons(element: Element) -> bool:
    return element.column == PERSON and element.use in {ElementUse.GROUP_BY, ElementUse.FILTER}


def _read(text: str) -> Element | None:
    try:
        return elements.parse(text)
    except ElementError:
        return None


def _unknown(request: AskRequest) -> tuple[str, ...]:
    """What no agreement can hold, in words: purposes and results off the list, elements that are none of anybody's."""
    named = [] if purposes.is_known(request.purpose) else [f"the purpose {short(request.purpose)}"]
    named += [f"the result {short(output)}" for output in sorted(request.outputs - set(Output))]
    for text in sorted(request.elements):
        element = _read(text)
        if element is None or element.org not in request.contributors:
            named.append(f"the data element {short(text)}")
    return tuple(named)


def delivery_json(request: DeliverRequest) -> tuple[Json, AgreementFacts]:
    """A delivery as a Cedar request, and its agreement with columns for elements, whatever their use."""
    columns = frozenset(column_of(element) for element in request.elements)
    facts = request.agreement
    listed = replace(facts, elements=frozenset(column_of(element) for element in facts.elements))
    context: Json = {
        "now": instant(request.at),
        "custodian": request.custodian,
        "elements": sorted(columns),
        "elements_of_others": sorted(column for column in columns if custodian_of(column) != request.custodian),
        "catalogue_digest": request.catalogue_digest,
    }
    return _request(uid("Organisation", request.custodian), "deliver", facts, context), listed


def _request(principal: Json, action: str, facts: AgreementFacts, context: Json) -> Json:
    return {
        "principal": principal,
        "action": uid("Action", action),
        "resource": uid("Agreement", facts.id),
        "context": context,
    }
