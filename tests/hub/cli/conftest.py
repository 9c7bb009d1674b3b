"""The demonstration's hub, served by a real server on this machine."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from hub import wiring
from hub.settings import Settings
from hub.web.app import create_app
from tests.hub.web import demonstration
from tests.hub.web.demonstration import Told


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return demonstration.told(tmp_path_factory)


@pytest.fixture(scope="session")
def address(told: Told) -> Iterator[str]:
    with wiring.opened(Settings.load(told.places.hub)) as hub, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(hub), log_level="warning", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://localhost:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def sign_in(told: Told, address: str, tmp_path: Path) -> Path:
    file = tmp_path / "sign-in.toml"
    known = {**told.sign_in, "url": address}
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in known.items()))
    return file
