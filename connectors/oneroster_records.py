"""The records of a OneRoster file by their sourcedId: of several, the one that was modified last.

It does not know what a record means.  Rules: a record that the source marks for deletion is rejected; every other one
is left for the caller to settle, once it is known whether what it refers to exists.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from connectors import dates
from connectors.reasons import Reason
from connectors.tabular import Sheet
from connectors.tally import Candidate, Latest, Tally

_GONE = frozenset({"tobedeleted", "inactive"})


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its place, and the cells that were asked for (without its sourcedId)."""

    tally: Tally = field(repr=False)
    line: int
    source_id: str = field(repr=False)
    cells: tuple[str, ...] = field(repr=False)

    def accept(self, *, used: bool) -> None:
        """The record was understood."""
        self.tally.accept(self.line, used=used)

    def reject(self, reason: Reason) -> None:
        """The record was left out."""
        self.tally.reject(self.line, reason)


def read(
    sheet: Sheet, tally: Tally, filled: Sequence[str] = (), *, present: Sequence[str] = (), optional: Sequence[str] = ()
) -> Iterator[Record]:
    """Every record of the file that stands, each once; the caller settles them."""
    latest: Latest[tuple[str, ...]] = Latest()
    columns = ("sourcedId", *filled), present, (*optional, "status", "dateLastModified")
    for line, (source_id, *cells, modified) in sheet.records(tally, *columns):
        changed = dates.instant(modified) if modified else ""
        latest.offer(source_id, Candidate(tally, line, changed, tuple(cells)))
    for source_id, kept in latest.items():
        *cells, status = kept.finding
        if status.lower() in _GONE:
            tally.reject(kept.line, Reason.TO_BE_DELETED)
        else:
            yield Record(tally, kept.line, source_id, tuple(cells))
