"""A question is judged and charged once, before anything is read; the same question again is free."""

from decimal import Decimal

import pytest

from agreements import canonical
from hub.actions import ask, oversee, publish
from hub.actions.asked import Asked, AskedError
from hub.actions.refusals import RefusedError
from hub.errors import ConflictError, HubError, NotFoundError
from hub.query.errors import QueryError
from hub.store.questions import State
from tests.hub.actions.small import ANA, BIRCH_ONLY, OUTSIDER, STRANGER, Small, asked

SPELLINGS = [
    template.format(condition=condition, table=table)
    for template in (
        "SELECT grade_band, COUNT(*) AS children FROM {table} WHERE {condition} GROUP BY grade_band",
        "select  GRADE_BAND , count( * ) as kids\nfrom {table}\nwhere ({condition})\ngroup by 1",
        "SELECT COUNT(*) AS n, grade_band AS band FROM {table} WHERE {condition} GROUP BY grade_band -- note",
        "SELECT s.grade_band, COUNT(*) FROM {table} AS s WHERE {condition} GROUP BY s.grade_band",
        'SELECT /* a */ "grade_band", COUNT(*) FROM "{table}" WHERE TRUE AND ({condition}) GROUP BY 1',
    )
    for condition in (
        "district IN ('alder', 'birch')",
        "district IN ('birch', 'alder')",
        "NOT (NOT (district IN ('alder', 'birch')))",
        "(district = 'alder' OR district = 'birch')",
        "district = 'birch' OR district = 'alder'",
        "district IN ('alder', 'birch', 'alder')",
    )
    for table in ("school_year",)
]


def spent(here: Small) -> dict[str, int]:
    return {line.account: line.rho_spent for line in oversee.budget(here.hub) if line.rho_spent}


def kinds(here: Small) -> list[str]:
    return [entry.kind for entry in oversee.read_journal(here.hub, limit=1000)]


def test_a_question_is_charged_to_every_account_and_answered_by_one_signed_release(here: Small) -> None:
    quote = ask.quote(here.hub, ANA, asked())
    assert spent(here) == {}
    release = publish.get(here.hub, ANA, here.answered(asked()))
    assert quote.rho == release.document.loss.rho > 0
    expected = ["community", "agreement/agr-dul", "agreement/agr-mou"]
    for org in ("alder", "birch"):
        expected += [f"contributor/{org}", f"agreement/agr-dsa-{org}", f"agreement/agr-dul/contributor/{org}"]
        expected += [f"agreement/agr-mou/contributor/{org}"]
    assert spent(here) == dict.fromkeys(expected, quote.rho)
    assert release.document.circumstances.contributors == ("alder", "birch")


def test_an_excluded_district_is_neither_read_nor_charged(here: Small) -> None:
    release = publish.get(here.hub, ANA, here.answered(asked(BIRCH_ONLY)))
    assert release.document.circumstances.contributors == ("birch",)
    assert not any("alder" in account for account in spent(here))


def test_thirty_spellings_of_one_question_are_charged_once_and_have_the_same_bytes(here: Small) -> None:
    first = publish.get(here.hub, ANA, here.answered(asked(SPELLINGS[0]))).envelope
    before = spent(here)
    for spelling in SPELLINGS:
        ticket = ask.submit(here.hub, ANA, asked(spelling))
        if ticket.release is None:
            pytest.fail(f"charged again: {spelling}")
        assert publish.get(here.hub, ANA, ticket.release).envelope == first
    assert len(SPELLINGS) == 30
    assert spent(here) == before


@pytest.mark.parametrize(
    "other",
    [
        {"epsilon": Decimal("0.4")},
        {"rows_per_person": 2},
        {"sql": BIRCH_ONLY},
        {"within": Decimal(50)},
    ],
)
def test_another_loss_bound_or_district_is_charged(here: Small, other: dict[str, object]) -> None:
    first = here.answered(asked())
    before = spent(here)["community"]
    assert here.answered(asked(**other)) != first  # type: ignore[arg-type] # fields of a question
    assert spent(here)["community"] > before


def test_the_same_idempotency_key_is_one_question_and_another_body_under_it_a_conflict(here: Small) -> None:
    first = ask.submit(here.hub, ANA, asked(), idempotency_key="key")
    before = spent(here)
    again = ask.submit(here.hub, ANA, asked(epsilon=Decimal("0.50")), idempotency_key="key")
    assert (again.id, again.rho, again.state) == (first.id, first.rho, State.CHARGED)
    with pytest.raises(ConflictError):
        ask.submit(here.hub, ANA, asked(epsilon=Decimal("0.51")), idempotency_key="key")
    assert spent(here) == before


def test_an_idempotency_key_belongs_to_one_person(here: Small) -> None:
    ask.submit(here.hub, ANA, asked(), idempotency_key="key")
    with pytest.raises(RefusedError):
        ask.submit(here.hub, STRANGER, asked(), idempotency_key="key")


def test_a_refusal_names_every_reason_spends_nothing_and_is_in_the_journal(here: Small) -> None:
    many = asked(
        "SELECT measure, COUNT(*) FROM observation GROUP BY measure", purpose="immunisation", epsilon=Decimal(50)
    )
    offered = ask.quote(here.hub, ANA, many)
    before = kinds(here)
    with pytest.raises(RefusedError) as caught:
        ask.submit(here.hub, STRANGER, many, idempotency_key="key")
    rules = {reason.rule for reason in caught.value.reasons}
    assert rules >= {
        "purpose-not-permitted",
        "element-not-listed",
        "query-budget",
        "agreement-budget",
        "user-not-permitted",
        "unsigned-contributor",
    }
    assert rules - {"user-not-permitted"} == {reason.rule for reason in offered.decision.reasons}
    assert all(reason.sentence and reason.accepted and reason.who_can_change for reason in caught.value.reasons)
    assert kinds(here) == [*before, "question-refused"]
    entry = oversee.read_journal(here.hub, limit=1000)[-1]
    assert entry.public == {"licence": "agr-dul", "rules": sorted(rules)}
    assert spent(here) == {}


def test_a_licence_of_others_is_as_unknown_as_one_that_does_not_exist(steady: Small) -> None:
    told = []
    for actor, question in (
        (OUTSIDER, asked()),
        (OUTSIDER, asked(within=Decimal("0.000001"))),
        (OUTSIDER, asked("SELECT nonsense")),
        (OUTSIDER, asked(project="agr-none")),
        (OUTSIDER, asked("SELECT nonsense", project="agr-none")),
    ):
        for act in (ask.quote, ask.submit):
            with pytest.raises(HubError) as caught:
                act(steady.hub, actor, question)
            told.append((type(caught.value), str(caught.value).replace("agr-none", "agr-dul"), caught.value.title))
    assert len(set(told)) == 1
    assert told[0][0] is NotFoundError


def test_releases_and_questions_of_others_are_as_unknown_as_those_that_do_not_exist(here: Small) -> None:
    ticket = ask.submit(here.hub, ANA, asked())
    release = here.answered(asked(), key="b")
    for look in (publish.get, publish.proof):
        told = set()
        for name in (release, "r0000000000000000"):
            with pytest.raises(HubError) as caught:
                look(here.hub, OUTSIDER, name)
            told.add((type(caught.value), str(caught.value), caught.value.title))
        assert len(told) == 1
    questions = set()
    for actor, name in ((OUTSIDER, ticket.id), (STRANGER, ticket.id), (ANA, "0" * 32)):
        with pytest.raises(HubError) as caught:
            ask.status(here.hub, actor, name)
        questions.add((type(caught.value), str(caught.value)))
    assert len(questions) == 1


@pytest.mark.parametrize("project", ["agr-mou", "agr-dsa-alder"])
def test_only_a_licence_permits_questions(steady: Small, project: str) -> None:
    commons = ANA.__class__(client="c", person="ana", org="commons")
    with pytest.raises(RefusedError):
        ask.submit(steady.hub, commons, asked(project=project))


def test_a_contributor_that_has_not_delivered_costs_nothing(steady: Small) -> None:
    sql = "SELECT class, COUNT(*) AS visits FROM encounter WHERE health_system = 'prairie' GROUP BY class"
    with pytest.raises(ask.NoSnapshotError, match="holds nothing of prairie"):
        ask.submit(steady.hub, ANA, asked(sql, purpose="asthma"))
    assert spent(steady) == {}


def test_a_question_that_cannot_be_understood_costs_nothing(steady: Small) -> None:
    with pytest.raises(QueryError):
        ask.submit(steady.hub, ANA, asked("SELECT * FROM school_year"))
    assert spent(steady) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"epsilon": Decimal("NaN")},
        {"epsilon": Decimal("sNaN")},
        {"epsilon": Decimal("Infinity")},
        {"epsilon": Decimal(0)},
        {"epsilon": Decimal("-0.5")},
        {"epsilon": Decimal("1e-400")},
        {"epsilon": Decimal("1e400")},
        {"within": Decimal("1e-99999999")},
        {"within": Decimal("NaN")},
        {"confidence": Decimal("NaN")},
        {"confidence": Decimal(1)},
        {"confidence": Decimal("0.95" + "0" * 40 + "1")},
        {"rows_per_person": 0},
        {"project": ""},
        {"purpose": ""},
        {"purpose": "\ud800"},
        {"project": "a" * 201},
        {"project": "a\x00b"},
    ],
)
def test_what_nobody_can_mean_is_refused_before_it_is_asked(wrong: dict[str, object]) -> None:
    with pytest.raises(AskedError):
        asked(**wrong)  # type: ignore[arg-type] # that is the point


@pytest.mark.parametrize(("one", "other"), [("0.5", "0.50"), ("1", "1.000"), ("10", "1E+1")])
def test_one_amount_has_one_spelling(one: str, other: str) -> None:
    assert asked(epsilon=Decimal(one)).to_bytes() == asked(epsilon=Decimal(other)).to_bytes()
    again = Asked.from_bytes(asked(epsilon=Decimal(other)).to_bytes())
    assert again.epsilon == Decimal(one)
    assert canonical.decode(again.to_bytes())["epsilon"] == one


def test_a_dry_run_writes_nothing(steady: Small) -> None:
    before = kinds(steady)
    first = ask.quote(steady.hub, ANA, asked())
    assert ask.quote(steady.hub, ANA, asked()) == first
    assert kinds(steady) == before
