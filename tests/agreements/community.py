"""A small community whose agreements the tests sign: keys are derived from names, so every run is the same."""

import hashlib
import itertools
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agreements.catalogue import Catalogue
from agreements.exhibit import fill
from agreements.keys import KeyEntry, Keyring, KeyUse, Signer
from agreements.parties import Party, PartyKind, Role, Signatory
from agreements.standing import Evidence, Standing, read
from agreements.statement import Act, Document, Statement, sign_statement
from agreements.terms import Terms

DISTRICTS = ("alder", "birch", "cedar", "dogwood", "elm", "fir", "hazel", "juniper")
HEALTH_SYSTEMS = ("lakeside", "northgate", "prairie")
CONTRIBUTORS = ("alder", "prairie")
"""The contributors of most tests: a district and a health system."""
OTHERS = ("commons", "university")

ENROLLED = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED = datetime(2026, 6, 1, 9, tzinfo=UTC)
START = datetime(2026, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
END = datetime(2027, 7, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

_KINDS = {
    "commons": (PartyKind.HUB_OPERATOR, Role.CUSTODIAN),
    "university": (PartyKind.UNIVERSITY, Role.RECIPIENT),
    **dict.fromkeys(DISTRICTS, (PartyKind.LEA, Role.CONTRIBUTOR)),
    **dict.fromkeys(HEALTH_SYSTEMS, (PartyKind.PROVIDER, Role.CONTRIBUTOR)),
}
_numbers = itertools.count()


def template(name: str) -> dict[str, Any]:
    return tomllib.loads((files("agreements") / "templates" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def catalogue() -> Catalogue:
    return Catalogue.from_json(template("catalogue"))


@cache
def signer(name: str) -> Signer:
    return Signer(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def head(org: str) -> str:
    return f"head-{org}"


def party(org: str) -> Party:
    kind, role = _KINDS[org]
    return Party(org, f"{org.title()} Organisation", kind, frozenset({role}))


def signatory(org: str) -> Signatory:
    return Signatory(head(org), org, f"Head of {org.title()}", "Superintendent", (signer(org).key_id,))


def entry(org: str, *, uses: frozenset[KeyUse] = frozenset({KeyUse.AGREE})) -> KeyEntry:
    return KeyEntry(signer(org).public_key, org, head(org), "Superintendent", uses, ENROLLED, None)


@cache
def keyring() -> Keyring:
    return Keyring(tuple(entry(org) for org in _KINDS))


def values(agreement: str, orgs: Sequence[str], **more: Any) -> dict[str, Any]:
    return {
        "id": agreement,
        "parties": tuple(party(org) for org in orgs),
        "signatories": tuple(signatory(org) for org in orgs),
        "effective_from": START,
        "effective_until": END,
        **more,
    }


def memorandum(*contributors: str, **more: Any) -> Terms:
    orgs = (*(contributors or CONTRIBUTORS), *OTHERS)
    return fill(template("memorandum"), values("agr-mou", orgs, **more))


def sharing(contributor: str, **more: Any) -> Terms:
    given = {"parent_ids": ("agr-mou",), "catalogue": catalogue(), **more}
    return fill(template("data_sharing_exhibit"), values(f"agr-dsa-{contributor}", (contributor, "commons"), **given))


def licence(*contributors: str, **more: Any) -> Terms:
    bound = contributors or CONTRIBUTORS
    parents = ("agr-mou", *(f"agr-dsa-{org}" for org in bound))
    given = {"parent_ids": parents, "catalogue": catalogue(), "permitted_users": ("ana",), **more}
    return fill(template("data_use_licence"), values("agr-dul", (*bound, *OTHERS), **given))


def document(terms: Terms) -> Document:
    return Document(terms.id, terms.version, terms.digest)


def statement(act: Act, *terms: Terms, org: str, at: datetime = SIGNED, **more: Any) -> Statement:
    given = {
        "documents": tuple(document(one) for one in terms),
        "party": org,
        "signer": head(org),
        "capacity": "Superintendent",
        "at": at,
        "nonce": f"nonce-{next(_numbers):012}",
        "reason": "",
        **more,
    }
    if act in {Act.SUSPEND, Act.WITHDRAW} and not given["reason"]:
        given["reason"] = "A family asked us to stop."
    return Statement(act, **given)


def signed(act: Act, *terms: Terms, org: str, at: datetime = SIGNED, **more: Any) -> bytes:
    return sign_statement(statement(act, *terms, org=org, at=at, **more), signer(org)).to_bytes()


def acts(terms: Terms, script: str, *, start: datetime = SIGNED) -> Evidence:
    """Evidence from lines such as "commons propose, alder countersign": one act a minute."""
    done = []
    for position, line in enumerate(filter(None, script.split(", "))):
        org, act = line.split()
        done.append(signed(Act(act), terms, org=org, at=start + position * MINUTE))
    return Evidence(terms.to_bytes(), tuple(done))


def all_sign(terms: Terms) -> str:
    """The script in which the first party proposes and the others countersign."""
    first, *rest = (bound.org_id for bound in terms.parties)
    return ", ".join([f"{first} propose", *(f"{org} countersign" for org in rest)])


def standing(evidence: Evidence, *, at: datetime = NOW, parents: Sequence[Standing] = ()) -> Standing:
    return read(evidence, keyring=keyring(), at=at, parents=parents)
