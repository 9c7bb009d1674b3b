"""The words of each clause that every agreement has, worked out from its terms.

It numbers nothing and judges nothing; `prose` puts the clauses in order and says which are enforced.
"""

from collections import defaultdict
from collections.abc import Iterable

from agreements import elements, instants, purposes
from agreements.basis import RULES
from agreements.elements import ElementUse
from agreements.terms import Redisclosure, Terms, Tier

_MICRO = 10**6
_USES = {
    ElementUse.FILTER: "filter",
    ElementUse.GROUP_BY: "group",
    ElementUse.MEASURE: "measure",
    ElementUse.JOIN: "join",
}
_LEGAL = {
    "ferpa": "FERPA",
    "idea": "IDEA",
    "hipaa": "HIPAA",
    "lds": "limited data set",
    "ba": "business associate",
    "eval": "evaluation",
}
_REDISCLOSURE = {
    Redisclosure.NONE: "Nobody passes results on.",
    Redisclosure.BACK_TO_SOURCE: "Results go back to the contributors and to nobody else.",
    Redisclosure.LISTED: "Results stay with the recipients that this agreement lists.",
    Redisclosure.PUBLIC_AFTER_CHECK: "Results may become public after the checks that this agreement names.",
}


def parties(terms: Terms) -> str:
    """Clause 1."""
    bound = (
        f"{party.legal_name} ({party.org_id}), {_listed(_plain(role) for role in sorted(party.roles))}"
        for party in terms.parties
    )
    return f"These organisations are bound: {'; '.join(bound)}."


def signatures(terms: Terms) -> str:
    """Clause 2."""
    people = (f"{person.name}, {person.title}, for {person.org_id}" for person in terms.signatories)
    return (
        f"These people may sign: {'; '.join(people)}. Each signs with a key that these terms name. "
        "The agreement takes force when every party has signed."
    )


def above(terms: Terms) -> str:
    """Clause 3."""
    if not terms.parent_ids:
        return "No agreement stands above this one."
    only = "It may narrow what they say, and never widen it."
    if terms.tier is Tier.DUL:
        return (
            f"This agreement stands under {_listed(terms.parent_ids)}. {only} It stops when the memorandum stops. "
            "A contributor's data are out when that contributor's data-sharing agreement stops."
        )
    return f"This agreement stands under {_listed(terms.parent_ids)}. {only} It stops when they stop."


def basis(terms: Terms) -> str:
    """Clause 4."""
    if not terms.basis:
        return "The legal basis stands in each contributor's data-sharing agreement."
    entries = []
    for entry in terms.basis:
        stated = "; ".join(f"{_plain(name)}: {_plain(text).rstrip('.')}" for name, text in entry.particulars)
        name = " ".join(_LEGAL.get(word, word) for word in entry.basis.split("_"))
        entries.append(f"{entry.org_id} relies on {name} ({RULES[entry.basis].citation}): {stated}.")
    return " ".join(entries)


def term(terms: Terms) -> str:
    """Clause 5."""
    return (
        f"This agreement begins on {instants.words(terms.effective_from)}. "
        f"It ends on {instants.words(terms.effective_until)}; at that instant the hub already refuses."
    )


def leaving(terms: Terms) -> str:
    """Clause 6."""
    stop = "Any party may suspend at once, and must give a reason. Only the party that suspended may reinstate."
    if len(terms.contributors) == 1:
        return f"{stop} A suspension stops the whole agreement. A party that leaves ends it."
    return (
        f"{stop} A contributor that suspends or leaves takes its own data out. "
        "Any other party that suspends stops the whole agreement. Any other party that leaves ends it. "
        "Privacy budget that was spent never returns."
    )


def permitted_purposes(terms: Terms) -> str:
    """Clause 7."""
    return (
        f"The hub answers questions for these purposes, and for those below them: {_purposes(terms.purposes)}. "
        "Each question declares its purpose. It refuses every other purpose."
    )


def prohibited_purposes(terms: Terms) -> str:
    """Clause 8."""
    if not terms.prohibited_purposes:
        return "This agreement prohibits no purpose by name."
    return (
        f"The hub refuses questions that declare one of these purposes: {_purposes(terms.prohibited_purposes)}. "
        "Nobody uses results for them; that part is attested, not enforced."
    )


def people(terms: Terms) -> str:
    """Clause 9."""
    who = "Each licence names the people who may ask."
    if terms.permitted_users:
        who = f"These people may ask: {_listed(sorted(terms.permitted_users))}."
    if terms.recipients:
        return f"{who} Results go to: {_listed(sorted(terms.recipients))}."
    return f"{who} Each licence names who receives results."


def data_elements(terms: Terms) -> str:
    """Clause 10."""
    if not terms.elements:
        return "Each data-sharing agreement lists its data elements. Anything that is not listed is refused."
    lists: dict[str, list[str]] = defaultdict(list)
    for org in sorted(terms.contributors):
        lists[_of_contributor(terms, org)].append(org)
    held = " ".join(f"{_listed(orgs)}: {text}." for text, orgs in lists.items())
    return (
        "Only these data elements may be used, and only in the way that stands beside them. "
        f"Anything that is not listed is refused. {held} "
        f"The catalogue that describes them has the digest {terms.catalogue_digest}."
    )


def linkage(terms: Terms) -> str:
    """Clause 11."""
    if terms.linkage_allowed:
        return "Records of the same person at several contributors may be linked, by tokens without names."
    return "Records of several contributors may not be linked."


def results(terms: Terms) -> str:
    """Clause 12."""
    kinds = _listed(sorted(_plain(kind) for kind in terms.outputs))
    return f"The hub releases these kinds of results: {kinds}. It releases no record of a person."


def smallest_group(terms: Terms) -> str:
    """Clause 13."""
    return (
        "Each group has a count of its people, with noise added. "
        f"The hub shows no group in which that count is below {terms.privacy.min_cell}."
    )


def budget(terms: Terms) -> str:
    """Clause 14."""
    limits = terms.privacy
    said = [
        "The hub adds noise so that results say little about any one person.",
        f"All questions together may cost a privacy loss of ε {_micro(limits.epsilon_total_micro)} at most.",
        f"One question may cost ε {_micro(limits.epsilon_query_max_micro)} at most.",
        f"These limits hold at δ = {limits.delta_e12} in 1,000,000,000,000.",
    ]
    if terms.tier is Tier.MOU:
        said += [
            f"All agreements together may cost each contributor ε {_micro(limits.contributor_epsilon_total_micro)}.",
            f"They may cost the whole community ε {_micro(limits.community_epsilon_total_micro)}.",
        ]
    if limits.rows_per_person:
        rows = _listed(f"{count} in {table}" for table, count in limits.rows_per_person)
        said.append(f"At most so many rows of one person count: {rows}.")
    return " ".join([*said, "Privacy budget that was spent never returns."])


def checks(terms: Terms) -> str:
    """Clause 15."""
    if not terms.output_checkers:
        return "Results are released without a person's check."
    return (
        f"{terms.output_checkers} people check each result before release. The hub refuses where it cannot offer that."
    )


def redisclosure(terms: Terms) -> str:
    """Clause 16."""
    return _REDISCLOSURE[terms.redisclosure]


def end(terms: Terms) -> str:
    """Clause 17."""
    return f"Data are destroyed within {terms.destroy_within_days} days of the end."


def aim(terms: Terms) -> str:
    """Clause 18."""
    return " ".join(filter(None, (terms.research_question, terms.instructional_aim))) or "Each licence states its aim."


def benefit(terms: Terms) -> str:
    """Clause 19."""
    return terms.benefit_to_families or "Each licence states how it benefits families."


def _of_contributor(terms: Terms, org: str) -> str:
    """What a contributor puts in: for each table, its columns by the uses that they share."""
    uses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for element in map(elements.parse, terms.elements):
        if element.org == org:
            uses[element.table, element.column].add(_USES[element.use])
    tables: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (table, column), found in sorted(uses.items()):
        tables[table][", ".join(sorted(found))].append(column)
    return "; ".join(
        f"{table} has {_listed(f'{_listed(columns)} ({shared})' for shared, columns in groups.items())}"
        for table, groups in tables.items()
    )


def _purposes(named: Iterable[str]) -> str:
    return "; ".join(sorted(purposes.words(purpose) for purpose in named))


def _plain(name: str) -> str:
    return str(name).replace("_", " ")


def _listed(words: Iterable[str]) -> str:
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _micro(amount: int) -> str:
    whole, part = divmod(amount, _MICRO)
    return f"{whole}.{part:06}".rstrip("0").rstrip(".")
