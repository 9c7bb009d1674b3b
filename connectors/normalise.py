"""Names, phones and addresses as they are compared: without case, accents, punctuation and habits of writing.

It makes no token and keeps nothing.  Rules:

* a name has a whole (its letters joined) and parts (at blanks and hyphens, without particles and suffixes);
* what only fills a field (BABY GIRL, 1 January, 000 and 555-0000 phones, ZIP 00000) is missing;
* an address is its house number and the stem of its street: no unit, no kind of street, no direction beside a name.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
_APOSTROPHES = str.maketrans("", "", "'`\N{RIGHT SINGLE QUOTATION MARK}")
_WORDS = re.compile(r"[a-z]+")
_ADDRESS_WORDS = re.compile(r"[a-z]+|[0-9]+")
_EXTENSION = re.compile(r"(?i)(?:x|ext|extension)[ .:]*[0-9]+\s*\Z")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PARTICLES = _listed("a al da das de del della den der di do dos du el la las le les los st van vander von y")
_SUFFIXES = _listed("jr sr ii iii iv esq")
_FILLERS = _listed(
    "baby babyboy babygirl bb bg boy girl infant newborn nb unknown unk unnamed noname none test patient"
)
_MULTIPLE = _listed("twin triplet male female")

_FIRST_YEAR = 1900
_PHONE_DIGITS = 10
_ZIP_DIGITS = 5
_FILLER_PHONES = frozenset({"5550000", "1234567", "5551212"})

_UNITS = _listed("apt apartment unit suite ste lot floor fl room rm bldg building trlr trailer spc space")
_DIRECTIONS = {"n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest"} | {
    "se": "southeast",
    "sw": "southwest",
}
_COMPASS = frozenset(_DIRECTIONS.values())
_STREETS = _listed(
    "st str street ave av avenue rd road ln lane dr drive ct court blvd boulevard pl place ter terrace cir circle hwy "
    "highway pkwy parkway way trl trail sq square aly alley loop run pike pt point cv cove xing crossing"
)


def plain(text: str) -> str:
    """Lower-case text without accents and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)).translate(_APOSTROPHES)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=65_536)
def given_parts(name: str) -> tuple[str, ...]:
    """The given names in a field, in order; nothing when the field only says that a child was born."""
    words = _WORDS.findall(plain(name))
    if not words or words[0] in _FILLERS | _MULTIPLE:
        return ()
    return tuple(word for word in words if word not in _SUFFIXES)


@lru_cache(maxsize=65_536)
def surname_parts(name: str) -> tuple[str, ...]:
    """The surnames in a field, in order, without particles."""
    words = [word for word in _WORDS.findall(plain(name)) if word not in _SUFFIXES]
    if words and words[0] in _FILLERS:
        return ()
    return tuple(word for word in words if word not in _PARTICLES) or tuple(words)


@lru_cache(maxsize=65_536)
def whole_surname(name: str) -> str:
    """All letters of a surname, particles too, so that De La Cruz and Delacruz are one."""
    words = [word for word in _WORDS.findall(plain(name)) if word not in _SUFFIXES]
    return "" if words and words[0] in _FILLERS else "".join(words)


def birth(day: date | None) -> date | None:
    """The birth date, unless it is missing or the first of January, which systems fill in."""
    if day is None or day.year < _FIRST_YEAR or (day.month, day.day) == (1, 1):
        return None
    return day


def phone(text: str) -> str:
    """The ten digits of a phone number, or nothing."""
    digits = "".join(letter for letter in _EXTENSION.sub("", text) if letter in "0123456789")
    if len(digits) == _PHONE_DIGITS + 1 and digits[0] == "1":
        digits = digits[1:]
    filler = len(set(digits)) <= 1 or digits[:3] == "000" or digits[3:6] == "000" or digits[3:] in _FILLER_PHONES
    return "" if len(digits) != _PHONE_DIGITS or filler or len(set(digits[3:])) == 1 else digits


def postal_code(text: str) -> str:
    """The five digits of a ZIP code, or nothing."""
    digits = "".join(letter for letter in text if letter in "0123456789")[:_ZIP_DIGITS]
    return digits if len(digits) == _ZIP_DIGITS and len(set(digits)) > 1 else ""


@lru_cache(maxsize=65_536)
def street(line: str) -> str:
    """House number and stem of the street, or nothing when either is missing."""
    words = _ADDRESS_WORDS.findall(plain(line).split("#", maxsplit=1)[0])
    number = next((word for word in words if word.isdigit()), "")
    if not number:
        return ""
    after = words[words.index(number) + 1 :]
    kept = [_DIRECTIONS.get(word, word) for word in _before_unit(after)]
    named = [word for word in kept if word not in _STREETS]
    stem = [word for word in named if word not in _COMPASS] or named or kept
    return f"{int(number)} {''.join(stem)}" if stem else ""


def _before_unit(words: list[str]) -> list[str]:
    place = next((place for place, word in enumerate(words) if place and word in _UNITS), len(words))
    return words[:place]
