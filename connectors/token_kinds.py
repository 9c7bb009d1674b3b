"""The kinds of linkage tokens: what each one ties to what, and how many of it every person has.

It makes no token and reads no identity.  Rules:

* every kind is a compound: a value tied to an anchor (birth date, names, phone or address), never a bare field;
* a person has exactly `PLACES[kind]` tokens of each kind, whatever is known of them; what is missing is filled up;
* the version stands in every kind's number, so that tokens of two versions can never be taken for each other.
"""

from enum import IntEnum
from typing import Final

VERSION: Final = 1
"""Grows whenever a kind, a place or the way names are normalised changes."""

TOKENS_VERSION: Final = f"linkage-tokens/{VERSION}"

FIRST: Final = 64 * VERSION
"""The number of the first kind of this version."""


class Kind(IntEnum):
    """What is tied together; a `part` is one of a surname's parts, a `sound` a phonetic code."""

    BIRTH_GIVEN = FIRST
    BIRTH_GIVEN_PART = FIRST + 1
    BIRTH_ROOT = FIRST + 2
    BIRTH_GIVEN_SOUND = FIRST + 3
    BIRTH_GIVEN_START = FIRST + 4
    BIRTH_SURNAME = FIRST + 5
    BIRTH_PART = FIRST + 6
    BIRTH_PART_SOUND = FIRST + 7
    BIRTH_BOTH_NAMES = FIRST + 8
    BIRTH_GIVEN_OR_MIDDLE = FIRST + 9
    BIRTH_PART_OR_MIDDLE = FIRST + 10
    BIRTH_MIDDLE = FIRST + 11
    BIRTH_PHONE = FIRST + 12
    BIRTH_ZIP = FIRST + 13
    BIRTH_ADDRESS = FIRST + 14
    BIRTH_PART_SEX = FIRST + 15
    BIRTH_PART_INITIAL = FIRST + 16
    NAMES_YEAR_MONTH = FIRST + 17
    NAMES_MONTH_DAY = FIRST + 18
    NAMES_YEAR_DAY = FIRST + 19
    NAMES_SORTED_BIRTH = FIRST + 20
    NAMES_YEAR = FIRST + 21
    NAMES_PHONE = FIRST + 22
    NAMES_ZIP = FIRST + 23
    NAMES_ADDRESS = FIRST + 24
    SOUNDS_SORTED_BIRTH = FIRST + 25
    PHONE_GIVEN = FIRST + 26
    PHONE_GIVEN_SOUND = FIRST + 27
    PHONE_PART = FIRST + 28
    PHONE_YEAR_MONTH = FIRST + 29
    PHONE_MONTH_DAY = FIRST + 30
    PHONE_YEAR = FIRST + 31
    ADDRESS_GIVEN = FIRST + 32
    ADDRESS_GIVEN_SOUND = FIRST + 33
    ADDRESS_PART = FIRST + 34
    ADDRESS_YEAR_MONTH = FIRST + 35
    ADDRESS_MONTH_DAY = FIRST + 36
    ADDRESS_YEAR = FIRST + 37


_ONE = frozenset({Kind.BIRTH_GIVEN_START, Kind.BIRTH_MIDDLE})
_THREE = frozenset(
    {
        Kind.BIRTH_PART,
        Kind.BIRTH_PART_SOUND,
        Kind.BIRTH_GIVEN_OR_MIDDLE,
        Kind.BIRTH_PART_OR_MIDDLE,
        Kind.NAMES_PHONE,
        Kind.NAMES_ADDRESS,
        Kind.PHONE_PART,
        Kind.ADDRESS_PART,
    }
)

PLACES: Final = {kind: 1 if kind in _ONE else 3 if kind in _THREE else 2 for kind in Kind} | {Kind.BIRTH_ROOT: 4}
"""How many tokens of each kind a person has."""
