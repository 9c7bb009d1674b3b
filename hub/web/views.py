"""What the page shows, worked out from what the actions return: texts and numbers, ready to be set.

It decides nothing and sees no record.  Rules: every released number comes with its range; a bar is drawn in ρ, the unit
that adds up, and its numbers are told in ε; tables are shown to parties of the licence alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agreements import instants, prose, purposes
from agreements.standing import Standing, State
from agreements.terms import Tier
from hub.actions import agree
from hub.actions.accounts import COMMUNITY, of_agreement, of_contributor
from hub.actions.actor import Actor
from hub.actions.latest import latest
from hub.actions.oversee import Line, budget
from hub.actions.publish import Published, of_licence
from hub.web.tables import Table, table
from hub.web.told import Names, Told, tell
from hub.wiring import Hub

_MICRO = 1_000_000
_LOOKED_AT = 400
_TOLD = 14
_ONE_PERCENT = 10
_TIERS = {
    Tier.MOU: "Memorandum of understanding",
    Tier.DSA: "Data-sharing agreement",
    Tier.DUL: "Data-use licence",
}
_TONES = {State.IN_FORCE: "go", State.PROPOSED: "wait", State.PARTLY_SIGNED: "wait", State.DRAFT: "wait"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement: `word` is where it stands in a word, `tone` how it is coloured."""

    id: str
    title: str
    tier: str
    whose: str
    word: str
    tone: str
    described: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the budget; `spent` is in thousandths of its limit of ρ."""

    name: str
    spent: int
    epsilon_spent: str
    epsilon_limit: str

    @property
    def percent(self) -> str:
        """How much is spent, for a reader."""
        return "less than 1 %" if 0 < self.spent < _ONE_PERCENT else f"{self.spent / _ONE_PERCENT:.0f}\u00a0%"


@dataclass(frozen=True, slots=True)
class Release:
    """One release with its table."""

    id: str
    title: str
    purpose: str
    when: str
    asked_by: str
    epsilon: str
    confidence: str
    min_cell: int
    contributors: str
    plan: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page.  `releases` is None for those who did not sign in."""

    name: str
    operator: str
    above: tuple[Agreement, ...]
    sharing: tuple[Agreement, ...]
    in_force: int
    stopped: str
    releases: tuple[Release, ...] | None
    community: Account | None
    accounts: tuple[Account, ...]
    custodians: tuple[Account, ...]
    journal: tuple[Told, ...]
    person: str
    org: str


def page(hub: Hub, actor: Actor | None) -> Page:
    """Everything that this reader may see."""
    standings = agree.everything(hub)
    names = Names(
        orgs={party.org_id: party.legal_name for each in standings for party in each.terms.parties},
        titles={each.terms.id: each.terms.title for each in standings},
    )
    lines = {line.account: line for line in budget(hub)}
    shown = [(each.terms.tier, _agreement(each, names)) for each in standings]
    stopped = sorted({org for each in standings for org in each.suspended_by})
    contributors = sorted({org for each in standings for org in each.terms.contributors})
    return Page(
        name=hub.settings.name,
        operator=names.org(hub.settings.operator),
        above=tuple(each for tier, each in shown if tier is not Tier.DSA),
        sharing=tuple(each for tier, each in shown if tier is Tier.DSA),
        in_force=sum(each.state is State.IN_FORCE for each in standings),
        stopped=names.orgs_in_words(stopped),
        releases=None if actor is None else _releases(hub, actor, standings, names),
        community=_account(lines.get(COMMUNITY), "The whole community"),
        accounts=_known(
            (lines.get(of_agreement(each.terms.id)), each.terms.title)
            for each in standings
            if each.terms.tier is not Tier.DSA
        ),
        custodians=_known((lines.get(of_contributor(org)), names.org(org)) for org in contributors),
        journal=tell(latest(hub, _LOOKED_AT), names, most=_TOLD),
        person=actor.person if actor else "",
        org=names.org(actor.org) if actor else "",
    )


def _agreement(standing: Standing, names: Names) -> Agreement:
    terms = standing.terms
    contributors = sorted(terms.contributors)
    out = standing.state is State.IN_FORCE and bool(standing.suspended_by)
    return Agreement(
        id=terms.id,
        title=terms.title,
        tier=_TIERS[terms.tier],
        whose=names.orgs_in_words(contributors),
        word="in force, in part" if out else standing.state.value.replace("_", " "),
        tone="wait" if out else _TONES.get(standing.state, "stop"),
        described=prose.describe(standing),
        next_step=standing.next_step,
    )


def _releases(hub: Hub, actor: Actor, standings: Sequence[Standing], names: Names) -> tuple[Release, ...]:
    """Newest first, of every licence whose party the actor's organisation is."""
    mine = [
        each.terms.id
        for each in standings
        if each.terms.tier is Tier.DUL and actor.org in {party.org_id for party in each.terms.parties}
    ]
    found = [published for licence in mine for published in of_licence(hub, actor, licence)]
    return tuple(_release(each, names) for each in sorted(found, key=lambda one: one.released_at, reverse=True))


def _release(published: Published, names: Names) -> Release:
    document = published.document
    about, shown = document.circumstances, table(document)
    keys = " and ".join(shown.keys)
    return Release(
        id=published.id,
        title=", ".join(shown.statistics) + (f" by {keys}" if keys else ""),
        purpose=purposes.words(about.purpose),
        when=instants.words(published.released_at),
        asked_by=f"{about.person} of {names.org(about.org)}",
        epsilon=_epsilon(document.loss.epsilon_micro),
        confidence=f"{(document.confidence * 100).normalize():f}\u00a0%",
        min_cell=document.min_cell,
        contributors=", ".join(names.org(each) for each in about.contributors),
        plan=document.plan,
        table=shown,
    )


def _known(found: Iterable[tuple[Line | None, str]]) -> tuple[Account, ...]:
    accounts = (_account(line, name) for line, name in found)
    return tuple(each for each in accounts if each is not None)


def _account(line: Line | None, name: str) -> Account | None:
    if line is None or line.rho_limit < 1:
        return None
    return Account(
        name=name,
        spent=min(1000, line.rho_spent * 1000 // line.rho_limit) or int(line.rho_spent > 0),
        epsilon_spent=_epsilon(line.epsilon_spent_micro),
        epsilon_limit=_epsilon(line.epsilon_limit_micro),
    )


def _epsilon(micro: int) -> str:
    return f"{Decimal(micro) / _MICRO:.2f}"
