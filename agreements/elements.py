"""A data element and one use of it, as agreements list them: `org/table/column:use`.

Joining or grouping by person is `org/table/person:join`; a list of elements is closed, and what is absent is refused.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from agreements.errors import AgreementError

_ELEMENT = re.compile(r"([a-z0-9._-]+)/([a-z0-9_]+)/([a-z0-9_]+):([a-z_]+)", re.ASCII)


class ElementError(AgreementError):
    """A data element is not written as agreements write it."""


class ElementUse(StrEnum):
    """How a question uses a data element."""

    GROUP_BY = "group_by"
    FILTER = "filter"
    MEASURE = "measure"
    JOIN = "join"


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """One column of one table of one organisation, in one use."""

    org: str
    table: str
    column: str
    use: ElementUse

    def __str__(self) -> str:
        return f"{self.org}/{self.table}/{self.column}:{self.use.value}"


def parse(text: str) -> Element:
    """The element that `text` names; an unknown use refuses."""
    found = _ELEMENT.fullmatch(text)
    if not found or found[4] not in set(ElementUse):
        raise ElementError(f"{text!r}: write org/table/column:use, with a use of {', '.join(ElementUse)}")
    return Element(found[1], found[2], found[3], ElementUse(found[4]))
