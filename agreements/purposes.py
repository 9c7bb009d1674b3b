"""The tree of purposes: an agreement that permits a purpose permits everything below it.

It does not say what a purpose is good for, and no agreement can add to it: an unknown purpose refuses.  Some purposes
stand in the tree only to be prohibited by name.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

PARENT: Mapping[str, str | None] = MappingProxyType(
    {
        "improve_instruction": None,
        "attendance": "improve_instruction",
        "mobility_and_instruction": "improve_instruction",
        "early_literacy": "improve_instruction",
        "post_secondary": "improve_instruction",
        "programme_evaluation": None,
        "education_programme": "programme_evaluation",
        "health_programme": "programme_evaluation",
        "public_health": None,
        "asthma": "public_health",
        "vision_hearing": "public_health",
        "immunisation": "public_health",
        "mental_health_access": "public_health",
        "research": None,
        "operations": None,
        "hub_quality_checks": "operations",
        "individual_decision": None,
        "discipline": "individual_decision",
        "insurance_decision": "individual_decision",
        "employment_decision": "individual_decision",
        "teacher_ranking": "individual_decision",
        "law_enforcement": None,
        "immigration_enforcement": "law_enforcement",
        "marketing": None,
        "re_identification": None,
        "sale": None,
    }
)
"""Every purpose and the one above it."""


_HYPHENATED = {"re_identification": "re-identification", "post_secondary": "post-secondary education"}


def is_known(purpose: str) -> bool:
    """Whether the purpose stands in the tree."""
    return purpose in PARENT


def ancestors(purpose: str) -> tuple[str, ...]:
    """The purpose itself, then each one above it to the root; empty for an unknown purpose."""
    line: list[str] = []
    above: str | None = purpose if is_known(purpose) else None
    while above is not None:
        line.append(above)
        above = PARENT[above]
    return tuple(line)


def covers(permitted: Iterable[str], purpose: str) -> bool:
    """Whether one of `permitted` is the purpose or stands above it."""
    return not set(permitted).isdisjoint(ancestors(purpose))


def words(purpose: str) -> str:
    """The purpose as people write it."""
    return _HYPHENATED.get(purpose, purpose.replace("_", " "))
