"""Names go wrong in ways that leave a name, and another one."""

from collections.abc import Callable
from random import Random

import pytest

from hub.demo.community import names, spelling
from hub.demo.community.households import Phones

EVERY_NAME = sorted({*names.GIRLS, *names.BOYS, *names.SPANISH_GIRLS, *names.SURNAMES, *names.SPANISH_SURNAMES})


@pytest.mark.parametrize("spoil", [spelling.slip, spelling.by_ear])
def test_a_spoiled_name_differs_from_every_name_it_was_and_keeps_its_first_letter(
    spoil: Callable[[str, Random], str],
) -> None:
    random = Random(3)
    for name in EVERY_NAME * 5:
        spoiled = spoil(name, random)
        assert spoiled.strip()
        assert spoiled != name
        assert spoiled[0] == name[0]


def test_two_surnames_are_written_in_five_ways() -> None:
    random = Random(5)
    assert {spelling.two_surnames(("García", "De La Cruz"), random) for _ in range(500)} == {
        ("García De La Cruz", "both"),
        ("García-De La Cruz", "hyphenated"),
        ("García", "first only"),
        ("De La Cruz", "second only"),
        ("Garcíade la cruz", "together"),
    }


@pytest.mark.parametrize(("name", "plain"), [("Núñez", "Nunez"), ("José Luis", "Jose Luis"), ("O'Brien", "O'Brien")])
def test_accents_are_lost_and_nothing_else(name: str, plain: str) -> None:
    assert spelling.plain(name) == plain


def test_a_street_is_written_in_full() -> None:
    assert spelling.street_in_full("12 Park Ave Apt 3") == "12 Park Avenue Unit 3"


def test_nobody_shares_a_phone_number() -> None:
    phones = Phones(Random(1), used=frozenset({"2015550100"}))
    numbers = [phones.next() for _ in range(30_000)]
    assert len(set(numbers)) == len(numbers)
    assert "2015550100" not in numbers
