"""Terms as numbered plain clauses, made from the same object that is signed and judged.

It adds no promise: every clause is worked out from a field, or is an article in the terms' own words.  Rules:

* the first clauses have the same numbers and headings in every agreement, so that a refusal can cite "clause 7,
  Purposes"; where an agreement sets no limit, its clause says so;
* a clause that no software keeps says "attested, not enforced";
* sentences have 20 words or fewer, but for lists and the articles.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from agreements import clause_texts, instants
from agreements.standing import Standing, State
from agreements.statement import Act
from agreements.terms import Terms

ATTESTED = "Attested, not enforced."


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause; `key` names it in every version, `enforced` says whether software keeps it."""

    number: int
    heading: str
    text: str
    key: str
    enforced: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """A clause that every agreement has: the fields it speaks of, and how it is worded."""

    key: str
    heading: str
    fields: str
    words: Callable[[Terms], str]
    enforced: bool = True


_KINDS = (
    _Kind("parties", "Parties", "parties contributors", clause_texts.parties),
    _Kind("signatures", "Signatures", "signatories signed missing state", clause_texts.signatures),
    _Kind("above", "Agreements above", "parent_ids", clause_texts.above),
    _Kind("basis", "Legal basis", "basis", clause_texts.basis, enforced=False),
    _Kind("term", "Term", "effective_from effective_until", clause_texts.term),
    _Kind("leaving", "Suspending and leaving", "suspended_by withdrawal", clause_texts.leaving),
    _Kind("purposes", "Purposes", "purposes", clause_texts.permitted_purposes),
    _Kind("prohibited", "Prohibited purposes", "prohibited_purposes", clause_texts.prohibited_purposes),
    _Kind("people", "People and recipients", "permitted_users recipients", clause_texts.people),
    _Kind("elements", "Data elements", "elements catalogue_digest", clause_texts.data_elements),
    _Kind("linkage", "Linkage", "linkage_allowed", clause_texts.linkage),
    _Kind("results", "Results", "outputs", clause_texts.results),
    _Kind("cell", "Smallest group", "privacy.min_cell", clause_texts.smallest_group),
    _Kind(
        "budget",
        "Privacy budget",
        "privacy privacy.privacy_unit privacy.epsilon_total_micro privacy.epsilon_query_max_micro privacy.delta_e12"
        " privacy.contributor_epsilon_total_micro privacy.community_epsilon_total_micro privacy.rows_per_person",
        clause_texts.budget,
    ),
    _Kind("checks", "Checks before release", "output_checkers", clause_texts.checks),
    _Kind("redisclosure", "Passing results on", "redisclosure", clause_texts.redisclosure, enforced=False),
    _Kind("end", "End and destruction", "destroy_within_days", clause_texts.end, enforced=False),
    _Kind("aim", "Aim", "instructional_aim research_question", clause_texts.aim, enforced=False),
    _Kind("benefit", "Benefit to families", "benefit_to_families", clause_texts.benefit, enforced=False),
)
_NUMBER = {field: number for number, kind in enumerate(_KINDS, start=1) for field in kind.fields.split()}

CLAUSE_OF: Mapping[str, str] = MappingProxyType(
    {field: _KINDS[number - 1].heading for field, number in _NUMBER.items()}
)
"""The heading of the clause that speaks of a field of `Terms` (limits as `privacy.min_cell`) or of its standing."""


def cite(field: str) -> str:
    """The clause that speaks of a field, as in "clause 7, Purposes"."""
    return f"clause {_NUMBER[field]}, {CLAUSE_OF[field]}"


def clauses(terms: Terms) -> tuple[Clause, ...]:
    """Every clause, in order: those that all agreements have, then the articles."""
    fixed = [
        Clause(number, kind.heading, _marked(kind.words(terms), enforced=kind.enforced), kind.key, kind.enforced)
        for number, kind in enumerate(_KINDS, start=1)
    ]
    articles = [
        Clause(number, article.heading, _marked(article.text, enforced=False), f"article.{article.key}", enforced=False)
        for number, article in enumerate(terms.articles, start=len(fixed) + 1)
    ]
    return (*fixed, *articles)


def describe(standing: Standing) -> str:
    """Where an agreement stands, in one sentence."""
    bound = len(standing.signed | standing.missing)
    witnessed = "witnessed" if standing.witnessed else "not witnessed"
    return f"{_state(standing)}; signed by {len(standing.signed)} of {bound}; {witnessed}."


def _marked(text: str, *, enforced: bool) -> str:
    return text if enforced else f"{text} {ATTESTED}"


def _state(standing: Standing) -> str:
    out = ", ".join(sorted(standing.suspended_by))
    if standing.state is State.IN_FORCE:
        since = f"In force since {instants.words(_since(standing))}"
        return f"{since}, without the data of {out}" if out else since
    if standing.state is State.EXPIRED:
        return f"Expired on {instants.words(standing.terms.effective_until)}"
    said = standing.state.value.replace("_", " ").capitalize()
    return f"{said} by {out}" if out and standing.state is State.SUSPENDED else said


def _since(standing: Standing) -> datetime:
    signed = [event.at for event in standing.history if event.act in {Act.PROPOSE, Act.COUNTERSIGN}]
    return max([*signed, standing.terms.effective_from])
