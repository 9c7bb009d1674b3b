"""A pull's account as text for the custodian's screen: a table by source file, then what to look at.

It is shown at the custodian's site only.  Rules: counts, file names, line numbers and reasons; never content.
"""

from collections.abc import Iterable, Iterator

from connectors.account import Account, FileAccount
from connectors.pull import Pulled

_HEADINGS = ("file", "announced", "accepted", "of these used", "rejected", "duplicate")


def pulled(result: Pulled) -> Iterator[str]:
    """Everything that a person should see after a pull."""
    yield from account(result.account)
    yield ""
    yield f"{result.persons:,} persons, with their linkage tokens and no name"
    for table, rows in result.rows.items():
        over = result.dropped.get(table, 0)
        beyond = f" ({over:,} more went over the bound of rows a person may have, and stayed here)" if over else ""
        yield f"{rows:,} rows of {table}{beyond}"
    yield f"Left in the outbox: {result.path.name}, number {result.manifest.number}"


def account(shown: Account) -> Iterator[str]:
    """The table, the rejected lines, the files that were not read, the notes."""
    rows = [_HEADINGS, *(_row(file) for file in shown.files), _total(shown.files)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADINGS))]
    for row in rows:
        yield "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
    for file in shown.files:
        yield from _rejections(file)
    if shown.unread:
        yield f"Not read: {', '.join(shown.unread)}"
    for note in shown.notes:
        yield f"Note: {note}"


def _row(file: FileAccount) -> tuple[str, ...]:
    counts = (file.announced, file.accepted, file.used, file.rejections, file.duplicate)
    return (file.name, *(f"{count:,}" for count in counts))


def _total(files: Iterable[FileAccount]) -> tuple[str, ...]:
    listed = list(files)
    sums = (
        sum(file.announced for file in listed),
        sum(file.accepted for file in listed),
        sum(file.used for file in listed),
        sum(file.rejections for file in listed),
        sum(file.duplicate for file in listed),
    )
    return ("all files", *(f"{count:,}" for count in sums))


def _rejections(file: FileAccount) -> Iterator[str]:
    for reason, count in file.rejected.items():
        lines = ", ".join(str(line) for line, named in file.lines if named is reason)
        where = f", among them line {lines}" if lines else ""
        yield f"{file.name}: {count:,} rejected ({reason}: {reason.sentence}){where}"
