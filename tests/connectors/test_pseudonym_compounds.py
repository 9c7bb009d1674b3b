"""Every token stands for a value tied to an anchor; here is what each kind ties."""

from dataclasses import fields, replace
from datetime import date

import pytest

from connectors.compounds import compounds, normalised
from connectors.records import Address, Identity
from connectors.token_kinds import PLACES, TOKENS_VERSION, VERSION, Kind

CHILD = Identity(
    given=("Alejandra",),
    middle="Luz",
    family=("García-López",),
    preferred="Alex",
    birth_date=date(2012, 3, 4),
    sex="female",
    phones=("614-555-0143",),
    addresses=(Address("12 Oak St Apt 3", "Alder Falls", "OH", "45901"),),
)

EXPECTED = {
    Kind.BIRTH_GIVEN: ("2012-03-04|alejandra", "2012-03-04|alex"),
    Kind.BIRTH_GIVEN_PART: ("2012-03-04|alejandra", "2012-03-04|alex"),
    Kind.BIRTH_ROOT: (
        "2012-03-04|alejandra",
        "2012-03-04|alejandro",
        "2012-03-04|alexa",
        "2012-03-04|alexander",
    ),
    Kind.BIRTH_GIVEN_SOUND: ("2012-03-04|ALJNDR", "2012-03-04|ALKS"),
    Kind.BIRTH_GIVEN_START: ("2012-03-04|ale",),
    Kind.BIRTH_SURNAME: ("2012-03-04|garcialopez",),
    Kind.BIRTH_PART: ("2012-03-04|garcia", "2012-03-04|lopez"),
    Kind.BIRTH_PART_SOUND: ("2012-03-04|GRS", "2012-03-04|LPS"),
    Kind.BIRTH_BOTH_NAMES: ("2012-03-04|alejandra|garcia", "2012-03-04|alejandra|lopez"),
    Kind.BIRTH_GIVEN_OR_MIDDLE: ("2012-03-04|alejandra", "2012-03-04|alex", "2012-03-04|luz"),
    Kind.BIRTH_PART_OR_MIDDLE: ("2012-03-04|garcia", "2012-03-04|lopez", "2012-03-04|luz"),
    Kind.BIRTH_MIDDLE: ("2012-03-04|luz",),
    Kind.BIRTH_PHONE: ("2012-03-04|6145550143",),
    Kind.BIRTH_ZIP: ("2012-03-04|45901",),
    Kind.BIRTH_ADDRESS: ("2012-03-04|12 oak",),
    Kind.BIRTH_PART_SEX: ("2012-03-04|garcia|female", "2012-03-04|lopez|female"),
    Kind.BIRTH_PART_INITIAL: ("2012-03-04|garcia|l", "2012-03-04|lopez|l"),
    Kind.NAMES_YEAR_MONTH: ("alejandra|garcia|2012-03", "alejandra|lopez|2012-03"),
    Kind.NAMES_MONTH_DAY: ("alejandra|garcia|03-04", "alejandra|lopez|03-04"),
    Kind.NAMES_YEAR_DAY: ("alejandra|garcia|2012--04", "alejandra|lopez|2012--04"),
    Kind.NAMES_SORTED_BIRTH: ("alejandra|garcia|2012/3/4", "alejandra|lopez|2012/3/4"),
    Kind.NAMES_YEAR: ("alejandra|garcia|2012", "alejandra|lopez|2012"),
    Kind.NAMES_PHONE: ("alejandra|garcia|6145550143", "alejandra|lopez|6145550143"),
    Kind.NAMES_ZIP: ("alejandra|garcia|45901", "alejandra|lopez|45901"),
    Kind.NAMES_ADDRESS: ("alejandra|garcia|12 oak", "alejandra|lopez|12 oak"),
    Kind.SOUNDS_SORTED_BIRTH: ("ALJNDR|GRS|2012/3/4", "ALJNDR|LPS|2012/3/4"),
    Kind.PHONE_GIVEN: ("6145550143|alejandra",),
    Kind.PHONE_GIVEN_SOUND: ("6145550143|ALJNDR",),
    Kind.PHONE_PART: ("6145550143|garcia", "6145550143|lopez"),
    Kind.PHONE_YEAR_MONTH: ("6145550143|2012-03",),
    Kind.PHONE_MONTH_DAY: ("6145550143|03-04",),
    Kind.PHONE_YEAR: ("6145550143|2012",),
    Kind.ADDRESS_GIVEN: ("12 oak|alejandra",),
    Kind.ADDRESS_GIVEN_SOUND: ("12 oak|ALJNDR",),
    Kind.ADDRESS_PART: ("12 oak|garcia", "12 oak|lopez"),
    Kind.ADDRESS_YEAR_MONTH: ("12 oak|2012-03",),
    Kind.ADDRESS_MONTH_DAY: ("12 oak|03-04",),
    Kind.ADDRESS_YEAR: ("12 oak|2012",),
}


def test_each_of_the_38_kinds_ties_what_it_says() -> None:
    found = {kind: tuple(text.replace("\x1f", "|") for text in texts) for kind, texts in compounds(CHILD).items()}
    assert found == EXPECTED
    assert len(EXPECTED) == len(Kind) == 38


def test_no_text_stands_without_an_anchor() -> None:
    assert all("\x1f" in text for texts in compounds(CHILD).values() for text in texts)


def test_the_kinds_carry_the_version_and_have_room_beside_each_other() -> None:
    assert {kind // 64 for kind in Kind} == {VERSION}
    assert TOKENS_VERSION.endswith(f"/{VERSION}")
    assert set(PLACES) == set(Kind)


@pytest.mark.parametrize(
    ("missing", "gone"),
    [
        ({"birth_date": None}, "BIRTH"),
        ({"birth_date": date(2012, 1, 1)}, "BIRTH"),
        ({"phones": ()}, "PHONE"),
        ({"phones": ("614-555-0000",)}, "PHONE"),
        ({"addresses": ()}, "ADDRESS"),
        ({"family": ("Unknown",)}, "NAMES"),
        ({"given": ("BABY GIRL",), "preferred": ""}, "NAMES"),
        ({"sex": ""}, "SEX"),
        ({"middle": ""}, "MIDDLE_"),
    ],
)
def test_what_is_missing_makes_no_compound(missing: dict[str, object], gone: str) -> None:
    kinds = {kind.name for kind in compounds(replace(CHILD, **missing))}  # type: ignore[arg-type]
    assert not [name for name in kinds if gone in name]
    assert kinds


def test_nobody_makes_nothing() -> None:
    assert compounds(Identity()) == {}


def test_more_values_than_places_are_left_out() -> None:
    many = replace(CHILD, phones=tuple(f"614-555-{number:04d}" for number in range(100, 120)))
    assert all(len(texts) <= PLACES[kind] for kind, texts in compounds(many).items())
    assert compounds(many)[Kind.BIRTH_PHONE][0].endswith("6145550100")


def test_what_is_normalised_shows_no_value() -> None:
    known = normalised(CHILD)
    assert all(str(getattr(known, field.name)) not in repr(known) for field in fields(known))
