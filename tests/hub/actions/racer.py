"""A program that asks from several processes of several threads at once, and tells what it was allowed.

Arguments: the hub's folder, the database's address, how many processes, how many threads each.  It forks before
anything is opened, so that each process has a hub of its own, and says each charged question on a line.
"""

import os
import sys
import threading
from pathlib import Path

from hub.actions.ask import submit
from hub.actions.refusals import RefusedError
from tests.hub.actions.small import ANA, DEAR, Small, opened


def ask(here: Small, key: str) -> None:
    try:
        ticket = submit(here.hub, ANA, DEAR, idempotency_key=key)
    except RefusedError as refusal:
        if not {reason.rule for reason in refusal.reasons} <= {"agreement-budget", "contributor-budget"}:
            raise
        return
    os.write(1, f"{ticket.id}\n".encode())


def race(directory: Path, database: str, *, threads: int) -> None:
    with opened(directory, database=database) as here:
        running = [threading.Thread(target=ask, args=(here, f"{os.getpid()}-{n}")) for n in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()


def main() -> None:
    directory, database = Path(sys.argv[1]), sys.argv[2]
    processes, threads = map(int, sys.argv[3:5])
    children = []
    for _ in range(processes):
        child = os.fork()
        if not child:
            race(directory, database, threads=threads)
            os._exit(0)
        children.append(child)
    ends = [os.waitpid(child, 0)[1] for child in children]
    sys.exit(any(ends))


if __name__ == "__main__":
    main()
