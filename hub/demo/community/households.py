"""The families of the community: who lives where, under which surname, with which children.

It draws no school and no clinic.  Rules:

* siblings share surnames, address and phones; twins share the date of birth too;
* a family moves at most once in the three years, to another district or within its own, and may change its phone then;
* every phone number is of the kind reserved for fiction (555-0100 to 555-0199 of some area code), and used once;
* school children are exactly as many as asked; small children and the home-schooled come on top.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from hub.demo.community import names
from hub.demo.community.drawing import by_rank, chance, weighted
from hub.demo.community.places import DISTRICTS, GRADES, STREETS, YEARS


class Schooling(StrEnum):
    """Whether a child goes to a school of the community."""

    ENROLLED = "enrolled"
    TOO_YOUNG = "too young"
    HOME = "home-schooled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An address and the phones of the people who live there; the second phone may be empty."""

    district: str
    street: str
    town: str
    postal_code: str
    phone: str
    second_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A family: one surname or two, and one home or two with the day of the move (0 when it never moved)."""

    number: int
    surnames: tuple[str, ...]
    later_surname: str
    hispanic: bool
    race: str
    homes: tuple[Home, ...]
    moved: int

    def home(self, day: int) -> Home:
        """Where the family lived on a day."""
        return self.homes[-1] if self.moved and day >= self.moved else self.homes[0]

    @property
    def changed_district(self) -> bool:
        """Whether the family moved to another district."""
        return self.homes[0].district != self.homes[-1].district


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One person of the community; `middle` may be empty, `birth` is an ordinal."""

    key: str
    household: Household
    given: str
    middle: str
    sex: str
    birth: int
    twin: bool
    schooling: Schooling

    def grade(self, year: int) -> int | None:
        """The grade (0 is kindergarten) in a school year, or None before kindergarten and after the last grade."""
        grade = year - _kindergarten(self.birth)
        return grade if 0 <= grade < len(GRADES) else None


_RACES = weighted(
    [("white", 60.0), ("black", 21.0), ("asian", 7.0), ("native", 2.0), ("pacific", 1.0), ("several", 9.0)]
)
_DISTRICT = weighted([(district, float(district.share)) for district in DISTRICTS])
_SIZES = weighted([(1, 36.0), (2, 38.0), (3, 18.0), (4, 8.0)])
_SURNAME = by_rank(names.SURNAMES, flatness=30)
_SPANISH_SURNAME = by_rank(names.SPANISH_SURNAMES, flatness=14)
_GIVEN = {
    (False, "female"): by_rank(names.GIRLS, flatness=40),
    (False, "male"): by_rank(names.BOYS, flatness=40),
    (True, "female"): by_rank((*names.SPANISH_GIRLS, *names.GIRLS[:60]), flatness=25),
    (True, "male"): by_rank((*names.SPANISH_BOYS, *names.BOYS[:60]), flatness=25),
}

_HISPANIC = 0.28
_TWIN_BIRTH = 0.0145
_MOVES_DISTRICT = 0.14
_MOVES_HOUSE = 0.14
_IN_SUMMER = 0.40
_YOUNGEST_AT_SCHOOL = YEARS[-1]
_OLDEST_AT_SCHOOL = YEARS[0] - len(GRADES) + 1
_YOUNG_YEARS = 5
_YOUNG_KEPT = 0.5
_HOME_SCHOOLED = 0.014


def _kindergarten(birth: int) -> int:
    born = date.fromordinal(birth)
    return born.year + 6 + (born >= date(born.year, 9, 2))


class Phones:
    """Numbers of the form NPA-555-01XX in a shuffled order, each handed out once."""

    def __init__(self, random: Random, *, used: frozenset[str] = frozenset()) -> None:
        areas = [area for area in range(201, 990) if area // 10 % 10 != 9 and area % 100 != 11]  # noqa: PLR2004 - NANP: no N9X, no N11
        self._left = [area * 100 + line for area in areas for line in range(100)]
        random.shuffle(self._left)
        self._used = used

    def next(self) -> str:
        """Another number, ten digits."""
        while True:
            area, line = divmod(self._left.pop(), 100)
            number = f"{area}55501{line:02d}"
            if number not in self._used:
                return number


def build(random: Random, children: int) -> tuple[Child, ...]:
    """Families until `children` of their children go to school; every child in order of its key."""
    phones = Phones(random)
    people: list[Child] = []
    enrolled = number = 0
    while enrolled < children:
        births = _births(random)
        if not any(_at_school_age(birth) for birth, _ in births):
            continue
        number += 1
        household = _household(number, random, phones)
        taken: set[str] = set()
        for birth, twin in births:
            schooling = _schooling(birth, random)
            if schooling is None or (schooling is Schooling.ENROLLED and enrolled == children):
                continue
            enrolled += schooling is Schooling.ENROLLED
            people.append(_child(len(people) + 1, household, (birth, twin, schooling), random=random, taken=taken))
    return tuple(people)


def _births(random: Random) -> list[tuple[int, bool]]:
    day = date(_OLDEST_AT_SCHOOL - 12, 9, 2).toordinal() + random.randrange(365 * 22)
    births: list[tuple[int, bool]] = []
    for _ in range(_SIZES.pick(random)):
        twin = chance(random, _TWIN_BIRTH)
        births.extend([(day, twin)] * (1 + twin))
        day += random.randrange(330, 1700)
    return births


def _at_school_age(birth: int) -> bool:
    return _OLDEST_AT_SCHOOL <= _kindergarten(birth) <= _YOUNGEST_AT_SCHOOL


def _schooling(birth: int, random: Random) -> Schooling | None:
    """What a child of this age does; None for one who is too old, or too small to be of interest to a clinic here."""
    if _at_school_age(birth):
        return Schooling.HOME if chance(random, _HOME_SCHOOLED) else Schooling.ENROLLED
    young = _YOUNGEST_AT_SCHOOL < _kindergarten(birth) <= _YOUNGEST_AT_SCHOOL + _YOUNG_YEARS
    return Schooling.TOO_YOUNG if young and chance(random, _YOUNG_KEPT) else None


def _household(number: int, random: Random, phones: Phones) -> Household:
    hispanic = chance(random, _HISPANIC)
    surname = _SPANISH_SURNAME if hispanic else _SURNAME
    surnames = (surname.pick(random), surname.pick(random)) if hispanic else (surname.pick(random),)
    first = _home(_DISTRICT.pick(random).key, random, phones)
    homes, moved = _move(first, random, phones)
    return Household(
        number=number,
        surnames=surnames,
        later_surname=surname.pick(random),
        hispanic=hispanic,
        race=_RACES.pick(random),
        homes=homes,
        moved=moved,
    )


def _move(first: Home, random: Random, phones: Phones) -> tuple[tuple[Home, ...], int]:
    draw = random.random()
    if draw >= _MOVES_DISTRICT + _MOVES_HOUSE:
        return (first,), 0
    elsewhere = draw < _MOVES_DISTRICT
    district = first.district
    while elsewhere and district == first.district:
        district = _DISTRICT.pick(random).key
    second = _home(district, random, phones, old=first)
    if chance(random, _IN_SUMMER):
        year = random.choice(YEARS[:-1])
        return (first, second), date(year, 7, 6).toordinal() + random.randrange(30)
    year = random.choice(YEARS)
    return (first, second), date(year - 1, 9, 1).toordinal() + random.randrange(285)


def _home(district: str, random: Random, phones: Phones, *, old: Home | None = None) -> Home:
    towns = next(place.towns for place in DISTRICTS if place.key == district)
    town, postal_code = random.choice(towns)
    street = f"{random.randrange(1, 2400)} {random.choice(STREETS)}"
    if chance(random, 0.18):
        street += f" Apt {random.randrange(1, 40)}"
    keeps = old is not None and chance(random, 0.5)
    second = phones.next() if chance(random, 0.6) else ""
    return Home(
        district=district,
        street=street,
        town=town,
        postal_code=postal_code,
        phone=old.phone if old is not None and keeps else phones.next(),
        second_phone=old.second_phone if old is not None and keeps else second,
    )


def _child(
    number: int, household: Household, born: tuple[int, bool, Schooling], *, random: Random, taken: set[str]
) -> Child:
    birth, twin, schooling = born
    sex = "male" if chance(random, 0.512) else "female"
    given_names = _GIVEN[household.hispanic, sex]
    given = given_names.pick(random)
    while given in taken:
        given = given_names.pick(random)
    taken.add(given)
    middle = given_names.pick(random) if chance(random, 0.85) else ""
    return Child(
        key=f"P{number:05d}",
        household=household,
        given=given,
        middle="" if middle == given else middle,
        sex=sex,
        birth=birth,
        twin=twin,
        schooling=schooling,
    )
