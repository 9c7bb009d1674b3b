"""What an agreement says.  Terms that cannot stand cannot be constructed.

They hold no signature and no standing, and they do not look at a parent; `standing` and `containment` do.  Rules:

* one meaning, one byte string: the digest of the canonical bytes is what parties sign; an unknown field refuses;
* a memorandum has no parent and limits no data element; a data-sharing agreement has one contributor and one parent;
  a data-use licence names its recipients, people, data elements and parents;
* empty `permitted_users` and `recipients` mean "not limited here", and only above a licence;
* an article is a promise in words that no software checks; it is inside the signed bytes like everything else.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from agreements import canonical, document, elements, instants, parties, purposes, wording
from agreements.basis import Basis, LegalBasis
from agreements.errors import AgreementError
from agreements.parties import Party, Role, Signatory
from agreements.privacy_terms import PrivacyTerms

_SCHEMA = "hub.agreement/1"
_MOST_CHECKERS = 9
_LONGEST_DESTRUCTION_DAYS = 3650
_LEAST_LICENCE_PARENTS = 2  # the memorandum, and a contributor's data-sharing agreement


class TermsError(AgreementError):
    """Terms contradict themselves or leave out what their tier must say; the sentence names the field."""


class Tier(StrEnum):
    """The three tiers: a child only narrows its parent."""

    MOU = "mou"  # memorandum of understanding
    DSA = "dsa"  # data-sharing agreement of one contributor
    DUL = "dul"  # data-use licence of one project


class Output(StrEnum):
    """Kinds of results; never rows, never the smallest or largest value."""

    COUNT = "count"
    COUNT_PERSONS = "count_persons"
    SUM = "sum"
    MEAN = "mean"
    RATE = "rate"
    HISTOGRAM = "histogram"
    QUANTILE = "quantile"


class Redisclosure(StrEnum):
    """Who may pass a release on, from the narrowest to the widest."""

    NONE = "none"
    BACK_TO_SOURCE = "back_to_source"
    LISTED = "listed"
    PUBLIC_AFTER_CHECK = "public_after_check"


@dataclass(frozen=True, slots=True)
class Article:
    """A promise in words: attested by the parties, not enforced by software."""

    key: str
    heading: str
    text: str

    def __post_init__(self) -> None:
        """Refuse an article without words."""
        wording.check_id(self.key, "article")
        wording.check_text(self.heading, f"heading of {self.key}")
        wording.check_text(self.text, f"text of {self.key}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything that the parties agree to; `digest` names it."""

    id: str
    tier: Tier
    title: str
    parties: tuple[Party, ...]
    signatories: tuple[Signatory, ...]
    purposes: frozenset[str]
    outputs: frozenset[str]
    privacy: PrivacyTerms
    effective_from: datetime
    effective_until: datetime
    destroy_within_days: int
    version: int = 1
    prev_digest: str | None = None
    template: str = ""
    parent_ids: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()
    prohibited_purposes: frozenset[str] = frozenset()
    permitted_users: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()
    linkage_allowed: bool = False
    catalogue_digest: str = ""
    output_checkers: int = 0
    redisclosure: Redisclosure = Redisclosure.NONE
    research_question: str = ""
    instructional_aim: str = ""
    benefit_to_families: str = ""
    articles: tuple[Article, ...] = ()

    def __post_init__(self) -> None:
        """Refuse terms that cannot stand, with the first field that is wrong."""
        _check_identity(self)
        parties.check_together(self.parties, self.signatories)
        _check_use(self)
        _check_elements(self)
        _check_basis(self)
        _TIER_CHECKS[self.tier](self)

    @property
    def contributors(self) -> frozenset[str]:
        """Parties that put data in."""
        return self.having(Role.CONTRIBUTOR)

    def having(self, role: Role) -> frozenset[str]:
        """Parties in that role."""
        return frozenset(party.org_id for party in self.parties if role in party.roles)

    def party(self, org_id: str) -> Party | None:
        """The party of that id, if it is bound."""
        return next((party for party in self.parties if party.org_id == org_id), None)

    def signatory(self, person_id: str) -> Signatory | None:
        """The person of that id, if they may sign."""
        return next((signatory for signatory in self.signatories if signatory.person_id == person_id), None)

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785)."""
        return document.to_bytes(self, schema=_SCHEMA)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal: what statements name."""
        return canonical.digest(self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Terms":
        """Read canonical bytes; an unknown or missing field refuses."""
        return _read(data)


@lru_cache(maxsize=256)
def _read(data: bytes) -> Terms:
    return document.from_bytes(Terms, data, schema=_SCHEMA)


def _check_identity(terms: Terms) -> None:
    wording.check_id(terms.id, "id")
    wording.check_text(terms.title, "title")
    for name in ("template", "research_question", "instructional_aim", "benefit_to_families"):
        wording.check_optional_text(getattr(terms, name), name)
    if terms.version < 1 or (terms.version == 1) != (terms.prev_digest is None):
        raise TermsError("version: the first is 1 and has no prev_digest; every later one names the digest before it")
    if terms.prev_digest is not None:
        wording.check_hex(terms.prev_digest, "prev_digest", length=64)
    if len(set(terms.parent_ids)) != len(terms.parent_ids) or terms.id in terms.parent_ids:
        raise TermsError("parent_ids: each parent stands once, and no agreement is its own parent")
    for parent in terms.parent_ids:
        wording.check_id(parent, "parent_ids")
    instants.check(terms.effective_from, "effective_from")
    instants.check(terms.effective_until, "effective_until")
    if terms.effective_from >= terms.effective_until:
        raise TermsError("effective_until: an agreement ends after it begins")
    if not 1 <= terms.destroy_within_days <= _LONGEST_DESTRUCTION_DAYS:
        raise TermsError(f"destroy_within_days: give a period of 1 to {_LONGEST_DESTRUCTION_DAYS} days")
    keys = [article.key for article in terms.articles]
    if len(set(keys)) != len(keys):
        raise TermsError("articles: each key stands once")


def _check_use(terms: Terms) -> None:
    named = terms.purposes | terms.prohibited_purposes
    if unknown := sorted(purpose for purpose in named if not purposes.is_known(purpose)):
        raise TermsError(f"purposes: {unknown[0]!r} is not in the tree of purposes")
    if not terms.purposes:
        raise TermsError("purposes: name at least one")
    if both := sorted(purpose for purpose in terms.purposes if purposes.covers(terms.prohibited_purposes, purpose)):
        raise TermsError(f"purposes: {both[0]} is permitted and prohibited")
    if not terms.outputs or not terms.outputs <= set(Output):
        raise TermsError(f"outputs: name at least one of {', '.join(Output)}")
    if not 0 <= terms.output_checkers <= _MOST_CHECKERS:
        raise TermsError(f"output_checkers: give a number from 0 to {_MOST_CHECKERS}")
    for person in terms.permitted_users:
        wording.check_id(person, "permitted_users")
    for org in terms.recipients:
        wording.check_id(org, "recipients")
    if terms.catalogue_digest:
        wording.check_hex(terms.catalogue_digest, "catalogue_digest", length=64)


def _check_elements(terms: Terms) -> None:
    listed = [elements.parse(text) for text in sorted(terms.elements)]
    if strangers := sorted({element.org for element in listed} - terms.contributors):
        raise TermsError(f"elements: {strangers[0]} is not a contributor of this agreement")
    bounded = {table for table, _ in terms.privacy.rows_per_person}
    if unbounded := sorted({element.table for element in listed} - bounded):
        raise TermsError(f"rows_per_person: say how many rows of a person count in {unbounded[0]}")
    joined = any(element.use is elements.ElementUse.JOIN for element in listed)
    if listed and not terms.linkage_allowed and joined and len(terms.contributors) > 1:
        raise TermsError("linkage_allowed: data elements are listed for joining, but linkage is not allowed")
    if listed and not terms.catalogue_digest:
        raise TermsError("catalogue_digest: a list of data elements names the catalogue that describes them")


def _check_basis(terms: Terms) -> None:
    orgs = [basis.org_id for basis in terms.basis]
    if len(set(orgs)) != len(orgs) or not terms.contributors.issuperset(orgs):
        raise TermsError("basis: one entry for each contributor, and none for others")
    if any(basis.basis is LegalBasis.FERPA_STUDIES for basis in terms.basis) and not terms.instructional_aim:
        raise TermsError("instructional_aim: a study under 34 CFR 99.31(a)(6) names how it will improve instruction")


def _check_memorandum(terms: Terms) -> None:
    if terms.parent_ids or terms.elements or terms.permitted_users:
        raise TermsError("a memorandum has no parent, and lists no data element and no permitted user")
    if not terms.contributors:
        raise TermsError("parties: a memorandum has at least one contributor")
    if not terms.privacy.contributor_epsilon_total_micro or not terms.privacy.community_epsilon_total_micro:
        raise TermsError("privacy: a memorandum states the contributor's and the community's limits")


def _check_below_memorandum(terms: Terms) -> None:
    if terms.privacy.contributor_epsilon_total_micro or terms.privacy.community_epsilon_total_micro:
        raise TermsError("privacy: the contributor's and the community's limits stand in the memorandum")
    listed = {elements.parse(text).org for text in terms.elements}
    if silent := sorted(terms.contributors - listed):
        raise TermsError(f"elements: list the data elements of {silent[0]}")


def _check_sharing(terms: Terms) -> None:
    if len(terms.contributors) != 1 or len(terms.parent_ids) != 1:
        raise TermsError("a data-sharing agreement has one contributor, and the memorandum as its one parent")
    if not terms.basis:
        raise TermsError("basis: a data-sharing agreement states the contributor's legal basis")
    _check_below_memorandum(terms)


def _check_licence(terms: Terms) -> None:
    if not terms.contributors or len(terms.parent_ids) < _LEAST_LICENCE_PARENTS:
        raise TermsError("a licence has contributors, and as parents the memorandum and each data-sharing agreement")
    if not terms.permitted_users:
        raise TermsError("permitted_users: a licence names the people who may ask")
    if not terms.recipients or not terms.recipients <= terms.having(Role.RECIPIENT):
        raise TermsError("recipients: a licence names its recipients, and they are parties in that role")
    _check_below_memorandum(terms)


_TIER_CHECKS = {Tier.MOU: _check_memorandum, Tier.DSA: _check_sharing, Tier.DUL: _check_licence}
