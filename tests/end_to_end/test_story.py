"""The story that `hub demo` tells does what it says, step by step."""

import csv
import re
from pathlib import Path

import pytest

from agreements.keys import Keyring
from hub.actions import agree, oversee
from hub.actions.receive import receive
from hub.actions.verify import NotGenuineError, verify
from hub.demo.organisations import CONTRIBUTORS, LICENCE
from hub.wiring import Hub, wall_clock
from tests.end_to_end.conftest import Told


def test_every_step_does_what_it_should(told: Told) -> None:
    assert told.well, told.printed[-2000:]


def test_each_custodian_left_one_sealed_delivery_and_the_hub_has_none_of_its_keys(told: Told) -> None:
    for each in CONTRIBUTORS:
        site = told.places.site(each.id)
        assert len(list((site / "outbox").glob("*.delivery"))) == 1
        assert (site / "keys" / "head.pem").stat().st_mode & 0o077 == 0
    kept = {path.read_bytes() for path in told.places.hub.rglob("*") if path.is_file()}
    for name in ("keys/head.pem", "keys/connector.pem", "keys/record.key", "linkage.secret"):
        for each in CONTRIBUTORS:
            secret = (told.places.site(each.id) / name).read_bytes()
            assert not any(secret in content for content in kept)


def test_the_same_delivery_again_changes_nothing(told: Told, hub: Hub) -> None:
    file = next((told.places.site("birch") / "outbox").glob("*.delivery"))
    assert receive(hub, file.read_bytes()).again


def test_what_the_custodians_exported_is_nowhere_at_the_hub_and_in_nothing_that_was_printed(told: Told) -> None:
    canaries = _identifiers(told)
    assert len(canaries) > 500
    places = [path for path in told.places.hub.rglob("*") if path.is_file()]
    places += list(told.places.releases.iterdir())
    haystack = [path.read_bytes() for path in places] + [told.printed.encode()]
    found = [canary for canary in canaries if any(canary.encode() in content for content in haystack)]
    assert not found, f"{len(found)} identifiers came out"


def test_what_the_scan_looks_for_is_really_in_the_exports(told: Told) -> None:
    export = b"".join(path.read_bytes() for path in told.places.sites.rglob("export/**/*") if path.is_file())
    assert all(canary.encode() in export for canary in _identifiers(told)[:200])


def test_released_tables_keep_their_ranges_and_small_cells_stay_hidden(told: Told) -> None:
    for file in told.places.releases.glob("*.csv"):
        rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
        assert rows
        for row in rows:
            if row["suppressed"]:
                assert row["children"] == row["children_low"] == row["children_high"] == ""
            else:
                assert float(row["children_low"]) <= float(row["children"]) <= float(row["children_high"])


def test_a_release_proves_who_agreed_to_anybody_with_the_keyring(told: Told) -> None:
    keyring = Keyring.from_bytes((told.places.hub / "trust.json").read_bytes())
    proofs = sorted(told.places.releases.glob("*.proof.json"))
    assert len(proofs) == 4
    for proof in proofs:
        verified = verify(proof.read_bytes(), keyring, at=wall_clock())
        assert any("signed by 13 of 13" in fact for fact in verified.facts)


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.9])
def test_a_changed_proof_is_not_genuine(told: Told, place: float) -> None:
    keyring = Keyring.from_bytes((told.places.hub / "trust.json").read_bytes())
    data = bytearray(next(iter(told.places.releases.glob("*.proof.json"))).read_bytes())
    position = next(index for index in range(int(len(data) * place), len(data)) if chr(data[index]).isalnum())
    data[position] = ord("A") if data[position] != ord("A") else ord("B")
    with pytest.raises(NotGenuineError):
        verify(bytes(data), keyring, at=wall_clock())


def test_a_stop_leaves_the_licence_in_force_without_that_district(hub: Hub) -> None:
    standing = agree.show(hub, LICENCE).standing
    assert standing.suspended_by == {"alder"}


def test_every_account_was_charged_alike_and_none_is_overdrawn(hub: Hub) -> None:
    lines = {line.account: line for line in oversee.budget(hub)}
    assert lines["community"].rho_spent == lines[f"agreement/{LICENCE}"].rho_spent > 0
    assert lines["contributor/alder"].rho_spent < lines["contributor/birch"].rho_spent
    assert all(line.rho_spent <= line.rho_limit for line in lines.values())


def test_the_check_up_finds_nothing_wrong(hub: Hub) -> None:
    assert [check for check in oversee.check_up(hub) if not check.well] == []


def test_the_journal_knows_every_refusal(hub: Hub) -> None:
    entries = oversee.read_journal(hub, limit=1000)
    refused = [entry for entry in entries if entry.kind == "question-refused"]
    rules = [rule for entry in refused for rule in entry.public["rules"]]
    assert len(refused) == 4
    assert {"purpose-not-permitted", "element-not-listed", "query-budget", "suspended-by"} <= set(rules)


def _identifiers(told: Told) -> list[str]:
    """Names, addresses, phones and source ids out of the exports, long enough not to occur by chance."""
    found: set[str] = set()
    for users in told.places.sites.glob("*/export/users.csv"):
        for row in _rows(users):
            found |= {row["sourcedId"], row["identifier"], row["familyName"] if len(row["familyName"]) > 8 else ""}
    for contacts in told.places.sites.glob("*/export/contacts.csv"):
        for row in _rows(contacts):
            found |= {row["address"], row["phone1"]}
    for patients in told.places.sites.glob("*/export/Patient*.ndjson"):
        found |= set(re.findall(r'"id":\s?"([^"]{8,})"', patients.read_text("utf-8")))
    public = {word for each in CONTRIBUTORS for word in each.head.split()}
    return sorted(each for each in found - public if len(each) >= 8)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
