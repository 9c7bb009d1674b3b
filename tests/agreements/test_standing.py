"""The truth table of standing: what each history of signed acts comes to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from agreements import canonical
from agreements.envelope import DELIVERY, STATEMENT, Envelope, EnvelopeError, sign
from agreements.errors import AgreementError
from agreements.keys import BadSignatureError, Keyring, KeyUse, RetiredKeyError, UnknownKeyError, WrongUseError
from agreements.parties import Role
from agreements.standing import Evidence, EvidenceError, Standing, State, read
from agreements.statement import Act, sign_statement
from agreements.terms import Terms
from tests.agreements.community import (
    END,
    MINUTE,
    NOW,
    SECOND,
    SIGNED,
    START,
    acts,
    all_sign,
    document,
    entry,
    keyring,
    licence,
    memorandum,
    party,
    sharing,
    signatory,
    signed,
    signer,
    standing,
    statement,
)

MOU = memorandum()
EVERYBODY = frozenset({"alder", "prairie", "commons", "university"})
ALL = "commons propose, alder countersign, prairie countersign, university countersign"


@dataclass(frozen=True)
class Row:
    """One line of the table: after `acts`, at `at`, the memorandum stands in `state`, without the data of `out`."""

    acts: str
    state: State
    signed: frozenset[str] = EVERYBODY
    out: frozenset[str] = frozenset()
    at: datetime = NOW


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TABLE = [
    Row("", State.DRAFT, names("")),
    Row("", State.DRAFT, names(""), at=END),
    Row("commons propose", State.PROPOSED, names("commons")),
    Row("alder propose", State.PROPOSED, names("alder")),
    Row("commons propose", State.EXPIRED, names("commons"), at=END),
    Row("commons propose, alder countersign", State.PARTLY_SIGNED, names("commons alder")),
    Row("commons propose, alder countersign", State.EXPIRED, names("commons alder"), at=END),
    Row("commons propose, alder countersign, alder suspend",
        State.PARTLY_SIGNED, names("commons alder"), names("alder")),
    Row("commons propose, prairie suspend", State.PROPOSED, names("commons"), names("prairie")),
    Row("commons propose, commons withdraw", State.WITHDRAWN, names("commons")),
    Row("commons propose, alder withdraw", State.WITHDRAWN, names("commons")),
    Row("commons propose, alder countersign, alder withdraw", State.WITHDRAWN, names("commons alder")),
    Row("commons propose, commons withdraw", State.WITHDRAWN, names("commons"), at=END),
    Row(ALL, State.PARTLY_SIGNED, at=START - SECOND),
    Row(ALL, State.IN_FORCE, at=START),
    Row(ALL, State.IN_FORCE),
    Row(ALL, State.IN_FORCE, at=END - SECOND),
    Row(ALL, State.EXPIRED, at=END),
    Row(ALL, State.EXPIRED, at=END + SECOND),
    Row(f"{ALL}, alder suspend", State.IN_FORCE, out=names("alder")),
    Row(f"{ALL}, alder suspend", State.EXPIRED, out=names("alder"), at=END),
    Row(f"{ALL}, alder suspend, alder reinstate", State.IN_FORCE),
    Row(f"{ALL}, alder suspend, alder reinstate, alder suspend", State.IN_FORCE, out=names("alder")),
    Row(f"{ALL}, alder suspend, prairie suspend", State.SUSPENDED, out=names("alder prairie")),
    Row(f"{ALL}, alder suspend, prairie suspend, alder reinstate", State.IN_FORCE, out=names("prairie")),
    Row(f"{ALL}, commons suspend", State.SUSPENDED, out=names("commons")),
    Row(f"{ALL}, university suspend", State.SUSPENDED, out=names("university")),
    Row(f"{ALL}, commons suspend, alder suspend, commons reinstate", State.IN_FORCE, out=names("alder")),
    Row(f"{ALL}, commons suspend, alder suspend, alder reinstate", State.SUSPENDED, out=names("commons")),
    Row("commons propose, alder suspend, alder countersign, prairie countersign, university countersign",
        State.IN_FORCE, out=names("alder")),
    Row(f"{ALL}, alder withdraw", State.IN_FORCE, out=names("alder")),
    Row(f"{ALL}, alder withdraw, prairie suspend", State.SUSPENDED, out=names("alder prairie")),
    Row(f"{ALL}, alder withdraw, prairie withdraw", State.REVOKED, out=names("alder prairie")),
    Row(f"{ALL}, commons withdraw", State.REVOKED, out=names("commons")),
    Row(f"{ALL}, university withdraw", State.REVOKED, out=names("university")),
    Row(f"{ALL}, commons withdraw", State.REVOKED, out=names("commons"), at=START - SECOND),
    Row(f"{ALL}, commons withdraw", State.REVOKED, out=names("commons"), at=END),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.acts or 'nothing'} at {row.at:%Y-%m-%d}")
def test_a_history_comes_to_one_standing(row: Row) -> None:
    found = standing(acts(MOU, row.acts), at=row.at)
    assert (found.state, found.signed, found.suspended_by) == (row.state, row.signed, row.out)
    assert found.missing == EVERYBODY - row.signed
    assert (found.digest, found.terms, found.witnessed) == (MOU.digest, MOU, False)
    assert found.next_step.endswith(".")


def test_the_history_tells_each_act_in_order_with_its_reason() -> None:
    found = standing(acts(MOU, f"{ALL}, alder suspend"))
    assert [(event.party, event.act.value) for event in found.history] == [
        ("commons", "propose"),
        ("alder", "countersign"),
        ("prairie", "countersign"),
        ("university", "countersign"),
        ("alder", "suspend"),
    ]
    last = found.history[-1]
    assert (last.at, last.signer, last.reason) == (SIGNED + 4 * MINUTE, "head-alder", "A family asked us to stop.")


IMPOSSIBLE = [
    "alder countersign",
    "alder suspend",
    "commons withdraw",
    "commons propose, alder propose",
    "commons propose, commons countersign",
    f"{ALL}, alder countersign",
    f"{ALL}, alder propose",
    f"{ALL}, alder reinstate",
    f"{ALL}, alder suspend, prairie reinstate",
    f"{ALL}, alder suspend, commons reinstate",
    f"{ALL}, alder suspend, alder suspend",
    f"{ALL}, alder suspend, alder reinstate, alder reinstate",
    f"{ALL}, alder withdraw, alder withdraw",
    f"{ALL}, alder withdraw, alder suspend",
    f"{ALL}, alder withdraw, alder reinstate",
    f"{ALL}, commons withdraw, alder suspend",
    f"{ALL}, commons withdraw, commons reinstate",
    "commons propose, commons withdraw, alder countersign",
    "commons propose, commons withdraw, commons propose",
]


@pytest.mark.parametrize("script", IMPOSSIBLE)
def test_an_act_that_cannot_follow_is_refused_and_never_skipped(script: str) -> None:
    with pytest.raises(EvidenceError):
        standing(acts(MOU, script))


def test_two_acts_of_one_party_in_one_second_have_no_order() -> None:
    evidence = acts(MOU, f"{ALL}, alder suspend")
    again = signed(Act.REINSTATE, MOU, org="alder", at=SIGNED + 4 * MINUTE)
    with pytest.raises(EvidenceError, match="one second"):
        standing(evidence.with_statement(again))


def test_a_party_in_two_roles_stops_the_whole_agreement() -> None:
    double = replace(party("alder"), roles=frozenset({Role.CONTRIBUTOR, Role.RECIPIENT}))
    terms = replace(MOU, parties=(double, *MOU.parties[1:]))
    assert standing(acts(terms, f"{ALL}, alder suspend")).state is State.SUSPENDED
    assert standing(acts(terms, f"{ALL}, alder withdraw")).state is State.REVOKED


def foreign(evidence: Evidence, statement: bytes) -> Callable[[], Standing]:
    return lambda: standing(evidence.with_statement(statement))


PROPOSED = acts(MOU, "commons propose")
OTHER = memorandum(title="Another memorandum")
LATER = SIGNED + MINUTE
ALDER = statement(Act.COUNTERSIGN, MOU, org="alder", at=LATER)

UNFIT: dict[str, tuple[bytes, type[AgreementError]]] = {
    "another digest": (signed(Act.COUNTERSIGN, OTHER, org="alder", at=LATER), EvidenceError),
    "another agreement": (signed(Act.COUNTERSIGN, sharing("alder"), org="alder", at=LATER), EvidenceError),
    "another version": (
        sign_statement(
            replace(ALDER, documents=(replace(document(MOU), version=2),)), signer("alder")
        ).to_bytes(),
        EvidenceError,
    ),
    "the future": (signed(Act.COUNTERSIGN, MOU, org="alder", at=NOW + SECOND), EvidenceError),
    "a stranger's party": (signed(Act.COUNTERSIGN, MOU, org="elm", at=LATER), EvidenceError),
    "another party's head": (
        sign_statement(replace(ALDER, party="prairie"), signer("alder")).to_bytes(),
        EvidenceError,
    ),
    "a person who may not sign": (
        sign_statement(replace(ALDER, signer="ana"), signer("alder")).to_bytes(),
        EvidenceError,
    ),
    "another party's key": (sign_statement(ALDER, signer("prairie")).to_bytes(), EvidenceError),
    "a key that the terms do not name": (sign_statement(ALDER, signer("elm")).to_bytes(), EvidenceError),
    "a key that nobody knows": (sign_statement(ALDER, signer("nobody")).to_bytes(), UnknownKeyError),
    "two signatures": (
        sign(STATEMENT, ALDER.to_bytes(), signer("alder"), signer("prairie")).to_bytes(),
        EvidenceError,
    ),
    "no signature": (Envelope(STATEMENT, ALDER.to_bytes()).to_bytes(), EnvelopeError),
    "another kind of envelope": (sign(DELIVERY, ALDER.to_bytes(), signer("alder")).to_bytes(), EnvelopeError),
    "a signature of something else": (
        Envelope(STATEMENT, ALDER.to_bytes())
        .with_signature(signer("alder").key_id, signer("alder").sign(b"something else"))
        .to_bytes(),
        BadSignatureError,
    ),
    "a statement that stands there already": (PROPOSED.statements[0], EvidenceError),
    "no statement": (sign(STATEMENT, b"{}", signer("alder")).to_bytes(), AgreementError),
    "no envelope": (b"{}", AgreementError),
    "no bytes": (b"", AgreementError),
}  # fmt: skip


@pytest.mark.parametrize("name", UNFIT)
def test_a_statement_that_does_not_belong_is_refused_and_never_skipped(name: str) -> None:
    data, error = UNFIT[name]
    with pytest.raises(error):
        standing(PROPOSED.with_statement(data))


def test_a_nonce_is_used_once_even_by_two_parties() -> None:
    first = signed(Act.COUNTERSIGN, MOU, org="alder", at=LATER, nonce="a-nonce-that-is-used-twice")
    second = signed(Act.COUNTERSIGN, MOU, org="prairie", at=LATER, nonce="a-nonce-that-is-used-twice")
    with pytest.raises(EvidenceError, match="nonce"):
        standing(PROPOSED.with_statement(first).with_statement(second))


def ring(org: str, **change: object) -> Keyring:
    rest = [held for held in keyring().entries if held.party != org]
    return Keyring((*rest, replace(entry(org), **change)))  # type: ignore[arg-type]


def test_a_key_that_was_retired_before_the_signature_is_refused_and_one_retired_after_it_counts() -> None:
    evidence = acts(MOU, ALL)
    assert read(evidence, keyring=ring("alder", retired_at=NOW), at=NOW).state is State.IN_FORCE
    with pytest.raises(RetiredKeyError):
        read(evidence, keyring=ring("alder", retired_at=SIGNED + MINUTE), at=NOW)


def test_a_key_that_may_not_agree_is_refused() -> None:
    with pytest.raises(WrongUseError):
        read(acts(MOU, ALL), keyring=ring("alder", uses=frozenset({KeyUse.DELIVER})), at=NOW)


@pytest.mark.parametrize("change", [{"party": "prairie"}, {"person": "ana"}])
def test_a_keyring_that_gives_the_key_to_somebody_else_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(EvidenceError, match="keyring"):
        read(acts(MOU, ALL), keyring=ring("alder", **change), at=NOW)


def test_a_keyring_cannot_move_a_person_to_another_party() -> None:
    moved = sign_statement(replace(ALDER, party="prairie"), signer("alder")).to_bytes()
    with pytest.raises(EvidenceError, match="may not sign for prairie"):
        read(PROPOSED.with_statement(moved), keyring=ring("alder", party="prairie"), at=NOW)


def test_an_operator_who_enrols_a_key_of_its_own_for_a_party_still_cannot_sign() -> None:
    forged = replace(entry("alder"), key=signer("operator").public_key)
    evidence = acts(MOU, "commons propose, prairie countersign, university countersign")
    with pytest.raises(EvidenceError, match="these terms name"):
        read(
            evidence.with_statement(sign_statement(ALDER, signer("operator")).to_bytes()),
            keyring=keyring().with_entry(forged),
            at=NOW,
        )


def test_terms_with_another_key_for_a_party_are_other_terms() -> None:
    forged = replace(signatory("alder"), key_ids=(signer("operator").key_id,))
    swapped = replace(MOU, signatories=(forged, *MOU.signatories[1:]))
    with pytest.raises(EvidenceError, match="other terms"):
        standing(replace(acts(MOU, ALL), terms=swapped.to_bytes()))


# --- below the memorandum ----------------------------------------------------------------------------------------

DSA = {org: sharing(org) for org in ("alder", "prairie")}
DUL = licence()


def sharing_standing(org: str, memorandum: Standing, more: str = "", *, at: datetime = NOW) -> Standing:
    return standing(acts(DSA[org], all_sign(DSA[org]) + more), at=at, parents=(memorandum,))


def mou(more: str = "", *, script: str = ALL, at: datetime = NOW) -> Standing:
    return standing(acts(MOU, script + more), at=at)


def dul(*, above: str = "", alder: str = "", prairie: str = "", more: str = "") -> Standing:
    memorandum = mou(above)
    parents = (
        memorandum,
        sharing_standing("alder", memorandum, alder),
        sharing_standing("prairie", memorandum, prairie),
    )
    return standing(acts(DUL, all_sign(DUL) + more), parents=parents)


@dataclass(frozen=True)
class Child:
    """What happened above and in the licence, and what comes of it for the licence."""

    state: State
    out: frozenset[str] = frozenset()
    above: str = ""
    alder: str = ""
    prairie: str = ""
    more: str = ""


CHILDREN = [
    Child(State.IN_FORCE),
    Child(State.IN_FORCE, names("alder"), more=", alder suspend"),
    Child(State.IN_FORCE, names("alder"), more=", alder withdraw"),
    Child(State.SUSPENDED, names("university"), more=", university suspend"),
    Child(State.IN_FORCE, names("alder"), alder=", alder suspend"),
    Child(State.IN_FORCE, names("alder"), alder=", commons suspend"),
    Child(State.IN_FORCE, names("alder"), alder=", alder withdraw"),
    Child(State.SUSPENDED, names("alder prairie"), alder=", alder suspend", prairie=", prairie suspend"),
    Child(State.SUSPENDED, names("alder prairie"), alder=", alder suspend", more=", prairie suspend"),
    Child(State.IN_FORCE, names("alder"), above=", alder suspend"),
    Child(State.SUSPENDED, names("alder prairie"), above=", commons suspend"),
    Child(State.SUSPENDED, names("alder prairie"), above=", commons withdraw"),
    Child(State.SUSPENDED, names("alder prairie"), above=", alder suspend, prairie suspend"),
]


@pytest.mark.parametrize("row", CHILDREN, ids=lambda row: f"{row.above}{row.alder}{row.prairie}{row.more}" or "nothing")
def test_a_licence_stands_as_what_is_above_it_lets_it(row: Child) -> None:
    found = dul(above=row.above, alder=row.alder, prairie=row.prairie, more=row.more)
    assert (found.state, found.suspended_by) == (row.state, row.out)


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("", State.DRAFT),
        ("alder propose", State.PROPOSED),
        ("alder propose, commons countersign", State.IN_FORCE),
        ("alder propose, commons countersign, alder suspend", State.SUSPENDED),
        ("alder propose, commons countersign, commons suspend", State.SUSPENDED),
        ("alder propose, commons countersign, alder suspend, alder reinstate", State.IN_FORCE),
        ("alder propose, commons countersign, alder withdraw", State.REVOKED),
        ("alder propose, commons countersign, commons withdraw", State.REVOKED),
    ],
)
def test_the_sole_contributor_stops_its_own_agreement(script: str, state: State) -> None:
    assert standing(acts(DSA["alder"], script), parents=(mou(),)).state is state


@pytest.mark.parametrize(
    "memorandum",
    [
        mou(script=""),
        mou(script="commons propose"),
        mou(", commons suspend"),
        mou(", commons withdraw"),
        mou(script="commons propose, commons withdraw"),
        mou(at=END),
        mou(at=START - SECOND),
    ],
    ids=lambda found: found.state.value,
)
def test_a_child_of_a_memorandum_that_is_not_in_force_is_suspended_and_says_so(memorandum: Standing) -> None:
    found = sharing_standing("alder", memorandum)
    assert found.state is State.SUSPENDED
    assert "agr-mou" in found.next_step


def test_a_contributor_that_suspends_the_memorandum_suspends_its_own_agreement_and_no_other() -> None:
    memorandum = mou(", alder suspend")
    assert sharing_standing("alder", memorandum).state is State.SUSPENDED
    assert sharing_standing("prairie", memorandum).state is State.IN_FORCE


def test_a_parent_that_is_not_shown_is_not_in_force() -> None:
    signed_by_all = acts(DSA["alder"], all_sign(DSA["alder"]))
    assert standing(signed_by_all).state is State.SUSPENDED
    memorandum = mou()
    alone = standing(acts(DUL, all_sign(DUL)), parents=(memorandum, sharing_standing("alder", memorandum)))
    assert alone.state is State.SUSPENDED
    no_memorandum = (sharing_standing("alder", memorandum), sharing_standing("prairie", memorandum))
    assert standing(acts(DUL, all_sign(DUL)), parents=no_memorandum).state is State.SUSPENDED


def test_a_licence_without_a_memorandum_above_it_is_suspended() -> None:
    orphan = replace(DUL, parent_ids=("agr-dsa-alder", "agr-dsa-prairie"))
    parents = tuple(sharing_standing(org, mou()) for org in ("alder", "prairie"))
    assert standing(acts(orphan, all_sign(orphan)), parents=parents).state is State.SUSPENDED


def test_a_parent_that_is_not_named_or_is_shown_twice_is_refused() -> None:
    for parents in ((dul(),), (mou(), mou())):
        with pytest.raises(EvidenceError, match="parents"):
            standing(acts(DSA["alder"], all_sign(DSA["alder"])), parents=parents)


def test_a_contributor_that_the_memorandum_does_not_bind_is_out() -> None:
    narrow = standing(acts(terms := memorandum("prairie"), all_sign(terms)))
    assert sharing_standing("alder", narrow).state is State.SUSPENDED


def test_a_sharing_agreement_is_no_memorandum() -> None:
    other: Terms = replace(DSA["prairie"], parent_ids=("agr-dsa-alder",))
    above = sharing_standing("alder", mou())
    assert standing(acts(other, all_sign(other)), parents=(above,)).state is State.SUSPENDED


# --- changed after signing -----------------------------------------------------------------------------------------


def leaves(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in leaves(inner, (*path, name))]
    if isinstance(value, list) and value:
        return [found for position, inner in enumerate(value) for found in leaves(inner, (*path, position))]
    return [path]


def changed(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("1" if value[-1:] != "1" else "2")
    return ["x"] if value == [] else "a" * 64


@pytest.mark.parametrize("terms", [MOU, DSA["prairie"], DUL], ids=lambda terms: terms.id)
def test_any_field_that_is_changed_after_signing_refuses(terms: Terms) -> None:
    evidence = acts(terms, all_sign(terms))
    for path in leaves(canonical.decode(evidence.terms)):
        value = canonical.decode(evidence.terms)
        place = value
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = changed(place[path[-1]])
        with pytest.raises(AgreementError):
            standing(Evidence(canonical.encode(value), evidence.statements))


def test_any_field_of_a_statement_that_is_changed_after_signing_refuses() -> None:
    evidence = acts(MOU, ALL)
    whole = Envelope.from_bytes(evidence.statements[1])
    for path in leaves(canonical.decode(whole.payload)):
        value = canonical.decode(whole.payload)
        place = value
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = changed(place[path[-1]])
        forged = Envelope(STATEMENT, canonical.encode(value), whole.signatures).to_bytes()
        with pytest.raises(AgreementError):
            standing(Evidence(evidence.terms, (evidence.statements[0], forged, *evidence.statements[2:])))
