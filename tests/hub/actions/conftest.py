"""One small hub, made once and copied for each test; engine processes that all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.engine.workers import Workers
from tests.hub.actions import small
from tests.hub.actions.small import Small
from tests.postgresql import Server, running


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("founded") / "hub"
    small.found(directory)
    return directory


@pytest.fixture(scope="session")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with Workers(ready=2, threads=1, memory="512MB", directory=tmp_path_factory.mktemp("spill")) as started:
        yield started


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def steady(founded: Path, tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Iterator[Small]:
    """A hub for the tests of one file that leave it as it was."""
    with small.opened(small.copied(founded, tmp_path_factory.mktemp("steady") / "hub"), workers=workers) as opened:
        yield opened


@pytest.fixture
def folder(founded: Path, tmp_path: Path) -> Path:
    """The folder of a hub of this test's own."""
    return small.copied(founded, tmp_path / "hub")


@pytest.fixture
def here(folder: Path, workers: Workers) -> Iterator[Small]:
    with small.opened(folder, workers=workers) as opened:
        yield opened
