"""On a synthetic community, read as connectors read it, linkage finds who is who."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from connectors import pseudonym
from connectors.dates import DateOrder
from connectors.fhir import FhirExport
from connectors.oneroster import OneRosterSet
from connectors.records import Identity
from hub.demo.community import truth
from hub.demo.community.generate import generate
from hub.linkage.evaluate import Evaluation, evaluate
from hub.linkage.match import Linkage, Tokens, link
from tests.hub.linkage import families

CHILDREN = 600
SEED = 7
HEALTH_SYSTEMS = frozenset({"lakeside", "northgate", "prairie"})
RECORD_KEY = bytes(32)


def identities(export: Path, *, health: bool) -> Mapping[str, Identity]:
    source = FhirExport(export, local_codes={}) if health else OneRosterSet(export, date_order=DateOrder.ISO)
    return source.read(lambda _: None).identities


def tokens(people: Mapping[str, Identity], *, custodian: str) -> Tokens:
    fill = Random(custodian).randbytes
    rows = [
        (pseudonym.record_number(source, key=RECORD_KEY), kind, token)
        for source, identity in people.items()
        for kind, token in pseudonym.tokens(identity, secret=bytes(range(32)), agreement="memorandum", random=fill)
    ]
    return Tokens(*([row[place] for row in rows] for place in range(3)))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Linkage, Evaluation]:
    folder = tmp_path_factory.mktemp("community")
    generate(folder, seed=SEED, children=CHILDREN)
    delivered = {
        place.name: tokens(identities(place / "export", health=place.name in HEALTH_SYSTEMS), custodian=place.name)
        for place in sorted(folder.iterdir())
        if place.is_dir()
    }
    linkage = link(delivered, known=None, random=families.keys(1))
    return linkage, judged(linkage, truth.read(folder))


def judged(linkage: Linkage, who: truth.Truth) -> Evaluation:
    true = {
        (custodian, pseudonym.record_number(source, key=RECORD_KEY)): person
        for (custodian, source), person in who.identities().items()
    }
    return evaluate(linkage.persons, true, twins={person.key for person in who.persons if person.twin})


def test_hardly_a_link_is_false_and_few_are_missed(found: tuple[Linkage, Evaluation]) -> None:
    _, evaluation = found
    assert evaluation.pairs.true > CHILDREN / 2
    assert evaluation.precision_ppm >= 995_000
    assert evaluation.recall_ppm >= 950_000


def test_twins_are_told_apart(found: tuple[Linkage, Evaluation]) -> None:
    _, evaluation = found
    assert evaluation.twins.true > 0
    assert evaluation.twins.precision_ppm >= 990_000


def test_the_estimates_are_on_the_safe_side(found: tuple[Linkage, Evaluation]) -> None:
    linkage, evaluation = found
    assert 1_000_000 - evaluation.precision_ppm <= linkage.summary.estimated_false * 1000
    assert 0 < linkage.summary.estimated_missed < 100
    assert linkage.summary.j < 50
