"""From a question to everything that is judged and charged for it.  No record is read here.

It decides and charges nothing.  Rules:

* the outcome depends on the question, the agreements, the catalogue and the accounts, never on records;
* data elements are named with their custodian and with each way in which the question uses them;
* the loss that is judged is the one that will be charged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from agreements import canonical
from agreements.catalogue import PERSON, Catalogue, LegalClass
from agreements.standing import Standing
from agreements.terms import Terms
from hub.actions import accounts
from hub.actions.accounts import Ledgered
from hub.actions.actor import Actor
from hub.actions.asked import Asked
from hub.actions.facts import facts
from hub.actions.spoken import in_epsilon
from hub.actions.standings import Family, family
from hub.errors import NotFoundError
from hub.privacy.calibrated import Calibrated
from hub.privacy.mechanism import calibrate
from hub.privacy.offer import Offer
from hub.privacy.plan import bounds
from hub.query.check import ask as read_question
from hub.query.digest import measured_digest
from hub.query.expression import Use
from hub.query.model import Question, contributors, scans
from hub.store import agreements, clock
from hub.store.transaction import Reading
from hub.wiring import Hub
from policies.decision import Decision, decide
from policies.request import AskRequest

_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A question that was understood, bounded and priced; nothing about it can change any more."""

    asked: Asked
    question: Question
    calibrated: Calibrated

    @property
    def contributors(self) -> frozenset[str]:
        """The custodians whose files the question opens."""
        return contributors(self.question)

    @property
    def measured_sha256(self) -> str:
        """What is measured, how it is bounded and at which loss: by this the same question is found again."""
        named = {"measured": measured_digest(self.calibrated.bounds.question), "rho": self.calibrated.rho}
        return canonical.digest(canonical.encode(named))

    @property
    def tables(self) -> int:
        """How many tables are read, which sets the public deadline of the answer."""
        return sum(1 for _ in scans(self.question.source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The standing of the agreements and accounts at one instant, and the decision on a question."""

    at: datetime
    family: Family
    ledgered: Ledgered
    decision: Decision


def price(hub: Hub, tx: Reading, actor: Actor, asked: Asked) -> Priced:
    """Understand, check, bound and price a question.

    Raises `NotFoundError` for a licence that is unknown or somebody else's, `QueryError` with every problem, and the
    errors of `hub.privacy`.
    """
    terms = licence_terms(tx, asked.project)
    _check_party(terms, actor)
    question = read_question(asked.sql, hub.catalogue)
    offer = Offer(
        epsilon_micro=asked.epsilon_micro,
        within=asked.within,
        delta_e12=terms.privacy.delta_e12,
        confidence=asked.confidence,
    )
    limits = row_bounds(terms, hub.catalogue, asked.rows_per_person)
    bounded = bounds(
        question,
        rows_per_person=limits,
        catalogue=hub.catalogue,
        min_cell=smallest_cell(tx, terms),
    )
    calibrated = calibrate(bounded, offer)
    return Priced(asked=asked, question=question, calibrated=calibrated)


def judge(
    hub: Hub, tx: Reading, actor: Actor, priced: Priced, *, rho: int, own: Mapping[str, int] = _NOTHING
) -> Judged:
    """Ask every agreement that the question touches whether it permits the loss `rho` now.

    `own` is what this very question was charged already, by account: at its release it is not counted against itself.
    """
    at = clock.instant(tx, hub.clock())
    found = family(tx, priced.asked.project, keyring=hub.keyring, at=at)
    _check_party(found.standing.terms, actor)
    ledgered = accounts.current(tx, accounts.touched(found, priced.contributors), own=own)
    request = _request(hub, actor, priced, rho, ledgered, at)
    judged = tuple(
        facts(each, ledgered.balances.get(accounts.of_agreement(each.terms.id)))
        for each in _touched(found, priced.contributors)
    )
    decision = decide(request, judged)
    told = in_epsilon(decision.reasons, found.standing.terms.privacy.delta_e12)
    return Judged(at=at, family=found, ledgered=ledgered, decision=replace(decision, reasons=told))


def licence_terms(tx: Reading, agreement: str) -> Terms:
    """The terms of a known agreement."""
    evidence = agreements.evidence(tx, agreement)
    if evidence is None:
        raise _no_licence(agreement)
    return Terms.from_bytes(evidence.terms)


def smallest_cell(tx: Reading, terms: Terms) -> int:
    """The strictest smallest cell of a licence and everything above it."""
    above = agreements.evidence_of(tx, terms.parent_ids).values()
    return max(each.privacy.min_cell for each in (terms, *(Terms.from_bytes(held.terms) for held in above)))


def row_bounds(terms: Terms, catalogue: Catalogue, wished: int | None = None) -> Mapping[str, int]:
    """The most rows of a person that count, for each table: the agreement's bound, or the question's if that is lower.

    A table that the licence does not name keeps the catalogue's bound, so that the question can be priced and refused
    with all its reasons at once.
    """
    hard = {table.name: table.hard_rows * len(table.custodian.keys) for table in catalogue.tables}
    agreed = {**hard, **dict(terms.privacy.rows_per_person)}
    return {table: min(rows, wished or rows) for table, rows in agreed.items()}


def data_elements(question: Question) -> frozenset[str]:
    """Every data element with its custodian and use, as agreements list them: `org/table/column:use`.

    Persons are counted in every table that is read, so the linkage column is always among them.
    """
    opened: dict[str, set[str]] = {}
    for scan in scans(question.source):
        opened.setdefault(scan.table, set()).update(scan.custodians)
    used = {(element.table, element.column, use.value) for element, use in question.uses}
    used |= {(table, PERSON, Use.JOIN.value) for table in opened}
    return frozenset(f"{org}/{table}/{column}:{use}" for table, column, use in used for org in opened.get(table, ()))


def _check_party(terms: Terms, actor: Actor) -> None:
    """A licence of others is as unknown as one that does not exist."""
    if actor.org not in {party.org_id for party in terms.parties}:
        raise _no_licence(terms.id)


def _no_licence(agreement: str) -> NotFoundError:
    return NotFoundError(f"there is no licence {agreement[:80]!r} of yours: ask your organisation for its id")


def _touched(found: Family, opened: frozenset[str]) -> tuple[Standing, ...]:
    """The licence, the data-sharing agreement of each contributor that is touched, and the memorandum."""
    sharing = [each for org in sorted(opened) if (each := found.sharing(org)) is not None]
    memorandum = [found.memorandum] if found.memorandum is not None else []
    return (found.standing, *sharing, *(each for each in memorandum if each is not found.standing))


def _request(hub: Hub, actor: Actor, priced: Priced, rho: int, ledgered: Ledgered, at: datetime) -> AskRequest:
    elements, balances = data_elements(priced.question), ledgered.balances
    remaining = {
        org: min(
            (each.rho_remaining for key, each in balances.items() if key.endswith(f"contributor/{org}")), default=0
        )
        for org in priced.contributors
    }
    community = balances.get(accounts.COMMUNITY)
    return AskRequest(
        person=actor.person,
        org=actor.org,
        project=priced.asked.project,
        purpose=priced.asked.purpose,
        contributors=priced.contributors,
        elements=elements,
        outputs=frozenset(statistic.kind.value for statistic in priced.question.statistics),
        rho=rho,
        delta_e18=0,
        at=at,
        catalogue_digest=hub.catalogue.digest,
        contributor_remaining=remaining,
        community_remaining=community.rho_remaining if community else 0,
        checkers=0,
        direct_identifiers=frozenset(each for each in elements if _is_identifier(each, hub.catalogue)),
    )


def _is_identifier(element: str, catalogue: Catalogue) -> bool:
    _, name, rest = element.split("/", 2)
    table = catalogue.table(name)
    column = table.column(rest.partition(":")[0]) if table else None
    return column is not None and column.legal_class is LegalClass.DIRECT_IDENTIFIER
