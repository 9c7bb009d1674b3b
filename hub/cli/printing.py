"""How the command line shows things: tables for people, JSON for programs, sentences for errors.

It decides nothing.  Rules: what is asked for goes to standard output, everything else to standard error; JSON is
exactly what a program can read back; a refusal shows all its reasons at once, and the next step.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from hub.actions.refusals import RefusedError, together
from hub.query.errors import QueryError

out = Console()
err = Console(stderr=True)


def as_json(value: Any) -> None:
    """Print a value as JSON, and nothing else."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print rows under their headings; numbers stand to the right."""
    kept = [["" if value is None else value for value in row] for row in rows]
    shown = Table(title=title or None, title_justify="left", header_style="bold")
    for position, heading in enumerate(headings):
        numeric = bool(kept) and all(isinstance(row[position], (int, float)) for row in kept)
        shown.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in kept:
        shown.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row))
    out.print(shown)


def step(text: str) -> None:
    """Say on standard error what is being done."""
    err.print(f"· {text}", style="dim", highlight=False, markup=False)


def failure(error: Exception) -> None:
    """Say what went wrong, why, and what to do next."""
    _say(f"{getattr(error, 'title', 'This cannot be done')}.", style="bold red")
    if isinstance(error, RefusedError):
        for number, each in enumerate(together(error.reasons), start=1):
            _say(f"  {number}. {each.reason.sentence}")
            _say(f"     {each.reason.clause}; {each.reason.citation} ({each.reason.rule})", style="dim")
            _say(f"     Accepted would be: {each.reason.accepted}.")
            if each.also:
                _say(f"     So say also: {', '.join(each.also)}.", style="dim")
        _say(f"Nothing was spent. {error.next_step}")
    elif isinstance(error, QueryError):
        for problem in error.problems:
            _say(f"  line {problem.line}, column {problem.column}: {problem.message}")
            if problem.suggestion:
                _say(f"     {problem.suggestion}")
    else:
        _say(str(error))


def _say(text: str, style: str = "") -> None:
    err.print(text, style=style, highlight=False, markup=False)
