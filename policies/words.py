"""Lists, data elements and amounts of privacy loss in words, for the sentences that people read.

It judges nothing.  Rules: lists are sorted, so that the same refusal always reads the same; what a person wrote is
quoted and cut short.
"""

from collections.abc import Iterable

from agreements.standing import State

_LONGEST_QUOTED = 60


def either(options: Iterable[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`; `nothing` when there is no option."""
    listed = sorted(options)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}" if len(listed) > 1 else "".join(listed) or "nothing"


def both(names: Iterable[str]) -> str:
    """`a, b and c`."""
    return either(names, "and")


def elements_in_words(elements: Iterable[str]) -> str:
    """Data elements, those of several custodians named once: `school_year/grade as filter (alder and birch)`."""
    by_place: dict[str, list[str]] = {}
    for element in elements:
        org, _, place = element.partition("/")
        by_place.setdefault(place.replace(":", " as "), []).append(org)
    return both(f"{place} ({both(orgs)})" for place, orgs in by_place.items())


def rho_in_words(billionths: int) -> str:
    """An amount of privacy loss: `rho 0.02`."""
    whole, part = divmod(billionths, 10**9)
    return f"rho {whole}.{part:09d}".rstrip("0").rstrip(".")


def said(state: State) -> str:
    """A standing as people say it: `partly signed`."""
    return state.value.replace("_", " ")


def short(text: str) -> str:
    """What a person wrote, quoted, and cut where it would drown the sentence."""
    return repr(text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}…")
