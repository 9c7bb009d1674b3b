import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hub.engine.errors import EngineError, NoAnswerError
from hub.engine.warehouse import VaultFile, created
from hub.engine.workers import Workers
from tests.hub.engine.community import new_key

ENDLESS = "SELECT count(*) FROM range(1000000000000) AS t(i) WHERE i % 7 = 3"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> VaultFile:
    made = VaultFile(tmp_path_factory.mktemp("workers") / "one.duckdb", new_key())
    with created(made) as warehouse:
        warehouse.run("CREATE TABLE v.kept AS SELECT i, i * i AS square FROM range(5) AS t(i)")
    return made


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with Workers(ready=2, threads=1, directory=tmp_path_factory.mktemp("spill")) as pool:
        yield pool


def children() -> set[int]:
    """The engine processes of this process."""
    listed = Path(f"/proc/{os.getpid()}/task")
    found = set()
    for task in listed.iterdir():
        with suppress(OSError):
            for pid in (task / "children").read_text().split():
                if b"hub.engine.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(int(pid))
    return found


def own(workers: Workers) -> set[int]:
    """The processes of this pool alone: other tests' pools may still be there."""
    return {process._process.pid for process in workers._alive}


def test_rows_of_whole_numbers_come_back_exactly(workers: Workers, file: VaultFile) -> None:
    statement = "SELECT i, CASE WHEN i < 4 THEN sum(square::HUGEINT * 4611686018427387904) END FROM a.kept GROUP BY i"
    rows = workers.run({"a": file}, f"{statement} ORDER BY i", deadline_seconds=30)
    assert rows == [[0, 0], [1, 2**62], [2, 2**64], [3, 9 * 2**62], [4, None]]


def test_every_question_has_a_process_of_its_own(workers: Workers, file: VaultFile) -> None:
    workers.wait_until_ready(60)
    before = own(workers)
    for _ in range(3):
        assert workers.run({"a": file}, "SELECT count(*) FROM a.kept", deadline_seconds=30) == [[5]]
        with pytest.raises(NoAnswerError):
            workers.run({"a": file}, "SELECT count(*) FROM left_over", deadline_seconds=30)
    workers.wait_until_ready(60)
    assert before
    assert not before & own(workers)


def test_too_late_killed_and_refused_by_the_engine_are_told_alike(workers: Workers, file: VaultFile) -> None:
    sentences = set()
    for statement, seconds in ((ENDLESS, 0.3), ("SELECT error('canary')", 30), ("SELECT 1 FROM a.kept", 0)):
        with pytest.raises(NoAnswerError) as late:
            workers.run({"a": file}, statement, deadline_seconds=seconds)
        sentences.add((type(late.value), str(late.value), late.value.__cause__))
    workers.wait_until_ready(60)
    idle = children()

    def kill() -> None:
        for pid in idle:
            os.kill(pid, signal.SIGKILL)

    killer = threading.Timer(0.5, kill)
    killer.start()
    with pytest.raises(NoAnswerError) as killed:
        workers.run({"a": file}, ENDLESS, deadline_seconds=60)
    killer.join()
    sentences.add((type(killed.value), str(killed.value), killed.value.__cause__))
    assert len(sentences) == 1
    for pid in idle:
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert workers.run({"a": file}, "SELECT count(*) FROM a.kept", deadline_seconds=60) == [[5]]


def test_nothing_outside_the_attached_files_is_reached(workers: Workers, file: VaultFile, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for statement in (
        f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
        f"ATTACH '{tmp_path}/x' AS x",
        "SET threads=4",
    ):
        with pytest.raises(NoAnswerError):
            workers.run({"a": file}, statement, deadline_seconds=30)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_no_key_stands_in_an_argument_or_in_the_environment(workers: Workers, file: VaultFile) -> None:
    workers.wait_until_ready(60)

    def ask() -> None:
        with pytest.raises(NoAnswerError):
            workers.run({"a": file}, ENDLESS, deadline_seconds=1)

    asking = threading.Thread(target=ask)
    asking.start()
    seen = 0
    while asking.is_alive():
        for pid in children():
            try:
                shown = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            assert file.key.encode() not in b"".join(shown)
            seen += 1
        time.sleep(0.05)
    assert seen


def test_questions_at_the_same_time_are_all_answered(workers: Workers, file: VaultFile) -> None:
    answers: list[object] = []

    def ask(number: int) -> None:
        answers.append(workers.run({"a": file}, f"SELECT {number} + count(*) FROM a.kept", deadline_seconds=60))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == [f"[[{number + 5}]]" for number in range(5)]


def test_a_closed_pool_leaves_no_process_and_no_folder(file: VaultFile, tmp_path: Path) -> None:
    pool = Workers(ready=2, threads=1, directory=tmp_path)
    pool.wait_until_ready(60)
    theirs = {process._process.pid for process in pool._alive}
    assert len(theirs) == 2
    outcome: list[type[BaseException] | None] = []

    def ask() -> None:
        try:
            pool.run({"a": file}, ENDLESS, deadline_seconds=60)
        except NoAnswerError as error:
            outcome.append(type(error))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    pool.close()
    asking.join()
    assert outcome == [NoAnswerError]
    assert not theirs & children()
    assert not list(tmp_path.iterdir())
    with pytest.raises(NoAnswerError):
        pool.run({"a": file}, "SELECT 1", deadline_seconds=60)


def test_a_pool_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.engine.workers._COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    with Workers(ready=1) as pool:
        with pytest.raises(EngineError, match="do not start"):
            pool.wait_until_ready(0.5)
        with pytest.raises(NoAnswerError):
            pool.run({}, "SELECT 1", deadline_seconds=0.1)


def test_a_pool_that_is_forgotten_does_not_hold_up_the_end_of_the_program() -> None:
    program = "from hub.engine.workers import Workers; p = Workers(ready=1); p.wait_until_ready(60); print('ready')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "ready\n"
