"""The instant at which something happens: the later of the wall clock and the journal's last instant.

It reads no clock.  Rules: time never runs back; a clock that was set back by more than five minutes stops the hub,
because dates of agreements are judged by it.
"""

from datetime import datetime, timedelta

from hub.store import journal
from hub.store.errors import ClockError, ValueRefusedError
from hub.store.transaction import Reading

TOLERANCE = timedelta(minutes=5)


def instant(tx: Reading, wall: datetime) -> datetime:
    """The instant to use in this transaction; `wall` is the wall clock's, aware and in UTC."""
    if wall.utcoffset() != timedelta(0):
        raise ValueRefusedError("give the wall clock's instant in UTC, with its zone")
    last = journal.last_instant(tx)
    if last is None or wall >= last:
        return wall
    if last - wall > TOLERANCE:
        raise ClockError("the clock of this machine is more than five minutes behind the journal: set it right")
    return last
