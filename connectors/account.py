"""The account of a run: for every source file, how many records it announced and what became of each.

It reads no file and keeps no record.  Rules:

* each announced record has exactly one fate: accepted, rejected for a reason, or duplicate;
* numbers that do not add up fail the run, and so does too large a share of broken records in one file;
* it holds line numbers and counts, never content; what travels in a delivery holds counts by kind of file only.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import AccountError
from connectors.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAccount:
    """What became of the records of one source file.

    `used` of the accepted records told something about a person who is delivered; the others were not needed.  `lines`
    names the first rejected records.
    """

    name: str
    kind: str
    announced: int
    accepted: int
    used: int
    duplicate: int
    rejected: Mapping[Reason, int]
    lines: tuple[tuple[int, Reason], ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that do not add up."""
        if self.announced != self.accepted + self.rejections + self.duplicate or self.used > self.accepted:
            raise AccountError(
                f"{self.name}: announced {self.announced} is not accepted {self.accepted} + rejected"
                f" {self.rejections} + duplicate {self.duplicate}; nothing was delivered, please report this"
            )

    @property
    def rejections(self) -> int:
        """How many records were rejected, for whatever reason."""
        return sum(self.rejected.values())

    @property
    def broken(self) -> int:
        """How many records were rejected because they are damaged, not because of what they soundly say."""
        return sum(count for reason, count in self.rejected.items() if reason.broken)


@dataclass(frozen=True, slots=True)
class Account:
    """Every file that was read, the names of those that were not, and what the custodian should know."""

    files: tuple[FileAccount, ...]
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def check(self, *, broken_share: float) -> None:
        """Fail the run when more than `broken_share` of one file's records are damaged."""
        for file in self.files:
            if file.broken > broken_share * file.announced:
                named = next(((line, reason) for line, reason in file.lines if reason.broken), None)
                place = f"; the first is line {named[0]}: {named[1].sentence}" if named else ""
                raise AccountError(
                    f"{file.name}: {file.broken} of {file.announced} records are damaged, more than"
                    f" {broken_share:.0%}{place}. Nothing was delivered; export the file again"
                )

    def to_delivery(self) -> dict[str, Any]:
        """What travels, sealed, to the hub: counts by kind of file, no file's name and no line."""
        kinds: dict[str, Counter[str]] = {}
        reasons: dict[str, Counter[str]] = {}
        for file in self.files:
            counts = kinds.setdefault(file.kind, Counter())
            for name in ("announced", "accepted", "used", "duplicate"):
                counts[name] += getattr(file, name)
            reasons.setdefault(file.kind, Counter()).update({str(r): count for r, count in file.rejected.items()})
        return {
            "files": [
                {"kind": kind, **counts, "rejected": dict(sorted(reasons[kind].items()))}
                for kind, counts in kinds.items()
            ],
            "files_not_read": len(self.unread),
        }
