"""One source's copy of a person: what a registrar typed, with the dirt of real life.

It does not change who the person is.  Rules:

* every copy is made independently of the others, from a stream named by the person and the custodian;
* each alteration is named in `dirt`, so that linkage can be judged case by case;
* an address is the one that was true when the custodian last saw the family, or the one before it.
"""

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from hub.demo.community import names, spelling
from hub.demo.community.drawing import chance
from hub.demo.community.households import Child, Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What one custodian wrote down about who a person is; empty text where nothing was."""

    given: str
    middle: str
    family: str
    sex: str
    birth: str
    home: Home
    phones: tuple[str, ...]
    former_family: str = ""
    former_home: Home | None = None
    called: str = ""
    dirt: tuple[str, ...] = ()

    def marked(self, case: str) -> "Copy":
        """The same copy with one more alteration named."""
        return replace(self, dirt=(*self.dirt, case))


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How one custodian writes: in capitals, with accents, keeping records since birth."""

    capitals: bool = False
    accents: bool = False
    clinic: bool = False
    stale: float = 0.12


HABITS = {
    "alder": Habits(accents=True),
    "fir": Habits(capitals=True),
    "juniper": Habits(capitals=True, stale=0.25),
    "lakeside": Habits(accents=True, clinic=True, stale=0.35),
    "northgate": Habits(capitals=True, clinic=True, stale=0.35),
    "prairie": Habits(clinic=True, stale=0.45),
}

_NICKNAME = 0.07
_NAME_SLIP = 0.02
_NAME_BY_EAR = 0.015
_MIDDLE_FIRST = 0.015
_SURNAME_SLIP = 0.018
_SURNAME_BY_EAR = 0.014
_NEW_SURNAME = 0.02
_FORMER_KEPT = 0.5
_SWAPPED_NAMES = 0.003
_BABY = 0.006
_DAY_MONTH = 0.008
_BIRTH_SLIP = 0.010
_NEW_YEAR = 0.002
_WRONG_SEX = 0.003
_NO_MIDDLE = 0.35
_INITIAL = 0.25
_NO_PHONE = 0.08
_OTHER_PHONE = 0.25
_CHANGED_PHONE = 0.14
_LOWER_CASE = 0.006
_STREET_OTHERWISE = 0.10
_STREET_SLIP = 0.02
_CALLED = 0.05


def copy(child: Child, custodian: str, random: Random, *, seen: int, spare: str) -> Copy:
    """The copy of a child that a custodian keeps, last seen on a day; `spare` is a phone nobody else has."""
    habits = HABITS.get(custodian, Habits())
    made = _family_name(_plain_copy(child, habits, random, seen=seen), child, random)
    made = _given_name(made, child, random)
    if habits.clinic and chance(random, _BABY):
        made = replace(made, given=f"BABY {'BOY' if child.sex == 'male' else 'GIRL'}", middle="").marked("baby name")
    made = _birth(made, child, random)
    if chance(random, _WRONG_SEX):
        made = replace(made, sex="female" if made.sex == "male" else "male").marked("wrong sex")
    return _written(_phones(made, random, spare=spare), habits, random)


def _plain_copy(child: Child, habits: Habits, random: Random, *, seen: int) -> Copy:
    household = child.household
    home = household.home(seen)
    former = household.homes[0] if home is not household.homes[0] else None
    stale = former is not None and former.district == home.district and chance(random, habits.stale)
    if habits.clinic and former is not None and chance(random, habits.stale):
        stale = True
    made = Copy(
        given=child.given,
        middle=_middle(child.middle, random),
        family=household.surnames[0],
        sex=child.sex,
        birth=date.fromordinal(child.birth).isoformat(),
        home=former if stale and former is not None else home,
        phones=(),
        former_home=former if not stale and chance(random, _FORMER_KEPT) else None,
    )
    return made.marked("old address") if stale else made


def _middle(middle: str, random: Random) -> str:
    draw = random.random()
    if draw < _NO_MIDDLE:
        return ""
    return middle[:1] if draw < _NO_MIDDLE + _INITIAL else middle


def _family_name(made: Copy, child: Child, random: Random) -> Copy:
    surnames = child.household.surnames
    family = surnames[0]
    if len(surnames) == 2:  # noqa: PLR2004 - a father's and a mother's
        family, way = spelling.two_surnames((surnames[0], surnames[1]), random)
        made = made.marked(f"two surnames: {way}")
    draw = random.random()
    if draw < _NEW_SURNAME:
        former = family if chance(random, _FORMER_KEPT) else ""
        return replace(made, family=child.household.later_surname, former_family=former).marked("surname change")
    if draw < _NEW_SURNAME + _SURNAME_SLIP:
        return replace(made, family=spelling.slip(family, random)).marked("surname typo")
    if draw < _NEW_SURNAME + _SURNAME_SLIP + _SURNAME_BY_EAR:
        return replace(made, family=spelling.by_ear(family, random)).marked("surname by ear")
    return replace(made, family=family)


def _given_name(made: Copy, child: Child, random: Random) -> Copy:
    short = names.NICKNAMES.get(child.given, ())
    draw, limit = random.random(), _NICKNAME
    if draw < limit:
        return replace(made, given=random.choice(short)).marked("nickname") if short else made
    if draw < (limit := limit + _NAME_SLIP):
        return replace(made, given=spelling.slip(child.given, random)).marked("first name typo")
    if draw < (limit := limit + _NAME_BY_EAR):
        return replace(made, given=spelling.by_ear(child.given, random)).marked("first name by ear")
    if draw < (limit := limit + _MIDDLE_FIRST):
        if child.middle:
            return replace(made, given=child.middle, middle=child.given).marked("first and middle swapped")
        return made
    if draw < (limit := limit + _SWAPPED_NAMES):
        return replace(made, given=made.family, family=child.given).marked("first and last swapped")
    if draw < limit + _CALLED and short:
        return replace(made, called=random.choice(short))
    return made


def _birth(made: Copy, child: Child, random: Random) -> Copy:
    born = date.fromordinal(child.birth)
    draw = random.random()
    if draw < _DAY_MONTH:
        if born.day <= 12 and born.day != born.month:  # noqa: PLR2004 - a day that could be a month
            swapped = born.replace(month=born.day, day=born.month)
            return replace(made, birth=swapped.isoformat()).marked("day and month swapped")
    elif draw < _DAY_MONTH + _BIRTH_SLIP:
        return replace(made, birth=_slipped(born, random).isoformat()).marked("birth date typo")
    elif draw < _DAY_MONTH + _BIRTH_SLIP + _NEW_YEAR:
        return replace(made, birth=born.replace(month=1, day=1).isoformat()).marked("birth date default")
    return made


def _slipped(born: date, random: Random) -> date:
    kind = random.randrange(3)
    if kind == 0:
        return born.replace(year=born.year - 1, day=min(born.day, 28))
    if kind == 1:
        return born.replace(month=born.month % 12 + 1, day=min(born.day, 28))
    return born.replace(day=born.day + 1 if born.day < 28 else born.day - 10)  # noqa: PLR2004 - every month has 28 days


def _phones(made: Copy, random: Random, *, spare: str) -> Copy:
    numbers = [number for number in (made.home.phone, made.home.second_phone) if number]
    if chance(random, _NO_PHONE):
        return made.marked("no phone")
    if chance(random, _CHANGED_PHONE):
        return replace(made, phones=(spare,)).marked("other phone")
    if chance(random, _OTHER_PHONE):
        numbers = numbers[-1:]
    elif chance(random, _OTHER_PHONE):
        numbers = numbers[:1]
    return replace(made, phones=tuple(numbers))


def _written(made: Copy, habits: Habits, random: Random) -> Copy:
    """The copy in the custodian's letters."""

    def letters(name: str) -> str:
        kept = name if habits.accents else spelling.plain(name)
        return kept.upper() if habits.capitals else kept.lower() if lower else kept

    lower = chance(random, _LOWER_CASE)
    home = _street(made.home, habits, random)
    return replace(
        made,
        home=home,
        given=letters(made.given),
        middle=letters(made.middle),
        family=letters(made.family),
        former_family=letters(made.former_family),
        called=letters(made.called),
    )


def _street(home: Home, habits: Habits, random: Random) -> Home:
    """The address as this custodian writes streets, sometimes in full, sometimes with a wrong house number."""
    street = home.street
    if chance(random, _STREET_OTHERWISE):
        street = spelling.street_in_full(street)
    if chance(random, _STREET_SLIP):
        street = f"{random.randrange(1, 9)}{street}"
    return replace(home, street=street.upper() if habits.capitals else street)
