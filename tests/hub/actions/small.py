"""A small real hub: a memorandum, two districts and a clinic that signed, two deliveries made by hand, one snapshot."""

import random
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from agreements.keys import KeyEntry, Keyring, KeyUse, Signer
from agreements.sealing import SealingKey
from agreements.statement import Act
from agreements.terms import Terms
from connectors import delivery
from connectors.contents import Contents, Tokens
from connectors.delivery import Manifest
from connectors.token_kinds import TOKENS_VERSION, Kind
from hub import wiring
from hub.actions import agree
from hub.actions.actor import Actor
from hub.actions.answer import answer
from hub.actions.ask import status, submit
from hub.actions.asked import Asked
from hub.actions.receive import receive
from hub.actions.snapshot import refresh
from hub.engine.warehouse import VaultFile
from hub.engine.workers import Answer, Workers
from hub.settings import Settings
from hub.wiring import Hub
from tests.agreements import community

CONTRIBUTORS = ("alder", "birch", "prairie")
DELIVERING = ("alder", "birch")
"""The clinic has signed and not delivered."""

PERSONS = 48
START = community.NOW
ANA = Actor(client="ana", person="ana", org="university")
STRANGER = Actor(client="eve", person="eve", org="university")
OUTSIDER = Actor(client="mallory", person="ana", org="elsewhere")

LIMITS: Mapping[str, int] = {"epsilon_total_micro": 4_000_000, "epsilon_query_max_micro": 1_000_000, "delta_e12": 1_000}

CANARY_COUNT = 791_979_197
CANARY_NAMES = ("Zebulon", "Quackenbush")


class Clock:
    """A clock that stands still unless somebody sleeps or it is moved; it tells whole seconds."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self._at.replace(microsecond=0)

    def sleep(self, seconds: float) -> None:
        self.move(timedelta(seconds=max(seconds, 0.25)))

    def move(self, by: timedelta) -> None:
        with self._lock:
            self._at += by


@dataclass(frozen=True)
class Small:
    """An open hub, its clock, and the terms that were signed."""

    hub: Hub
    clock: Clock

    def answered(self, asked: Asked, *, key: str = "", actor: Actor = ANA) -> str:
        """Ask, and wait for the release as the clock flies by."""
        ticket = submit(self.hub, actor, asked, idempotency_key=key)
        question = status(self.hub, actor, ticket.id)
        return ticket.release or answer(self.hub, question, priced=ticket.priced, sleep=self.clock.sleep)

    def act(self, act: Act, *terms: Terms, org: str, **more: Any) -> None:
        """One signed act, received a second after the one before."""
        self.clock.move(timedelta(seconds=1))
        agree.add_statement(self.hub, community.signed(act, *terms, org=org, at=self.clock(), **more))


def memorandum(**more: Any) -> Terms:
    community_limits = dict.fromkeys(("contributor_epsilon_total_micro", "community_epsilon_total_micro"), 5_000_000)
    return community.memorandum(*CONTRIBUTORS, **{"privacy": {**LIMITS, **community_limits}, **more})


def sharing(org: str, **more: Any) -> Terms:
    return community.sharing(org, **{"privacy": LIMITS, **more})


def licence(**more: Any) -> Terms:
    return community.licence(*CONTRIBUTORS, **{"privacy": LIMITS, **more})


def settings(directory: Path, **more: Any) -> Settings:
    return Settings(directory=directory, operator="commons", answer_seconds=30, threads=1, memory="512MB", **more)


BOTH = "SELECT grade_band, COUNT(*) AS children FROM school_year WHERE district IN ('alder', 'birch') GROUP BY 1"
BIRCH_ONLY = "SELECT grade_band, COUNT(*) AS children FROM school_year WHERE district = 'birch' GROUP BY grade_band"


def asked(sql: str = BOTH, **more: Any) -> Asked:
    given: dict[str, Any] = {"project": "agr-dul", "purpose": "attendance", "epsilon": Decimal("0.5"), **more}
    if given.get("within") is not None:
        del given["epsilon"]
    return Asked(sql=sql, rows_per_person=given.pop("rows_per_person", 1), **given)


DEAR = asked(epsilon=Decimal(1))
"""As dear as one question may be: not many fit into the licence."""


def contents(custodian: str, *, persons: int = PERSONS, account: Mapping[str, Any] | None = None) -> Contents:
    draw = random.Random(custodian)
    records = [draw.getrandbits(62) for _ in range(persons)]
    table: dict[str, list[Any]] = {"record": [], "school_year": [], "grade_band": [], "chronic_absence": []}
    for record in records:
        for year in (2025, 2026):
            values = (record, year, draw.choice(["K-2", "3-5", "6-8"]), draw.randint(0, 1))
            for column, value in zip(table.values(), values, strict=True):
                column.append(value)
    tokens = Tokens(
        record=[record for record in records for _ in range(2)],
        kind=[int(kind) for _ in records for kind in (Kind.BIRTH_GIVEN, Kind.NAMES_YEAR)],
        token=[draw.getrandbits(62) for _ in records for _ in range(2)],
    )
    return Contents(dict(account or {"accepted": CANARY_COUNT}), {"school_year": table}, tokens)


def packed(
    hub_public: bytes, custodian: str = "alder", *, signer: str = "", made: Contents | None = None, **more: Any
) -> bytes:
    terms = sharing(custodian)
    given: dict[str, Any] = {
        "custodian": custodian,
        "agreement": terms.id,
        "agreement_sha256": terms.digest,
        "catalogue_sha256": community.catalogue().digest,
        "number": 1,
        "created_at": START,
        "tokens_version": TOKENS_VERSION,
        "elements": terms.elements,
        **more,
    }
    key = community.signer(signer or f"connector-{custodian}")
    return delivery.pack(made or contents(custodian), Manifest(**given), signer=key, hub_public=hub_public)


def public_of(directory: Path) -> bytes:
    return SealingKey.from_pem((directory / "keys" / "sealing.pem").read_bytes()).public


def sign_everything(hub: Hub, *, bound: Terms | None = None) -> None:
    """Propose and sign the memorandum, the three agreements below it, and the licence: one act a second."""
    above, below = memorandum(), [sharing(org) for org in CONTRIBUTORS]
    given = bound or licence()
    at = iter(START - timedelta(seconds=100 - position) for position in range(100))
    proposed = community.signed(Act.PROPOSE, above, *below, org="commons", at=next(at))
    agree.propose(hub, [terms.to_bytes() for terms in (above, *below)], proposed)
    for org, own in zip(CONTRIBUTORS, below, strict=True):
        agree.add_statement(hub, community.signed(Act.COUNTERSIGN, above, own, org=org, at=next(at)))
    agree.add_statement(hub, community.signed(Act.COUNTERSIGN, above, org="university", at=next(at)))
    sign_licence(hub, given, at)


def sign_licence(hub: Hub, given: Terms, at: Iterator[datetime]) -> None:
    proposed = community.signed(Act.PROPOSE, given, org="university", at=next(at))
    agree.propose(hub, [given.to_bytes()], proposed)
    for org in (*CONTRIBUTORS, "commons"):
        agree.add_statement(hub, community.signed(Act.COUNTERSIGN, given, org=org, at=next(at)))


def found(directory: Path, *, bound: Terms | None = None, delivered: Sequence[str] = DELIVERING) -> None:
    """Make the whole hub in a folder, through the actions alone."""
    wiring.found(settings(directory), community.catalogue())
    (directory / "trust.json").write_bytes(_keyring(directory).to_bytes())
    with wiring.opened(settings(directory), clock=Clock(), answering=False) as hub:
        sign_everything(hub, bound=bound)
        for custodian in delivered:
            receive(hub, packed(public_of(directory), custodian))
        if delivered:
            refresh(hub)


def _keyring(directory: Path) -> Keyring:
    release = Signer.from_pem((directory / "keys" / "release.pem").read_bytes())
    machines = [(release.public_key, "commons", "hub", KeyUse.RELEASE)]
    machines += [
        (community.signer(f"connector-{org}").public_key, org, f"connector-{org}", KeyUse.DELIVER)
        for org in CONTRIBUTORS
    ]
    entries = [
        KeyEntry(key, party, person, "Machine", frozenset({use}), community.ENROLLED, None)
        for key, party, person, use in machines
    ]
    return Keyring((*community.keyring().entries, *entries))


@contextmanager
def opened(
    directory: Path, *, workers: Workers | None = None, clock: Clock | None = None, database: str = ""
) -> Iterator[Small]:
    """The hub in a folder, with workers that others started."""
    ticking = clock or Clock()
    with wiring.opened(settings(directory, database=database), clock=ticking, answering=False) as hub:
        yield Small(hub if workers is None else replace(hub, workers=workers), ticking)


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def everything(directory: Path) -> dict[str, bytes]:
    """Every file under a folder but the database, to be compared before and after."""
    files = (path for path in sorted(directory.rglob("*")) if path.is_file() and not path.name.startswith("hub.sqlite"))
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


class Failing(Workers):
    """Engine processes that fail as they are told to."""

    def __init__(self, directory: Path, failure: Exception) -> None:
        super().__init__(ready=0, directory=directory)
        self.failure = failure

    def run(self, files: Mapping[str, VaultFile], statement: str, *, deadline_seconds: float) -> Answer:
        assert files, statement
        assert deadline_seconds > 0
        raise self.failure


class Empty(Workers):
    """Engine processes that find no rows at all, at once: the noise is all there is."""

    def run(self, files: Mapping[str, VaultFile], statement: str, *, deadline_seconds: float) -> Answer:
        assert files, statement
        assert deadline_seconds > 0
        return []


class Leaping(Workers):
    """Engine processes during whose work the clock leaps an hour."""

    def __init__(self, workers: Workers, clock: Clock) -> None:
        super().__init__(ready=0)
        self.close()
        self.workers, self.clock = workers, clock

    def run(self, files: Mapping[str, VaultFile], statement: str, *, deadline_seconds: float) -> Answer:
        found = self.workers.run(files, statement, deadline_seconds=deadline_seconds)
        self.clock.move(timedelta(hours=1))
        return found


def leaping(here: Small) -> Hub:
    return replace(here.hub, workers=Leaping(here.hub.workers, here.clock))


def with_workers(here: Small, workers: Workers) -> Small:
    return Small(replace(here.hub, workers=workers), here.clock)
