"""The journal in plain words: one sentence for each entry that a reader of the page would want to know of.

It leaves nothing out of the journal, only of the page: amounts, limits and digests are in the journal's own form.
Rule: a sentence says what the public entry says and no more; names of organisations come from the agreements.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agreements import instants, purposes
from hub.store.chain import Entry

_ACTS = {
    "propose": "proposed",
    "countersign": "signed",
    "suspend": "suspended",
    "reinstate": "reinstated",
    "withdraw": "left",
}
_FEW = 2
_RULES = {
    "suspended-by": "a party has suspended",
    "parent-not-in-force": "an agreement above is not in force",
    "not-in-force": "an agreement is not in force",
    "purpose-not-permitted": "the purpose is not permitted",
    "purpose-prohibited": "the purpose is prohibited",
    "element-not-listed": "a data element is not listed",
    "use-of-element-not-listed": "a use of a data element is not listed",
    "user-not-permitted": "the person may not ask under it",
    "recipient-not-listed": "the organisation is not a recipient",
    "unsigned-contributor": "a custodian has not signed",
    "outside-dates": "it is outside the agreement's dates",
    "catalogue-changed": "the catalogue is not the one that was signed",
    "direct-identifier": "it uses a direct identifier",
    "linkage-not-permitted": "linking persons is not permitted",
    "output-kind": "this kind of result is not permitted",
    "output-check-missing": "its answer needs a check that this hub cannot do yet",
    "unknown-term": "it names something that the agreements do not know",
    "query-budget": "more privacy loss than one question may cost",
    "agreement-budget": "more than is left of an agreement's budget",
    "contributor-budget": "more than is left of a custodian's budget",
    "community-budget": "more than is left of the community's budget",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of organisations and titles of agreements, by id."""

    orgs: Mapping[str, str]
    titles: Mapping[str, str]

    def org(self, org_id: str) -> str:
        """An organisation's name."""
        return self.orgs.get(org_id, org_id)

    def orgs_in_words(self, ids: Iterable[str]) -> str:
        """Some organisations: by name when they are few, else how many."""
        return _few([self.org(each) for each in ids], "custodians")

    def title(self, agreement: str) -> str:
        """An agreement's title, in quotation marks."""
        return f"“{self.titles.get(agreement, agreement)}”"


@dataclass(frozen=True, slots=True)
class Told:
    """One entry in words; `tone` is `stop` for refusals and stops, `go` for what was given, else empty."""

    index: int
    when: str
    text: str
    tone: str


def tell(entries: Iterable[Entry], names: Names, *, most: int) -> tuple[Told, ...]:
    """The entries that a reader wants to know of, in their order, at most `most`."""
    told = (_told(entry, names) for entry in entries if entry.kind in _KINDS)
    return tuple(each for each, _ in zip(told, range(most), strict=False))


def _told(entry: Entry, names: Names) -> Told:
    text = _KINDS[entry.kind](entry.public, names)
    stops = entry.kind.endswith(("refused", "failed", "unanswered")) or entry.public.get("act") in {
        "suspend",
        "withdraw",
    }
    tone = "stop" if stops else "go" if entry.kind == "release" else ""
    return Told(entry.index, instants.words(entry.at), text, tone)


def _agreement(public: Mapping[str, Any], names: Names) -> str:
    about = _few([names.title(each["agreement"]) for each in public["documents"]], "agreements")
    return f"{names.org(public['party'])} {_ACTS[public['act']]} {about}."


def _permitted(public: Mapping[str, Any], names: Names) -> str:
    free = "" if public["rho"] else " An earlier release answered it at no cost."
    return (
        f"A question about {purposes.words(public['purpose'])} was permitted under "
        f"{names.title(public['licence'])}, on the data of {names.orgs_in_words(public['contributors'])}.{free}"
    )


def _refused(public: Mapping[str, Any], names: Names) -> str:
    return f"A question under {names.title(public['licence'])} was refused: {_why(public)}. Nothing was spent."


def _delivery_refused(public: Mapping[str, Any], names: Names) -> str:
    return f"A delivery from {names.org(public['custodian'])} was refused: {_why(public)}."


def _why(public: Mapping[str, Any]) -> str:
    return "; ".join(_RULES.get(rule, rule.replace("-", " ")) for rule in public["rules"])


def _few(names: list[str], many: str) -> str:
    return " and ".join(names) if len(names) <= _FEW else f"{len(names)} {many}"


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Names], str]] = {
    "agreement": _agreement,
    "delivery": lambda public, names: f"{names.org(public['custodian'])} delivered, number {public['number']}.",
    "delivery-refused": _delivery_refused,
    "snapshot": lambda public, names: (
        f"A new snapshot came into use, from the deliveries of {names.orgs_in_words(public['custodians'])}."
    ),
    "question-permitted": _permitted,
    "question-refused": _refused,
    "question-unanswered": lambda *_: "A question was not answered in time. Its charge stays.",
    "question-failed": lambda *_: "A question may no longer be answered. Its charge stays.",
    "release": lambda *_: "An answer was released, signed by the hub.",
    "actor": lambda public, names: f"A person of {names.org(public['org'])} may now sign in.",
    "key": lambda public, names: f"A key of {names.org(public['party'])} was added to the keyring.",
}
