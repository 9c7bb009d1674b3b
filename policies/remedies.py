"""What failed, and what would be accepted instead: worked out for each rule that refused.

It does not decide; it is asked only after a refusal.  Rules: what would be accepted is computed from the terms, so that
asking it is enough for that rule; elements to leave out are named; the most privacy loss is a whole number of
billionths of rho.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agreements import purposes
from agreements.elements import ElementUse
from agreements.terms import Output
from policies.cases import Case
from policies.entities import AgreementFacts
from policies.request import column_of
from policies.words import both, either, elements_in_words, rho_in_words, said, short


@dataclass(frozen=True, slots=True)
class Remedy:
    """What failed, in words; what would be accepted, in words; and the most rho, where that is what failed."""

    which: str
    accepted: str
    accepted_rho: int | None = None


def standing_remedy(facts: AgreementFacts) -> Remedy:
    """The standing that is not "in force"."""
    return Remedy(said(facts.state), "the same request, once the agreement is in force")


def dates_remedy(facts: AgreementFacts) -> Remedy:
    """The half-open time for which the agreement holds."""
    since, until = (f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in (facts.effective_from, facts.effective_until))
    return Remedy(f"from {since} until just before {until}", f"the same request from {since} until just before {until}")


def catalogue_remedy(facts: AgreementFacts, digest: str) -> Remedy:
    """The beginnings of the signed digest and of the one in use."""
    signed = facts.catalogue_digest[:16] or "none"
    return Remedy(
        f"{signed} was signed, {digest[:16] or 'none'} is used", f"the catalogue whose digest begins {signed}"
    )


def _signed(case: Case) -> Remedy:
    facts = case.agreement
    failing = (case.contributors - (facts.contributors & facts.signed)) | case.without_agreement
    if not failing:
        return Remedy("the data of no custodian at all", "a question that reads the data of at least one contributor")
    kept = case.contributors - failing
    without = f"the question with only the data of {both(kept)}" if kept else "no question about these data"
    return Remedy(both(failing), f"{without}, until all have signed")


def _suspended(case: Case) -> Remedy:
    facts = case.agreement
    touched = facts.suspended_by & case.contributors
    if facts.suspended_by - facts.contributors:
        return Remedy(both(facts.suspended_by), "no question, until the suspension is lifted")
    kept = case.contributors - touched
    without = f"the question with only the data of {both(kept)}" if kept else "no question"
    return Remedy(both(touched), f"{without}, until the suspension is lifted")


def _parents(case: Case) -> Remedy:
    return Remedy(both(case.parents_not_in_force), "the same question, once all of these are in force")


def _unknown(case: Case) -> Remedy:
    accepted = (
        f"a known purpose ({both(purposes.PARENT)}), results among {both(Output)}, "
        f"and data elements of the question's contributors, each for one use: {either(ElementUse)}"
    )
    return Remedy(both(case.unknown), accepted)


def _purpose(case: Case) -> Remedy:
    prohibited = case.agreement.prohibited_purposes
    permitted = {
        purpose
        for purpose in case.agreement.purposes
        if not prohibited.intersection({purpose, *purposes.ancestors(purpose)})
    }
    return Remedy(short(case.request.purpose), f"the purpose {either(permitted)}" if permitted else "no purpose")


def _recipient(case: Case) -> Remedy:
    listed = case.agreement.recipients
    return Remedy(short(case.request.org), f"a question for {either(listed)}" if listed else "no question")


def _user(case: Case) -> Remedy:
    listed = case.agreement.permitted_users
    whom = "the one person" if len(listed) == 1 else f"one of the {len(listed)} persons"
    accepted = f"a question by {whom} whom the licence names" if listed else "no question"
    return Remedy(short(case.request.person), accepted)


def _leave_out(case: Case, failing: frozenset[str]) -> str:
    kept = case.elements - failing
    return f"the question without {elements_in_words(failing)}" if kept else "no question about these data elements"


def _elements(case: Case) -> Remedy:
    if not case.elements:
        nobody = f"none of {both(case.contributors)}" if case.contributors else "none of anybody"
        return Remedy(nobody, "a question that names the data elements it reads of each contributor")
    failing = case.elements - case.on_listed_columns
    return Remedy(elements_in_words(failing), _leave_out(case, failing))


def _uses(case: Case) -> Remedy:
    listed = case.agreement.elements
    failing = case.on_listed_columns - listed
    columns = {column_of(element) for element in failing}
    instead = elements_in_words(element for element in listed if column_of(element) in columns)
    return Remedy(elements_in_words(failing), f"{instead}; or {_leave_out(case, failing)}")


def _direct(case: Case) -> Remedy:
    return Remedy(elements_in_words(case.direct), _leave_out(case, case.direct))


def _outputs(case: Case) -> Remedy:
    failing = case.request.outputs - case.agreement.outputs
    return Remedy(both(failing) if failing else "no result is asked", f"results among {both(case.agreement.outputs)}")


def _linkage(case: Case) -> Remedy:
    return Remedy(both(case.request.contributors), "the question about one custodian at a time")


def _at_most(case: Case, most: int, holder: str = "") -> Remedy:
    which = f"{rho_in_words(case.request.rho)} asked, {rho_in_words(max(most, 0))} possible{holder}"
    accepted = f"{rho_in_words(most)} or less" if most > 0 else "no further question: nothing remains"
    return Remedy(which, accepted, max(most, 0))


def _query_budget(case: Case) -> Remedy:
    return _at_most(case, case.agreement.rho_query_max)


def _agreement_budget(case: Case) -> Remedy:
    facts, request = case.agreement, case.request
    if facts.rho_spent + request.rho <= facts.rho_limit:
        remaining = max(facts.delta_limit_e18 - facts.delta_spent_e18, 0)
        which = f"a delta of {request.delta_e18} in 1e-18 asked, {remaining} possible"
        return Remedy(which, "the question over keys of the catalogue, which costs no delta")
    return _at_most(case, facts.rho_limit - facts.rho_spent)


def _contributor_budget(case: Case) -> Remedy:
    left = {org: case.request.contributor_remaining[org] for org in case.contributors}
    short_of = [org for org, remaining in left.items() if remaining < case.request.rho]
    return _at_most(case, min(left.values(), default=0), f" for {both(short_of)}" if short_of else "")


def _community_budget(case: Case) -> Remedy:
    return _at_most(case, case.request.community_remaining)


def _checkers(case: Case) -> Remedy:
    demanded, provided = case.agreement.output_checkers, case.request.checkers
    return Remedy(
        f"{demanded} demanded, {provided} provided", f"an agreement that demands {provided} checkers or fewer"
    )


ASK: Mapping[str, Callable[[Case], Remedy]] = {
    "not-in-force": lambda case: standing_remedy(case.agreement),
    "outside-dates": lambda case: dates_remedy(case.agreement),
    "unsigned-contributor": _signed,
    "suspended-by": _suspended,
    "parent-not-in-force": _parents,
    "unknown-term": _unknown,
    "purpose-not-permitted": _purpose,
    "purpose-prohibited": _purpose,
    "recipient-not-listed": _recipient,
    "user-not-permitted": _user,
    "element-not-listed": _elements,
    "use-of-element-not-listed": _uses,
    "direct-identifier": _direct,
    "output-kind": _outputs,
    "linkage-not-permitted": _linkage,
    "catalogue-changed": lambda case: catalogue_remedy(case.agreement, case.request.catalogue_digest),
    "query-budget": _query_budget,
    "agreement-budget": _agreement_budget,
    "contributor-budget": _contributor_budget,
    "community-budget": _community_budget,
    "output-check-missing": _checkers,
}
"""For each rule of ask.cedar, what failed and what would be accepted."""
