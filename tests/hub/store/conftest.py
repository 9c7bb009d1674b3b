"""Every test of the store runs on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.store.store import Store
from tests.hub.store.builders import fill
from tests.postgresql import Server, running

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the store's tables, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "hub.db"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.scrub()
    store.close()
    return file


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_address(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database without tables."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    started: Server = request.getfixturevalue("server")
    return started.empty_database()


@pytest.fixture
def new_address(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes another database with the store's tables at each call."""
    made: list[str] = []

    def on_sqlite() -> str:
        file = tmp_path / f"hub-{len(made)}.db"
        shutil.copy(request.getfixturevalue("migrated"), file)
        made.append(f"sqlite:///{file}")
        return made[-1]

    def on_postgresql() -> str:
        made.append(request.getfixturevalue("server").store_database())
        return made[-1]

    yield on_sqlite if kind == "sqlite" else on_postgresql
    if kind == "postgresql":
        for address in made:
            request.getfixturevalue("server").give_back(address)


@pytest.fixture
def emptied(kind: str, new_address: Callable[[], str], request: pytest.FixtureRequest) -> Callable[[], str]:
    """Gives an empty database at each call; what the call before it gave is used no more."""
    if kind == "sqlite":
        return new_address
    address = new_address()
    started: Server = request.getfixturevalue("server")

    def again() -> str:
        started.empty(address)
        return address

    return again


@pytest.fixture(scope="module", params=KINDS)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with rows in every table, for tests that leave it as it was."""
    if request.param == "postgresql":
        started: Server = request.getfixturevalue("server")
        opened = Store(started.store_database())
    else:
        file = tmp_path_factory.mktemp("filled") / "hub.db"
        shutil.copy(request.getfixturevalue("migrated"), file)
        opened = Store(f"sqlite:///{file}")
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture
def address(new_address: Callable[[], str]) -> str:
    return new_address()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    opened = Store(address)
    yield opened
    opened.close()
