"""Code lists as data: which group a coded concept stands in.

The lists live in `codes/*.toml`, each with its version; this file knows none of their content.  Rules:

* a system is known by every spelling of its address; a code is compared without dots and whatever its case;
* a CVX code may have lost its leading zero;
* a pattern that ends in `*` stands for everything that begins so;
* a site may add codes of its own, by group; it cannot take any away.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from connectors.errors import SiteError

Coding = tuple[str, str]
"""A code system's address and a code of it."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """Groups of codes, in order: exact codes and beginnings of codes, by the system's short name."""

    name: str
    version: str
    groups: tuple[str, ...]
    exact: Mapping[Coding, tuple[str, ...]]
    beginnings: tuple[tuple[str, str, str], ...]

    def groups_of(self, codings: Iterable[Coding]) -> tuple[str, ...]:
        """Every group that one of the codings stands in, in the list's order."""
        found: set[str] = set()
        for address, written in codings:
            system = _systems().get(address, "")
            code = normal(system, written)
            found.update(self.exact.get((system, code), ()))
            found.update(group for group, of, start in self.beginnings if of == system and code.startswith(start))
        return tuple(group for group in self.groups if group in found) if found else ()


def normal(system: str, code: str) -> str:
    """A code as lists hold it: upper case, without dots; CVX codes with two digits at least."""
    bare = code.strip().replace(".", "").upper()
    return bare.zfill(2) if system == "cvx" else bare


@cache
def document(name: str) -> Mapping[str, Any]:
    """The data file `codes/NAME.toml`."""
    return tomllib.loads(files("connectors").joinpath("codes", f"{name}.toml").read_text("utf-8"))


@cache
def load(name: str, extra: tuple[tuple[str, Coding], ...] = ()) -> CodeList:
    """The code list called `name`, with the site's `extra` codes by group."""
    groups: Mapping[str, Mapping[str, list[str]]] = document(name)["groups"]
    entries = [(group, system, code) for group, by in groups.items() for system, codes in by.items() for code in codes]
    for group, (address, code) in extra:
        if group not in groups or address not in _systems():
            raise SiteError(f"site.toml: codes.{name} may add to {', '.join(groups)}, in a system that codes/ names")
        entries.append((group, _systems()[address], code))
    exact: dict[Coding, list[str]] = {}
    beginnings: list[tuple[str, str, str]] = []
    for group, system, code in entries:
        if code.endswith("*"):
            beginnings.append((group, system, normal(system, code[:-1])))
        else:
            exact.setdefault((system, normal(system, code)), []).append(group)
    return CodeList(
        name,
        document(name)["version"],
        tuple(groups),
        {key: tuple(found) for key, found in exact.items()},
        tuple(beginnings),
    )


@cache
def _systems() -> Mapping[str, str]:
    addresses: Mapping[str, str] = document("systems")["systems"]
    return addresses
