"""Impossible terms cannot be constructed, and one meaning has one byte string."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from agreements import canonical
from agreements.basis import RULES, Basis, BasisError, LegalBasis
from agreements.errors import AgreementError
from agreements.parties import Party, PartyKind, Role, Signatory
from agreements.privacy_terms import PrivacyTerms
from agreements.terms import Article, Redisclosure, Terms, Tier
from tests.agreements.community import (
    END,
    START,
    licence,
    memorandum,
    party,
    sharing,
    signatory,
    signer,
)

MEMORANDUM, SHARING, LICENCE = memorandum(), sharing("alder"), licence()
EVERY_TIER = pytest.mark.parametrize("terms", [MEMORANDUM, SHARING, sharing("prairie"), LICENCE], ids=lambda t: t.id)


@EVERY_TIER
def test_terms_read_back_from_their_bytes(terms: Terms) -> None:
    assert Terms.from_bytes(terms.to_bytes()) == terms
    assert canonical.digest(terms.to_bytes()) == terms.digest


@EVERY_TIER
def test_every_field_stands_in_the_bytes(terms: Terms) -> None:
    assert set(canonical.decode(terms.to_bytes())) == {"schema", *(field.name for field in fields(Terms))}


def objects(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(found for item in inner for found in objects(item))]


@EVERY_TIER
def test_an_unknown_field_refuses_wherever_it_stands(terms: Terms) -> None:
    count = len(objects(canonical.decode(terms.to_bytes())))
    for position in range(count):
        value = canonical.decode(terms.to_bytes())
        objects(value)[position]["unforeseen"] = 1
        with pytest.raises(AgreementError):
            Terms.from_bytes(canonical.encode(value))


@EVERY_TIER
def test_a_missing_field_refuses_wherever_it_stands(terms: Terms) -> None:
    for position, found in enumerate(objects(canonical.decode(terms.to_bytes()))):
        for name in found:
            value = canonical.decode(terms.to_bytes())
            del objects(value)[position][name]
            with pytest.raises(AgreementError):
                Terms.from_bytes(canonical.encode(value))


@pytest.mark.parametrize(
    "field", ["purposes", "prohibited_purposes", "outputs", "elements", "parent_ids", "parties", "privacy"]
)
def test_a_list_that_repeats_or_stands_out_of_order_is_refused(field: str) -> None:
    value = canonical.decode(LICENCE.to_bytes())
    place = value if field != "privacy" else value["privacy"]
    name = field if field != "privacy" else "rows_per_person"
    repeated = {**place, name: [*place[name], place[name][-1]]}
    place.update(repeated)
    with pytest.raises(AgreementError):
        Terms.from_bytes(canonical.encode(value))


def test_the_order_of_a_set_does_not_matter_when_terms_are_made_and_is_fixed_when_they_are_read() -> None:
    assert replace(LICENCE, outputs=frozenset(sorted(LICENCE.outputs, reverse=True))).digest == LICENCE.digest
    value = canonical.decode(LICENCE.to_bytes())
    value["outputs"].reverse()
    with pytest.raises(AgreementError):
        Terms.from_bytes(canonical.encode(value))


@pytest.mark.parametrize(
    "document",
    [b"{}", b"[]", b"1", b'{"schema":"hub.agreement/2"}', SHARING.to_bytes().replace(b"/1", b"/2", 1), b"\xff"],
)
def test_another_schema_is_refused(document: bytes) -> None:
    with pytest.raises(AgreementError):
        Terms.from_bytes(document)


def privacy(terms: Terms, **change: Any) -> dict[str, Any]:
    return {"privacy": replace(terms.privacy, **change)}


IMPOSSIBLE: dict[str, tuple[Terms, Callable[[], dict[str, Any]]]] = {
    "an id with capitals": (LICENCE, lambda: {"id": "Agr"}),
    "an empty title": (LICENCE, lambda: {"title": ""}),
    "a title with a hidden character": (LICENCE, lambda: {"title": "Licence\u200b"}),
    "version 0": (LICENCE, lambda: {"version": 0}),
    "version 1 with an earlier digest": (LICENCE, lambda: {"prev_digest": "a" * 64}),
    "version 2 without one": (LICENCE, lambda: {"version": 2}),
    "version 2 with a short one": (LICENCE, lambda: {"version": 2, "prev_digest": "a"}),
    "an end before the beginning": (LICENCE, lambda: {"effective_until": START}),
    "a beginning without a zone": (LICENCE, lambda: {"effective_from": START.replace(tzinfo=None)}),
    "no period of destruction": (LICENCE, lambda: {"destroy_within_days": 0}),
    "a period without an end": (LICENCE, lambda: {"destroy_within_days": 4000}),
    "itself as parent": (LICENCE, lambda: {"parent_ids": ("agr-mou", "agr-dul")}),
    "a parent twice": (LICENCE, lambda: {"parent_ids": ("agr-mou", "agr-mou")}),
    "an unknown purpose": (LICENCE, lambda: {"purposes": frozenset({"curiosity"})}),
    "no purpose": (LICENCE, lambda: {"purposes": frozenset()}),
    "an unknown prohibited purpose": (LICENCE, lambda: {"prohibited_purposes": frozenset({"curiosity"})}),
    "a purpose permitted and prohibited": (LICENCE, lambda: {"prohibited_purposes": frozenset({"asthma"})}),
    "a purpose prohibited above": (LICENCE, lambda: {"prohibited_purposes": frozenset({"public_health"})}),
    "an unknown kind of result": (LICENCE, lambda: {"outputs": frozenset({"rows"})}),
    "no kind of result": (LICENCE, lambda: {"outputs": frozenset()}),
    "a negative number of checkers": (LICENCE, lambda: {"output_checkers": -1}),
    "a person who is no id": (LICENCE, lambda: {"permitted_users": frozenset({"Ana B"})}),
    "nobody who may ask": (LICENCE, lambda: {"permitted_users": frozenset()}),
    "a licence without recipients": (LICENCE, lambda: {"recipients": frozenset()}),
    "a recipient that is not bound": (LICENCE, lambda: {"recipients": frozenset({"college"})}),
    "a recipient in another role": (LICENCE, lambda: {"recipients": frozenset({"commons"})}),
    "a licence without elements": (LICENCE, lambda: {"elements": frozenset()}),
    "a licence with one parent": (LICENCE, lambda: {"parent_ids": ("agr-mou",)}),
    "an element of a stranger": (LICENCE, lambda: {"elements": LICENCE.elements | {"elm/school_year/grade:filter"}}),
    "an element in an unknown use": (LICENCE, lambda: {"elements": LICENCE.elements | {"alder/school_year/grade:see"}}),
    "an element without a table": (LICENCE, lambda: {"elements": LICENCE.elements | {"alder/grade:filter"}}),
    "elements without a catalogue": (LICENCE, lambda: {"catalogue_digest": ""}),
    "a catalogue that is no digest": (LICENCE, lambda: {"catalogue_digest": "a"}),
    "joins without linkage": (LICENCE, lambda: {"linkage_allowed": False}),
    "a table without a bound of rows": (LICENCE, lambda: privacy(LICENCE, rows_per_person=(("condition", 1),))),
    "a contributor without elements": (
        LICENCE,
        lambda: {"elements": frozenset(text for text in LICENCE.elements if text.startswith("alder/"))},
    ),
    "community limits below the memorandum": (LICENCE, lambda: privacy(LICENCE, community_epsilon_total_micro=1)),
    "contributor limits below the memorandum": (SHARING, lambda: privacy(SHARING, contributor_epsilon_total_micro=1)),
    "a memorandum without community limit": (
        MEMORANDUM,
        lambda: privacy(MEMORANDUM, community_epsilon_total_micro=0),
    ),
    "a memorandum without contributor limit": (
        MEMORANDUM,
        lambda: privacy(MEMORANDUM, contributor_epsilon_total_micro=0),
    ),
    "a memorandum with a parent": (MEMORANDUM, lambda: {"parent_ids": ("agr-other",)}),
    "a memorandum with people": (MEMORANDUM, lambda: {"permitted_users": frozenset({"ana"})}),
    "a sharing agreement without parent": (SHARING, lambda: {"parent_ids": ()}),
    "a sharing agreement with two parents": (SHARING, lambda: {"parent_ids": ("a", "b")}),
    "a sharing agreement without basis": (SHARING, lambda: {"basis": ()}),
    "a basis of a stranger": (SHARING, lambda: {"basis": sharing("birch").basis}),
    "two bases of one contributor": (SHARING, lambda: {"basis": SHARING.basis * 2}),
    "a study without an instructional aim": (SHARING, lambda: {"instructional_aim": ""}),
    "a party twice": (SHARING, lambda: {"parties": (*SHARING.parties, party("alder"))}),
    "a party that nobody signs for": (SHARING, lambda: {"signatories": (signatory("alder"),)}),
    "a signatory of a stranger": (SHARING, lambda: {"signatories": (*SHARING.signatories, signatory("elm"))}),
    "one key for two people": (
        SHARING,
        lambda: {"signatories": (signatory("alder"), replace(signatory("commons"), key_ids=(signer("alder").key_id,)))},
    ),
    "one person for two parties": (
        SHARING,
        lambda: {"signatories": (signatory("alder"), replace(signatory("commons"), person_id="head-alder"))},
    ),
    "no custodian": (LICENCE, lambda: {"parties": tuple(p for p in LICENCE.parties if p.org_id != "commons")}),
    "an article twice": (SHARING, lambda: {"articles": SHARING.articles * 2}),
    "one lonely witness": (
        MEMORANDUM,
        lambda: {"parties": (replace(party("alder"), roles=frozenset(Role)), *MEMORANDUM.parties[1:])},
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_terms_cannot_be_constructed(name: str) -> None:
    terms, change = IMPOSSIBLE[name]
    with pytest.raises(AgreementError):
        replace(terms, **change())


def test_the_custodian_cannot_be_the_only_party() -> None:
    with pytest.raises(AgreementError, match="custodian"):
        replace(MEMORANDUM, parties=(party("commons"),), signatories=(signatory("commons"),))


def test_a_second_version_names_the_first() -> None:
    second = replace(LICENCE, version=2, prev_digest=LICENCE.digest)
    assert Terms.from_bytes(second.to_bytes()) == second


LIMITS = {"min_cell": 11, "epsilon_total_micro": 9, "epsilon_query_max_micro": 3, "delta_e12": 1, "rows_per_person": ()}


@pytest.mark.parametrize(
    "change",
    [
        {"privacy_unit": "household"},
        {"min_cell": 1},
        {"min_cell": 11.0},
        {"min_cell": True},
        {"epsilon_total_micro": 0},
        {"epsilon_query_max_micro": 0},
        {"epsilon_query_max_micro": 10},
        {"delta_e12": 0},
        {"delta_e12": 10**12},
        {"contributor_epsilon_total_micro": -1},
        {"community_epsilon_total_micro": 2**53},
        {"rows_per_person": (("b", 1), ("a", 1))},
        {"rows_per_person": (("a", 1), ("a", 1))},
        {"rows_per_person": (("a", 0),)},
        {"rows_per_person": (("A b", 1),)},
    ],
)
def test_impossible_limits_cannot_be_constructed(change: dict[str, Any]) -> None:
    with pytest.raises(AgreementError):
        PrivacyTerms(**{**LIMITS, **change})


def complete(basis: LegalBasis) -> Basis:
    choices = {"aim": "improve_instruction", "use": "research"}
    names = sorted(RULES[basis].particulars)
    return Basis("alder", RULES[basis].regime, basis, tuple((name, choices.get(name, "stated")) for name in names))


@pytest.mark.parametrize("basis", LegalBasis)
def test_a_basis_needs_every_particular_and_knows_no_other(basis: LegalBasis) -> None:
    whole = complete(basis)
    for position, (name, _) in enumerate(whole.particulars):
        rest = (*whole.particulars[:position], *whole.particulars[position + 1 :])
        with pytest.raises(BasisError, match=name):
            replace(whole, particulars=rest)
        blank = (*whole.particulars[:position], (name, ""), *whole.particulars[position + 1 :])
        with pytest.raises(AgreementError):
            replace(whole, particulars=blank)
    for wrong in ((*whole.particulars, ("zz", "more")), whole.particulars[::-1] * 2):
        with pytest.raises(BasisError):
            replace(whole, particulars=wrong)


@pytest.mark.parametrize("basis", LegalBasis)
def test_a_basis_belongs_to_one_regime(basis: LegalBasis) -> None:
    for other in {rule.regime for rule in RULES.values()} - {RULES[basis].regime}:
        with pytest.raises(BasisError):
            replace(complete(basis), regime=other)


def test_a_limited_data_set_states_its_seven_terms_and_one_of_three_uses() -> None:
    whole = complete(LegalBasis.HIPAA_LDS)
    assert len(whole.particulars) == 8
    other = tuple((name, "marketing" if name == "use" else text) for name, text in whole.particulars)
    with pytest.raises(BasisError, match="use"):
        replace(whole, particulars=other)


def test_a_study_has_one_of_three_aims() -> None:
    whole = complete(LegalBasis.FERPA_STUDIES)
    other = tuple((name, "curiosity" if name == "aim" else text) for name, text in whole.particulars)
    with pytest.raises(BasisError, match="aim"):
        replace(whole, particulars=other)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Party("alder", "Alder", PartyKind.LEA, frozenset()),
        lambda: Party("alder", " ", PartyKind.LEA, frozenset({Role.CONTRIBUTOR})),
        lambda: Party("hub", "Hub", PartyKind.HUB_OPERATOR, frozenset(Role)),
        lambda: Signatory("head", "alder", "Head", "Superintendent", ()),
        lambda: Signatory("head", "alder", "Head", "Superintendent", ("a" * 31,)),
        lambda: Signatory("head", "alder", "Head", "Superintendent", ("b" * 32, "a" * 32)),
        lambda: Signatory("head", "alder", "", "Superintendent", ("a" * 32,)),
        lambda: Article("key", "Heading", ""),
        lambda: Article("Key", "Heading", "text"),
    ],
)
def test_impossible_parts_cannot_be_constructed(make: Callable[[], object]) -> None:
    with pytest.raises(AgreementError):
        make()


def test_roles_and_contributors_are_told() -> None:
    assert LICENCE.contributors == {"alder", "prairie"}
    assert LICENCE.having(Role.CUSTODIAN) == {"commons"}
    assert LICENCE.party("alder") == party("alder")
    assert LICENCE.party("elm") is None
    assert LICENCE.signatory("head-alder") == signatory("alder")
    assert (LICENCE.tier, LICENCE.redisclosure, LICENCE.effective_until) == (Tier.DUL, Redisclosure.LISTED, END)
