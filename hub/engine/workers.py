"""A pool of engine processes that are ready beforehand, each used once and gone at its deadline.

It knows no questions: files and one statement go in, rows of whole numbers come out.  Rules:

* a process answers one question, so that no question can leave anything behind for another;
* at the deadline the process is killed; too late, crashed and refused by the engine are one and the same error;
* a process is started afresh, never forked, with an empty environment; keys reach it over a pipe only;
* what a process spilled is encrypted, lies in a folder of its own, and is removed when it is gone.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread, Timer
from types import TracebackType
from typing import BinaryIO, Self, cast

from hub.engine.errors import EngineError, NoAnswerError
from hub.engine.warehouse import VaultFile
from hub.engine.worker import receive, send

Answer = list[list[int | None]]

_COMMAND = (sys.executable, "-I", "-m", "hub.engine.worker")
_AGAIN_AFTER_SECONDS = 1.0


class Workers:
    """`ready` processes that wait for a question; close the pool, or use it in a `with` statement."""

    def __init__(self, *, ready: int = 2, threads: int = 2, memory: str = "2GB", directory: Path | None = None) -> None:
        self._count = ready
        self._limits = {"threads": threads, "memory": memory}
        self._directory = Path(tempfile.mkdtemp(prefix="engine-", dir=directory))
        self._changed = Condition()
        self._ready: deque[_Process] = deque()
        self._gone: deque[_Process] = deque()
        self._alive: set[_Process] = set()
        self._closed = False
        self._started = 0
        self._keeper = Thread(target=self._keep, name="engine-workers", daemon=True)
        self._keeper.start()

    def run(self, files: Mapping[str, VaultFile], statement: str, *, deadline_seconds: float) -> Answer:
        """The rows of `statement` over files attached under the given names; NoAnswerError for whatever goes wrong."""
        end = time.monotonic() + deadline_seconds
        process = self._take(end)
        try:
            answer = process.answer(files, statement, seconds=end - time.monotonic())
        finally:
            self._dismiss(process)
        if time.monotonic() > end:
            raise NoAnswerError
        return answer

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until every place of the pool is filled."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._ready) >= self._count, seconds):
                raise EngineError("the engine's processes do not start; check that DuckDB can be imported and encrypt")

    def close(self) -> None:
        """Kill every process and remove what they spilled."""
        with self._changed:
            self._closed = True
            alive = list(self._alive)
            self._changed.notify_all()
        for process in alive:
            process.kill()
        self._keeper.join()
        for process in [*self._ready, *self._gone]:
            process.reap()
        self._ready.clear()
        self._gone.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, end: float) -> "_Process":
        """A waiting process; one that ended while it waited is passed over."""
        while True:
            with self._changed:
                waiting = self._changed.wait_for(lambda: self._ready or self._closed, max(0.0, end - time.monotonic()))
                if not waiting or self._closed:
                    raise NoAnswerError
                process = self._ready.popleft()
                self._changed.notify_all()
            if process.is_running():
                return process
            self._dismiss(process)

    def _keep(self) -> None:
        """Fill empty places and clear away processes that are gone, until the pool is closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._gone or len(self._ready) < self._count)
                if self._closed:
                    return
                gone = [self._gone.popleft() for _ in range(len(self._gone))]
                short = len(self._ready) < self._count
            for process in gone:
                process.reap()
            if short:
                self._start()

    def _start(self) -> None:
        self._started += 1
        process = _Process({**self._limits, "directory": str(self._directory / str(self._started))})
        with self._changed:
            self._alive.add(process)
        if process.becomes_ready():
            with self._changed:
                self._ready.append(process)
                self._changed.notify_all()
            return
        self._dismiss(process)
        with self._changed:
            self._changed.wait_for(lambda: self._closed, _AGAIN_AFTER_SECONDS)

    def _dismiss(self, process: "_Process") -> None:
        """Kill a process at once and leave the clearing away to the keeper, if there still is one."""
        process.kill()
        with self._changed:
            self._alive.discard(process)
            closed = self._closed
            if not closed:
                self._gone.append(process)
                self._changed.notify_all()
        if closed:
            process.reap()


class _Process:
    """One engine process and the pipes to it."""

    def __init__(self, limits: Mapping[str, object]) -> None:
        self._limits = limits
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no word from outside
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        self._questions = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)

    def becomes_ready(self) -> bool:
        """Wait until the process has loaded what it needs; False when it ended instead."""
        try:
            send(self._questions, self._limits)
            return bool(receive(self._answers) == "ready")
        except (OSError, EOFError, ValueError):
            return False

    def answer(self, files: Mapping[str, VaultFile], statement: str, *, seconds: float) -> Answer:
        """Ask, and wait until the answer or the deadline, at which the process is killed."""
        deadline = Timer(max(0.0, seconds), self.kill)
        deadline.daemon = True
        deadline.start()
        listed = [(name, str(file.path), file.key) for name, file in files.items()]
        try:
            send(self._questions, {"files": listed, "statement": statement})
            return cast("Answer", receive(self._answers))
        except (OSError, EOFError, ValueError):
            raise NoAnswerError from None
        finally:
            deadline.cancel()

    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process without waiting for it."""
        self._process.kill()

    def reap(self) -> None:
        """Wait for the end of a killed process, close its pipes and remove what it spilled."""
        self.kill()
        self._process.wait()
        for pipe in (self._questions, self._answers):
            with suppress(OSError):
                pipe.close()
        shutil.rmtree(str(self._limits["directory"]), ignore_errors=True)
