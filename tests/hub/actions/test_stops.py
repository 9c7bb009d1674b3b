"""After a stop nothing is released, whenever it comes; what ended permits nothing; nobody widens an agreement."""

import contextlib
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agreements.catalogue import Catalogue
from agreements.statement import Act
from hub.actions import ask, oversee, publish
from hub.actions.actor import Actor
from hub.actions.answer import NotAnsweredError, answer
from hub.actions.refusals import RefusedError
from hub.engine.workers import Workers
from hub.store.errors import ClockError
from hub.store.questions import State
from tests.agreements import community
from tests.hub.actions import small
from tests.hub.actions.small import ANA, BIRCH_ONLY, STRANGER, Small, asked, sharing


def rules(refusal: pytest.ExceptionInfo[RefusedError]) -> set[str]:
    return {reason.rule for reason in refusal.value.reasons}


def spent(here: Small) -> int:
    return next((line.rho_spent for line in oversee.budget(here.hub) if line.account == "community"), 0)


def test_a_suspended_agreement_refuses_and_the_literal_exclusion_is_answered(here: Small) -> None:
    here.answered(asked())
    here.act(Act.SUSPEND, sharing("alder"), org="alder")
    before = spent(here)
    with pytest.raises(RefusedError) as caught:
        ask.submit(here.hub, ANA, asked())
    assert "suspended-by" in rules(caught), "the earlier release is not given again"
    assert spent(here) == before
    assert here.answered(asked(BIRCH_ONLY))
    here.act(Act.REINSTATE, sharing("alder"), org="alder")
    assert ask.submit(here.hub, ANA, asked()).release is not None


def test_a_stop_between_charge_and_release_stops_the_release_and_the_charge_stays(here: Small) -> None:
    ticket = ask.submit(here.hub, ANA, asked(), idempotency_key="key")
    before = spent(here)
    question = ask.status(here.hub, ANA, ticket.id)
    here.act(Act.SUSPEND, sharing("alder"), org="alder")
    for _ in range(2):
        with pytest.raises(NotAnsweredError, match="stays charged"):
            answer(here.hub, question, priced=ticket.priced, sleep=here.clock.sleep)
    ended = ask.status(here.hub, ANA, ticket.id)
    assert (ended.state, ended.release_id) == (State.FAILED, None)
    assert spent(here) == before == ticket.rho
    assert [entry.kind for entry in oversee.read_journal(here.hub, limit=1000)][-1] == "question-failed"
    assert publish.of_licence(here.hub, ANA, "agr-dul") == ()
    here.act(Act.REINSTATE, sharing("alder"), org="alder")
    assert ask.submit(here.hub, ANA, asked(), idempotency_key="key").state is State.FAILED


def test_an_expired_licence_refuses_and_what_it_left_open_is_not_released(here: Small) -> None:
    ticket = ask.submit(here.hub, ANA, asked())
    here.clock.move(community.END - here.clock() - timedelta(seconds=1))
    assert ask.quote(here.hub, ANA, asked()).decision.permitted
    here.clock.move(timedelta(seconds=1))
    with pytest.raises(RefusedError) as caught:
        ask.submit(here.hub, ANA, asked())
    assert {"not-in-force", "outside-dates"} <= rules(caught)
    with pytest.raises(NotAnsweredError):
        answer(here.hub, ask.status(here.hub, ANA, ticket.id), sleep=here.clock.sleep)


@pytest.mark.parametrize(
    ("actor", "purpose", "rule"),
    [
        (ANA, "immunisation", "purpose-not-permitted"),
        (ANA, "marketing", "purpose-prohibited"),
        (ANA, "no_such_purpose", "unknown-term"),
        (STRANGER, "attendance", "user-not-permitted"),
        (replace(ANA, org="alder"), "attendance", "recipient-not-listed"),
    ],
)
def test_a_wrong_purpose_or_person_is_refused(steady: Small, actor: Actor, purpose: str, rule: str) -> None:
    with pytest.raises(RefusedError) as caught:
        ask.submit(steady.hub, actor, asked(purpose=purpose))
    assert rule in rules(caught)


def test_an_earlier_release_is_judged_for_whoever_asks_again(here: Small) -> None:
    here.answered(asked())
    for actor, purpose in ((STRANGER, "attendance"), (ANA, "marketing")):
        with pytest.raises(RefusedError):
            ask.submit(here.hub, actor, asked(purpose=purpose))


def test_a_catalogue_that_was_edited_after_the_signing_refuses_every_question(folder: Path) -> None:
    tables = Catalogue.from_bytes((folder / "catalogue.json").read_bytes()).tables
    wider = tuple(replace(table, hard_rows=table.hard_rows + 1) for table in tables)
    with small.opened(folder) as before:
        kept = replace(before.hub.catalogue, tables=wider)
    (folder / "catalogue.json").write_bytes(kept.to_bytes())
    with small.opened(folder) as here:
        with pytest.raises(RefusedError) as caught:
            ask.submit(here.hub, ANA, asked())
        assert rules(caught) == {"catalogue-changed"}
        assert spent(here) == 0


def test_a_question_that_was_charged_under_another_catalogue_is_ended_and_not_answered(
    folder: Path, workers: Workers
) -> None:
    with small.opened(folder) as here:
        ticket = ask.submit(here.hub, ANA, asked())
        kept = replace(
            here.hub.catalogue, tables=tuple(each for each in here.hub.catalogue.tables if each.name != "school_year")
        )
    (folder / "catalogue.json").write_bytes(kept.to_bytes())
    with small.opened(folder, workers=workers) as here:
        with pytest.raises(NotAnsweredError, match="Ask it anew"):
            answer(here.hub, ask.status(here.hub, ANA, ticket.id), sleep=here.clock.sleep)
        assert ask.status(here.hub, ANA, ticket.id).state is State.FAILED
        assert spent(here) == ticket.rho


def test_a_licence_that_demands_output_checking_is_refused(tmp_path: Path) -> None:
    small.found(tmp_path / "hub", bound=small.licence(output_checkers=1), delivered=("birch",))
    with small.opened(tmp_path / "hub") as here:
        with pytest.raises(RefusedError) as caught:
            ask.submit(here.hub, ANA, asked(BIRCH_ONLY))
        assert rules(caught) == {"output-check-missing"}


class Halting:
    """A sleep in which the answering thread stands until it is let go."""

    def __init__(self, here: Small) -> None:
        self.here = here
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, seconds: float) -> None:
        self.reached.set()
        assert self.go.wait(30)
        self.here.clock.sleep(seconds)


def outcomes(here: Small, questions: list[ask.Ticket]) -> Iterator[tuple[str, bool]]:
    for ticket in questions:
        yield ticket.id, ask.status(here.hub, ANA, ticket.id).state is State.RELEASED


def test_whatever_the_moment_of_a_stop_nothing_is_released_after_it_returned(here: Small) -> None:
    """Eight questions are about to be released while their district stops: each came before the stop, or never."""
    tickets = [ask.submit(here.hub, ANA, asked(BIRCH_ONLY), idempotency_key=f"k{n}") for n in range(8)]
    halts = [Halting(here) for _ in tickets]

    def run(ticket: ask.Ticket, halt: Halting) -> None:
        question = ask.status(here.hub, ANA, ticket.id)
        try:
            answer(here.hub, question, priced=ticket.priced, sleep=halt)
        except NotAnsweredError:
            return

    threads = [threading.Thread(target=run, args=pair) for pair in zip(tickets, halts, strict=True)]
    for thread in threads:
        thread.start()
    for halt in halts:
        assert halt.reached.wait(60)
    for halt in halts[:4]:
        halt.go.set()
    here.act(Act.SUSPEND, sharing("birch"), org="birch")
    returned = len(oversee.read_journal(here.hub, limit=1000))
    for halt in halts[4:]:
        halt.go.set()
    for thread in threads:
        thread.join(60)
    entries = oversee.read_journal(here.hub, limit=1000)
    assert all(entry.kind != "release" for entry in entries[returned:])
    released = dict(outcomes(here, tickets))
    assert not any(released[ticket.id] for ticket in tickets[4:])
    assert spent(here) == 8 * tickets[0].rho


@pytest.mark.parametrize("turn", range(2))
def test_a_stop_at_a_random_moment_parts_the_releases_from_the_rest(folder: Path, turn: int) -> None:
    draw, nobody = random.Random(turn), threading.Event()
    engine = small.Empty(ready=0)
    with small.opened(folder, workers=engine) as here:
        cheap = asked(BIRCH_ONLY, epsilon=Decimal("0.05"))
        tickets = [ask.submit(here.hub, ANA, cheap, idempotency_key=f"k{n}") for n in range(12)]

        def run(ticket: ask.Ticket, offset: float) -> None:
            nobody.wait(offset)
            question = ask.status(here.hub, ANA, ticket.id)
            with contextlib.suppress(NotAnsweredError):
                answer(here.hub, question, priced=ticket.priced, sleep=here.clock.sleep)

        threads = [threading.Thread(target=run, args=(ticket, draw.uniform(0, 1.5))) for ticket in tickets]
        for thread in threads:
            thread.start()
        nobody.wait(draw.uniform(0.1, 1.2))
        here.act(Act.SUSPEND, sharing("birch"), org="birch")
        returned = len(oversee.read_journal(here.hub, limit=1000))
        for thread in threads:
            thread.join(60)
        after = [entry.kind for entry in oversee.read_journal(here.hub, limit=1000)[returned:]]
        released = [ticket for ticket, is_out in outcomes(here, tickets) if is_out]
        assert "release" not in after
        assert len(released) + after.count("question-failed") <= len(tickets)
        assert all(ask.status(here.hub, ANA, each.id).state is not State.CHARGED for each in tickets)
        assert spent(here) == 12 * tickets[0].rho
    engine.close()


def test_the_clock_stops_the_hub_when_it_is_set_back(here: Small) -> None:
    ask.submit(here.hub, ANA, asked())
    here.clock.move(timedelta(minutes=-6))
    with pytest.raises(ClockError, match="behind the journal"):
        ask.submit(here.hub, ANA, asked(BIRCH_ONLY))
