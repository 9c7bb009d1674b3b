"""The journal's last entries, as the public may read them.

It shows no private body.  Rule: newest first, and never more than was asked for.
"""

from hub.store import journal
from hub.store.chain import Entry
from hub.wiring import Hub

_MOST = 1000


def latest(hub: Hub, count: int) -> tuple[Entry, ...]:
    """At most `count` entries, newest first."""
    with hub.store.read() as tx:
        size = journal.head(tx).index
        found = journal.entries(tx, after=max(0, size - min(count, _MOST)), limit=min(count, _MOST))
    return found[::-1]
