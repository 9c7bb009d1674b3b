"""The map of the community: districts and their schools, health systems, towns and streets.

Every place is invented.  Rules: a school serves a closed range of grades (0 is kindergarten, 12 the last); each
district also has one community school for all grades, so that any child can change school without moving house.
"""

from dataclasses import dataclass
from functools import cache

GRADES = ("KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
STATE = "OH"
YEARS = (2024, 2025, 2026)
"""School years, named by the calendar year in which they end."""

_LAST_OF_BAND = ((2, "K-2"), (5, "3-5"), (8, "6-8"), (12, "9-12"))


def band(grade: int) -> str:
    """The grade band of a grade."""
    return next(title for last, title in _LAST_OF_BAND if grade <= last)


@dataclass(frozen=True, slots=True)
class School:
    """A school: its id in the district's export, its title, and the grades it serves."""

    key: str
    title: str
    first: int
    last: int

    def serves(self, grade: int) -> bool:
        """Whether the school has a homeroom of this grade."""
        return self.first <= grade <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A district: its share of the children, its towns with ZIP codes, how many schools, whose clinics are near."""

    key: str
    share: int
    towns: tuple[tuple[str, str], ...]
    schools: tuple[int, int, int]
    clinics: tuple[tuple[str, float], ...]

    @property
    def title(self) -> str:
        """What the district is called."""
        return f"{self.key.title()} Valley School District"


HEALTH_SYSTEMS = (
    ("lakeside", "Lakeside Children's Health"),
    ("northgate", "Northgate Medical Group"),
    ("prairie", "Prairie Community Clinics"),
)


def _district(
    key: str, share: int, zips: int, *, schools: tuple[int, int, int], near: tuple[int, int, int]
) -> District:
    position = ord(key[0]) - ord("a")
    suffixes = ("Falls", "Landing", "Heights", "Mills", "Corners", "Grove")
    towns = tuple((f"{key.title()} {suffixes[n]}", str(45900 + position * 8 + n)) for n in range(zips))
    clinics = tuple((system, float(weight)) for (system, _), weight in zip(HEALTH_SYSTEMS, near, strict=True))
    return District(key=key, share=share, towns=towns, schools=schools, clinics=clinics)


DISTRICTS = (
    _district("alder", 4000, 6, schools=(7, 3, 2), near=(60, 25, 15)),
    _district("birch", 2450, 4, schools=(4, 2, 1), near=(45, 45, 10)),
    _district("cedar", 1750, 3, schools=(3, 1, 1), near=(20, 65, 15)),
    _district("dogwood", 1250, 3, schools=(2, 1, 1), near=(50, 20, 30)),
    _district("elm", 900, 2, schools=(2, 1, 1), near=(15, 30, 55)),
    _district("fir", 720, 2, schools=(1, 1, 1), near=(10, 25, 65)),
    _district("hazel", 590, 1, schools=(1, 1, 1), near=(30, 50, 20)),
    _district("juniper", 340, 1, schools=(1, 1, 1), near=(10, 10, 80)),
)

CUSTODIANS = (*(district.key for district in DISTRICTS), *(key for key, _ in HEALTH_SYSTEMS))

_LEVELS = (("Elementary School", 0, 5), ("Middle School", 6, 8), ("High School", 9, 12))
_HONOURED = ("Lincoln", "Riverside", "Oakwood", "Franklin", "Northside", "Meadow", "Hillcrest")


@cache
def schools(district: str) -> tuple[School, ...]:
    """Every school of a district; the last is the community school."""
    here = next(place for place in DISTRICTS if place.key == district)
    listed = [
        (f"{_HONOURED[position]} {level}", first, last)
        for (level, first, last), number in zip(_LEVELS, here.schools, strict=True)
        for position in range(number)
    ]
    listed.append((f"{district.title()} Community School", 0, len(GRADES) - 1))
    return tuple(
        School(f"{district}-school-{number:02d}", title, first, last)
        for number, (title, first, last) in enumerate(listed, start=1)
    )


STREETS = tuple(
    f"{name} {kind}"
    for kind in ("St", "Ave", "Rd", "Ln", "Dr", "Ct")
    for name in (
        *(
            "Main",
            "Maple",
            "Oak",
            "Washington",
            "Cedar",
            "Lake",
            "Hill",
            "Walnut",
            "Spring",
            "North",
            "Ridge",
            "Church",
        ),
        *("Park", "Willow", "Mill", "River", "Sunset", "Railroad", "Jackson", "West", "South", "Center", "Meadow"),
        *("Prospect", "Orchard", "Chestnut", "Madison", "Locust", "Poplar", "Elmwood", "Liberty", "Quarry", "Fourth"),
    )
)
