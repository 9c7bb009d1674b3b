"""Answers admitted questions while their askers wait: a few threads that run `hub.actions.answer`.

It admits and charges nothing.  Rules:

* one question is answered by one thread at a time, and tried twice under its one charge;
* what was charged before the hub last stopped is answered when it starts;
* a stop lets nothing new begin and does not wait for a public instant.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from hub.actions.answer import NotAnsweredError, answer, recover
from hub.actions.judge import Priced
from hub.errors import HubError, UnavailableError
from hub.store.questions import Question
from hub.wiring import Hub

_THREADS_PER_WORKER = 4
_LOG = logging.getLogger("hub.answering")


class StoppedError(UnavailableError):
    """The hub is stopping; what was charged is answered when it starts again."""

    title = "The hub is stopping"


class Answering:
    """The threads that answer for one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._pool = ThreadPoolExecutor(hub.settings.workers * _THREADS_PER_WORKER, thread_name_prefix="answering")
        self._under_way: set[str] = set()
        self._lock = Lock()
        self._stopping = Event()

    def recover(self) -> None:
        """Begin to answer what was charged before."""
        self._pool.submit(self._quietly, "earlier questions", lambda: recover(self._hub, sleep=self._sleep))

    def begin(self, question: Question, priced: Priced | None = None) -> None:
        """Have a charged question answered, unless it is being answered already."""
        with self._lock:
            if question.id in self._under_way or self._stopping.is_set():
                return
            self._under_way.add(question.id)
        self._pool.submit(self._answer, question, priced)

    def is_under_way(self, question_id: str) -> bool:
        """Whether a thread of this process has the question."""
        with self._lock:
            return question_id in self._under_way

    def close(self) -> None:
        """Stop: drop what has not begun, wake those who wait, and let the rest end."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _answer(self, question: Question, priced: Priced | None) -> None:
        try:
            self._quietly(question.id, lambda: self._answer_or_retry(question, priced))
        finally:
            with self._lock:
                self._under_way.discard(question.id)

    def _answer_or_retry(self, question: Question, priced: Priced | None) -> None:
        """Answer under the charge; once more, at a public instant of its own, when the engine came too late."""
        try:
            answer(self._hub, question, priced=priced, sleep=self._sleep)
        except NotAnsweredError:
            if self._stopping.is_set():
                raise
            answer(self._hub, question, priced=priced, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise StoppedError("the hub is stopping: the question is answered when it starts again")

    @staticmethod
    def _quietly(what: str, work: Callable[[], object]) -> None:
        """Run it; a failure is logged by its kind alone, for its text might tell of records."""
        try:
            work()
        except HubError as error:
            _LOG.info("%s: %s", what, error.title)
        except Exception as error:  # noqa: BLE001 - a thread that dies must leave its kind and nothing else in the log
            _LOG.error("%s: %s", what, type(error).__name__)
