"""A child that has no breach never allows what a parent refuses; every widening is named."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isqrt, log, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements import purposes
from agreements.containment import breaches
from agreements.terms import Redisclosure, Terms, Tier
from tests.agreements.community import END, SECOND, START, licence, memorandum, sharing


def rho_of(epsilon_micro: int, delta_e12: int) -> int:
    """The textbook conversion of zCDP, rounded down to billionths."""
    limit = log(1e12 / delta_e12)
    return int(1e9 * (sqrt(limit + epsilon_micro / 1e6) - sqrt(limit)) ** 2)


MOU, ALDER, PRAIRIE, DUL = memorandum(), sharing("alder"), sharing("prairie"), licence()
ABOVE = (MOU, ALDER, PRAIRIE)


def fields(child: Terms, parents: Sequence[Terms]) -> set[str]:
    return {breach.field for breach in breaches(child, parents, rho_of=rho_of)}


def test_the_agreements_of_the_templates_stand_inside_each_other() -> None:
    assert breaches(MOU, (), rho_of=rho_of) == ()
    assert breaches(ALDER, (MOU,), rho_of=rho_of) == ()
    assert breaches(PRAIRIE, (MOU,), rho_of=rho_of) == ()
    assert breaches(DUL, ABOVE, rho_of=rho_of) == ()


def privacy(terms: Terms, **change: Any) -> Terms:
    return replace(terms, privacy=replace(terms.privacy, **change))


WIDER: dict[str, tuple[str, Callable[[], Terms]]] = {
    "begins earlier": ("effective_from", lambda: replace(DUL, effective_from=START - SECOND)),
    "ends later": ("effective_until", lambda: replace(DUL, effective_until=END + SECOND)),
    "another purpose": ("purposes", lambda: replace(DUL, purposes=DUL.purposes | {"research"})),
    "a purpose above a permitted one": ("purposes", lambda: replace(DUL, purposes=frozenset({"public_health"}))),
    "a prohibition dropped": ("prohibited_purposes", lambda: replace(DUL, prohibited_purposes=frozenset({"sale"}))),
    "a prohibition of a part": (
        "prohibited_purposes",
        lambda: replace(
            DUL, prohibited_purposes=DUL.prohibited_purposes - {"individual_decision"} | {"teacher_ranking"}
        ),
    ),
    "another kind of result": ("outputs", lambda: replace(DUL, outputs=DUL.outputs | {"histogram"})),
    "a smaller cell": ("privacy.min_cell", lambda: privacy(DUL, min_cell=10)),
    "a larger delta": ("privacy.delta_e12", lambda: privacy(DUL, delta_e12=2)),
    "a larger total": ("privacy.epsilon_total_micro", lambda: privacy(DUL, epsilon_total_micro=4_000_001)),
    "a larger question": ("privacy.epsilon_query_max_micro", lambda: privacy(DUL, epsilon_query_max_micro=1_000_001)),
    "more rows of a person": (
        "privacy.rows_per_person",
        lambda: privacy(DUL, rows_per_person=tuple((t, n + (t[0] == "s")) for t, n in DUL.privacy.rows_per_person)),
    ),
    "longer retention": ("destroy_within_days", lambda: replace(DUL, destroy_within_days=91)),
    "wider redisclosure": ("redisclosure", lambda: replace(DUL, redisclosure=Redisclosure.PUBLIC_AFTER_CHECK)),
    "another catalogue": ("catalogue_digest", lambda: replace(DUL, catalogue_digest="a" * 64)),
    "no instructional aim": ("instructional_aim", lambda: replace(DUL, instructional_aim="")),
}  # fmt: skip


@pytest.mark.parametrize("name", WIDER)
def test_every_widening_is_named(name: str) -> None:
    field, make = WIDER[name]
    above = tuple(replace(one, redisclosure=Redisclosure.LISTED) for one in ABOVE)
    child = make()
    found = breaches(child, above, rho_of=rho_of)
    assert {breach.field for breach in found} == {field}
    assert all(breach.clause.startswith("clause ") and " of agr-" in breach.clause for breach in found)
    assert all(child.id in breach.sentence for breach in found)


def test_a_breach_names_what_the_child_says_and_what_the_parent_holds() -> None:
    found = breaches(privacy(ALDER, min_cell=10), (MOU,), rho_of=rho_of)
    assert [breach.sentence for breach in found] == [
        "privacy.min_cell: agr-dsa-alder says 10, where agr-mou holds 11 at least."
    ]
    assert found[0].clause == "clause 13, Smallest group, of agr-mou"


def test_a_parent_that_demands_checkers_or_forbids_linkage_is_kept() -> None:
    strict = replace(MOU, output_checkers=2, linkage_allowed=False)
    assert fields(DUL, (strict, ALDER, PRAIRIE)) == {"output_checkers", "linkage_allowed"}


def test_a_memorandum_that_names_recipients_and_contributors_is_kept() -> None:
    other = replace(memorandum("prairie", "birch"), recipients=frozenset({"college"}))
    assert fields(DUL, (other, ALDER, PRAIRIE)) == {"recipients", "contributors"}


def test_people_that_a_parent_names_are_kept() -> None:
    assert fields(DUL, (MOU, replace(ALDER, permitted_users=frozenset({"ben"})), PRAIRIE)) == {"permitted_users"}


def test_an_element_or_use_that_the_contributor_did_not_list_is_named() -> None:
    for lost in ("alder/school_year/grade:filter", "alder/school_year/person:join"):
        narrow = replace(ALDER, elements=ALDER.elements - {lost})
        found = breaches(DUL, (MOU, narrow, PRAIRIE), rho_of=rho_of)
        assert [breach.field for breach in found] == ["elements"]
        assert lost in found[0].sentence


def test_a_table_that_the_memorandum_does_not_bound_is_named() -> None:
    narrow = privacy(MOU, rows_per_person=(("condition", 10),))
    assert fields(ALDER, (narrow,)) == {"privacy.rows_per_person"}


def test_epsilon_alone_does_not_compare() -> None:
    parent = privacy(MOU, epsilon_total_micro=4_000_000, delta_e12=1_000)
    child = privacy(ALDER, epsilon_total_micro=3_900_000, delta_e12=1_000)
    assert fields(child, (parent,)) == set()
    strict = privacy(MOU, epsilon_total_micro=4_000_000, delta_e12=1)
    assert "privacy.epsilon_total_micro" in fields(child, (strict,))


@pytest.mark.parametrize(
    ("child", "parents"),
    [
        (DUL, (MOU, ALDER)),
        (DUL, (ALDER, PRAIRIE)),
        (DUL, ()),
        (DUL, (*ABOVE, sharing("birch"))),
        (DUL, (*ABOVE, ALDER)),
        (replace(DUL, parent_ids=("agr-mou", "agr-dsa-alder")), (MOU, ALDER)),
        (ALDER, ()),
        (ALDER, (MOU, PRAIRIE)),
        (ALDER, (replace(PRAIRIE, id="agr-mou", parent_ids=("agr-top",)),)),
        (ALDER, (replace(MOU, id="agr-other"),)),
        (MOU, (memorandum(id="agr-above"),)),
    ],
)
def test_parents_that_are_missing_or_do_not_belong_are_named(child: Terms, parents: tuple[Terms, ...]) -> None:
    assert "parent_ids" in fields(child, parents)


# --- invariant: a child never allows what its parent refuses, by enumeration of the finite terms ---------------------


@dataclass(frozen=True)
class Question:
    """One finite request, as the law of agreements sees it."""

    purpose: str
    element: str
    output: str
    person: str
    org: str
    at: datetime
    rho: int
    rows: tuple[str, int]
    cell: int


def permits(terms: Terms, question: Question, limit: int) -> bool:
    """What the terms say, read naively: every limit that they state (`limit` is a question's), and nothing else."""
    org, line = question.element.split("/")[0], purposes.ancestors(question.purpose)
    return (
        question.rho <= limit
        and question.cell >= terms.privacy.min_cell
        and terms.effective_from <= question.at < terms.effective_until
        and any(above in terms.purposes for above in line)
        and not any(above in terms.prohibited_purposes for above in line)
        and (org in terms.contributors or terms.tier is Tier.DSA)
        and (question.element in terms.elements or terms.tier is Tier.MOU or org not in terms.contributors)
        and question.output in terms.outputs
        and question.person in (terms.permitted_users or {question.person})
        and question.org in (terms.recipients or {question.org})
        and (question.rows[0], question.rows[1]) in bounded(terms, question.rows)
    )


def bounded(terms: Terms, rows: tuple[str, int]) -> set[tuple[str, int]]:
    """`rows` if the terms let so many rows of that table count, or say nothing of a table that is not theirs."""
    most = dict(terms.privacy.rows_per_person).get(rows[0])
    return {rows} if (most is None and terms.tier is Tier.DSA) or (most is not None and rows[1] <= most) else set()


def allowed_by(terms: Terms) -> set[Question]:
    limit = rho_of(terms.privacy.epsilon_query_max_micro, terms.privacy.delta_e12)
    return {question for question in QUESTIONS if permits(terms, question, limit)}


SAMPLE = ("alder/school_year/grade:filter", "alder/school_year/person:join", "prairie/condition/active:measure")
QUESTIONS = [
    Question(purpose, element, output, person, org, at, rho, rows, cell)
    for purpose, element, output, (person, org), at, rho, rows, cell in itertools.product(
        ("attendance", "asthma", "research", "teacher_ranking"),
        SAMPLE,
        ("count", "histogram"),
        (("ana", "university"), ("ben", "university"), ("ana", "college")),
        (START, END - SECOND, END),
        (rho_of(500_000, 1), rho_of(1_000_000, 1)),
        (("condition", 10), ("school_year", 4)),
        (10, 11, 12),
    )
]


@st.composite
def altered(draw: st.DrawFn, terms: Terms) -> Terms:
    """The terms with some fields widened or narrowed."""
    listed = terms.elements - set(draw(st.sets(st.sampled_from(SAMPLE[:2]))))
    rows = draw(st.sampled_from([3, 4]))
    change: dict[str, Any] = {
        "effective_until": END + draw(st.sampled_from([-1, 0, 1])) * timedelta(days=1),
        "purposes": draw(st.sampled_from([terms.purposes, terms.purposes | {"research"}, frozenset({"attendance"})])),
        "prohibited_purposes": draw(st.sampled_from([terms.prohibited_purposes, frozenset({"teacher_ranking"})])),
        "outputs": draw(st.sampled_from([frozenset({"count"}), frozenset({"count", "histogram"})])),
        "elements": listed,
        "privacy": replace(
            terms.privacy,
            min_cell=draw(st.sampled_from([10, 11, 12])),
            epsilon_query_max_micro=draw(st.sampled_from([500_000, 1_000_000])),
            rows_per_person=tuple((t, rows if t == "school_year" else n) for t, n in terms.privacy.rows_per_person),
        ),
    }
    if terms.tier is Tier.DUL:
        change["permitted_users"] = frozenset(draw(st.sets(st.sampled_from(["ana", "ben"]), min_size=1)))
    if terms.tier is Tier.DSA:
        change["permitted_users"] = frozenset(draw(st.sampled_from([(), ("ana",)])))
    return replace(terms, **change)


@settings(max_examples=60, deadline=None)
@given(altered(MOU), altered(ALDER), altered(DUL))
def test_a_child_without_breach_never_allows_what_a_parent_refuses(mou: Terms, alder: Terms, dul: Terms) -> None:
    for child, parents in ((alder, (mou,)), (dul, (mou, alder, PRAIRIE))):
        if breaches(child, parents, rho_of=rho_of):
            continue
        for parent in parents:
            stated = replace(child, recipients=child.recipients or parent.recipients)  # empty says nothing of its own
            assert not allowed_by(stated) - allowed_by(parent)


@settings(max_examples=25, deadline=None)
@given(altered(DUL))
def test_terms_stand_inside_themselves(terms: Terms) -> None:
    assert {breach.field for breach in breaches(terms, (terms,), rho_of=rho_of)} <= {"parent_ids"}


def test_the_conversion_used_here_is_monotonous() -> None:
    assert all(rho_of(isqrt(n) * 1000, 1) <= rho_of(isqrt(n) * 1000 + 1, 1) for n in range(50))
