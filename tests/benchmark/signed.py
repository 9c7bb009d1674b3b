"""Agreements for the benchmark's eleven custodians: really signed, so that standing costs what it costs."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agreements.exhibit import fill
from agreements.keys import KeyEntry, Keyring, KeyUse, Signer
from agreements.parties import Party, PartyKind, Role, Signatory
from agreements.statement import Act, Document, Statement, sign_statement
from agreements.terms import Terms
from hub.demo.ceremony import template
from tests.benchmark.events import CUSTODIANS, catalogue

LICENCE = "licence"
ROWS = {"event": 60}
_MICRO = 1_000_000
_LIMITS = {"delta_e12": 1_000, "epsilon_total_micro": 90 * _MICRO, "epsilon_query_max_micro": 2 * _MICRO}
_WHOLE = {"contributor_epsilon_total_micro": 95 * _MICRO, "community_epsilon_total_micro": 95 * _MICRO}


@dataclass(frozen=True)
class Head:
    """An organisation and the key of its head."""

    org: str
    kind: PartyKind
    role: Role
    signer: Signer

    @property
    def party(self) -> Party:
        return Party(self.org, f"Organisation {self.org}", self.kind, frozenset({self.role}))

    @property
    def signatory(self) -> Signatory:
        return Signatory(f"{self.org}-head", self.org, f"Head of {self.org}", "Head", (self.signer.key_id,))


@dataclass(frozen=True)
class Signed:
    """Every agreement's terms with the statements about it, and the keyring that verifies them."""

    terms: tuple[Terms, ...]
    statements: tuple[bytes, ...]
    keyring: Keyring


def signed(hub: Signer, *, at: datetime) -> Signed:
    """A memorandum, a data-sharing agreement for each custodian and a licence, in force from `at`."""
    heads = [Head(org, PartyKind.LEA, Role.CONTRIBUTOR, Signer.generate()) for org in CUSTODIANS]
    operator = Head("commons", PartyKind.HUB_OPERATOR, Role.CUSTODIAN, Signer.generate())
    reader = Head("university", PartyKind.UNIVERSITY, Role.RECIPIENT, Signer.generate())
    everyone = (*heads, reader, operator)
    memorandum, sharing, licence = _drafts(heads, operator, everyone, at)
    statements = [_act(operator, Act.PROPOSE, (memorandum, *sharing), at)]
    statements += [_act(head, Act.COUNTERSIGN, (memorandum, own), at) for head, own in zip(heads, sharing, strict=True)]
    statements += [_act(reader, Act.COUNTERSIGN, (memorandum,), at), _act(reader, Act.PROPOSE, (licence,), at)]
    statements += [_act(head, Act.COUNTERSIGN, (licence,), at) for head in (*heads, operator)]
    entries = [_entry(head.signer, head.org, f"{head.org}-head", KeyUse.AGREE, at) for head in everyone]
    entries.append(_entry(hub, "commons", "hub", KeyUse.RELEASE, at))
    return Signed((memorandum, *sharing, licence), tuple(statements), Keyring(tuple(entries)))


def _drafts(
    heads: list[Head], operator: Head, everyone: Iterable[Head], at: datetime
) -> tuple[Terms, list[Terms], Terms]:
    term = {"effective_from": at, "effective_until": at + timedelta(days=3650)}
    privacy = {**_LIMITS, "rows_per_person": ROWS}
    all_of_them = {
        **term,
        "parties": tuple(head.party for head in everyone),
        "signatories": tuple(head.signatory for head in everyone),
    }
    memorandum = fill(template("memorandum"), {**all_of_them, "id": "memorandum", "privacy": {**privacy, **_WHOLE}})
    sharing = [
        fill(
            template("data_sharing_exhibit"),
            {
                **term,
                "id": f"sharing-{head.org}",
                "parent_ids": ("memorandum",),
                "parties": (head.party, operator.party),
                "signatories": (head.signatory, operator.signatory),
                "catalogue": catalogue(),
                "privacy": privacy,
            },
        )
        for head in heads
    ]
    text = template("data_use_licence")
    licence = fill(
        {**text, "elements": {**text["elements"], "leave_out": []}},
        {
            **all_of_them,
            "id": LICENCE,
            "parent_ids": ("memorandum", *(terms.id for terms in sharing)),
            "permitted_users": frozenset({"ana"}),
            "catalogue": catalogue(),
            "privacy": privacy,
        },
    )
    return memorandum, sharing, licence


def _act(head: Head, act: Act, about: Iterable[Terms], at: datetime) -> bytes:
    statement = Statement(
        act=act,
        documents=tuple(Document(terms.id, terms.version, terms.digest) for terms in about),
        party=head.org,
        signer=f"{head.org}-head",
        capacity="Head",
        at=at,
        nonce=secrets.token_urlsafe(16),
    )
    return sign_statement(statement, head.signer).to_bytes()


def _entry(signer: Signer, party: str, person: str, use: KeyUse, at: datetime) -> KeyEntry:
    return KeyEntry(signer.public_key, party, person, "Head", frozenset({use}), at, None)
