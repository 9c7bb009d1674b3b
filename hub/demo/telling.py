"""How the story is told: numbered steps, plain sentences, tables with their margins.

It decides nothing and computes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table


class Telling:
    """Tells the story on a console; animation switches itself off where the output is not a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._number = 0

    def step(self, title: str) -> None:
        """Begin the next numbered step."""
        self._number += 1
        self._console.print()
        self._console.rule(f"{self._number}. {title}", align="left", style="dim")

    def say(self, text: str) -> None:
        """One sentence."""
        self._console.print(text, highlight=False, markup=False)

    def detail(self, text: str) -> None:
        """A sentence that only the curious read."""
        self._console.print(f"  {text}", style="dim", highlight=False, markup=False)

    def code(self, text: str) -> None:
        """SQL or a command, as it is typed."""
        for line in text.strip().splitlines():
            self._console.print(f"    {line}", style="cyan", highlight=False, markup=False)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, keys: int) -> None:
        """A table whose first `keys` columns are words, and the others numbers."""
        shown = Table(header_style="bold", box=None, padding=(0, 2, 0, 0))
        for position, heading in enumerate(headings):
            shown.add_column(heading, justify="right" if position >= keys else "left")
        for row in rows:
            shown.add_row(*row)
        self._console.print(shown)

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator["Bar"]:
        """A bar for long work; without a terminal a line for each part."""
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        ) as shown:
            yield Bar(shown, shown.add_task(title, total=total), self)


class Bar:
    """The progress of one piece of work."""

    def __init__(self, shown: Progress, task: TaskID, telling: Telling) -> None:
        self._shown, self._task, self._telling = shown, task, telling

    def done(self, what: str) -> None:
        """One more part is done."""
        self._shown.advance(self._task)
        self._shown.update(self._task, description=what)
        if self._shown.disable:
            self._telling.detail(what)
