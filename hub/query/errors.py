"""What is wrong with the text of a question: every problem at once, each at its place, with what to write instead.

It does not know the language.  Rules:

* a message quotes at most the names that stand in the person's own text, shortened and printable, and public names of
  the catalogue; never a constant, never a library's message;
* problems are in the order of the text and each is told once.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from hub.errors import InvalidError

_LONGEST_NAME = 60
_LONGEST_SENTENCE = 400
_MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the text: line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that cannot be asked, where it stands, and what to write instead (empty when nothing is known)."""

    line: int
    column: int
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """One line: place, message and suggestion."""
        return f"{self.line}:{self.column} {self.message}" + (f"; {self.suggestion}" if self.suggestion else "")


class QueryError(InvalidError):
    """The question cannot be asked as it is written; `problems` says why, in the order of the text."""

    title: ClassVar[str] = "The question cannot be asked as it is written"

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in order, each once, and no more than a person would read."""
        self.problems = tuple(sorted(set(problems)))[:_MOST_PROBLEMS]
        super().__init__("\n".join(map(str, self.problems)))


class RefusedError(Exception):
    """Inside this room only: a part of the question is refused; whoever knows its place makes it a `Problem`."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        """Keep both sentences."""
        super().__init__(message)
        self.message, self.suggestion = message, suggestion


class Problems:
    """Collects what is wrong while the rest of the question is still read."""

    def __init__(self) -> None:
        """Start without problems."""
        self._found: list[Problem] = []

    def add(self, at: Position, message: str, suggestion: str = "") -> None:
        """Note a problem at a place."""
        self._found.append(Problem(at.line, at.column, _printable(message), _printable(suggestion)))

    def refuse(self, at: Position, error: RefusedError) -> None:
        """Note what was refused at a place."""
        self.add(at, error.message, error.suggestion)

    def raise_if_any(self) -> None:
        """Raise one `QueryError` with everything that was found."""
        if self._found:
            raise QueryError(self._found)

    def __len__(self) -> int:
        """How many were noted so far."""
        return len(self._found)


def quoted(name: str) -> str:
    """A name of the person's text, shortened."""
    short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
    return f'"{short}"'


def nearest(name: str, known: Iterable[str]) -> str:
    """`write X` for the known name that looks most like `name`, or the empty sentence."""
    close = difflib.get_close_matches(name[:_LONGEST_NAME].lower(), sorted(set(known)), n=1, cutoff=0.6)
    return f"write {close[0]}" if close else ""


def _printable(sentence: str) -> str:
    """A sentence of bounded length, with every character that does not print replaced."""
    return "".join(letter if letter.isprintable() else "?" for letter in sentence[:_LONGEST_SENTENCE])
