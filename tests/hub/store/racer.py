"""A program that charges one store from several threads at once, and tells what it was allowed.

Arguments: the store's address, this racer's name, how many threads, how many charges each, the rho of a charge.
It says "ready", waits for a line, and says each charge on a line of its own after its commit.
"""

import sys
import threading
from datetime import UTC, datetime

from hub.store import ledger
from hub.store.amounts import Charge, Charged
from hub.store.store import Store

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)


def race(store: Store, name: str, *, charges: int, rho: int) -> None:
    for number in range(charges):
        request = f"{name}-{number}"
        with store.begin() as tx:
            asked = [Charge("community", rho, 0), Charge("licence", rho, 0)]
            outcome = ledger.charge(tx, request, asked, at=AT)
        if isinstance(outcome, Charged):
            sys.stdout.write(f"{request}\n")
            sys.stdout.flush()


def main() -> None:
    address, name = sys.argv[1:3]
    threads, charges, rho = map(int, sys.argv[3:6])
    store = Store(address)
    store.check()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    running = [
        threading.Thread(target=race, args=(store, f"{name}-{number}"), kwargs={"charges": charges, "rho": rho})
        for number in range(threads)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


if __name__ == "__main__":
    main()
