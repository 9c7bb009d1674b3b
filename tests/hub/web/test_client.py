"""The Python client against a real hub: price, answer, DataFrame, refusals, and what it does when nothing answers."""

from collections.abc import Callable

import httpx2
import pandas as pd
import pytest

from agreements.keys import Keyring
from hub.actions.oversee import budget
from hub.actions.verify import verify
from hub.client import ClientError, HubRefusedError
from hub.client import Hub as Client
from hub.wiring import Hub
from tests.hub.web.demonstration import OTHERS

Make = Callable[..., Client]
GROUPED = """
SELECT grade_band, COUNT(*) AS n, AVG(attendance_rate) AS rate
FROM school_year WHERE district <> 'alder' GROUP BY grade_band
"""


def spent(hub: Hub) -> dict[str, int]:
    return {line.account: line.rho_spent for line in budget(hub)}


def test_a_plan_prints_its_price_and_spends_nothing(client: Make, hub: Hub) -> None:
    before = spent(hub)
    plan = client().ask(GROUPED, epsilon=0.21, rows_per_person=1)
    shown = repr(plan)
    for said in ("Costs ε 0.21", "n: ± ", "rate: ± ", "over 500 rows", "Remaining: ε", "95% confidence", "comes after"):
        assert said in shown
    assert plan.permitted
    assert spent(hub) == before


def test_a_plan_runs_once_and_gives_the_same_release_again(client: Make, hub: Hub) -> None:
    plan = client().ask(OTHERS, epsilon="0.22")
    first = plan.run()
    before = spent(hub)
    assert plan.run() is first
    assert spent(hub) == before


def test_a_frame_has_ranges_beside_each_number_and_nan_where_suppressed(client: Make) -> None:
    frame = client().ask(GROUPED, epsilon=0.23, rows_per_person=1).run().df()
    assert list(frame.columns) == ["grade_band", "n", "n_low", "n_high", "rate", "rate_low", "rate_high", "suppressed"]
    hidden = frame["suppressed"] != ""
    assert frame.loc[hidden, "n"].isna().all()
    shown = frame[~hidden]
    assert (shown["n_low"] <= shown["n"]).all()
    assert (shown["n"] <= shown["n_high"]).all()
    assert shown["rate"].dropna().between(0, 1).all()
    assert frame["n"].dtype == "float64"


def test_cells_without_children_are_suppressed_and_their_numbers_are_missing(client: Make) -> None:
    sql = "SELECT grade_band, COUNT(*) AS n FROM school_year WHERE district <> 'alder' GROUP BY grade_band"
    # The noise's scale is about 6: that none of three empty cells is hidden happens once in twenty thousand runs.
    frame = client().ask(sql, epsilon=0.99, rows_per_person=1).run().df()
    hidden = frame["suppressed"] != ""
    assert hidden.any()
    assert frame.loc[hidden, ["n", "n_low", "n_high"]].isna().all().all()


def test_keys_that_are_whole_numbers_are_whole_numbers_in_the_frame(client: Make) -> None:
    sql = "SELECT school_moves, COUNT(*) AS n FROM school_year WHERE district <> 'alder' GROUP BY school_moves"
    frame = client().ask(sql, epsilon=0.24, rows_per_person=1).run().df()
    assert frame["school_moves"].dtype == "int64"


def test_csv_document_and_frame_tell_the_same(client: Make) -> None:
    release = client().ask(OTHERS, epsilon=0.22).run()
    frame = release.df()
    document = [row["entries"][0]["value"] for row in release.document["rows"]]
    assert [None if pd.isna(each) else str(int(each)) for each in frame["children"]] == document
    assert release.csv().splitlines()[0] == "children,children_low,children_high,district,suppressed"


def test_a_proof_is_verified_offline(client: Make, hub: Hub) -> None:
    release = client().ask(OTHERS, epsilon=0.22).run()
    keyring = Keyring.from_bytes(hub.settings.trust.read_bytes())
    assert verify(release.proof(), keyring, at=hub.clock()).kind == "release"


def test_a_refusal_raises_with_every_reason_in_its_text(client: Make) -> None:
    plan = client(purpose="immunisation").ask(OTHERS, epsilon=20)
    assert not plan.permitted
    assert "would be refused" in repr(plan)
    with pytest.raises(HubRefusedError) as refused:
        plan.run()
    for rule in ("purpose-not-permitted", "query-budget"):
        assert rule in str(refused.value)
        assert rule in repr(plan)
    assert "Accepted would be" in str(refused.value)


def test_a_mistake_in_the_sql_is_told_with_its_place(client: Make) -> None:
    with pytest.raises(ClientError, match=r"line 1, column 8: .*write district"):
        client().ask("SELECT districk, COUNT(*) AS n FROM school_year GROUP BY district", epsilon=0.1)


def test_a_wrong_secret_is_one_sentence_that_does_not_hold_it(client: Make) -> None:
    with pytest.raises(ClientError, match="client id or its secret is wrong") as refused:
        client(secret="wrong-secret-4711").ask(OTHERS, epsilon=0.1)
    assert "4711" not in str(refused.value)


def test_a_token_that_is_no_longer_good_is_renewed_once(client: Make) -> None:
    made = client()
    made.ask(OTHERS, epsilon=0.1)
    made._token = "a.b.c"
    assert made.ask(OTHERS, epsilon=0.1).permitted


def test_nothing_shows_the_secret(client: Make) -> None:
    made = client()
    assert made._sign_in[1] not in repr(made)


@pytest.mark.parametrize(
    ("url", "client_id", "secret", "said"),
    [
        ("", "ana", "s", "give the hub's url"),
        ("ftp://x", "ana", "s", "give the hub's url"),
        ("https://", "ana", "s", "give the hub's url"),
        ("http://hub.example", "ana", "s", "use https"),
        ("https://hub.example", "", "s", "give a client_id"),
        ("https://hub.example", "ana", " ", "give a client_id"),
    ],
)
def test_what_cannot_work_is_refused_before_any_request(url: str, client_id: str, secret: str, said: str) -> None:
    with pytest.raises(ClientError, match=said):
        Client(url, client_id=client_id, secret=secret, project="p", purpose="q")


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf"), True])
@pytest.mark.parametrize("name", ["epsilon", "within", "confidence"])
def test_a_number_that_is_none_is_named_before_any_request(name: str, wrong: float) -> None:
    with pytest.raises(ClientError, match=f"{name} is a finite number"):
        answering(500, b"").ask("SELECT", **{name: wrong})  # type: ignore[arg-type]


def answering(status: int, content: bytes) -> Client:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=content))
    return Client("http://localhost", client_id="a", secret="s", project="p", purpose="q", transport=transport)


@pytest.mark.parametrize(
    ("status", "content"), [(200, b"<html>"), (200, b"[]"), (200, b"{}"), (502, b"<html>"), (500, b"[1]"), (302, b"")]
)
def test_what_is_no_hub_is_said_in_one_sentence(status: int, content: bytes) -> None:
    with pytest.raises(ClientError, match="check the url"):
        answering(status, content).ask(OTHERS, epsilon=0.1)


@pytest.mark.parametrize(
    ("error", "said"),
    [(httpx2.ConnectError("planted"), "cannot be reached"), (httpx2.ReadTimeout("planted"), "did not answer in time")],
)
def test_a_hub_that_is_not_there_is_said_in_one_sentence(error: Exception, said: str) -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise error

    with (
        Client(
            "http://localhost",
            client_id="a",
            secret="s",
            project="p",
            purpose="q",
            transport=httpx2.MockTransport(fail),
        ) as made,
        pytest.raises(ClientError, match=said) as raised,
    ):
        made.ask(OTHERS, epsilon=0.1)
    assert "planted" not in str(raised.value)


def test_an_answer_that_does_not_come_ends_in_a_sentence_and_not_in_waiting() -> None:
    pauses: list[float] = []

    def charged(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/token"):
            return httpx2.Response(200, json={"access_token": "t"})
        return httpx2.Response(200, json={"id": "x", "state": "charged", "problem": None, "permitted": True})

    made = Client(
        "http://localhost",
        client_id="a",
        secret="s",
        project="p",
        purpose="q",
        transport=httpx2.MockTransport(charged),
        sleep=pauses.append,
    )
    with pytest.raises(ClientError, match="charged once"):
        made.ask(OTHERS, epsilon=0.1).run()
    assert sum(pauses) > 100
    assert max(pauses) <= 2
