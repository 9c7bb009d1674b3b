"""A question's text as nested forms, each with its kind and place, before anything is refused or understood.

It knows neither the library that read the text nor the language; `parse` makes forms and `reading` judges them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.query.errors import Position


@dataclass(frozen=True, slots=True)
class Form:
    """One node: `kind` names its form (`Select`, `EQ`, …), `clauses` holds what was written in it, nothing empty."""

    kind: str
    at: Position
    clauses: Mapping[str, "Clause"]

    def form(self, clause: str) -> "Form | None":
        """The form in this clause, if there is one."""
        found = self.clauses.get(clause)
        return found if isinstance(found, Form) else None

    def forms(self, clause: str) -> tuple["Form", ...]:
        """The forms listed in this clause."""
        found = self.clauses.get(clause, ())
        return found if isinstance(found, tuple) else ()

    def text(self, clause: str) -> str:
        """The text in this clause, or of the name that stands there."""
        found = self.clauses.get(clause, "")
        if isinstance(found, Form):
            return found.text("this")
        return found if isinstance(found, str) else ""


Clause = Form | tuple[Form, ...] | str | bool
