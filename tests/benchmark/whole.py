"""Whole questions as a researcher asks them, without the wait for the public deadline.

Each goes through `actions.ask` and `actions.answer`: parsing, standing with eleven signatories, policies, ledger,
journal, engine, noise and signature.
"""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from hub.actions.actor import Actor
from hub.actions.answer import answer
from hub.actions.ask import quote, status, submit
from hub.actions.asked import Asked
from hub.wiring import Hub, wall_clock
from tests.benchmark.questions import Timed
from tests.benchmark.signed import LICENCE

_STEP = Decimal("0.000001")
_ANA = Actor("ana", "ana", "university")


class Skipping:
    """A clock that skips what is slept."""

    def __init__(self) -> None:
        self._skipped = timedelta(0)

    def __call__(self) -> datetime:
        return wall_clock() + self._skipped

    def sleep(self, seconds: float) -> None:
        self._skipped += timedelta(seconds=ceil(seconds))


class Researcher:
    """Asks every question at a loss of its own, so that none is answered by an earlier release."""

    def __init__(self, hub: Hub, clock: Skipping) -> None:
        self._hub, self._clock = hub, clock
        self._numbers = itertools.count(1)
        self._next: dict[str, Asked] = {}

    def prepare(self, timed: Timed) -> None:
        """Ask dry first, as people do; this works out what the offered ε is worth, and is not timed."""
        self._hub.workers.wait_until_ready(60)
        asked = Asked(
            sql=timed.sql,
            project=LICENCE,
            purpose="attendance",
            epsilon=1 + int(wall_clock().timestamp()) % 100_000 * _STEP + next(self._numbers) * _STEP,
            rows_per_person=timed.rows_per_person,
        )
        quote(self._hub, _ANA, asked)
        self._next[timed.name] = asked

    def ask(self, timed: Timed) -> None:
        """Ask for real, and have the release."""
        ticket = submit(self._hub, _ANA, self._next[timed.name])
        answer(self._hub, status(self._hub, _ANA, ticket.id), priced=ticket.priced, sleep=self._clock.sleep)
