"""Agreements as evidence: bytes in, the same bytes out."""

from dataclasses import replace

import pytest

from agreements.errors import AgreementError
from agreements.statement import Act
from hub.store import agreements
from hub.store.errors import AlreadyThereError, StoreError, UnknownError, ValueRefusedError
from hub.store.store import Store
from tests.hub.store.builders import AT, memorandum, sharing, statement


@pytest.fixture
def proposed(store: Store) -> Store:
    with store.begin() as tx:
        for terms in (memorandum(), sharing()):
            agreements.add_terms(tx, terms.to_bytes(), at=AT)
    return store


def test_evidence_is_the_bytes_that_came(proposed: Store) -> None:
    first, second = statement(memorandum()), statement(memorandum(), party=1, act=Act.COUNTERSIGN)
    with proposed.begin() as tx:
        agreements.add_statement(tx, ["mou"], first, at=AT)
        agreements.add_statement(tx, ["mou"], second, at=AT)
    with proposed.read() as tx:
        found = agreements.evidence(tx, "mou")
        assert found is not None
        assert (found.terms, found.statements) == (memorandum().to_bytes(), (first, second))
        assert agreements.evidence(tx, "dsa-alder") is not None
        assert agreements.evidence(tx, "nobody") is None


def test_one_act_is_evidence_of_every_agreement_it_names(proposed: Store) -> None:
    both = statement(memorandum(), sharing())
    with proposed.begin() as tx:
        agreements.add_statement(tx, ["dsa-alder", "mou"], both, at=AT)
        for agreement in ("mou", "dsa-alder"):
            found = agreements.evidence(tx, agreement)
            assert found is not None
            assert found.statements == (both,)


def test_the_same_bytes_again_change_nothing(proposed: Store) -> None:
    signed = statement(memorandum())
    with proposed.begin() as tx:
        assert agreements.add_terms(tx, memorandum().to_bytes(), at=AT) == memorandum().digest
        digests = {agreements.add_statement(tx, ["mou"], signed, at=AT) for _ in range(2)}
        found = agreements.evidence(tx, "mou")
        assert agreements.versions(tx, "mou") == (1,)
    assert len(digests) == 1
    assert found is not None
    assert found.statements == (signed,)


def test_each_version_keeps_its_own_statements(proposed: Store) -> None:
    amended = memorandum(2, memorandum().digest)
    first, second = statement(memorandum()), statement(amended)
    with proposed.begin() as tx:
        agreements.add_statement(tx, ["mou"], first, at=AT)
        agreements.add_terms(tx, amended.to_bytes(), at=AT)
        agreements.add_statement(tx, ["mou"], second, at=AT)
        latest, earlier = agreements.evidence(tx, "mou"), agreements.evidence(tx, "mou", version=1)
        assert agreements.versions(tx, "mou") == (1, 2)
        assert agreements.evidence(tx, "mou", version=3) is None
    assert latest is not None
    assert earlier is not None
    assert (latest.terms, latest.statements) == (amended.to_bytes(), (second,))
    assert (earlier.terms, earlier.statements) == (memorandum().to_bytes(), (first,))


@pytest.mark.parametrize(
    ("version", "prev"),
    [(3, memorandum().digest), (2, "00" * 32)],
    ids=["a gap", "another predecessor"],
)
def test_a_version_follows_the_one_before(proposed: Store, version: int, prev: str) -> None:
    with pytest.raises(ValueRefusedError), proposed.begin() as tx:
        agreements.add_terms(tx, memorandum(version, prev).to_bytes(), at=AT)


def test_other_terms_under_a_version_that_stands_are_refused(proposed: Store) -> None:
    with pytest.raises(AlreadyThereError), proposed.begin() as tx:
        agreements.add_terms(tx, replace(memorandum(), title="Another").to_bytes(), at=AT)


def test_a_child_comes_after_its_parent(store: Store) -> None:
    with pytest.raises(UnknownError, match="mou"), store.begin() as tx:
        agreements.add_terms(tx, sharing().to_bytes(), at=AT)


def test_children_are_those_whose_latest_version_names_the_parent(proposed: Store) -> None:
    with proposed.begin() as tx:
        assert agreements.ids(tx) == ("mou", "dsa-alder")
        assert agreements.children(tx, "mou") == ("dsa-alder",)
        assert agreements.parents(tx, "dsa-alder") == ("mou",)
        agreements.add_terms(tx, replace(memorandum(), id="mou-2").to_bytes(), at=AT)
        moved = sharing(2, sharing().digest, parent="mou-2")
        agreements.add_terms(tx, moved.to_bytes(), at=AT)
        assert agreements.children(tx, "mou") == ()
        assert agreements.children(tx, "mou-2") == ("dsa-alder",)
        assert agreements.parents(tx, "dsa-alder") == ("mou-2",)
        assert agreements.parents(tx, "nobody") == ()


@pytest.mark.parametrize("about", [[], ["dsa-alder"], ["mou", "dsa-alder"]])
def test_a_statement_is_about_exactly_what_was_said(proposed: Store, about: list[str]) -> None:
    with pytest.raises(ValueRefusedError), proposed.begin() as tx:
        agreements.add_statement(tx, about, statement(memorandum()), at=AT)


def test_a_statement_about_terms_that_are_not_known_is_refused(proposed: Store) -> None:
    amended = memorandum(2, memorandum().digest)
    with pytest.raises(UnknownError), proposed.begin() as tx:
        agreements.add_statement(tx, ["mou"], statement(amended), at=AT)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"b":1,"a":2}'])
def test_bytes_that_are_no_document_are_refused(proposed: Store, data: bytes) -> None:
    with proposed.begin() as tx:
        with pytest.raises((AgreementError, StoreError)):
            agreements.add_terms(tx, data, at=AT)
        with pytest.raises((AgreementError, StoreError)):
            agreements.add_statement(tx, ["mou"], data, at=AT)
