"""A program that charges a question in each of two hubs and dies: before the engine is asked, and within it.

Arguments: the two hubs' folders.  It forks, so that each death is a process's own, and tells the signal of each.
"""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hub.actions.answer import answer
from hub.actions.ask import status, submit
from hub.engine.warehouse import VaultFile
from hub.engine.workers import Answer, Workers
from tests.hub.actions.small import ANA, asked, opened


class Deadly(Workers):
    """Engine processes whose asker dies of asking."""

    def run(self, files: Mapping[str, VaultFile], statement: str, *, deadline_seconds: float) -> Answer:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().run(files, statement, deadline_seconds=deadline_seconds)


def die(directory: Path, *, asking: bool) -> None:
    with opened(directory) as here, Deadly(ready=0, directory=directory / "spill") as deadly:
        hub = replace(here.hub, workers=deadly)
        ticket = submit(hub, ANA, asked(), idempotency_key="key")
        if not asking:
            os.kill(os.getpid(), signal.SIGKILL)
        answer(hub, status(hub, ANA, ticket.id), priced=ticket.priced, sleep=here.clock.sleep)


def main() -> None:
    for asking, directory in enumerate(sys.argv[1:3]):
        child = os.fork()
        if not child:
            die(Path(directory), asking=bool(asking))
            os._exit(0)
        sys.stdout.write(f"{os.WTERMSIG(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
