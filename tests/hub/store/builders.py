"""Values that tests of the store put in."""

import uuid
from datetime import UTC, datetime, timedelta

from agreements.basis import RULES, Basis, LegalBasis, Regime
from agreements.keys import Signer
from agreements.parties import Party, PartyKind, Role, Signatory
from agreements.privacy_terms import PrivacyTerms
from agreements.statement import Act, Document, Statement, sign_statement
from agreements.terms import Terms, Tier
from hub.store import actors, agreements, deliveries, ledger, questions, releases, snapshots
from hub.store.amounts import Account, Charge
from hub.store.deliveries import Delivery
from hub.store.questions import Question, State
from hub.store.releases import Release
from hub.store.snapshots import Snapshot, SnapshotFile
from hub.store.store import Store
from hub.store.vault import MasterKey, Vault

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
HEX = "ab" * 32


SIGNERS = [Signer.generate() for _ in range(2)]
PARTIES = (
    Party("alder", "Alder School District", PartyKind.LEA, frozenset({Role.CONTRIBUTOR})),
    Party("commons", "The Commons", PartyKind.HUB_OPERATOR, frozenset({Role.CUSTODIAN})),
)
SIGNATORIES = tuple(
    Signatory(f"head-of-{party.org_id}", party.org_id, "A. Head", "Head", (SIGNERS[number].key_id,))
    for number, party in enumerate(PARTIES)
)


def memorandum(version: int = 1, prev_digest: str | None = None) -> Terms:
    return Terms(
        id="mou",
        tier=Tier.MOU,
        title=f"Memorandum, version {version}",
        version=version,
        prev_digest=prev_digest,
        parties=PARTIES,
        signatories=SIGNATORIES,
        purposes=frozenset({"attendance"}),
        outputs=frozenset({"count"}),
        privacy=PrivacyTerms(
            min_cell=10,
            epsilon_total_micro=3_000_000,
            epsilon_query_max_micro=500_000,
            delta_e12=1,
            rows_per_person=(),
            contributor_epsilon_total_micro=3_000_000,
            community_epsilon_total_micro=5_000_000,
        ),
        effective_from=AT,
        effective_until=AT + timedelta(days=365),
        destroy_within_days=30,
    )


def sharing(version: int = 1, prev_digest: str | None = None, parent: str = "mou") -> Terms:
    particulars = tuple((name, "as agreed") for name in sorted(RULES[LegalBasis.FERPA_SCHOOL_OFFICIAL].particulars))
    return Terms(
        id="dsa-alder",
        tier=Tier.DSA,
        title="Data-sharing agreement of Alder",
        version=version,
        prev_digest=prev_digest,
        parent_ids=(parent,),
        parties=PARTIES,
        signatories=SIGNATORIES,
        basis=(Basis("alder", Regime.FERPA, LegalBasis.FERPA_SCHOOL_OFFICIAL, particulars),),
        purposes=frozenset({"attendance"}),
        outputs=frozenset({"count"}),
        elements=frozenset({"alder/school_year/grade:filter"}),
        catalogue_digest=HEX,
        privacy=PrivacyTerms(
            min_cell=10,
            epsilon_total_micro=3_000_000,
            epsilon_query_max_micro=500_000,
            delta_e12=1,
            rows_per_person=(("school_year", 1),),
        ),
        effective_from=AT,
        effective_until=AT + timedelta(days=365),
        destroy_within_days=30,
    )


def statement(*terms: Terms, party: int = 0, act: Act = Act.PROPOSE) -> bytes:
    """The envelope of a statement about one or more agreements."""
    signed = sign_statement(
        Statement(
            act=act,
            documents=tuple(Document(one.id, one.version, one.digest) for one in terms),
            party=PARTIES[party].org_id,
            signer=SIGNATORIES[party].person_id,
            capacity="head",
            at=AT,
            nonce=uuid.uuid4().hex,
        ),
        SIGNERS[party],
    )
    return signed.to_bytes()


def question(question_id: str, *, key: str = "key", state: State = State.CHARGED, **other: object) -> Question:
    values: dict[str, object] = {
        "id": question_id,
        "client_id": "client",
        "person": "ana",
        "org": "university",
        "idempotency_key": key,
        "licence": "dul",
        "request_sha256": HEX,
        "request": b'{"sql":"SELECT 1"}',
        "state": state,
        "rho": 5,
        "asked_at": AT,
        **other,
    }
    return Question(**values)  # type: ignore[arg-type] # the dataclass checks them


def release(release_id: str, *, request_id: str, rho: int = 5, licence: str = "dul", at: datetime = AT) -> Release:
    return Release(
        id=release_id,
        request_id=request_id,
        licence=licence,
        snapshot="snapshot-1",
        measured_sha256=HEX,
        rho=rho,
        envelope=b'{"signed":"release"}',
        vectors=b'{"persons":[1,2,3]}',
        released_at=at,
    )


def delivery(number: int = 1, *, sha256: str | None = None, custodian: str = "alder") -> Delivery:
    return Delivery(
        custodian=custodian,
        number=number,
        sha256=sha256 or f"{number:064x}",
        agreement="dsa-alder",
        manifest=b"{}",
        account=b"{}",
        file=f"{custodian}-{number}.duckdb",
        key_name=f"vault/{custodian}/{number}",
        received_at=AT,
    )


def snapshot(snapshot_id: str = "snapshot-1", *, at: datetime = AT) -> Snapshot:
    return Snapshot(
        id=snapshot_id,
        valid_from=at,
        catalogue_sha256=HEX,
        linkage=b"{}",
        persons_file="persons-1.duckdb",
        persons_key_name="persons/1",
        files=(SnapshotFile(custodian="alder", delivery=1, file="s1-alder.duckdb", key_name="snapshot/1/alder"),),
    )


def fill(store: Store) -> None:
    """One row, at least, in every table."""
    vault = Vault(MasterKey(bytes(32)))
    with store.begin() as tx:
        agreements.add_terms(tx, memorandum().to_bytes(), at=AT)
        agreements.add_terms(tx, sharing().to_bytes(), at=AT)
        agreements.add_statement(tx, ["mou", "dsa-alder"], statement(memorandum(), sharing()), at=AT)
        ledger.set_limit(tx, Account("community", 100, 10), at=AT)
        ledger.charge(tx, "q1", [Charge("community", 5, 1)], at=AT)
        vault.new_key(tx, "kept")
        vault.new_key(tx, "lost")
        vault.destroy(tx, "lost", at=AT)
        deliveries.add(tx, delivery())
        snapshots.add(tx, snapshot())
        actors.add(tx, actors.Actor(client_id="client", person="ana", org="university", created_at=AT))
        questions.add(tx, question("q1"))
        releases.add(tx, release("r1", request_id="q1"))
        questions.release(tx, "q1", release_id="r1", visible_at=AT)
