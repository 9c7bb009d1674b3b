"""The page: who sees what, signing in and out, and that nothing on it can run."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib import resources

import pytest
from starlette.testclient import TestClient

from hub.actions.actor import Actor
from hub.store.chain import Entry
from hub.web.app import create_app
from hub.web.pages import _TEMPLATES
from hub.web.sessions import IDLE, LONGEST, Sessions
from hub.web.told import _RULES, Names, tell
from hub.wiring import Hub

HERE = {"Origin": "http://localhost"}
ALDER = "Alder School District"
FREE = "An earlier release answered it at no cost."


class Seen(HTMLParser):
    """What a page is made of: elements, attributes, ids and labels."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def browser(hub: Hub) -> Iterator[TestClient]:
    app = create_app(hub)
    yield TestClient(app, base_url="http://localhost")
    app.state.serving.answering.close()


@pytest.fixture
def signed_in(browser: TestClient, secrets: dict[str, str]) -> TestClient:
    form = {"client_id": "ana", "client_secret": secrets["ana"]}
    answer = browser.post("/sign-in", data=form, headers=HERE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    return browser


def test_anybody_sees_agreements_budget_and_journal_but_no_released_table(browser: TestClient) -> None:
    page = browser.get("/").text
    for shown in ("Memorandum of understanding", "Alder School District", "suspended", "Privacy budget", "was refused"):
        assert shown in page
    assert "<table" not in page
    assert 'action="/sign-in"' in page


def test_a_party_sees_every_number_with_its_range(signed_in: TestClient) -> None:
    page = signed_in.get("/").text
    assert page.count("<table") >= 4
    assert page.count('class="value"') == page.count('class="range"') > 10
    assert len(re.findall(r'class="range">[\d,.]+ – [\d,.]+<', page)) == page.count('class="range"')
    assert "Sign out" in page


def test_a_stranger_who_signs_in_sees_no_table(browser: TestClient, secrets: dict[str, str]) -> None:
    browser.post("/sign-in", data={"client_id": "stranger", "client_secret": secrets["stranger"]}, headers=HERE)
    page = browser.get("/").text
    assert "Sign out" in page
    assert "<table" not in page


def test_a_wrong_secret_is_said_once_and_in_the_same_words_for_everybody(browser: TestClient) -> None:
    said = {
        browser.post("/sign-in", data={"client_id": name, "client_secret": "x"}, headers=HERE).text
        for name in ("ana", "nobody", "")
    }
    assert len(said) == 1
    assert 'role="alert"' in said.pop()


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(signed_in: TestClient) -> None:
    cookie = signed_in.cookies["hub"]
    signed_in.post("/sign-out", headers=HERE)
    assert "Sign out" not in signed_in.get("/", headers={"Cookie": f"hub={cookie}"}).text


def test_signing_in_makes_a_new_session_and_ends_the_one_before(signed_in: TestClient, secrets: dict[str, str]) -> None:
    planted = signed_in.cookies["hub"]
    signed_in.post("/sign-in", data={"client_id": "ana", "client_secret": secrets["ana"]}, headers=HERE)
    assert signed_in.cookies["hub"] != planted
    signed_in.cookies.clear()
    assert "Sign out" not in signed_in.get("/", headers={"Cookie": f"hub={planted}"}).text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", **HERE},
        {"Sec-Fetch-Site": "same-site", **HERE},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_a_form_of_another_site_is_refused(browser: TestClient, path: str, headers: dict[str, str]) -> None:
    assert browser.post(path, headers=headers).status_code == 403


def test_tables_and_proofs_are_fetched_with_the_session_and_not_without(signed_in: TestClient, release: str) -> None:
    table = signed_in.get(f"/releases/{release}/table.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert table.headers["content-disposition"] == f'attachment; filename="{release}.csv"'
    assert b"hub.release-proof/1" in signed_in.get(f"/releases/{release}/proof.json").content
    signed_in.cookies.clear()
    assert signed_in.get(f"/releases/{release}/table.csv").status_code == 401
    assert signed_in.get(f"/releases/{release}/proof.json").status_code == 401


def test_the_page_has_no_inline_style_and_no_script(signed_in: TestClient, browser: TestClient) -> None:
    for page in (signed_in.get("/").text, browser.get("/", headers={"Cookie": ""}).text):
        seen = Seen(page)
        assert not seen.all("script")
        assert not seen.all("style")
        for _, attributes in seen.tags:
            assert not {name for name in attributes if name == "style" or name.startswith("on")}
            assert not (attributes.get("href") or "").startswith(("javascript:", "http"))


def test_the_page_can_be_read_without_eyes(signed_in: TestClient, browser: TestClient) -> None:
    for page in (signed_in.get("/").text, browser.get("/", headers={"Cookie": ""}).text):
        seen = Seen(page)
        ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert seen.all("html")[0]["lang"] == "en"
        assert len(seen.all("h1")) == len(seen.all("main")) == 1
        labelled = {attributes["for"] for attributes in seen.all("label")}
        assert {attributes["id"] for attributes in seen.all("input")} <= labelled
        assert all("scope" in attributes for attributes in seen.all("th"))
        for _, attributes in seen.tags:
            assert set((attributes.get("aria-labelledby") or "").split()) <= set(ids)


def test_titles_are_escaped() -> None:
    shown = _TEMPLATES.env.from_string("{{ title }}").render(title="<img src=x onerror=alert(1)>")
    assert shown == "&lt;img src=x onerror=alert(1)&gt;"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_session_ends_after_half_an_hour_without_a_request_and_after_twelve_hours_in_any_case() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    idle = sessions.begin(Actor("c", "p", "o"))
    clock.now += IDLE
    assert sessions.find(idle) is None
    busy, began = sessions.begin(Actor("c", "p", "o")), clock.now
    while clock.now - began < LONGEST - timedelta(minutes=20):
        clock.now += timedelta(minutes=20)
        assert sessions.find(busy) == Actor("c", "p", "o")
    clock.now += timedelta(minutes=20)
    assert sessions.find(busy) is None


def entry(kind: str, **public: object) -> Entry:
    return Entry(7, datetime(2026, 3, 1, tzinfo=UTC), kind, public, "00" * 32, "00" * 32)


@pytest.mark.parametrize(
    ("written", "words", "tone"),
    [
        (
            entry("agreement", act="suspend", party="alder", documents=[{"agreement": "a"}]),
            "Alder School District suspended “The agreement”.",
            "stop",
        ),
        (
            entry("question-refused", licence="a", rules=["purpose-not-permitted"]),
            "A question under “The agreement” was refused: the purpose is not permitted. Nothing was spent.",
            "stop",
        ),
        (
            entry("question-permitted", licence="a", purpose="asthma", rho=0, contributors=["alder"]),
            f"A question about asthma was permitted under “The agreement”, on the data of {ALDER}. {FREE}",
            "",
        ),
        (entry("delivery", custodian="elm", number=3), "elm delivered, number 3.", ""),
        (
            entry("delivery-refused", custodian="elm", rules=["expired"]),
            "A delivery from elm was refused: expired.",
            "stop",
        ),
        (
            entry("snapshot", custodians=["alder", "elm", "fir"]),
            "A new snapshot came into use, from the deliveries of 3 custodians.",
            "",
        ),
        (entry("question-failed"), "A question may no longer be answered. Its charge stays.", "stop"),
        (entry("question-unanswered"), "A question was not answered in time. Its charge stays.", "stop"),
        (entry("release", release="r1"), "An answer was released, signed by the hub.", "go"),
        (entry("actor", org="alder"), "A person of Alder School District may now sign in.", ""),
        (entry("key", party="alder"), "A key of Alder School District was added to the keyring.", ""),
    ],
    ids=lambda each: each.kind if isinstance(each, Entry) else None,
)
def test_the_journal_is_told_in_plain_words(written: Entry, words: str, tone: str) -> None:
    names = Names({"alder": ALDER}, {"a": "The agreement"})
    (told,) = tell([written, entry("charge")], names, most=5)
    assert (told.text, told.tone, told.index) == (words, tone, 7)


def test_every_rule_of_the_policies_has_plain_words() -> None:
    texts = [file.read_text() for file in resources.files("policies").iterdir() if file.name.endswith(".cedar")]
    forbids = [part for text in texts for part in re.split(r"(?=^@id)", text, flags=re.MULTILINE) if "forbid" in part]
    rules = {found[1] for part in forbids if (found := re.match(r'@id\("([a-z-]+)"\)', part))}
    assert len(rules) > 10
    assert rules <= set(_RULES)
