"""Sessions of the page: an opaque text in a cookie, and here whom it stands for.

They live in this process and end with it.  Rules: a session ends after thirty minutes without a request, and after
twelve hours in any case; signing in always makes a new one; only a digest of the cookie's text is kept.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from hub.actions.actor import Actor
from hub.wiring import Clock

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Session:
    actor: Actor
    began: datetime
    seen: datetime


class Sessions:
    """Every session of one hub."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, _Session] = {}
        self._lock = Lock()

    def begin(self, actor: Actor) -> str:
        """A new session; returns the text for the cookie."""
        text, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._held = {name: each for name, each in self._held.items() if _lives(each, now)}
            while len(self._held) >= _MOST:
                self._held.pop(next(iter(self._held)))
            self._held[_digest(text)] = _Session(actor, now, now)
        return text

    def find(self, text: str) -> Actor | None:
        """Whom a cookie's text stands for, if it still stands for anybody."""
        name, now = _digest(text), self._clock()
        with self._lock:
            session = self._held.get(name)
            if session is None or not _lives(session, now):
                self._held.pop(name, None)
                return None
            self._held[name] = replace(session, seen=now)
        return session.actor

    def end(self, text: str) -> None:
        """Forget a session."""
        with self._lock:
            self._held.pop(_digest(text), None)


def _lives(session: _Session, now: datetime) -> bool:
    return now - session.seen < IDLE and now - session.began < LONGEST


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
