"""What was planted in the records comes out nowhere but through noise: no text, no log, no file tells it."""

import logging
import struct
import traceback
from pathlib import Path

import pytest

from hub.actions import ask, oversee
from hub.actions.answer import FAILED, NotAnsweredError, answer
from hub.actions.snapshot import refresh
from hub.engine.errors import EngineError, NoAnswerError
from hub.engine.workers import Workers
from hub.errors import HubError
from hub.store.errors import StoreBusyError
from hub.store.questions import State
from tests.hub.actions import small
from tests.hub.actions.small import ANA, CANARY_COUNT, CANARY_NAMES, DELIVERING, PERSONS, Small, asked, contents

TOLD = f"could not cast '{CANARY_NAMES[0]} {CANARY_NAMES[1]}' in row {CANARY_COUNT}"
FAILURES = [
    NoAnswerError(),
    EngineError(TOLD),
    ValueError(TOLD),
    RuntimeError(TOLD),
    MemoryError(TOLD),
    KeyError(TOLD),
    StoreBusyError(TOLD),
]


def failing(here: Small, failure: Exception, folder: Path) -> Small:
    return small.with_workers(here, small.Failing(folder / "spill", failure))


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_whatever_fails_in_the_engine_is_one_constant_failure_at_the_promised_instant(
    folder: Path, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with small.opened(folder) as plain:
        here = failing(plain, failure, folder)
        ticket = ask.submit(here.hub, ANA, asked(), idempotency_key="key")
        with pytest.raises(NotAnsweredError) as caught:
            answer(here.hub, ask.status(here.hub, ANA, ticket.id), priced=ticket.priced, sleep=here.clock.sleep)
        assert str(caught.value) == FAILED["detail"]
        assert here.clock() >= ticket.visible_at
        assert ask.status(here.hub, ANA, ticket.id).state is State.CHARGED
        entry = oversee.read_journal(here.hub, limit=1000)[-1]
        assert (entry.kind, entry.public) == ("question-unanswered", {"question": ticket.id})
        told = "".join(traceback.format_exception(caught.value)) + caplog.text
        here.hub.workers.close()
    assert not any(canary in told for canary in (*CANARY_NAMES, str(CANARY_COUNT)))
    assert_nowhere(folder)


def test_a_failure_is_answered_later_under_the_same_charge(folder: Path, workers: Workers) -> None:
    with small.opened(folder) as plain:
        here = failing(plain, NoAnswerError(), folder)
        ticket = ask.submit(here.hub, ANA, asked(), idempotency_key="key")
        with pytest.raises(NotAnsweredError):
            answer(here.hub, ask.status(here.hub, ANA, ticket.id), sleep=here.clock.sleep)
        here.hub.workers.close()
    with small.opened(folder, workers=workers) as here:
        assert here.answered(asked(), key="key")
        spent = {line.account: line.rho_spent for line in oversee.budget(here.hub)}
        assert spent["community"] == ticket.rho


def test_a_missing_snapshot_file_is_the_same_failure(here: Small) -> None:
    next(here.hub.settings.directory.glob("snapshots/*/birch.duckdb")).unlink()
    ticket = ask.submit(here.hub, ANA, asked())
    with pytest.raises(NotAnsweredError) as caught:
        answer(here.hub, ask.status(here.hub, ANA, ticket.id), sleep=here.clock.sleep)
    assert str(caught.value) == FAILED["detail"]


def test_nothing_of_the_records_is_in_any_file_or_log_or_journal(
    folder: Path, workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with small.opened(folder, workers=workers) as here:
        here.answered(asked())
        refresh(here.hub)
        here.answered(asked(small.BIRCH_ONLY))
        with pytest.raises(HubError):
            ask.submit(here.hub, ANA, asked(purpose="marketing"))
        list(oversee.check_up(here.hub))
        shown = repr(here.hub) + repr(oversee.read_journal(here.hub, limit=1000))
        for canary in (str(CANARY_COUNT), *records()):
            assert canary not in shown + caplog.text
        assert_nowhere(folder)
    assert_nowhere(folder)


def test_the_scan_would_find_what_it_looks_for(folder: Path) -> None:
    (folder / "vault" / "left").write_bytes(struct.pack("<q", int(records()[0])))
    with pytest.raises(AssertionError):
        assert_nowhere(folder)


def records() -> list[str]:
    return [str(number) for custodian in DELIVERING for number in contents(custodian).tokens.record[::9]]


def assert_nowhere(folder: Path) -> None:
    """Raw bytes: counts and names as text; record numbers as text and as eight bytes; the linkage's own counts."""
    looked_for = [str(CANARY_COUNT).encode(), *(name.encode() for name in CANARY_NAMES), b'"estimated_missed":']
    looked_for += [f'"persons":{number}'.encode() for number in (PERSONS, 2 * PERSONS)]
    for number in records():
        looked_for += [number.encode(), struct.pack("<q", int(number)), struct.pack(">q", int(number))]
    for path in (path for path in folder.rglob("*") if path.is_file()):
        held = path.read_bytes()
        assert not any(canary in held for canary in looked_for), path.name
