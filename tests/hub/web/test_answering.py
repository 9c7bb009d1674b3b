"""Questions that the engine misses once are answered under their one charge."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hub.actions.oversee import budget
from hub.engine.errors import NoAnswerError
from hub.engine.warehouse import VaultFile
from hub.engine.workers import Answer, Workers
from hub.web.access import API
from hub.web.app import create_app
from hub.wiring import Hub
from tests.hub.web.demonstration import finished, question

Headers = dict[str, str]


class Missing(Workers):
    """Engine processes that miss the first questions they are asked."""

    def __init__(self, workers: Workers, misses: int, directory: Path) -> None:
        super().__init__(ready=0, directory=directory)
        self.workers, self.misses, self.asked = workers, misses, 0

    def run(self, files: Mapping[str, VaultFile], statement: str, *, deadline_seconds: float) -> Answer:
        self.asked += 1
        if self.asked <= self.misses:
            raise NoAnswerError
        return self.workers.run(files, statement, deadline_seconds=deadline_seconds)


@pytest.mark.parametrize(("misses", "epsilon", "state"), [(1, 0.181, "released"), (2, 0.182, "charged")])
def test_a_missed_question_is_tried_once_more_under_its_charge(
    hub: Hub, ana: Headers, tmp_path: Path, misses: int, epsilon: float, state: str
) -> None:
    with Missing(hub.workers, misses, tmp_path) as workers:
        app = create_app(replace(hub, workers=workers))
        with TestClient(app, base_url="http://localhost") as web:
            asked = web.post(f"{API}/queries", headers=ana, json=question(epsilon=epsilon)).json()
            spent = [line.rho_spent for line in budget(hub)]
            if state == "released":
                assert finished(web, ana, asked)["state"] == state
            else:
                while app.state.serving.answering.is_under_way(asked["id"]):
                    time.sleep(0.02)
                assert web.get(asked["href"], headers=ana).json()["state"] == state
        assert workers.asked == 2
    assert [line.rho_spent for line in budget(hub)] == spent
