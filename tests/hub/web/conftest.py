"""A real hub behind a real application, and people who sign in: one who may ask, one of a party, one of nobody."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from hub import wiring
from hub.actions.enrol import add_actor
from hub.client import Hub as Client
from hub.settings import Settings
from hub.web.app import create_app
from hub.wiring import Hub
from tests.hub.web import demonstration
from tests.hub.web.demonstration import Told

Headers = dict[str, str]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return demonstration.told(tmp_path_factory)


@pytest.fixture(scope="session")
def hub(told: Told) -> Iterator[Hub]:
    with wiring.opened(Settings.load(told.places.hub)) as opened:
        yield opened


@pytest.fixture(scope="session")
def web(hub: Hub) -> Iterator[TestClient]:
    with TestClient(create_app(hub), base_url="http://localhost") as client:
        yield client


@pytest.fixture(scope="session")
def secrets(hub: Hub, told: Told) -> dict[str, str]:
    """The secret of each client id."""
    return {
        "ana": told.sign_in["secret"],
        "dana": add_actor(hub, "dana", person="alder-clerk", org="alder"),
        "stranger": add_actor(hub, "stranger", person="ana", org="elsewhere"),
    }


@pytest.fixture(scope="session")
def bearer(web: TestClient, secrets: dict[str, str]) -> Callable[[str], Headers]:
    def signed_in(client_id: str) -> Headers:
        answer = web.post(
            "/api/v1/token", auth=(client_id, secrets[client_id]), data={"grant_type": "client_credentials"}
        )
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return signed_in


@pytest.fixture(scope="session")
def ana(bearer: Callable[[str], Headers]) -> Headers:
    return bearer("ana")


@pytest.fixture
def release(told: Told) -> str:
    """The id of a release of the story."""
    return min(told.places.releases.glob("*.csv")).stem


@pytest.fixture(scope="session")
def client(web: TestClient, told: Told) -> Callable[..., Client]:
    def made(**changed: str) -> Client:
        known = {**told.sign_in, "url": "http://localhost", **changed}
        return Client(
            known["url"],
            client_id=known["client_id"],
            secret=known["secret"],
            project=known["project"],
            purpose=known["purpose"],
            transport=web._transport,
        )

    return made
