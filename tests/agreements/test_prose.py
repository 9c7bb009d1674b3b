"""Clauses say in plain words what the terms say, under names and numbers that do not move."""

import re
from dataclasses import fields, replace

import pytest

from agreements import prose
from agreements.privacy_terms import PrivacyTerms
from agreements.prose import ATTESTED, CLAUSE_OF, cite, clauses, describe
from agreements.terms import Redisclosure, Terms
from tests.agreements.community import END, acts, all_sign, licence, memorandum, sharing, standing

ALL = [memorandum(), sharing("alder"), sharing("prairie"), licence()]
EVERY_TIER = pytest.mark.parametrize("terms", ALL, ids=lambda terms: terms.id)
LISTS = {"parties", "signatures", "basis", "purposes", "prohibited", "elements", "results", "above", "budget", "people"}


def text(terms: Terms, key: str) -> str:
    return next(clause.text for clause in clauses(terms) if clause.key == key)


@EVERY_TIER
def test_clauses_are_numbered_from_one_and_named_once(terms: Terms) -> None:
    found = clauses(terms)
    assert [clause.number for clause in found] == list(range(1, len(found) + 1))
    assert len({clause.key for clause in found}) == len(found)


def test_the_first_clauses_are_the_same_in_every_agreement() -> None:
    heads = {
        tuple((c.number, c.heading, c.key) for c in clauses(terms) if not c.key.startswith("article.")) for terms in ALL
    }
    assert len(heads) == 1


def test_purposes_are_clause_seven() -> None:
    assert cite("purposes") == "clause 7, Purposes"
    assert CLAUSE_OF["purposes"] == "Purposes"
    assert [clause.heading for clause in clauses(licence())][6] == "Purposes"


def test_every_field_has_a_clause() -> None:
    unspoken = {"id", "version", "prev_digest", "tier", "title", "template", "articles"}
    for field in fields(Terms):
        assert (field.name in CLAUSE_OF) is (field.name not in unspoken)
    assert all(f"privacy.{field.name}" in CLAUSE_OF for field in fields(PrivacyTerms))
    for name in ("state", "signed", "missing", "suspended_by", "withdrawal", "contributors"):
        assert name in CLAUSE_OF


@EVERY_TIER
def test_what_no_software_keeps_is_marked_and_what_it_keeps_is_not(terms: Terms) -> None:
    for clause in clauses(terms):
        assert clause.text.endswith(ATTESTED) is not clause.enforced
    articles = [clause for clause in clauses(terms) if clause.key.startswith("article.")]
    assert len(articles) == len(terms.articles)
    assert not any(clause.enforced for clause in articles)


@EVERY_TIER
def test_sentences_are_short_but_for_lists(terms: Terms) -> None:
    for clause in clauses(terms):
        for sentence in re.split(r"(?<=[.?!]) ", clause.text):
            if clause.key not in LISTS or not re.search(r"[,:;]", sentence):
                assert len(sentence.split()) <= 20, sentence


CHANGES = {
    "signatures": {"signatories": tuple(replace(one, name="Dr Who") for one in licence().signatories)},
    "term": {"effective_until": END.replace(year=2028)},
    "purposes": {"purposes": frozenset({"attendance"})},
    "prohibited": {"prohibited_purposes": frozenset()},
    "people": {"permitted_users": frozenset({"ana", "ben"})},
    "elements": {"elements": licence().elements - {"alder/school_year/grade:filter"}},
    "results": {"outputs": frozenset({"count"})},
    "checks": {"output_checkers": 2},
    "redisclosure": {"redisclosure": Redisclosure.NONE},
    "end": {"destroy_within_days": 30},
    "aim": {"research_question": ""},
    "benefit": {"benefit_to_families": ""},
    "cell": {"privacy": replace(licence().privacy, min_cell=20)},
    "budget": {"privacy": replace(licence().privacy, epsilon_total_micro=1_250_000)},
}


@pytest.mark.parametrize("key", CHANGES)
def test_a_changed_term_changes_its_clause_and_no_other(key: str) -> None:
    after = replace(licence(), **CHANGES[key])  # type: ignore[arg-type]
    differing = {old.key for old, new in zip(clauses(licence()), clauses(after), strict=True) if old.text != new.text}
    assert differing == {key}


def test_limits_are_written_exactly() -> None:
    found = text(replace(licence(), privacy=replace(licence().privacy, epsilon_total_micro=1_250_001)), "budget")
    assert "ε 1.250001" in found
    assert "ε 0.5 " in found
    assert "The hub shows no group in which that count is below 11." in text(licence(), "cell")


def test_elements_are_told_once_for_contributors_that_give_the_same() -> None:
    found = text(licence("alder", "birch", "prairie"), "elements")
    assert "alder and birch: school_year has" in found
    assert "prairie: condition has active and condition (filter, group, measure)" in found


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("", "Draft; signed by 0 of 4; not witnessed."),
        ("commons propose", "Proposed; signed by 1 of 4; not witnessed."),
        ("commons propose, alder countersign", "Partly signed; signed by 2 of 4; not witnessed."),
        ("ALL", "In force since 1 July 2026, 00:00 UTC; signed by 4 of 4; not witnessed."),
        (
            "ALL, alder suspend",
            "In force since 1 July 2026, 00:00 UTC, without the data of alder; signed by 4 of 4; not witnessed.",
        ),
        ("ALL, commons suspend", "Suspended by commons; signed by 4 of 4; not witnessed."),
        ("ALL, commons withdraw", "Revoked; signed by 4 of 4; not witnessed."),
    ],
)
def test_a_standing_is_described_in_one_sentence(script: str, sentence: str) -> None:
    terms = memorandum()
    assert describe(standing(acts(terms, script.replace("ALL", all_sign(terms))))) == sentence


def test_an_expired_agreement_says_when_it_ended() -> None:
    terms = memorandum()
    found = describe(standing(acts(terms, all_sign(terms)), at=END))
    assert found == "Expired on 1 July 2027, 00:00 UTC; signed by 4 of 4; not witnessed."


def test_an_unknown_field_has_no_clause() -> None:
    with pytest.raises(KeyError):
        prose.cite("unforeseen")
