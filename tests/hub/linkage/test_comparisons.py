"""Shared kinds become levels, and levels become a weight."""

import pytest

from connectors.token_kinds import FIRST, Kind
from hub.linkage import parameters
from hub.linkage.comparisons import Birth, Given, Levels, Middle, Place, Sex, Surname, levels
from hub.linkage.scoring import score


def mask(*kinds: Kind) -> int:
    return sum(1 << (kind - FIRST) for kind in kinds)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), Levels(0, 0, 0, 0, 0, 0, 0)),
        ((Kind.BIRTH_ZIP,), Levels(Birth.SAME, 0, 0, 0, 0, 0, Place.ZIP)),
        ((Kind.BIRTH_GIVEN, Kind.BIRTH_GIVEN_START), Levels(Birth.SAME, Given.WHOLE, 0, 0, 0, 0, 0)),
        ((Kind.BIRTH_BOTH_NAMES,), Levels(Birth.SAME, Given.SWAPPED, 0, 0, 0, 0, 0)),
        ((Kind.BIRTH_PART,), Levels(Birth.SAME, 0, Surname.PART, Middle.NONE, Sex.NONE, 0, 0)),
        ((Kind.BIRTH_PART, Kind.BIRTH_PART_SEX), Levels(Birth.SAME, 0, Surname.PART, Middle.NONE, Sex.SAME, 0, 0)),
        ((Kind.BIRTH_GIVEN_OR_MIDDLE,), Levels(Birth.SAME, Given.MIDDLE, 0, 0, 0, 0, 0)),
        ((Kind.BIRTH_GIVEN_OR_MIDDLE, Kind.BIRTH_MIDDLE), Levels(Birth.SAME, 0, 0, Middle.NAME, 0, 0, 0)),
        ((Kind.NAMES_YEAR,), Levels(Birth.YEAR, Given.PART, Surname.PART, 0, 0, 0, 0)),
        ((Kind.NAMES_SORTED_BIRTH, Kind.NAMES_YEAR), Levels(Birth.SWAPPED, Given.PART, Surname.PART, 0, 0, 0, 0)),
        ((Kind.PHONE_PART, Kind.PHONE_MONTH_DAY), Levels(Birth.MONTH_DAY, 0, Surname.PART, 0, 0, 1, 0)),
        ((Kind.ADDRESS_GIVEN_SOUND,), Levels(0, Given.SOUND, 0, 0, 0, 0, Place.ADDRESS)),
    ],
)
def test_shared_kinds_show_levels(kinds: tuple[Kind, ...], expected: Levels) -> None:
    assert levels(mask(*kinds)) == expected


def test_every_explanation_has_a_number_for_every_level() -> None:
    sizes = (len(Birth), len(Given), len(Surname), len(Middle), len(Sex), 2, len(Place))
    for tables in (parameters.SAME_BIRTH_DATE, parameters.ANOTHER_BIRTH_DATE):
        for table in tables.values():
            assert tuple(len(bits) for bits in table.levels) == sizes
            assert all(bit <= 0 for bits in table.levels for bit in bits)


NAMES = (Kind.BIRTH_GIVEN, Kind.BIRTH_GIVEN_PART, Kind.BIRTH_SURNAME, Kind.BIRTH_PART, Kind.BIRTH_PART_SEX)
HOME = (Kind.BIRTH_PHONE, Kind.BIRTH_ADDRESS, Kind.BIRTH_ZIP)


@pytest.mark.parametrize(
    ("kinds", "match"),
    [
        ((*NAMES, *HOME), True),
        (NAMES, True),
        ((Kind.BIRTH_SURNAME, Kind.BIRTH_PART, Kind.BIRTH_PART_SEX, *HOME), False),
        ((Kind.BIRTH_SURNAME, Kind.BIRTH_PART, *HOME), False),
        ((Kind.BIRTH_ZIP,), False),
        ((Kind.BIRTH_GIVEN,), False),
        ((Kind.NAMES_YEAR,), False),
        ((Kind.PHONE_PART, Kind.ADDRESS_PART), False),
        ((Kind.NAMES_PHONE, Kind.NAMES_ADDRESS, Kind.NAMES_YEAR_MONTH), True),
    ],
)
def test_the_weight_tells_one_child_from_twins_siblings_and_chance(kinds: tuple[Kind, ...], *, match: bool) -> None:
    scored = score(mask(*kinds))
    assert (scored.weight >= parameters.THRESHOLD) == match
    assert 0.0 <= scored.posterior <= 1.0
