"""A child as one custodian knows it: the id in its export and its copy of who the child is.

It writes no files.  Rules: an id says nothing of the child, and files are in the order of ids.
"""

from dataclasses import dataclass

from hub.demo.community.dirt import Copy
from hub.demo.community.households import Child

_FORMATS = ("{}-{}-{}", "({}) {}-{}", "{}{}{}", "{}.{}.{}")


@dataclass(frozen=True, slots=True)
class Known:
    """One child at one custodian."""

    child: Child
    source: str
    copy: Copy


def phone(number: str, custodian: str) -> str:
    """Ten digits the way this custodian writes them."""
    style = _FORMATS[(ord(custodian[0]) - ord("a")) % len(_FORMATS)]
    return style.format(number[:3], number[3:6], number[6:])
