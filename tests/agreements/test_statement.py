"""A statement names what it is about by digest, and says nothing that cannot be signed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agreements import canonical
from agreements.errors import AgreementError
from agreements.statement import Act, Document, Statement, sign_statement
from tests.agreements.community import document, memorandum, sharing, signer, statement


def test_a_statement_reads_back_from_its_bytes() -> None:
    made = statement(Act.COUNTERSIGN, memorandum(), sharing("alder"), org="alder")
    assert Statement.from_bytes(made.to_bytes()) == made
    assert sign_statement(made, signer("alder")).payload == made.to_bytes()


def test_the_bytes_say_what_they_are() -> None:
    value = canonical.decode(statement(Act.PROPOSE, memorandum(), org="alder").to_bytes())
    assert value["type"] == "hub/sign/v1"
    assert value["at"] == "2026-06-01T09:00:00Z"
    assert value["documents"] == [{"agreement": "agr-mou", "version": 1, "sha256": memorandum().digest}]


def test_one_act_may_cover_several_documents_and_tells_which() -> None:
    made = statement(Act.COUNTERSIGN, memorandum(), sharing("alder"), org="alder")
    assert made.document("agr-dsa-alder") == document(sharing("alder"))
    assert made.document("agr-dul") is None


GOOD = statement(Act.PROPOSE, memorandum(), org="alder")
NAMED = GOOD.documents[0]


@pytest.mark.parametrize(
    "change",
    [
        {"documents": ()},
        {"documents": (NAMED, NAMED)},
        {"documents": (NAMED, replace(NAMED, version=2))},
        {"at": GOOD.at.replace(tzinfo=None)},
        {"at": GOOD.at + timedelta(milliseconds=1)},
        {"nonce": "short"},
        {"nonce": "with spaces in it, and long"},
        {"nonce": "x" * 129},
        {"capacity": " "},
        {"party": "Alder"},
        {"signer": ""},
        {"act": Act.SUSPEND},
        {"act": Act.WITHDRAW},
        {"reason": "hidden \u202e text"},
    ],
)
def test_what_cannot_be_signed_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(AgreementError):
        replace(GOOD, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change", [{"sha256": "ab"}, {"sha256": "G" * 64}, {"sha256": "A" * 64}, {"version": 0}, {"agreement": "no id"}]
)
def test_what_names_no_document_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(AgreementError):
        Document(**{"agreement": "agr-mou", "version": 1, "sha256": "a" * 64, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"type": "hub/sign/v2"},
        {"act": "approve"},
        {"act": 1},
        {"at": "2026-06-01T09:00:00+00:00"},
        {"at": "2026-06-01T09:00:00.0Z"},
        {"at": "2026-02-30T09:00:00Z"},
        {"documents": {}},
        {"documents": [{"agreement": "agr-mou", "version": True, "sha256": "a" * 64}]},
        {"party": None},
    ],
)
def test_a_document_of_another_shape_is_refused(change: dict[str, object]) -> None:
    value = {**canonical.decode(GOOD.to_bytes()), **change}
    with pytest.raises(AgreementError):
        Statement.from_bytes(canonical.encode(value))


@pytest.mark.parametrize("field", sorted(canonical.decode(GOOD.to_bytes())))
def test_a_missing_field_is_refused(field: str) -> None:
    value = canonical.decode(GOOD.to_bytes())
    del value[field]
    with pytest.raises(AgreementError):
        Statement.from_bytes(canonical.encode(value))
