"""The outbox of a site: numbered deliveries, each whole or not there.

It does not make a delivery.  Rules: one pull at a time; the number is above every number used before, also when
deliveries have been carried away; a file gets its name only when all its bytes are on the disk.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.configuration import FILE
from connectors.errors import SiteError

_LAST = "last_delivery"
_NUMBERED = re.compile(r"-([0-9]{6,})\.delivery\Z")


@contextmanager
def only_pull(folder: Path) -> Iterator[None]:
    """Hold the site for one pull; a second one at the same time is refused."""
    with (folder / FILE).open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SiteError("another pull of this site is running; wait until it has ended") from error
        yield


def next_number(folder: Path, outbox: Path) -> int:
    """The number of the next delivery, from 1."""
    used = [int(found[1]) for path in outbox.glob("*.delivery") if (found := _NUMBERED.search(path.name))]
    last = folder / _LAST
    written = last.read_text("ascii", "replace").strip() if last.is_file() else "0"
    if not written.isdigit():
        raise SiteError(f"{_LAST} holds the number of the last delivery and nothing else; correct it")
    return max(int(written), *used, 0) + 1


def leave(folder: Path, outbox: Path, *, custodian: str, number: int, data: bytes) -> Path:
    """Write a delivery and give it its name; on any error nothing is left of it."""
    outbox.mkdir(parents=True, exist_ok=True)
    path = outbox / f"{custodian}-{number:06}.delivery"
    part = path.with_suffix(".part")
    counter = folder / f"{_LAST}.part"
    try:
        _write(part, data)
        _write(counter, f"{number}\n".encode("ascii"))
        counter.replace(folder / _LAST)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
        counter.unlink(missing_ok=True)
    return path


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
