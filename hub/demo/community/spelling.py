"""How a name goes wrong on its way into a record: slips of the keyboard, spellings by ear, lost accents, two surnames.

It does not decide when: that is `dirt`.  Rules: what comes back is never empty, and differs from what went in wherever
the name is long enough to differ.
"""

import unicodedata
from random import Random

from hub.demo.community.drawing import weighted

_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip

_BY_EAR = (
    ("ph", "f"), ("ck", "k"), ("sch", "sh"), ("ie", "y"), ("ei", "ie"), ("ey", "y"), ("ll", "l"), ("nn", "n"),
    ("tt", "t"), ("ss", "s"), ("rr", "r"), ("ee", "ea"), ("ai", "ay"), ("au", "aw"), ("th", "t"), ("sh", "sch"),
    ("lynn", "lin"), ("son", "sen"), ("z", "s"), ("qu", "k"), ("x", "ks"), ("y", "i"), ("c", "k"), ("k", "c"),
    ("v", "b"), ("j", "g"), ("s", "z"), ("h", ""), ("i", "y"), ("e", "a"), ("o", "u"),
)  # fmt: skip

_WAYS = weighted(
    [("both", 0.36), ("hyphenated", 0.16), ("first only", 0.30), ("second only", 0.08), ("together", 0.10)]
)
_SHORT = 3

_WRITTEN_OUT = {
    "St": "Street", "Ave": "Avenue", "Rd": "Road", "Ln": "Lane", "Dr": "Drive", "Ct": "Court", "Apt": "Unit",
}  # fmt: skip


def slip(name: str, random: Random) -> str:
    """One letter wrong, missing, doubled or exchanged with the next; the first letter stays."""
    if len(name) < _SHORT:
        return name + name[-1]
    place = random.randrange(1, len(name) - 1)
    kind = random.randrange(4)
    letter = name[place]
    if kind == 0 and letter in _NEIGHBOURS:
        return name[:place] + random.choice(_NEIGHBOURS[letter]) + name[place + 1 :]
    if kind == 1 and letter != name[place + 1]:
        return name[:place] + name[place + 1] + letter + name[place + 2 :]
    if kind == 2:  # noqa: PLR2004 - the third of four kinds
        return name[:place] + name[place + 1 :]
    return name[:place] + letter + name[place:]


def by_ear(name: str, random: Random) -> str:
    """Another spelling of about the same sound."""
    low = name.lower()
    usable = [(heard, written) for heard, written in _BY_EAR if heard in low[1:]]
    if not usable:
        return slip(name, random)
    heard, written = usable[min(random.randrange(len(usable)), random.randrange(len(usable)))]
    place = low.index(heard, 1)
    return name[:place] + written + name[place + len(heard) :]


def plain(name: str) -> str:
    """The name without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))


def two_surnames(surnames: tuple[str, str], random: Random) -> tuple[str, str]:
    """Two surnames as one source writes them, and which of the five ways that is."""
    first, second = surnames
    way = _WAYS.pick(random)
    written = {
        "both": f"{first} {second}",
        "hyphenated": f"{first}-{second}",
        "first only": first,
        "second only": second,
        "together": first + second.lower(),
    }
    return written[way], way


def street_in_full(street: str) -> str:
    """The street with its abbreviations written out."""
    return " ".join(_WRITTEN_OUT.get(word, word) for word in street.split(" "))
