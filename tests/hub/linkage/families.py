"""Small families, their copies at custodians, and the tokens of those copies."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from connectors import pseudonym
from connectors.records import Address, Identity
from hub.linkage.match import Tokens

SECRET = bytes(range(32))
CUSTODIANS = ("alder", "birch", "lakeside", "northgate")

Name = tuple[str, int]

_GIRLS = ("Emma", "Olivia", "Ava", "Sophia", "Mia", "Charlotte", "Abigail", "Harper", "Evelyn", "Scarlett")
_BOYS = ("Noah", "William", "Mason", "James", "Benjamin", "Jacob", "Michael", "Elijah", "Ethan", "Logan")
_SURNAMES = ("Smith", "Johnson", "Garcia", "Nguyen", "Kowalski", "Okafor", "Petrov", "Yazzie", "Silva", "Hansen")


@dataclass(frozen=True)
class Copy:
    """One custodian's record of a child: under which number, whose, and what it says."""

    custodian: str
    record: int
    child: str
    identity: Identity


def child(number: int, *, family: int, twin_of: int | None = None) -> Identity:
    """A child of a family; brothers and sisters share surname, phone and address, twins the birth date too."""
    draw = Random(f"child {number}")
    home = Random(f"family {family}")
    sex = draw.choice(["female", "male"])
    names = _GIRLS if sex == "female" else _BOYS
    born = Random(f"child {number if twin_of is None else twin_of}").randrange(6000)
    return Identity(
        given=(names[number % len(names)],),
        middle=draw.choice("ABCDEFGH"),
        family=(home.choice(_SURNAMES),),
        birth_date=date(2004, 2, 2) + timedelta(days=born),
        sex=sex,
        phones=(f"{home.randrange(201, 989)}55501{home.randrange(10, 99)}",),
        addresses=(Address(f"{home.randrange(1, 2400)} {home.choice(['Oak', 'Elm', 'River'])} St", "", "", "45901"),),
    )


def copies(identity: Identity, name: str, custodians: Iterable[str]) -> list[Copy]:
    """The same child at several custodians."""
    return [Copy(custodian, Random(f"{custodian} {name}").getrandbits(63), name, identity) for custodian in custodians]


def altered(copy: Copy, **what: object) -> Copy:
    """A copy that says something else."""
    return replace(copy, identity=replace(copy.identity, **what))  # type: ignore[arg-type]


def tokens(of: Iterable[Copy], *, shuffle: int | None = None, secret: bytes = SECRET) -> dict[str, Tokens]:
    """What the custodians deliver; `shuffle` mixes records and custodians."""
    delivered: dict[str, list[tuple[int, int, int]]] = {}
    for copy in of:
        random = Random(f"fill {copy.custodian} {copy.record}").randbytes
        made = pseudonym.tokens(copy.identity, secret=secret, agreement="memorandum", random=random)
        delivered.setdefault(copy.custodian, []).extend((copy.record, kind, token) for kind, token in made)
    if shuffle is not None:
        mixed = Random(shuffle)
        for rows in delivered.values():
            mixed.shuffle(rows)
        order = list(delivered)
        mixed.shuffle(order)
        delivered = {custodian: delivered[custodian] for custodian in order}
    return {
        custodian: Tokens(*([row[place] for row in rows] for place in range(3)))
        for custodian, rows in delivered.items()
    }


def truth(of: Iterable[Copy]) -> dict[Name, str]:
    """Who is behind each record."""
    return {(copy.custodian, copy.record): copy.child for copy in of}


def partition(persons: Mapping[Name, int]) -> set[frozenset[Name]]:
    """The persons as sets of records, whatever their keys."""
    groups: dict[int, set[Name]] = {}
    for name, key in persons.items():
        groups.setdefault(key, set()).add(name)
    return {frozenset(group) for group in groups.values()}


def keys(seed: int) -> Callable[[], int]:
    """Random person keys."""
    drawn = Random(seed)
    return lambda: drawn.getrandbits(62)
