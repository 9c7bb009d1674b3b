"""Leave no key behind of files that did not come into use.

It removes no file; who wrote one does.  Rule: a key that is not there, or was destroyed before, is no error, because
this runs when something else has failed already.
"""

import contextlib
from collections.abc import Iterable

from hub.store import clock
from hub.store.errors import StoreError
from hub.wiring import Hub


def destroy_keys(hub: Hub, names: Iterable[str]) -> None:
    """Destroy the data keys of these names, so that what may still lie about of their files cannot be read."""
    for name in names:
        with contextlib.suppress(StoreError), hub.store.begin() as tx:
            hub.vault.destroy(tx, name, at=clock.instant(tx, hub.clock()))
    with contextlib.suppress(StoreError):
        hub.store.scrub()
