"""Each record has one fate, and the account adds up or the run fails."""

import pytest

from connectors.account import Account, FileAccount
from connectors.errors import AccountError
from connectors.reasons import Reason
from connectors.tally import Candidate, Latest, Tally


def tallied(*, sound: int = 0, broken: int = 0, unwanted: int = 0, name: str = "users.csv") -> FileAccount:
    tally = Tally(name, "users")
    for line in range(1, sound + broken + unwanted + 1):
        tally.announce(line)
        if line <= sound:
            tally.accept(line)
        else:
            tally.reject(line, Reason.RAGGED if line <= sound + broken else Reason.NOT_FINISHED)
    return tally.close()


def test_a_record_without_a_fate_fails_the_run() -> None:
    tally = Tally("users.csv", "users")
    tally.announce(2)
    with pytest.raises(AccountError, match=r"users\.csv: announced 1 is not accepted 0"):
        tally.close()


def test_a_record_with_two_fates_fails_the_run() -> None:
    tally = Tally("users.csv", "users")
    tally.announce(2)
    tally.accept(2)
    with pytest.raises(AccountError, match=r"users\.csv line 2: the record has two fates"):
        tally.duplicate(2)


def test_a_record_that_was_never_announced_fails_the_run() -> None:
    with pytest.raises(AccountError, match="line 7"):
        Tally("users.csv", "users").reject(7, Reason.RAGGED)


@pytest.mark.parametrize(
    ("sound", "broken", "unwanted", "stops"),
    [(95, 5, 0, False), (94, 6, 0, True), (0, 0, 50, False), (1, 1, 0, True), (0, 0, 0, False)],
)
def test_too_large_a_share_of_damaged_records_stops_the_run(
    sound: int,
    broken: int,
    unwanted: int,
    stops: bool,  # noqa: FBT001 - a column of a table
) -> None:
    account = Account((tallied(sound=sound, broken=broken, unwanted=unwanted),))
    if stops:
        with pytest.raises(AccountError, match=rf"users\.csv: {broken} of .* the first is line {sound + 1}"):
            account.check(broken_share=0.05)
    else:
        account.check(broken_share=0.05)


def test_one_damaged_file_stops_the_run_even_among_large_sound_ones() -> None:
    files = (tallied(sound=10_000), tallied(sound=1, broken=1, name="academicSessions.csv"))
    with pytest.raises(AccountError, match="academicSessions"):
        Account(files).check(broken_share=0.05)


def test_what_travels_names_no_file_and_no_line() -> None:
    files = (tallied(sound=3, broken=1, name="Patient-jane-doe.ndjson"), tallied(sound=2, name="more.ndjson"))
    assert Account(files, unread=("jane-doe.txt",), notes=("note",)).to_delivery() == {
        "files": [
            {"kind": "users", "announced": 6, "accepted": 5, "used": 5, "duplicate": 0, "rejected": {"ragged": 1}}
        ],
        "files_not_read": 1,
    }


@pytest.mark.parametrize(
    ("changes", "kept", "duplicates"),
    [
        (["a", "b", "c"], 3, 2),
        (["c", "b", "a"], 1, 2),
        (["", "b", ""], 2, 2),
        (["", "", ""], 3, 2),
        (["b", "b"], 2, 1),
    ],
)
def test_of_several_versions_the_latest_is_kept_and_of_equals_the_last(
    changes: list[str], kept: int, duplicates: int
) -> None:
    tally, latest = Tally("users.csv", "users"), Latest[int]()
    for line, changed in enumerate(changes, 1):
        tally.announce(line)
        latest.offer("one", Candidate(tally, line, changed, line))
    (winner,) = latest.values()
    tally.accept(winner.line)
    assert winner.finding == kept
    assert tally.close().duplicate == duplicates


def test_every_reason_has_a_sentence() -> None:
    assert all(reason.sentence for reason in Reason)
