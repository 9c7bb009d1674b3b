"""The demonstration's hub behind a real application, reached by the client without a network."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from hub import wiring
from hub.client import Hub as Client
from hub.settings import Settings
from hub.web.app import create_app
from hub.wiring import Hub
from tests.hub.web import demonstration
from tests.hub.web.demonstration import Told


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
