"""One pull, end to end: what leaves, what is refused before a record is read, and that nothing is left on an error."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agreements.bundle import Bundle
from agreements.errors import AgreementError
from connectors import configuration, delivery, outbox
from connectors import contents as delivered
from connectors import site as sites
from connectors.configuration import Connector
from connectors.contents import Contents
from connectors.delivery import Manifest
from connectors.errors import AccountError, ConnectorError, SiteError, SourceError, StandingError
from connectors.pseudonym import TOKENS_VERSION
from connectors.pull import Pulled, pull
from connectors.site import Site
from tests.agreements import community
from tests.connectors.exports import (
    Record,
    absence,
    diagnosis,
    dose,
    enrolled,
    held,
    measured,
    patient,
    real,
    school,
    visit,
    write_ndjson,
    write_set,
)
from tests.connectors.sites import HUB, NOW, Random, bundle, everything, health_site, keyring, make, school_site


def run(site: Site, *, now: datetime = NOW) -> Pulled:
    return pull(site, now=now, random=Random())


def opened(site: Site, result: Pulled) -> tuple[Manifest, Contents]:
    return delivery.open_delivery(result.path.read_bytes(), keyring=site.trust, unsealer=HUB, at=NOW)


def ndjson(folder: Path) -> Path:
    about = "Patient/ann"
    files = {
        "Patient.ndjson": [patient("ann"), patient("bea")],
        "Encounter.ndjson": [visit("v", about)],
        "Condition.ndjson": [diagnosis("c", about)],
        "Immunization.ndjson": [dose("i", about, "94")],
        "Observation.ndjson": [measured("o", about)],
    }
    return write_ndjson(folder, files)


def test_a_district_delivers_its_students_years_and_tokens(tmp_path: Path) -> None:
    days = [f"2024-09-{day:02}" for day in range(3, 25)]
    files = school(calendar=[held(day) for day in days], attendance=[absence("sam", day) for day in days[:3]])
    site = school_site(tmp_path / "site", write_set(tmp_path / "export", files))
    result = run(site)
    manifest, contents = opened(site, result)
    assert result.path == tmp_path / "site" / "outbox" / "alder-000001.delivery"
    assert (manifest.custodian, manifest.number, manifest.tokens_version) == ("alder", 1, TOKENS_VERSION)
    assert manifest.catalogue_sha256 == site.catalogue.digest
    table = contents.tables["school_year"]
    rows = sorted(zip(*(table[name] for name in ("grade", "days_absent", "chronic_absence")), strict=True))
    assert rows == [("03", 0, 0), ("03", 3, 1)]
    assert len(set(contents.tokens.record)) == result.persons == 3
    assert set(table["record"]) < set(contents.tokens.record)
    assert contents.account["persons"] == 3
    assert contents.account["rows_over_bound"] == {"school_year": 0}


def test_a_health_system_delivers_four_tables(tmp_path: Path) -> None:
    site = health_site(tmp_path / "site", ndjson(tmp_path / "export"))
    result = run(site)
    _, contents = opened(site, result)
    assert result.rows == {"encounter": 1, "condition": 1, "immunization": 2, "observation": 1}
    assert contents.tables["observation"]["value"] == [203]
    assert sorted(map(str, contents.tables["immunization"]["vaccine"])) == ["mmr", "varicella"]
    assert result.persons == 2


def test_the_same_child_gets_tokens_in_common_and_numbers_of_their_own(tmp_path: Path) -> None:
    export = write_set(tmp_path / "export", school())
    folder = make(tmp_path / "lakeside", "prairie", ndjson(tmp_path / "bulk"), connector=Connector.FHIR)
    (folder / sites.RECORD_KEY).unlink()
    sites.write_private(folder / sites.RECORD_KEY, b"k" * 32)
    twin = patient("sam", birthDate="2016-02-29", gender="male", name=[{"given": ["Samuel"], "family": "Okafor"}])
    write_ndjson(tmp_path / "bulk", {"Patient.ndjson": [twin, patient("ann")]})
    district, system = school_site(tmp_path / "alder", export), Site.read(folder)
    _, ours = opened(district, run(district))
    _, theirs = opened(system, run(system))
    common = set(zip(ours.tokens.kind, ours.tokens.token, strict=True)) & set(
        zip(theirs.tokens.kind, theirs.tokens.token, strict=True)
    )
    assert common
    assert not set(ours.tokens.record) & set(theirs.tokens.record)


def test_numbers_grow_even_when_deliveries_are_carried_away(tmp_path: Path) -> None:
    site = school_site(tmp_path / "site", write_set(tmp_path / "export", school()))
    run(site).path.unlink()
    assert run(site).path.name == "alder-000002.delivery"
    (site.folder / "last_delivery").unlink()
    assert run(site).path.name == "alder-000003.delivery"


def test_what_a_pull_keeps_does_not_depend_on_when_or_how_often(tmp_path: Path) -> None:
    site = school_site(tmp_path / "site", write_set(tmp_path / "export", school()))
    (_, first), (_, second) = opened(site, run(site)), opened(site, run(site))
    assert first == second


def test_an_empty_bulk_is_an_empty_delivery(tmp_path: Path) -> None:
    empty: dict[str, list[Record]] = {name: [] for name in school()}
    site = school_site(tmp_path / "site", write_set(tmp_path / "export", empty))
    result = run(site)
    _, contents = opened(site, result)
    assert (result.persons, result.rows, contents.tokens.record) == (0, {"school_year": 0}, [])


@pytest.mark.parametrize(
    ("name", "custodian", "connector", "persons"),
    [
        ("oneroster12_csv_grandbend", "alder", Connector.ONEROSTER, 1627),
        ("oneroster_csv_tiny", "alder", Connector.ONEROSTER, 0),
        ("fhir/bulk10", "prairie", Connector.FHIR, 13),
        ("fhir/bulk100", "prairie", Connector.FHIR, 120),
        ("fhir/pediatric60", "prairie", Connector.FHIR, 60),
    ],
)
def test_real_exports_become_deliveries(
    tmp_path: Path, name: str, custodian: str, connector: Connector, persons: int
) -> None:
    site = Site.read(make(tmp_path / "site", custodian, real(name), connector=connector))
    result = run(site)
    manifest, contents = opened(site, result)
    delivered.check(contents, custodian=custodian, agreed=manifest.elements, catalogue=site.catalogue)
    assert result.persons == len(set(contents.tokens.record)) == persons


def suspended(folder: Path) -> None:
    (folder / sites.AGREEMENT).write_bytes(bundle("alder", "alder suspend").to_bytes())


def unsigned(folder: Path) -> None:
    above, terms = community.memorandum(), community.sharing("alder")
    held_by = [community.acts(above, community.all_sign(above)), community.acts(terms, "alder propose")]
    (folder / sites.AGREEMENT).write_bytes(Bundle.of(terms.id, held_by).to_bytes())


def narrower_catalogue(folder: Path) -> None:
    whole = community.catalogue()
    tables = tuple(table for table in whole.tables if table.name != "observation")
    (folder / sites.CATALOGUE).write_bytes(type(whole)(tables).to_bytes())


def memorandum_only(folder: Path) -> None:
    above = community.memorandum()
    evidence = [community.acts(above, community.all_sign(above))]
    (folder / sites.AGREEMENT).write_bytes(Bundle.of(above.id, evidence).to_bytes())


@pytest.mark.parametrize(
    ("change", "now", "sentence"),
    [
        (unsigned, NOW, "is proposed, not in force"),
        (suspended, NOW, "is suspended, not in force"),
        (lambda _: None, community.END, "is expired, not in force"),
        (lambda _: None, community.START - timedelta(days=1), "is partly_signed, not in force"),
        (narrower_catalogue, NOW, "names another catalogue"),
        (memorandum_only, NOW, "is not the data-sharing agreement of alder"),
        (
            lambda folder: (folder / sites.AGREEMENT).write_bytes(bundle("prairie").to_bytes()),
            NOW,
            "is not the data-sharing agreement of alder",
        ),
    ],
)
def test_without_an_agreement_in_force_no_record_is_read(
    tmp_path: Path, change: Callable[[Path], object], now: datetime, sentence: str
) -> None:
    site = Site.read(make(tmp_path / "site", "alder", tmp_path / "no export", change=change))
    before = everything(tmp_path)
    with pytest.raises(StandingError, match=sentence):
        run(site, now=now)
    assert everything(tmp_path) == before


def forge(folder: Path) -> None:
    data = (folder / sites.AGREEMENT).read_bytes()
    (folder / sites.AGREEMENT).write_bytes(data.replace(b"school_year/grade:group_by", b"school_year/grade:measure_"))


def test_an_agreement_that_was_changed_after_signing_is_refused(tmp_path: Path) -> None:
    export = write_set(tmp_path / "export", school())
    with pytest.raises((AgreementError, ConnectorError)):
        run(Site.read(make(tmp_path / "site", "alder", export, change=forge)))


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda export: (export / "classes.csv").unlink(), SourceError),
        (lambda export: (export / "users.csv").write_text("a,b\n"), SourceError),
        (
            lambda export: (export / "roles.csv").write_bytes((export / "roles.csv").read_bytes() + b"torn\n"),
            AccountError,
        ),
        (lambda export: (export / "roles.csv").write_bytes((export / "roles.csv").read_bytes() + b"torn"), SourceError),
        (shutil.rmtree, SourceError),
    ],
)
def test_on_any_error_nothing_is_left(tmp_path: Path, spoil: Callable[[Path], object], error: type[Exception]) -> None:
    export = write_set(tmp_path / "export", school())
    site = school_site(tmp_path / "site", export)
    spoil(export)
    before = everything(site.folder)
    with pytest.raises(error):
        run(site)
    assert everything(site.folder) == before


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    site = school_site(tmp_path / "site", write_set(tmp_path / "export", school()))
    before = everything(site.folder)
    (site.folder / "last_delivery.part").mkdir()
    with pytest.raises(OSError, match="last_delivery"):
        run(site)
    (site.folder / "last_delivery.part").rmdir()
    assert everything(site.folder) == before


def test_two_pulls_at_once_are_refused(tmp_path: Path) -> None:
    site = school_site(tmp_path / "site", write_set(tmp_path / "export", school()))
    with outbox.only_pull(site.folder), pytest.raises(SiteError, match="another pull"):
        run(site)
    assert run(site).manifest.number == 1


def test_a_few_damaged_lines_are_left_out_and_many_stop_the_run(tmp_path: Path) -> None:
    users = [{"sourcedId": f"s{n}", "givenName": "A", "familyName": "B"} for n in range(100)]
    roles = [{"sourcedId": f"r{n}", "userSourcedId": f"s{n}", "role": "student"} for n in range(100)]
    demographics = [{"sourcedId": f"s{n}", "birthDate": "2016-01-01" if n >= 5 else "soon"} for n in range(100)]
    enrollments = [enrolled(f"e{n}", f"s{n}", "home-north") for n in range(100)]
    files = school(users=users, roles=roles, demographics=demographics, enrollments=enrollments)
    export = write_set(tmp_path / "export", files)
    site = school_site(tmp_path / "site", export)
    result = run(site)
    assert opened(site, result)[1].account["files"][2]["rejected"] == {"bad-date": 5}
    demographics[50]["birthDate"] = "soon"
    write_set(export, {**files, "demographics": demographics})
    with pytest.raises(AccountError, match=r"demographics\.csv: 6 of 100 records are damaged.*first is line 2"):
        run(site)
    (site.folder / configuration.FILE).write_text(
        (site.folder / configuration.FILE).read_text().replace("0.05", "0.06"), encoding="utf-8"
    )
    assert run(Site.read(site.folder)).manifest.number == 2


def test_a_site_with_codes_of_its_own_maps_by_them(tmp_path: Path) -> None:
    visits = [visit("v", "Patient/ann", type=[{"coding": [{"system": "http://snomed.info/sct", "code": "162673000"}]}])]
    export = write_ndjson(tmp_path / "export", {"Patient.ndjson": [patient("ann")], "Encounter.ndjson": visits})
    folder = make(tmp_path / "site", "prairie", export, connector=Connector.FHIR)
    with (folder / configuration.FILE).open("a", encoding="utf-8") as stream:
        stream.write('[codes.reason]\nwell_child = ["http://snomed.info/sct|162673000"]\n')
    site = Site.read(folder)
    assert opened(site, run(site))[1].tables["encounter"]["reason"] == ["well_child"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda folder: (folder / sites.TRUST).unlink(), "trust.json is missing: it is the keyring"),
        (lambda folder: (folder / sites.LINKAGE_SECRET).unlink(), "linkage.secret is missing"),
        (lambda folder: (folder / sites.LINKAGE_SECRET).write_bytes(b"short"), "holds 32 random bytes"),
        (lambda folder: (folder / sites.SIGNING_KEY).write_bytes(b"canary"), "connector.pem: the signing key is not"),
        (lambda folder: (folder / sites.AGREEMENT).write_bytes(b"{}"), "agreement.bundle: "),
        (lambda folder: (folder / sites.CATALOGUE).write_bytes(b"canary"), "catalogue.json: "),
        (lambda folder: (folder / sites.TRUST).write_bytes(community.keyring().to_bytes()), "not in the keyring"),
        (
            lambda folder: (folder / sites.TRUST).write_bytes(
                keyring("birch", community.signer("connector-alder")).to_bytes()
            ),
            "not entered there for deliveries of alder",
        ),
        (lambda folder: (folder / configuration.FILE).unlink(), "holds no site.toml"),
        (lambda folder: (folder / configuration.FILE).write_text("= canary"), "is not TOML"),
        (lambda folder: configure(folder, "alder", "atlantis"), "knows no custodian atlantis"),
        (lambda folder: configure(folder, "oneroster", "ouija"), "connector is one of oneroster, fhir"),
        (lambda folder: configure(folder, "iso", "martian"), "dates is one of iso, month-first, day-first"),
        (lambda folder: configure(folder, "0.05", "5"), "a share from 0 to below 1"),
        (lambda folder: configure(folder, HUB.public.hex(), "00"), "32 bytes in hexadecimal"),
        (lambda folder: configure(folder, "custodian =", "password = 'canary'\ncustodian ="), "'password' is unknown"),
    ],
)
def test_a_site_that_cannot_work_says_what_to_change(
    tmp_path: Path, change: Callable[[Path], object], sentence: str
) -> None:
    folder = make(tmp_path / "site", "alder", tmp_path, change=change)
    with pytest.raises((AgreementError, ConnectorError)) as caught:
        Site.read(folder)
    assert sentence in str(caught.value)
    assert "canary" not in str(caught.value)


def configure(folder: Path, old: str, new: str) -> None:
    path = folder / configuration.FILE
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_site_is_never_made_twice_and_its_keys_are_its_owners(tmp_path: Path) -> None:
    folder = make(tmp_path / "site", "alder", tmp_path)
    assert not sites.exposed(folder)
    (folder / sites.LINKAGE_SECRET).chmod(0o644)
    assert sites.exposed(folder) == (sites.LINKAGE_SECRET,)
    with pytest.raises(SiteError, match="already"):
        make(folder, "alder", tmp_path)
