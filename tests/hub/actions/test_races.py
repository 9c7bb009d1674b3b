"""However many ask at once, and whoever is killed: no account is overdrawn, and no charge is lost."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.actions import ask, oversee, publish
from hub.actions.answer import NotAnsweredError, answer, recover
from hub.actions.refusals import RefusedError
from hub.engine.workers import Workers
from hub.store.questions import State
from hub.store.tables import metadata
from tests.hub.actions import small
from tests.hub.actions.small import ANA, DEAR, Small, asked
from tests.postgresql import Server

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def run(program: str, *arguments: str) -> list[str]:
    """The lines that one of the programs beside this file says."""
    command = [sys.executable, "-m", f"tests.hub.actions.{program}", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    return done.stdout.split()


def spent(here: Small) -> int:
    return next((line.rho_spent for line in oversee.budget(here.hub) if line.account == "community"), 0)


def check_accounts(here: Small) -> None:
    for line in oversee.budget(here.hub):
        assert 0 <= line.rho_spent <= line.rho_limit, line.account
    assert [check.sentence for check in oversee.check_up(here.hub) if not check.well] == []


def fitting(here: Small) -> int:
    """How many such questions the licence allows."""
    return ask.quote(here.hub, ANA, DEAR).like_this


def test_thirty_two_threads_near_the_end_of_the_budget_never_overspend(here: Small) -> None:
    room = fitting(here)
    for number in range(room - 3):
        ask.submit(here.hub, ANA, DEAR, idempotency_key=f"before-{number}")
    charged: list[str] = []
    refused: list[RefusedError] = []
    together = threading.Barrier(32)

    def work(number: int) -> None:
        together.wait()
        try:
            charged.append(ask.submit(here.hub, ANA, DEAR, idempotency_key=f"k{number}").id)
        except RefusedError as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(charged), len(refused)) == (3, 29)
    assert spent(here) == room * ask.quote(here.hub, ANA, DEAR).rho
    check_accounts(here)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_four_processes_of_eight_threads_never_overspend(
    kind: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    database = moved(folder, request.getfixturevalue("server")) if kind == "postgresql" else ""
    with small.opened(folder, database=database) as here:
        room = fitting(here)
        charged = run("racer", str(folder), database, "4", "8")
        assert len(charged) == len(set(charged)) == room < 32
        check_accounts(here)


def moved(folder: Path, server: Server) -> str:
    """The address of a PostgreSQL database that holds what the folder's own database holds."""
    address = server.store_database()
    source = sa.create_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    target = sa.create_engine(sa.make_url(address).set(drivername="postgresql+psycopg"))
    with source.connect() as reading, target.begin() as writing:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in reading.execute(sa.select(table)).mappings()]
            if rows:
                writing.execute(sa.insert(table), rows)
    source.dispose()
    target.dispose()
    return address


@pytest.fixture(scope="module")
def killed(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two hubs whose process was killed after a charge: before the engine was asked, and while it was."""
    target = tmp_path_factory.mktemp("killed")
    folders = {when: small.copied(founded, target / when) for when in ("before", "within")}
    assert run("mortal", *map(str, folders.values())) == ["9", "9"]
    return folders


@pytest.mark.parametrize("when", ["before", "within"])
def test_a_hub_killed_after_the_charge_keeps_it_and_answers_once_under_it(
    when: str, killed: dict[str, Path], workers: Workers
) -> None:
    folder = killed[when]
    with small.opened(folder, workers=workers) as here:
        cost = spent(here)
        again = ask.submit(here.hub, ANA, asked(), idempotency_key="key")
        assert (again.rho, again.state, again.release) == (cost, State.CHARGED, None)
        release = here.answered(asked(), key="key")
        assert here.answered(asked(), key="key") == release
        assert spent(here) == cost > 0
        check_accounts(here)


def test_what_was_charged_before_a_stop_is_answered_at_the_next_start(folder: Path, workers: Workers) -> None:
    with small.opened(folder) as here:
        first = ask.submit(here.hub, ANA, asked())
        second = ask.submit(here.hub, ANA, asked(small.BIRCH_ONLY))
    with small.opened(folder, workers=workers) as here:
        assert recover(here.hub, sleep=here.clock.sleep) == 2
        assert recover(here.hub, sleep=here.clock.sleep) == 0
        for ticket in (first, second):
            question = ask.status(here.hub, ANA, ticket.id)
            assert question.state is State.RELEASED
            assert publish.get(here.hub, ANA, question.release_id or "").document.loss.rho == ticket.rho
        assert spent(here) == first.rho + second.rho


def test_a_question_that_two_answer_at_once_has_one_answer(here: Small) -> None:
    ticket = ask.submit(here.hub, ANA, asked())
    question = ask.status(here.hub, ANA, ticket.id)
    found: list[str] = []

    def work() -> None:
        found.append(answer(here.hub, question, priced=ticket.priced, sleep=here.clock.sleep))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert len(publish.of_licence(here.hub, ANA, "agr-dul")) == 1


def test_the_same_key_from_many_threads_is_charged_once(here: Small) -> None:
    found: set[str] = set()

    def work() -> None:
        found.add(ask.submit(here.hub, ANA, asked(), idempotency_key="key").id)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert spent(here) == ask.quote(here.hub, ANA, asked()).rho


def test_the_answer_appears_at_its_instant_and_not_before(here: Small) -> None:
    ticket = ask.submit(here.hub, ANA, asked())
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        assert ask.status(here.hub, ANA, ticket.id).state is State.CHARGED
        slept.append(seconds)
        here.clock.sleep(seconds)

    answer(here.hub, ask.status(here.hub, ANA, ticket.id), priced=ticket.priced, sleep=sleep)
    ended = ask.status(here.hub, ANA, ticket.id)
    assert ended.visible_at == ticket.visible_at
    assert slept


def test_an_answer_that_comes_after_its_instant_is_a_failure(here: Small) -> None:
    """The clock leaps while the engine works: whoever waits must not see how long that took."""
    ticket = ask.submit(here.hub, ANA, asked())
    question = ask.status(here.hub, ANA, ticket.id)
    late = small.leaping(here)
    with pytest.raises(NotAnsweredError, match="stays charged"):
        answer(late, question, priced=ticket.priced, sleep=here.clock.sleep)
    assert answer(here.hub, question, priced=ticket.priced, sleep=here.clock.sleep)
    assert spent(here) == ticket.rho
