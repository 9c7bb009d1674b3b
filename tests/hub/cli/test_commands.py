"""The commands, as a person types them."""

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from hub.cli.app import app
from hub.cli.opening import plain_errors
from hub.settings import Settings
from tests.hub.web.demonstration import OTHERS, Told


def run(*words: str, typed: str = "", **environment: str) -> Result:
    known = {"COLUMNS": "160", "HUB_SECRET": "", **environment}
    return CliRunner().invoke(app, list(words), input=typed, env=known)


def read(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_demonstration_tells_its_story_and_ends_well(told: Told) -> None:
    assert told.status == 0
    for said in ("Agreements", "Deliveries", "Linkage", "A question", "Refused", "A stop", "Where to look next"):
        assert said in told.output


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = run("demo", "--once", "--directory", str(tmp_path), "--again")
    assert done.exit_code == 1
    assert "not a demonstration" in done.output
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_an_earlier_demonstration_is_replaced_only_after_a_yes(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "truth.json").write_text("{}")
    done = run("demo", "--once", "--directory", str(tmp_path), typed="n\n")
    assert done.exit_code == 1
    assert (tmp_path / "sites" / "truth.json").exists()


def test_a_hub_is_founded_once(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    assert run("init", str(folder), "--operator", "commons").exit_code == 0
    assert Settings.load(folder).operator == "commons"
    assert (folder / "keys" / "tokens.jwk").stat().st_mode & 0o777 == 0o600
    again = run("init", str(folder), "--operator", "commons")
    assert (again.exit_code, "already" in again.output) == (1, True)


def test_the_doctor_says_what_is_well_and_ends_in_1_when_something_is_not(told: Told, tmp_path: Path) -> None:
    checks = read(run("doctor", "-d", str(told.places.hub), "--json"))
    assert all(each["well"] for each in checks), checks
    assert {"journal", "keyring", "agreements", "snapshot"} <= {each["name"] for each in checks}
    run("init", str(tmp_path / "hub"), "--operator", "commons")
    assert run("doctor", "-d", str(tmp_path / "hub")).exit_code == 1


def test_the_budget_is_shown_as_a_table_and_as_json(told: Told) -> None:
    lines = {each["account"]: each for each in read(run("budget", "-d", str(told.places.hub), "--json"))}
    assert 0 < lines["community"]["rho_spent"] < lines["community"]["rho_limit"]
    assert "community" in run("budget", "-d", str(told.places.hub)).stdout


def test_the_journal_is_shown_from_its_end_or_from_an_entry(told: Told) -> None:
    last = read(run("journal", "-d", str(told.places.hub), "--limit", "3", "--json"))
    first = read(run("journal", "-d", str(told.places.hub), "--limit", "3", "--after", "0", "--json"))
    assert [each["index"] for each in first] == [1, 2, 3]
    assert last[0]["index"] + 2 == last[-1]["index"]


def test_a_release_is_verified_offline_and_a_changed_one_is_not(told: Told, tmp_path: Path) -> None:
    proof = min(told.places.releases.glob("*.proof.json"))
    trust = str(told.places.hub / "trust.json")
    assert read(run("verify", str(proof), "--trust", trust, "--json"))["genuine"]
    shown = run("verify", str(proof), "--trust", trust)
    assert "Genuine: release" in shown.stdout
    forged = tmp_path / "forged.json"
    forged.write_bytes(proof.read_bytes().replace(b'"version":1', b'"version":2', 1))
    assert run("verify", str(forged), "--trust", trust).exit_code == 1


def test_a_question_shows_its_price_asks_for_a_yes_and_prints_ranges(sign_in: Path, tmp_path: Path) -> None:
    words = ("ask", OTHERS, "--sign-in", str(sign_in), "--epsilon", "0.17")
    no = run(*words, typed="n\n")
    assert (no.exit_code, "Costs ε 0.17" in no.output) == (1, True)
    table = tmp_path / "table.csv"
    yes = run(*words, "--csv", str(table), typed="y\n")
    assert yes.exit_code == 0, yes.output
    assert re.search(r"\d+ – \d+", yes.stdout)
    assert table.read_text().startswith("children,children_low,children_high,district,suppressed")
    again = read(run(*words, "--yes", "--json"))
    assert again["document"]["schema"] == "hub.release/1"


def test_a_dry_run_spends_nothing_and_says_so_to_programs(sign_in: Path) -> None:
    told = read(run("ask", OTHERS, "--sign-in", str(sign_in), "--within", "5% of 400", "--dry-run", "--json"))
    assert told["permitted"]
    assert told["spent"] == 0


def test_a_refused_question_ends_in_1_with_its_reasons(sign_in: Path) -> None:
    done = run("ask", OTHERS, "--sign-in", str(sign_in), "--epsilon", "20", "--purpose", "immunisation", "--yes")
    assert done.exit_code == 1
    assert "purpose-not-permitted" in done.output


def test_a_question_is_read_from_standard_input_and_the_secret_from_the_environment(told: Told, address: str) -> None:
    known = told.sign_in
    words = ("ask", "-", "--url", address, "--client-id", known["client_id"], "--project", known["project"])
    more = ("--purpose", known["purpose"], "--epsilon", "0.1", "--dry-run")
    assert run(*words, *more, typed=OTHERS, HUB_SECRET=known["secret"]).exit_code == 0
    without = run(*words, *more, typed=OTHERS)
    assert (without.exit_code, "secret is missing" in without.output) == (1, True)


@pytest.mark.parametrize("text", ["", "url = 1", "nonsense", 'url = "x"\nsurprise = "y"'])
def test_a_sign_in_file_that_cannot_be_used_is_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sign-in.toml"
    file.write_text(text)
    done = run("ask", OTHERS, "--sign-in", str(file), "--epsilon", "1")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("command", ["budget", "journal", "doctor", "serve"])
def test_without_a_hub_a_command_says_how_to_get_one(tmp_path: Path, command: str) -> None:
    done = run(command, "-d", str(tmp_path))
    assert done.exit_code == 1
    assert "there is no hub" in done.output


def test_every_command_has_help_and_panels_tell_where_to_start() -> None:
    shown = run("--help").stdout
    for word in ("Start here", "demo", "ask", "serve", "doctor", "verify", "journal", "budget", "agreement", "actor"):
        assert word in shown


def test_a_file_that_cannot_be_used_is_named_in_one_sentence_and_never_a_traceback(told: Told, tmp_path: Path) -> None:
    hub, key = str(told.places.hub), str(told.places.hub / "keys" / "release.pem")
    wrong, nowhere, folder = tmp_path / "wrong", str(tmp_path / "nowhere" / "x"), str(tmp_path)
    wrong.write_text("wrong")
    entry = ("--party", "alder", "--person", "x", "--title", "X", "--use", "deliver")
    for words, named in (
        (("trust", "add", nowhere, "-d", hub), nowhere),
        (("trust", "entry", str(wrong), nowhere, *entry), str(wrong)),
        (("trust", "entry", key, nowhere, *entry), nowhere),
        (("receive", folder, "-d", hub), folder),
        (("verify", str(wrong), "--trust", folder), folder),
        (("verify", key, "--trust", str(wrong)), str(wrong)),
        (("agreement", "propose", str(wrong), "--key", key, "-d", hub), str(wrong)),
        (("agreement", "sign", "memorandum", "--key", str(wrong), "-d", hub), str(wrong)),
        (("agreement", "bundle", "sharing-alder", nowhere, "-d", hub), nowhere),
    ):
        done = run(*words, COLUMNS="500")
        assert done.exit_code == 1, words
        assert "The file cannot be used." in done.output, words
        assert f"{named}: " in done.output, words
        assert isinstance(done.exception, SystemExit), words


def test_a_table_that_could_not_be_written_is_refused_before_anything_is_spent(
    sign_in: Path, told: Told, tmp_path: Path
) -> None:
    before = read(run("budget", "-d", str(told.places.hub), "--json"))
    target = str(tmp_path / "nowhere" / "table.csv")
    sql = "SELECT COUNT(*) AS n FROM school_year WHERE district = 'birch' AND school_year = 2026"
    done = run("ask", sql, "--sign-in", str(sign_in), "--epsilon", "0.01", "--yes", "--csv", target)
    assert (done.exit_code, "nothing was asked or spent" in " ".join(done.output.split())) == (1, True)
    assert read(run("budget", "-d", str(told.places.hub), "--json")) == before


def test_what_nobody_foresaw_is_told_by_its_kind_and_place_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), plain_errors():
        raise RuntimeError("Ann Canary")
    said = capsys.readouterr()
    assert "RuntimeError in test_commands.py line" in " ".join(said.err.split())
    assert "Canary" not in said.err + said.out


def test_an_address_that_is_taken_is_told_before_anything_else_happens(tmp_path: Path) -> None:
    with socket.create_server(("localhost", 0)) as taken:
        port = str(taken.getsockname()[1])
        for words in (("serve", "--directory", str(tmp_path)), ("demo", "--directory", str(tmp_path / "demo"))):
            done = run(*words, "--port", port)
            assert done.exit_code == 1
            assert "choose another with --port" in done.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize(("name", "value"), [("--operator", "Bad Id !"), ("--address", "not a url")])
def test_a_hub_is_not_founded_under_a_name_that_cannot_be_meant(tmp_path: Path, name: str, value: str) -> None:
    given = {"--operator": "commons", "--address": "https://hub.example.org", name: value}
    done = run("init", str(tmp_path / "hub"), *(word for pair in given.items() for word in pair))
    assert done.exit_code == 1
    assert "hub.toml" in done.stderr
    assert not (tmp_path / "hub").exists()
