"""A person keeps its key, and no key is ever given to another."""

from dataclasses import replace

import pytest

from hub.linkage.errors import LinkageError
from hub.linkage.match import link
from hub.linkage.persons import keys as keys_of
from tests.hub.linkage.families import CUSTODIANS, altered, child, copies, keys, partition, tokens

NAMES = [("alder", 1), ("alder", 2), ("birch", 1), ("lakeside", 1)]


def test_a_group_that_was_known_keeps_its_key() -> None:
    found = keys_of([(0, 2), (1,), (3,)], NAMES, known={("birch", 1): 77}, random=keys(1))
    assert found["alder", 1] == found["birch", 1] == 77
    assert len(set(found.values())) == 3


def test_when_two_persons_are_one_the_key_of_the_first_record_stays() -> None:
    found = keys_of([(0, 2), (1,), (3,)], NAMES, known={("birch", 1): 5, ("alder", 1): 77}, random=keys(1))
    assert found["alder", 1] == found["birch", 1] == 77


def test_when_a_person_is_two_the_first_record_keeps_the_key() -> None:
    found = keys_of([(0,), (1,), (2,), (3,)], NAMES, known={("birch", 1): 77, ("lakeside", 1): 77}, random=keys(1))
    assert found["birch", 1] == 77
    assert len(set(found.values())) == 4


def test_a_key_that_was_ever_known_is_given_to_nobody_else() -> None:
    drawn = iter([77, 78, 79, 80, 81, 82])
    known = {("alder", 9): 77, ("alder", 1): 79}
    found = keys_of([(0,), (1,), (2,), (3,)], NAMES, known=known, random=lambda: next(drawn))
    assert list(found.values()) == [79, 78, 80, 81]


def test_a_source_of_keys_that_repeats_itself_is_refused() -> None:
    with pytest.raises(LinkageError, match="random"):
        keys_of([(0,), (1,)], NAMES[:2], known={}, random=lambda: 7)


def test_linking_again_changes_no_key() -> None:
    people = [*copies(child(1, family=1), "a", CUSTODIANS), *copies(child(2, family=1), "b", CUSTODIANS)]
    first = link(tokens(people), known=None, random=keys(1)).persons
    again = link(tokens(people, shuffle=3), known=first, random=keys(2)).persons
    assert again == first


def test_a_new_custodian_joins_the_person_that_is_known() -> None:
    people = copies(child(1, family=1), "a", CUSTODIANS)
    first = link(tokens(people[1:]), known=None, random=keys(1)).persons
    again = link(tokens(people), known=first, random=keys(2)).persons
    assert set(again.values()) == set(first.values())


def test_a_link_outlasts_a_rival_within_the_margin() -> None:
    here, there = copies(child(1, family=1), "a", ("alder", "lakeside"))
    rival = replace(there, record=there.record ^ 1)
    first = link(tokens([here, there]), known=None, random=keys(1)).persons
    again = link(tokens([here, there, rival]), known=first, random=keys(2)).persons
    assert {name: again[name] for name in first} == first
    assert len(partition(again)) == 2


def test_a_link_that_nothing_speaks_for_any_more_is_undone() -> None:
    here, there = copies(child(1, family=1), "a", ("alder", "lakeside"))
    first = link(tokens([here, there]), known=None, random=keys(1)).persons
    corrected = altered(there, given=("Zora",), middle="Q", family=("Ilves",), sex="", phones=(), addresses=())
    again = link(tokens([here, corrected]), known=first, random=keys(2)).persons
    assert again["alder", here.record] == first["alder", here.record]
    assert again["lakeside", there.record] != first["lakeside", there.record]
