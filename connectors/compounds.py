"""An identity as compounds: for each kind of token, the texts that stand for what is known.  They never leave.

It computes no token.  Rules:

* a value that is missing makes no compound, and neither does one whose anchor is missing;
* the texts of a kind are different, the likeliest first, and no more than the kind has places;
* the same identity gives the same texts whatever the order of a set or of a platform.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, product

from connectors import normalise
from connectors.nicknames import roots
from connectors.phonetic import sound
from connectors.records import Identity
from connectors.token_kinds import PLACES, Kind

Texts = Iterable[str]

_START = 3
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Normalised:
    """What is compared of an identity; every field may be empty."""

    birth: date | None = field(repr=False)
    given: tuple[tuple[str, ...], ...] = field(repr=False)
    middle: tuple[str, ...] = field(repr=False)
    surnames: tuple[str, ...] = field(repr=False)
    parts: tuple[str, ...] = field(repr=False)
    sex: str = field(repr=False)
    phones: tuple[str, ...] = field(repr=False)
    streets: tuple[str, ...] = field(repr=False)
    postal_codes: tuple[str, ...] = field(repr=False)


def normalised(identity: Identity) -> Normalised:
    """The identity as it is compared."""
    names = (*identity.given, identity.preferred)
    return Normalised(
        birth=normalise.birth(identity.birth_date),
        given=tuple(parts for parts in dict.fromkeys(map(normalise.given_parts, names)) if parts),
        middle=normalise.given_parts(identity.middle),
        surnames=_different(map(normalise.whole_surname, identity.family)),
        parts=_different(part for name in identity.family for part in normalise.surname_parts(name)),
        sex=identity.sex,
        phones=_different(map(normalise.phone, identity.phones)),
        streets=_different(normalise.street(address.line) for address in identity.addresses),
        postal_codes=_different(normalise.postal_code(address.postal_code) for address in identity.addresses),
    )


def compounds(identity: Identity) -> Mapping[Kind, tuple[str, ...]]:
    """The texts of every kind; a kind of which nothing is known is absent."""
    known = normalised(identity)
    found: dict[Kind, tuple[str, ...]] = {}
    for kind, texts in (*_by_birth(known), *_by_names(known), *_by_household(known)):
        kept = tuple(islice(_different(texts), PLACES[kind]))
        if kept:
            found[kind] = kept
    return found


def _by_birth(known: Normalised) -> Iterator[tuple[Kind, Texts]]:
    if known.birth is None:
        return
    day = known.birth.isoformat()
    for kind, values in (*_given_values(known), *_surname_values(known), *_household_values(known)):
        yield kind, [_tied(day, value) for value in values if value]


def _given_values(known: Normalised) -> Iterator[tuple[Kind, Texts]]:
    parts = _words(known)
    yield Kind.BIRTH_GIVEN, ["".join(name) for name in known.given]
    yield Kind.BIRTH_GIVEN_PART, parts
    yield Kind.BIRTH_ROOT, [root for word in parts for root in roots(word)]
    yield Kind.BIRTH_GIVEN_SOUND, [sound(word) for word in parts]
    yield Kind.BIRTH_GIVEN_START, [word[:_START] for word in parts]
    middle = tuple(word for word in known.middle if len(word) > 1)
    yield Kind.BIRTH_GIVEN_OR_MIDDLE, (*parts[:2], *middle)
    yield Kind.BIRTH_MIDDLE, middle


def _surname_values(known: Normalised) -> Iterator[tuple[Kind, Texts]]:
    middle = tuple(word for word in known.middle if len(word) > 1)
    yield Kind.BIRTH_SURNAME, known.surnames
    yield Kind.BIRTH_PART, known.parts
    yield Kind.BIRTH_PART_SOUND, [sound(part) for part in known.parts]
    yield Kind.BIRTH_PART_OR_MIDDLE, (*known.parts[:2], *middle)
    yield Kind.BIRTH_BOTH_NAMES, [_tied(*sorted(pair)) for pair in product(_words(known)[:1], known.parts)]
    if known.sex:
        yield Kind.BIRTH_PART_SEX, _each(known.parts, known.sex)
    if known.middle:
        yield Kind.BIRTH_PART_INITIAL, _each(known.parts, known.middle[0][0])


def _household_values(known: Normalised) -> Iterator[tuple[Kind, Texts]]:
    yield Kind.BIRTH_PHONE, known.phones
    yield Kind.BIRTH_ZIP, known.postal_codes
    yield Kind.BIRTH_ADDRESS, known.streets


def _by_names(known: Normalised) -> Iterator[tuple[Kind, Texts]]:
    names = tuple(_tied(*pair) for pair in product(_words(known)[:1], known.parts))
    for kind, values in (
        (Kind.NAMES_PHONE, known.phones),
        (Kind.NAMES_ZIP, known.postal_codes),
        (Kind.NAMES_ADDRESS, known.streets),
    ):
        yield kind, [_tied(name, value) for value, name in product(values, names)]
    if known.birth is None:
        return
    for kind, value in _birth_parts(known.birth).items():
        yield kind, _each(names, value)
    sounds = [_tied(sound(given), sound(part)) for given, part in product(_words(known)[:1], known.parts)]
    yield Kind.SOUNDS_SORTED_BIRTH, _each(sounds, _sorted(known.birth))


def _birth_parts(day: date) -> dict[Kind, str]:
    year, month, of_month = day.isoformat().split("-")
    return {
        Kind.NAMES_YEAR_MONTH: f"{year}-{month}",
        Kind.NAMES_MONTH_DAY: f"{month}-{of_month}",
        Kind.NAMES_YEAR_DAY: f"{year}--{of_month}",
        Kind.NAMES_SORTED_BIRTH: _sorted(day),
        Kind.NAMES_YEAR: year,
    }


_HOUSEHOLD_KINDS = {
    "phones": (
        (Kind.PHONE_GIVEN, Kind.PHONE_GIVEN_SOUND, Kind.PHONE_PART),
        (Kind.PHONE_YEAR_MONTH, Kind.PHONE_MONTH_DAY, Kind.PHONE_YEAR),
    ),
    "streets": (
        (Kind.ADDRESS_GIVEN, Kind.ADDRESS_GIVEN_SOUND, Kind.ADDRESS_PART),
        (Kind.ADDRESS_YEAR_MONTH, Kind.ADDRESS_MONTH_DAY, Kind.ADDRESS_YEAR),
    ),
}


def _by_household(known: Normalised) -> Iterator[tuple[Kind, Texts]]:
    for name, (by_name, by_birth) in _HOUSEHOLD_KINDS.items():
        anchors: tuple[str, ...] = getattr(known, name)
        first = _words(known)[:1]
        for kind, values in zip(by_name, (first, tuple(map(sound, first)), known.parts), strict=True):
            yield kind, [_tied(anchor, value) for value, anchor in product(values, anchors)]
        if known.birth is not None:
            parts = _birth_parts(known.birth)
            values_by_birth = (parts[kind] for kind in (Kind.NAMES_YEAR_MONTH, Kind.NAMES_MONTH_DAY, Kind.NAMES_YEAR))
            for kind, value in zip(by_birth, values_by_birth, strict=True):
                yield kind, _each(anchors, value)


def _words(known: Normalised) -> tuple[str, ...]:
    """The given names' words: the first of every name before any second."""
    return _different((*(parts[0] for parts in known.given), *(word for parts in known.given for word in parts[1:])))


def _sorted(day: date) -> str:
    return f"{day.year}/{min(day.month, day.day)}/{max(day.month, day.day)}"


def _each(anchors: Iterable[str], value: str) -> list[str]:
    return [_tied(anchor, value) for anchor in anchors]


def _tied(*values: str) -> str:
    return _SEPARATOR.join(values)


def _different(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
