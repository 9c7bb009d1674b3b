"""One telling of the story, shared by every test that looks at what it left."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from hub import wiring
from hub.demo import setting, story
from hub.demo.places import Places
from hub.wiring import Hub

CHILDREN = 300


@dataclass(frozen=True)
class Told:
    """The folder of a story that was told, and everything that it printed."""

    places: Places
    printed: str
    well: bool


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    directory: Path = tmp_path_factory.mktemp("story")
    out = io.StringIO()
    well = story.run(directory, children=CHILDREN, console=Console(file=out, width=110))
    return Told(Places(directory), out.getvalue(), well)


@pytest.fixture(scope="session")
def hub(told: Told) -> Iterator[Hub]:
    with wiring.opened(setting.settings(told.places)) as opened:
        yield opened
