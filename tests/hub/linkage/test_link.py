"""Records of one child meet, records of different children stay apart, and nothing depends on order or on strangers."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.records import Address
from connectors.token_kinds import TOKENS_VERSION, Kind
from hub.linkage import parameters
from hub.linkage.candidates import CAP
from hub.linkage.decide import decide
from hub.linkage.errors import TokensError
from hub.linkage.match import Linkage, Tokens, link
from hub.linkage.neighbourhoods import Neighbourhood
from hub.linkage.parameters import BRIDGE
from hub.linkage.scoring import Score
from tests.hub.linkage import families
from tests.hub.linkage.families import CUSTODIANS, Copy, altered, child, copies, keys, partition, tokens

ALL = frozenset(CUSTODIANS)


def linked(of: list[Copy], *, shuffle: int | None = None) -> Linkage:
    return link(tokens(of, shuffle=shuffle), known=None, random=keys(1))


def together(linkage: Linkage, one: Copy, other: Copy) -> bool:
    return linkage.persons[one.custodian, one.record] == linkage.persons[other.custodian, other.record]


def test_one_child_at_four_custodians_is_one_person() -> None:
    linkage = linked(copies(child(1, family=1), "a", CUSTODIANS))
    assert len(set(linkage.persons.values())) == 1
    assert linkage.summary.links == 6


@pytest.mark.parametrize(
    "altered_to",
    [
        {"given": ("Liv",), "preferred": "Livvy"},
        {"given": ("Olyvia",)},
        {"family": ("Petrov-Garcia",)},
        {"family": ("Baker",)},
        {"phones": (), "addresses": ()},
        {"birth_date": date(2009, 7, 4)},
        {"birth_date": date(2009, 4, 8)},
        {"birth_date": None},
        {"sex": "male"},
    ],
)
def test_one_slip_does_not_split_a_child(altered_to: dict[str, object]) -> None:
    clean = replace(
        child(1, family=3), given=("Olivia",), sex="female", family=("Petrov",), birth_date=date(2009, 4, 7)
    )
    here, there = copies(clean, "a", ("alder", "lakeside"))
    assert together(linked([here, altered(there, **altered_to)]), here, altered(there, **altered_to))


def test_twins_are_not_merged() -> None:
    one = copies(child(1, family=1), "one", CUSTODIANS)
    other = copies(child(2, family=1, twin_of=1), "other", CUSTODIANS)
    assert one[0].identity.birth_date == other[0].identity.birth_date
    assert partition(linked([*one, *other]).persons) == {
        frozenset((copy.custodian, copy.record) for copy in twin) for twin in (one, other)
    }


def test_a_twin_whose_name_is_not_known_is_left_alone() -> None:
    one, other = child(1, family=1), child(2, family=1, twin_of=1)
    at_school = [*copies(one, "one", ["alder"]), *copies(other, "other", ["alder"])]
    nameless = [altered(copy, given=("BABY",), middle="", sex="") for copy in copies(one, "baby", ["lakeside"])]
    linkage = linked([*at_school, *nameless])
    assert len(set(linkage.persons.values())) == 3


def test_two_pairs_within_the_margin_are_ambiguous_and_not_linked() -> None:
    (here,) = copies(child(1, family=1), "a", ["alder"])
    (there,) = copies(child(1, family=1), "b", ["lakeside"])
    again = replace(there, record=there.record ^ 1)
    linkage = linked([here, there, again])
    assert len(set(linkage.persons.values())) == 3
    assert linkage.summary.ambiguous == 2


def test_siblings_and_strangers_stay_apart() -> None:
    people = [
        *copies(child(1, family=1), "a", ALL),
        *copies(child(2, family=1), "b", ALL),
        *copies(child(3, family=2), "c", ALL),
    ]
    assert len(set(linked(people).persons.values())) == 3


def test_records_of_one_custodian_are_never_one_person() -> None:
    here = copies(child(1, family=1), "a", ["alder"]) + copies(child(1, family=1), "b", ["alder"])
    assert len(set(linked(here).persons.values())) == 2


def test_tokens_of_two_agreements_never_meet() -> None:
    here, there = copies(child(1, family=1), "a", ("alder", "lakeside"))
    mixed = {**tokens([here]), **tokens([there], secret=bytes(32))}
    assert len(set(link(mixed, known=None, random=keys(1)).persons.values())) == 2


def test_tokens_of_another_version_are_refused() -> None:
    made = tokens(copies(child(1, family=1), "a", ["alder"]))["alder"]
    with pytest.raises(TokensError, match=TOKENS_VERSION):
        Tokens(made.record, [kind + 64 for kind in made.kind], made.token)
    with pytest.raises(TokensError, match="one length"):
        Tokens([1, 2], [int(Kind.BIRTH_ZIP)], [3])


def test_a_token_that_too_many_hold_says_nothing() -> None:
    def held_by(many: int) -> int:
        kinds = [int(kind) for kind in Kind]
        one = Tokens([1] * len(kinds), kinds, kinds)
        rest = Tokens([n for n in range(many - 1) for _ in kinds], kinds * (many - 1), kinds * (many - 1))
        return link({"alder": one, "birch": rest}, known=None, random=keys(1)).summary.ambiguous

    assert held_by(CAP) == CAP - 1
    assert held_by(CAP + 1) == 0


def test_a_weak_pair_never_joins_two_groups_of_several() -> None:
    weak, strong = Score(BRIDGE - 1, 0.6), Score(5000, 1.0)
    custodian = (0, 1, 2, 3)

    def groups(pairs: dict[tuple[int, int], Score], before: set[tuple[int, int]]) -> int:
        around = Neighbourhood((0, 1, 2, 3), pairs)
        return len(decide(around, custodian, before=before, apart=()).groups)

    assert groups({(0, 1): strong, (2, 3): strong, (1, 2): weak}, set()) == 2
    assert groups({(0, 1): strong, (2, 3): strong, (1, 2): weak}, {(1, 2)}) == 1
    assert groups({(0, 1): strong, (1, 2): weak}, set()) == 2
    assert groups({(0, 1): strong, (2, 3): strong, (1, 2): Score(BRIDGE, 0.8)}, set()) == 1


def test_records_that_speak_against_each_other_do_not_meet_through_a_third() -> None:
    strong = Score(5000, 1.0)
    around = Neighbourhood((0, 1, 2), {(0, 1): strong, (1, 2): strong})
    assert len(decide(around, (0, 1, 2), before=(), apart=()).groups) == 1
    assert len(decide(around, (0, 1, 2), before=(), apart={(0, 2)}).groups) == 2


def test_nothing_is_linked_when_nothing_is_delivered() -> None:
    linkage = link({}, known=None, random=keys(1))
    assert linkage.persons == {}
    assert linkage.summary.persons == linkage.summary.j == linkage.summary.estimated_missed == 0


def test_the_summary_holds_numbers_and_texts_alone_and_names_its_versions() -> None:
    summary = linked(copies(child(1, family=1), "a", CUSTODIANS)).summary
    written = summary.to_json()
    assert {type(value) for value in written.values()} == {int, str}
    assert written["parameters"] == parameters.VERSION
    assert written["tokens"] == TOKENS_VERSION
    assert summary.by_custodian == tuple((custodian, 1) for custodian in sorted(CUSTODIANS))
    assert (summary.records, summary.persons, summary.ambiguous, summary.j) == (4, 1, 0, 0)


def test_no_representation_shows_a_token_or_a_record() -> None:
    people = copies(child(1, family=1), "a", CUSTODIANS)
    shown = repr(linked(people)) + repr(tokens(people))
    assert not any(str(copy.record) in shown for copy in people)


communities = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 3), st.booleans(), st.sets(st.sampled_from(CUSTODIANS), min_size=1)),
    min_size=1,
    max_size=8,
)


def community(drawn: list[tuple[int, int, bool, set[str]]]) -> list[Copy]:
    return [
        copy
        for place, (number, family, twin, where) in enumerate(drawn)
        for copy in copies(child(number, family=family, twin_of=family if twin else None), f"{place}", sorted(where))
    ]


@settings(max_examples=40, deadline=None)
@given(communities, st.integers(0, 1000))
def test_the_order_of_records_and_custodians_changes_nothing(
    drawn: list[tuple[int, int, bool, set[str]]], shuffle: int
) -> None:
    people = community(drawn)
    assert linked(people).persons == linked(people, shuffle=shuffle).persons


@settings(max_examples=40, deadline=None)
@given(communities)
def test_an_unrelated_family_that_leaves_changes_nothing_else(drawn: list[tuple[int, int, bool, set[str]]]) -> None:
    people = community(drawn)
    strangers = [
        altered(copy, phones=("2165550143",), addresses=(Address("9 Quarry Rd", "", "", "45999"),))
        for number in (101, 102)
        for copy in copies(child(number, family=99), f"{number}", CUSTODIANS)
    ]
    gone = {(copy.custodian, copy.record) for copy in strangers}
    with_them = partition(linked([*people, *strangers]).persons)
    assert {group for group in with_them if not group & gone} == partition(linked(people).persons)


@settings(max_examples=60, deadline=None)
@given(communities)
def test_a_child_who_leaves_flips_at_most_j_links_of_others(drawn: list[tuple[int, int, bool, set[str]]]) -> None:
    people = community(drawn)
    whole = linked(people)
    for person in set(whole.persons.values()):
        left = [copy for copy in people if whole.persons[copy.custodian, copy.record] != person]
        before = {pair for pair in pairs(whole.persons) if all(whole.persons[name] != person for name in pair)}
        assert len(before ^ pairs(linked(left).persons)) <= whole.summary.j


def pairs(persons: dict[tuple[str, int], int]) -> set[frozenset[tuple[str, int]]]:
    groups = partition(persons)
    return {frozenset((one, other)) for group in groups for one in group for other in group if one != other}


@settings(max_examples=40, deadline=None)
@given(communities)
def test_a_person_has_one_record_at_a_custodian(drawn: list[tuple[int, int, bool, set[str]]]) -> None:
    people = community(drawn)
    linkage = linked(people)
    assert set(linkage.persons) == set(families.truth(people))
    assert all(len({custodian for custodian, _ in group}) == len(group) for group in partition(linkage.persons))
