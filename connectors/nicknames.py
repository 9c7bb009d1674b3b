"""The given names that a short form may stand for.

It knows public lists of names and nobody's name.  Rules: a name's roots are the full names that it may stand for and
the name itself; two names agree when they have a root in common; the roots of one name come in a fixed order.
"""

import tomllib
from functools import cache
from importlib import resources


@cache
def roots(name: str) -> tuple[str, ...]:
    """The full names that a name of lower-case letters may stand for, and itself last."""
    return (*_full_names().get(name, ()), name)


@cache
def _full_names() -> dict[str, tuple[str, ...]]:
    text = resources.files("connectors").joinpath("nicknames.toml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for full, short_forms in tomllib.loads(text)["short_forms"].items():
        for short in short_forms.split():
            found.setdefault(short, []).append(full)
    return {short: tuple(full_names) for short, full_names in found.items()}
