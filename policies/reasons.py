"""Why a request is refused: the rule, the sentence, the clause and citation, what would be accepted, who can change it.

It does not decide.  Rules: every reason at once, in the order of the agreements and then of the policy file; sentences
come from the policy text's annotations; nothing of a record, and no message of the engine, is ever in one.
"""

from dataclasses import dataclass

from agreements import prose
from policies.entities import AgreementFacts
from policies.remedies import Remedy

EVALUATION_ERROR = "evaluation-error"
"""The rule of a refusal that comes from the evaluation itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the policy text with its annotations; {agreement} and {which} are filled in for each refusal."""

    id: str
    explain: str
    cite: str
    term: str
    change: str

    @property
    def clause(self) -> str:
        """The clause of the agreement that the rule enforces, as in "clause 7, Purposes"."""
        return prose.cite(self.term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a refusal.

    `agreement` is the id of the agreement whose term refuses.  `accepted` says in words what would be accepted;
    `accepted_rho` is the most privacy loss that this term would accept, in billionths, where that is the reason.
    """

    rule: str
    agreement: str
    sentence: str
    clause: str
    citation: str
    accepted: str
    who_can_change: str
    accepted_rho: int | None = None


def reason(rule: Rule, facts: AgreementFacts, remedy: Remedy) -> Reason:
    """The reason that `rule` gives under the agreement, for what failed."""

    def fill(text: str) -> str:
        return text.replace("{agreement}", facts.title).replace("{which}", remedy.which)

    return Reason(
        rule=rule.id,
        agreement=facts.id,
        sentence=fill(rule.explain),
        clause=rule.clause,
        citation=rule.cite,
        accepted=remedy.accepted,
        who_can_change=fill(rule.change),
        accepted_rho=remedy.accepted_rho,
    )


def evaluation_error(facts: AgreementFacts) -> Reason:
    """The reason of a refusal whose rules could not all be evaluated."""
    return Reason(
        rule=EVALUATION_ERROR,
        agreement=facts.id,
        sentence=f"The rules of {facts.title} could not all be evaluated, so the request is refused.",
        clause="",
        citation="the policies: any error in evaluation refuses",
        accepted="the same request, once the hub's operator has corrected the facts of this agreement",
        who_can_change="the hub's operator",
    )


def no_licence(project: str) -> Reason:
    """The reason of a refusal when the question names no known data-use licence."""
    return Reason(
        rule="unknown-term",
        agreement=project,
        sentence="The question names a project for which there is no data-use licence.",
        clause="",
        citation="34 CFR 99.31(a)(6)(iii)(C); 45 CFR 164.514(e)(4): a written agreement comes first",
        accepted="the same question under the id of a data-use licence that is in force",
        who_can_change="you, by naming a licence; or its parties, by signing one",
    )
