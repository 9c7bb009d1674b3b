"""A custodian's file holds all that is needed to work out where its agreement stands."""

from dataclasses import replace

import pytest

from agreements import canonical
from agreements.bundle import Bundle, BundleError, standings
from agreements.errors import AgreementError
from agreements.keys import UnknownKeyError
from agreements.standing import Evidence, EvidenceError, State
from tests.agreements.community import END, NOW, acts, all_sign, keyring, licence, memorandum, sharing

TERMS = [memorandum(), sharing("alder"), sharing("prairie"), licence()]
EVIDENCE = tuple(acts(terms, all_sign(terms)) for terms in TERMS)
ALDER = Bundle.of("agr-dsa-alder", EVIDENCE)


def test_a_bundle_holds_the_agreement_and_what_is_above_it() -> None:
    assert ALDER.evidence == EVIDENCE[:2]
    assert ALDER.terms == TERMS[1]
    assert Bundle.of("agr-dul", reversed(EVIDENCE)).terms == TERMS[3]


def test_a_bundle_reads_back_byte_for_byte() -> None:
    read = Bundle.from_bytes(ALDER.to_bytes())
    assert read == ALDER
    assert [held.terms for held in read.evidence] == [held.terms for held in EVIDENCE[:2]]


def test_a_bundle_tells_where_its_agreement_stands() -> None:
    assert ALDER.standing(keyring=keyring(), at=NOW).state is State.IN_FORCE
    assert ALDER.standing(keyring=keyring(), at=END).state is State.EXPIRED
    unsigned = Bundle((replace(EVIDENCE[0], statements=EVIDENCE[0].statements[:-1]), EVIDENCE[1]))
    assert unsigned.standing(keyring=keyring(), at=NOW).state is State.SUSPENDED


def test_the_keyring_of_the_reader_decides_whom_to_believe() -> None:
    with pytest.raises(UnknownKeyError):
        ALDER.standing(keyring=replace(keyring(), entries=()), at=NOW)


def test_a_bundle_whose_terms_were_changed_is_refused() -> None:
    value = canonical.decode(ALDER.to_bytes())
    value["agreements"][1]["terms"]["privacy"]["min_cell"] = 12
    changed = Bundle.from_bytes(canonical.encode(value))
    with pytest.raises(EvidenceError, match="other terms"):
        changed.standing(keyring=keyring(), at=NOW)


def test_every_agreement_is_read_with_what_is_above_it() -> None:
    found = standings(EVIDENCE, keyring=keyring(), at=NOW)
    assert {name: one.state for name, one in found.items()} == {terms.id: State.IN_FORCE for terms in TERMS}
    assert list(found) == [terms.id for terms in TERMS]


@pytest.mark.parametrize("evidence", [(), EVIDENCE[1:2], EVIDENCE[1::-1], (EVIDENCE[0], EVIDENCE[0])])
def test_a_bundle_that_is_not_whole_is_refused(evidence: tuple[Evidence, ...]) -> None:
    with pytest.raises(BundleError):
        Bundle(evidence)


def test_an_agreement_whose_evidence_is_missing_is_refused() -> None:
    with pytest.raises(BundleError, match="agr-mou"):
        Bundle.of("agr-dul", EVIDENCE[1:])
    circle = replace(TERMS[1], id="agr-mou", parent_ids=("agr-dsa-alder",))
    with pytest.raises(BundleError):
        Bundle.of("agr-mou", [Evidence(circle.to_bytes()), EVIDENCE[1]])


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "hub.bundle/2"},
        {"extra": 1},
        {"agreements": {}},
        {"agreements": [1]},
        {"agreements": [{"terms": {}, "statements": []}]},
        {"agreements": [{"terms": {}}]},
        {"agreements": [{"terms": {}, "statements": {}}]},
    ],
)
def test_a_bundle_of_another_shape_is_refused(change: dict[str, object]) -> None:
    value = {**canonical.decode(ALDER.to_bytes()), **change}
    with pytest.raises(AgreementError):
        Bundle.from_bytes(canonical.encode(value))
