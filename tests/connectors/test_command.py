"""The command that custodians' staff run."""

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from agreements.keys import Signer
from connectors import report
from connectors import site as sites
from connectors.__main__ import main, sentence
from connectors.account import Account
from connectors.reasons import Reason
from connectors.tally import Tally
from tests.connectors.exports import school, write_set
from tests.connectors.sites import HUB, make

ROOT = Path(__file__).resolve().parents[2]
FOR_EVER = datetime(2999, 1, 1, tzinfo=UTC)
"""The command reads the clock, so the agreements that it is tested with do not end."""


@dataclass(frozen=True, slots=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


class Command(Protocol):
    def __call__(self, *arguments: str) -> Done: ...


@pytest.fixture
def connectors(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process, as its entry point does."""

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["connectors", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return Done(int(left.value.code or 0), said.out, said.err)

    return run


def test_the_command_starts_from_a_shell() -> None:
    command = [sys.executable, "-W", "error", "-m", "connectors", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "Read the export, keep what was agreed" in done.stdout


def test_init_makes_a_site_and_tells_the_public_key(connectors: Command, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    options = ["--custodian", "alder", "--connector", "oneroster", "--export", "../export", "--hub-key"]
    done = connectors("init", str(folder), *options, HUB.public.hex())
    assert done.returncode == 0, done.stderr
    signer = Signer.from_pem((folder / sites.SIGNING_KEY).read_bytes())
    assert signer.key_id in done.stdout
    assert signer.public_key.public.hex() in done.stdout
    assert len((folder / sites.RECORD_KEY).read_bytes()) == 32
    again = connectors("init", str(folder), *options, HUB.public.hex())
    assert (again.returncode, again.stdout) == (1, "")
    assert "already" in again.stderr


def test_init_refuses_a_hub_key_that_is_none(connectors: Command, tmp_path: Path) -> None:
    options = ["--custodian", "alder", "--connector", "fhir", "--export", "x", "--hub-key", "canary"]
    done = connectors("init", str(tmp_path / "site"), *options)
    assert done.returncode == 1
    assert done.stderr.startswith("connectors: site.toml: hub_sealing_public is")
    assert not (tmp_path / "site").exists()


def test_check_reads_no_record_and_says_what_is_wrong(connectors: Command, tmp_path: Path) -> None:
    folder = make(tmp_path / "site", "alder", tmp_path / "nowhere", until=FOR_EVER)
    (folder / sites.LINKAGE_SECRET).chmod(0o644)
    done = connectors("check", str(folder))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "connectors: the export does not exist; set `export` in site.toml to it\n"
    (tmp_path / "nowhere").mkdir()
    done = connectors("check", str(folder))
    assert done.returncode == 0, done.stderr
    assert "agr-dsa-alder is in force until 2999-01-01T00:00:00Z" in done.stdout
    assert done.stderr == "linkage.secret can be read by others than its owner; run chmod 600 on it\n"


def test_pull_prints_the_account_and_shows_progress_beside_it(connectors: Command, tmp_path: Path) -> None:
    folder = make(tmp_path / "site", "alder", write_set(tmp_path / "export", school()), until=FOR_EVER)
    done = connectors("pull", str(folder))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["file", "announced", "accepted", "of", "these", "used", "rejected", "duplicate"]
    assert lines[1].split() == ["users.csv", "4", "4", "3", "0", "0"]
    assert "3 persons, with their linkage tokens and no name" in lines
    assert lines[-1] == "Left in the outbox: alder-000001.delivery, number 1"
    assert "reading users.csv" in done.stderr
    assert "Okafor" not in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["pull", "no-such-folder"], ["check", "no-such-folder"]])
def test_an_error_is_one_sentence_and_a_status(connectors: Command, arguments: list[str]) -> None:
    done = connectors(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "connectors: the folder holds no site.toml; make a site with `connectors init`\n"


def test_what_is_unexpected_is_told_by_its_place_alone() -> None:
    known: dict[str, int] = {}
    with pytest.raises(KeyError, match="canary") as caught:
        known["canary"]
    assert re.fullmatch(r"KeyError in test_command\.py line \d+; please report this", sentence(caught.value))
    refused = PermissionError(13, "denied", "canary.csv")
    assert sentence(refused) == "the operating system refused a file (PermissionError); nothing was delivered"


def test_the_account_is_a_table_with_the_lines_of_rejected_records() -> None:
    tally = Tally("users.csv", "users")
    for line in range(2, 40):
        tally.announce(line)
        tally.reject(line, Reason.RAGGED if line % 2 else Reason.BAD_DATE)
    shown = list(report.account(Account((tally.close(),), unread=("orgs.csv",), notes=("a note",))))
    assert shown[1] == "users.csv         38         0              0        38          0"
    assert shown[2].startswith("all files")
    assert any("19 rejected (ragged: it has more or fewer cells" in line and "line 3, 5, 7" in line for line in shown)
    assert shown[-2:] == ["Not read: orgs.csv", "Note: a note"]
