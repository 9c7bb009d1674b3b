"""One small demonstration, told once through the command line for all tests of the web, the client and the commands."""

import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from hub.cli.app import app
from hub.demo.places import Places

OTHERS = (
    "SELECT COUNT(DISTINCT person) AS children, district FROM school_year WHERE district <> 'alder' GROUP BY district"
)
"""A question that leaves out the district that suspended in the story."""


@dataclass(frozen=True)
class Told:
    places: Places
    output: str
    status: int

    @property
    def sign_in(self) -> Mapping[str, str]:
        return tomllib.loads(self.places.researcher.read_text(encoding="utf-8"))


_TOLD: list[Told] = []


def told(factory: pytest.TempPathFactory) -> Told:
    if not _TOLD:
        directory = factory.mktemp("demonstration") / "demo"
        done = CliRunner().invoke(app, ["demo", "--once", "--directory", str(directory), "--children", "300"])
        assert done.exit_code == 0, done.output[-2000:]
        places = Places(directory)
        settings = places.hub / "hub.toml"
        settings.write_text(settings.read_text().replace("answer_seconds = 2", "answer_seconds = 1"))
        _TOLD.append(Told(places, done.output, done.exit_code))
    return _TOLD[0]


def question(**changed: Any) -> dict[str, Any]:
    """A body that the licence permits."""
    body = {"sql": OTHERS, "project": "attendance-and-asthma", "purpose": "attendance", "epsilon": 0.05}
    return {**body, **changed}


def finished(web: TestClient, headers: Mapping[str, str], asked: dict[str, Any]) -> dict[str, Any]:
    for _ in range(200):
        if asked["state"] != "charged":
            return asked
        time.sleep(0.05)
        asked = web.get(asked["href"], headers=dict(headers)).json()
    pytest.fail("the question was not answered")
