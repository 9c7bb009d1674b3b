"""However many ask at once, and whoever is killed: never over a limit, and no charge that was seen is lost."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.store import deliveries, journal, ledger, questions, releases, snapshots
from hub.store.amounts import Account, Charge, Charged, Overdrawn
from hub.store.store import Store
from hub.store.tables import charges
from tests.hub.store.builders import AT, LATER, delivery, release, snapshot

RACER = Path(__file__).parent / "racer.py"
LIMIT = 1000


def open_accounts(store: Store, *, spent: int) -> None:
    with store.begin() as tx:
        ledger.set_limit(tx, Account("community", LIMIT, 0), at=AT)
        ledger.set_limit(tx, Account("licence", LIMIT, 0), at=AT)
        if spent:
            ledger.charge(tx, "before", [Charge("community", spent, 0), Charge("licence", spent, 0)], at=AT)


def start(address: str, name: str, *, threads: int, charges: int, rho: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(RACER), address, name, str(threads), str(charges), str(rho)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def check(store: Store, seen: set[str]) -> set[str]:
    """Every limit holds, the journal is sound, and every charge that was seen is there; returns all requests."""
    with store.read() as tx:
        journal.verify(tx)
        for balance in ledger.balances(tx, ["community", "licence"]).values():
            assert 0 <= balance.rho_spent <= LIMIT
        requests = set(tx.connection.execute(sa.select(charges.c.request_id)).scalars())
        assert ledger.spent(tx, "community") == ledger.spent(tx, "licence")
    assert seen <= requests
    return requests


def test_thirty_two_threads_at_ninety_percent_spent_never_overspend(store: Store) -> None:
    open_accounts(store, spent=900)
    outcomes: list[Charged | Overdrawn] = []
    together = threading.Barrier(32)

    def ask(number: int) -> None:
        together.wait()
        with store.begin() as tx:
            asked = [Charge("community", 30, 0), Charge("licence", 30, 0)]
            outcomes.append(ledger.charge(tx, f"q{number}", asked, at=AT))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    allowed = {outcome.request_id for outcome in outcomes if isinstance(outcome, Charged)}
    assert len(outcomes) == 32
    assert len(allowed) == 3
    assert check(store, allowed) == allowed | {"before"}


def test_four_processes_of_eight_threads_at_ninety_percent_spent_never_overspend(address: str, store: Store) -> None:
    open_accounts(store, spent=900)
    racers = [start(address, f"p{number}", threads=8, charges=3, rho=7) for number in range(4)]
    assert [line(racer) for racer in racers] == ["ready"] * 4
    for racer in racers:
        go(racer)
    allowed = {request for racer in racers for request in racer.communicate(timeout=120)[0].split()}
    assert [racer.returncode for racer in racers] == [0] * 4
    assert len(allowed) == 14
    assert check(store, allowed) == allowed | {"before"}


def test_the_same_request_from_many_threads_is_charged_once(store: Store) -> None:
    open_accounts(store, spent=0)
    outcomes: list[Charged | Overdrawn] = []

    def ask() -> None:
        with store.begin() as tx:
            outcomes.append(ledger.charge(tx, "q1", [Charge("community", 30, 0)], at=AT))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(outcome, Charged) and outcome.again for outcome in outcomes) == [False] + [True] * 15
    with store.read() as tx:
        assert ledger.spent(tx, "community") == 30


def test_a_process_killed_between_two_charges_loses_none_that_it_had_told_of(address: str, store: Store) -> None:
    open_accounts(store, spent=0)
    seen: set[str] = set()
    for trial in range(3):
        racer = start(address, f"trial{trial}", threads=2, charges=1000, rho=1)
        assert line(racer) == "ready"
        go(racer)
        seen |= {line(racer) for _ in range(5 + trial)}
        racer.kill()
        seen |= set(racer.communicate(timeout=60)[0].split("\n")[:-1])
        assert racer.returncode == -9
        requests = check(store, seen)
        assert len(requests - seen) <= 2 * (trial + 1)


KILLED = """
import os, signal, sys
from hub.store import ledger, questions
from hub.store.amounts import Charge
from hub.store.store import Store
from tests.hub.store.builders import AT, question
with Store(sys.argv[1]).begin() as tx:
    ledger.charge(tx, "q1", [Charge("community", 5, 0)], at=AT)
    questions.add(tx, question("q1"))
    if sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


def run_and_die(address: str, when: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, address, when], check=False, timeout=120)
    assert done.returncode == -9


def test_a_process_killed_after_the_charge_leaves_the_charge_and_the_question_is_answered_once_under_it(
    address: str, store: Store
) -> None:
    open_accounts(store, spent=0)
    run_and_die(address, "after")
    with store.begin() as tx:
        assert ledger.spent(tx, "community") == 5
        assert [found.id for found in questions.unanswered(tx)] == ["q1"]
        again = ledger.charge(tx, "q1", [Charge("community", 5, 0)], at=LATER)
        assert isinstance(again, Charged)
        assert again.again
        deliveries.add(tx, delivery())
        snapshots.add(tx, snapshot())
        releases.add(tx, release("r1", request_id="q1", at=LATER))
        questions.release(tx, "q1", release_id="r1", visible_at=LATER)
    with store.read() as tx:
        assert ledger.spent(tx, "community") == 5
        assert questions.unanswered(tx) == ()
        journal.verify(tx)


def test_a_process_killed_before_its_commit_leaves_nothing(address: str, store: Store) -> None:
    open_accounts(store, spent=0)
    run_and_die(address, "before")
    with store.read() as tx:
        assert ledger.spent(tx, "community") == 0
        assert questions.unanswered(tx) == ()
        journal.verify(tx)


@pytest.mark.deep
def test_a_process_killed_at_any_write_to_the_disk_loses_no_charge(new_address: Callable[[], str], kind: str) -> None:
    """Kills the racer at its first, second, third … call that writes, until one run lives to its end."""
    if kind != "sqlite":
        pytest.skip("the server writes, not this process")
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: nobody was killed while writing")
    killed = 0
    for turn in range(1, 200):
        address = new_address()
        store = Store(address)
        open_accounts(store, spent=0)
        calls = "pwrite64,write,fsync,fdatasync,ftruncate,unlink"
        inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}"]
        inject += ["-e", f"inject={calls}:signal=KILL:when={turn}"]
        racer = [sys.executable, str(RACER), address, "p", "1", "3", "7"]
        done = subprocess.run([*inject, *racer], input="\n", capture_output=True, text=True, check=False, timeout=120)
        check(store, set(done.stdout.split()) - {"ready"})
        store.close()
        if done.returncode == 0:
            break
        killed += 1
    assert killed > 10
    assert done.returncode == 0
