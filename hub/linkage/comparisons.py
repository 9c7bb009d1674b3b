"""What the kinds that two records share say about them, comparison by comparison.

It weighs nothing.  Rules:

* every comparison has one level for every pair, the strongest that the shared kinds show;
* all that is anchored in a birth date is seen only where the birth dates agree, so pairs whose birth dates agree are
  judged apart from the others;
* what one record lacks looks like what differs: padding hides which, so levels speak of agreement alone.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final, NamedTuple

from connectors.token_kinds import FIRST, Kind


class Given(IntEnum):
    """How the given names agree."""

    NONE = 0
    MIDDLE = 1
    START = 2
    SOUND = 3
    SWAPPED = 4
    ROOT = 5
    PART = 6
    WHOLE = 7


class Surname(IntEnum):
    """How the surnames agree."""

    NONE = 0
    MIDDLE = 1
    SOUND = 2
    PART = 3
    WHOLE = 4


class Birth(IntEnum):
    """How the birth dates agree; `SWAPPED` are day and month exchanged."""

    NONE = 0
    YEAR = 1
    YEAR_DAY = 2
    MONTH_DAY = 3
    YEAR_MONTH = 4
    SWAPPED = 5
    SAME = 6


class Place(IntEnum):
    """How the addresses agree."""

    NONE = 0
    ZIP = 1
    ADDRESS = 2


class Middle(IntEnum):
    """How the middle names agree; an initial is seen only beside an equal surname."""

    UNSEEN = 0
    NONE = 1
    INITIAL = 2
    NAME = 3


class Sex(IntEnum):
    """How the sexes agree, which is seen only beside an equal surname and birth date."""

    UNSEEN = 0
    NONE = 1
    SAME = 2


class Levels(NamedTuple):
    """The levels of one pair; `phone` is 1 when a phone agrees."""

    birth: int
    given: int
    surname: int
    middle: int
    sex: int
    phone: int
    place: int


def _mask(kinds: Iterable[Kind]) -> int:
    return sum(1 << (kind - FIRST) for kind in kinds)


def _starting(*starts: str) -> int:
    return _mask(kind for kind in Kind if kind.name.startswith(starts))


_NAMES = _starting("NAMES_")

_BIRTH: Final = (
    (_starting("BIRTH_"), Birth.SAME),
    (_mask((Kind.NAMES_SORTED_BIRTH, Kind.SOUNDS_SORTED_BIRTH)), Birth.SWAPPED),
    (_mask((Kind.NAMES_YEAR_MONTH, Kind.PHONE_YEAR_MONTH, Kind.ADDRESS_YEAR_MONTH)), Birth.YEAR_MONTH),
    (_mask((Kind.NAMES_MONTH_DAY, Kind.PHONE_MONTH_DAY, Kind.ADDRESS_MONTH_DAY)), Birth.MONTH_DAY),
    (_mask((Kind.NAMES_YEAR_DAY,)), Birth.YEAR_DAY),
    (_mask((Kind.NAMES_YEAR, Kind.PHONE_YEAR, Kind.ADDRESS_YEAR)), Birth.YEAR),
)
_GIVEN: Final = (
    (_mask((Kind.BIRTH_GIVEN,)), Given.WHOLE),
    (_mask((Kind.BIRTH_GIVEN_PART, Kind.PHONE_GIVEN, Kind.ADDRESS_GIVEN)) | _NAMES, Given.PART),
    (_mask((Kind.BIRTH_ROOT,)), Given.ROOT),
    (_mask((Kind.BIRTH_BOTH_NAMES,)), Given.SWAPPED),
    (
        _mask((Kind.BIRTH_GIVEN_SOUND, Kind.SOUNDS_SORTED_BIRTH, Kind.PHONE_GIVEN_SOUND, Kind.ADDRESS_GIVEN_SOUND)),
        Given.SOUND,
    ),
    (_mask((Kind.BIRTH_GIVEN_START,)), Given.START),
    (_mask((Kind.BIRTH_GIVEN_OR_MIDDLE,)), Given.MIDDLE),
)
_SURNAME: Final = (
    (_mask((Kind.BIRTH_SURNAME,)), Surname.WHOLE),
    (_mask((Kind.BIRTH_PART, Kind.PHONE_PART, Kind.ADDRESS_PART)) | _NAMES, Surname.PART),
    (_mask((Kind.BIRTH_PART_SOUND, Kind.SOUNDS_SORTED_BIRTH)), Surname.SOUND),
    (_mask((Kind.BIRTH_PART_OR_MIDDLE,)), Surname.MIDDLE),
)
_SEEN: Final = _mask((Kind.BIRTH_PART,))
_MIDDLE: Final = (
    (_mask((Kind.BIRTH_MIDDLE,)), Middle.NAME),
    (_mask((Kind.BIRTH_PART_INITIAL,)), Middle.INITIAL),
    (_SEEN, Middle.NONE),
)
_SEX: Final = ((_mask((Kind.BIRTH_PART_SEX,)), Sex.SAME), (_SEEN, Sex.NONE))
_PHONE: Final = ((_starting("PHONE_") | _mask((Kind.BIRTH_PHONE, Kind.NAMES_PHONE)), 1),)
_PLACE: Final = (
    (_starting("ADDRESS_") | _mask((Kind.BIRTH_ADDRESS, Kind.NAMES_ADDRESS)), Place.ADDRESS),
    (_mask((Kind.BIRTH_ZIP, Kind.NAMES_ZIP)), Place.ZIP),
)

_EQUAL_MIDDLE: Final = _mask((Kind.BIRTH_MIDDLE,))
_CROSSED: Final = _mask((Kind.BIRTH_GIVEN_OR_MIDDLE, Kind.BIRTH_PART_OR_MIDDLE))

Rules = tuple[tuple[int, int], ...]
_ALL: tuple[Rules, ...] = (_BIRTH, _GIVEN, _SURNAME, _MIDDLE, _SEX, _PHONE, _PLACE)


def levels(mask: int) -> Levels:
    """The levels of a pair that shares the kinds of this bit mask.

    Two equal middle names share the kinds that cross them with other names too; that is counted once, as the middle.
    """
    crossed = mask & ~_CROSSED if mask & _EQUAL_MIDDLE else mask
    return Levels(*(_level(crossed, rules) for rules in _ALL))


def _level(mask: int, rules: Rules) -> int:
    return next((level for kinds, level in rules if mask & kinds), 0)
