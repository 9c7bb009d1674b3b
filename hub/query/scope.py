"""Which columns a name can mean at one place of a question.

It does not know what a column is used for.  Rules:

* an unknown name is answered with the nearest known one;
* a name that two relations share must say which is meant, except `person`, the same on both sides of a join;
* where a relation could not be read, nothing is said about names that may have been its columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agreements.catalogue import PERSON
from hub.query import syntax
from hub.query.errors import RefusedError, nearest, quoted
from hub.query.typed import Column, Person


@dataclass(frozen=True, slots=True)
class Exposed:
    """The columns of one relation in FROM, under its alias; `complete` is false when it could not be read whole."""

    alias: str | None
    columns: Mapping[str, Column]
    complete: bool = True


@dataclass(slots=True)
class Scope:
    """The relations of one FROM, the columns that USING made one, and the tables that have a column of some name."""

    exposed: list[Exposed]
    elsewhere: Mapping[str, str]
    merged: dict[str, tuple[int, Column]] = field(default_factory=dict)

    def find(self, name: syntax.Name) -> Column | None:
        """The column that is meant; None when that cannot be known because a relation could not be read."""
        found = self.find_with_place(name)
        return found[1] if found else None

    def find_with_place(self, name: syntax.Name) -> tuple[int, Column] | None:
        """The same, with the place in FROM of the relation that has the column."""
        if name.table is None:
            return self._unqualified(name.name)
        places = [place for place, one in enumerate(self.exposed) if one.alias == name.table]
        if not places:
            if not all(one.complete for one in self.exposed):
                return None
            aliases = [one.alias for one in self.exposed if one.alias]
            close = nearest(name.table, aliases) or "the relations here are " + ", ".join(sorted(aliases))
            raise RefusedError(f"there is no table {quoted(name.table)} here", close)
        one = self.exposed[places[0]]
        if name.name in one.columns:
            return places[0], one.columns[name.name]
        if not one.complete:
            return None
        raise RefusedError(
            f"{quoted(name.table)} has no column {quoted(name.name)}", self._instead(name.name, set(one.columns))
        )

    def _unqualified(self, name: str) -> tuple[int, Column] | None:
        if name in self.merged:
            return self.merged[name]
        found = [(place, one.columns[name]) for place, one in enumerate(self.exposed) if name in one.columns]
        people = [(place, column) for place, column in found if isinstance(column, Person)]
        if people and len(people) == len(found):
            return next((one for one in people if not _is_optional(one[1])), people[0])
        if len(found) > 1:
            choices = " or ".join(f"{self.exposed[place].alias or '…'}.{name}" for place, _ in found)
            raise RefusedError(f"{quoted(name)} is a column of more than one relation", f"write {choices}")
        if found:
            return found[0]
        if not all(one.complete for one in self.exposed):
            return None
        known = {column for one in self.exposed for column in one.columns}
        raise RefusedError(f"there is no column {quoted(name)} here", self._instead(name, known))

    def _instead(self, name: str, known: set[str]) -> str:
        if name == PERSON:
            return "add person to the SELECT list of the subquery"
        if name in self.elsewhere:
            return f"it is a column of {self.elsewhere[name]}: join that on person, or select it in the subquery"
        return nearest(name, known) or "the columns here are " + ", ".join(sorted(known)[:20])


def _is_optional(column: Column) -> bool:
    return isinstance(column, Person) and column.optional
