"""Whether an agreement stays inside the agreements above it: a child may only narrow its parent.

It judges terms, not standing.  Rules:

* sets by inclusion and limits as whole numbers; privacy limits after conversion into the privacy loss that adds, which
  the caller passes in, since ε alone does not compare;
* every breach is named at once, with what the child says and what the parent holds;
* a licence is compared with a data-sharing agreement in what it takes from that contributor;
* a parent's empty list of people or recipients, and a memorandum's empty list of data elements, limits nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from agreements import elements, instants, prose, purposes
from agreements.basis import LegalBasis
from agreements.terms import Redisclosure, Terms, Tier

RhoOf = Callable[[int, int], int]
"""(ε in millionths, δ in 10^-12) -> billionths of the privacy loss that adds, rounded down."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One field in which the child is wider; `clause` is the clause of the parent that holds."""

    field: str
    sentence: str
    clause: str


def breaches(child: Terms, parents: Sequence[Terms], *, rho_of: RhoOf) -> tuple[Breach, ...]:
    """Every field in which `child` is wider than one of `parents`; also parents that are missing or do not belong."""
    unfit = (Breach("parent_ids", sentence, prose.cite("parent_ids")) for sentence in _unfit(child, parents))
    return (*unfit, *(breach for parent in parents for breach in _wider(child, parent, rho_of)))


def _unfit(child: Terms, parents: Sequence[Terms]) -> Iterator[str]:
    given = [parent.id for parent in parents]
    if sorted(given) != sorted(child.parent_ids):
        yield f"{child.id} names the parents {_named(child.parent_ids)}, and the parents shown are {_named(given)}."
    for parent in parents:
        if parent.tier not in _ABOVE[child.tier]:
            yield f"{child.id} is a {child.tier.value}, and {parent.id} is a {parent.tier.value}, not above it."
    memoranda = sum(parent.tier is Tier.MOU for parent in parents)
    if child.tier is not Tier.MOU and memoranda != 1:
        yield f"{child.id} stands under {memoranda} memoranda, and must stand under one."
    if child.tier is Tier.DUL:
        sharing = [org for parent in parents if parent.tier is Tier.DSA for org in parent.contributors]
        for org in sorted(child.contributors | set(sharing)):
            needed = int(org in child.contributors)
            if sharing.count(org) != needed:
                yield f"{child.id} needs {needed} data-sharing agreements of {org}, and has {sharing.count(org)}."


_ABOVE = {Tier.MOU: frozenset[Tier](), Tier.DSA: frozenset({Tier.MOU}), Tier.DUL: frozenset({Tier.MOU, Tier.DSA})}


_Wider = Iterator[tuple[str, str, str]]
"""(field, what the child says, what the parent holds)"""


def _wider(child: Terms, parent: Terms, rho_of: RhoOf) -> Iterator[Breach]:
    for field, says, holds in (
        *_in_sets(child, parent),
        *_in_numbers(child, parent),
        *_in_rows(child, parent),
        *_in_losses(child, parent, rho_of),
        *_in_kind(child, parent),
    ):
        sentence = f"{field}: {child.id} says {says}, where {parent.id} holds {holds}."
        yield Breach(field, sentence, f"{prose.cite(field)}, of {parent.id}")


def _in_sets(child: Terms, parent: Terms) -> _Wider:
    below = frozenset(purpose for purpose in child.purposes if purposes.covers(parent.purposes, purpose))
    over = {
        "purposes": child.purposes - below,
        "outputs": child.outputs - parent.outputs,
        "recipients": child.recipients - (parent.recipients or child.recipients),
        "permitted_users": child.permitted_users - (parent.permitted_users or child.permitted_users),
        "contributors": child.contributors - parent.contributors if parent.tier is Tier.MOU else frozenset[str](),
        "elements": _taken(child, parent) - parent.elements if parent.elements else frozenset[str](),
    }
    for field, names in over.items():
        if names:
            yield field, _named(names), _named(getattr(parent, field)) if field != "elements" else "a list without them"
    kept = child.prohibited_purposes
    if lost := [purpose for purpose in parent.prohibited_purposes if not purposes.covers(kept, purpose)]:
        yield "prohibited_purposes", f"nothing against {_named(lost)}", _named(parent.prohibited_purposes)


def _taken(child: Terms, parent: Terms) -> frozenset[str]:
    """The child's data elements of the contributors that the parent speaks for."""
    return frozenset(text for text in child.elements if elements.parse(text).org in parent.contributors)


def _in_numbers(child: Terms, parent: Terms) -> _Wider:
    for field in ("privacy.delta_e12", "destroy_within_days", "effective_until", "linkage_allowed"):
        says, holds = _value(child, field), _value(parent, field)
        if says > holds:
            yield field, _written(says), f"{_written(holds)} at most"
    for field in ("privacy.min_cell", "output_checkers", "effective_from"):
        says, holds = _value(child, field), _value(parent, field)
        if says < holds:
            yield field, _written(says), f"{_written(holds)} at least"


def _value(terms: Terms, field: str) -> Any:
    return attrgetter(field)(terms)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return instants.write(value)
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _in_rows(child: Terms, parent: Terms) -> _Wider:
    held = dict(parent.privacy.rows_per_person)
    for table, rows in child.privacy.rows_per_person:
        if table in held and rows > held[table]:
            yield "privacy.rows_per_person", f"{rows} in {table}", f"{held[table]} at most"
        if table not in held and parent.tier is Tier.MOU:
            yield "privacy.rows_per_person", f"{rows} in {table}", "no rows of that table"


def _in_losses(child: Terms, parent: Terms, rho_of: RhoOf) -> _Wider:
    for field in ("epsilon_total_micro", "epsilon_query_max_micro"):
        says, holds = (getattr(terms.privacy, field) for terms in (child, parent))
        if rho_of(says, child.privacy.delta_e12) > rho_of(holds, parent.privacy.delta_e12):
            deltas = child.privacy.delta_e12, parent.privacy.delta_e12
            yield f"privacy.{field}", f"{says} at delta_e12 {deltas[0]}", f"{holds} at delta_e12 {deltas[1]} at most"


def _in_kind(child: Terms, parent: Terms) -> _Wider:
    order = list(Redisclosure)
    if order.index(child.redisclosure) > order.index(parent.redisclosure):
        yield "redisclosure", child.redisclosure.value, f"{parent.redisclosure.value} at most"
    if parent.catalogue_digest and child.catalogue_digest != parent.catalogue_digest:
        yield "catalogue_digest", child.catalogue_digest or "no catalogue", parent.catalogue_digest
    studies = any(basis.basis is LegalBasis.FERPA_STUDIES for basis in parent.basis)
    if studies and not child.instructional_aim:
        yield "instructional_aim", "nothing", "a study that needs one (34 CFR 99.31(a)(6))"


def _named(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
