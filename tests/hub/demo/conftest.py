"""Communities of three sizes, each made once: the files of the larger ones take long to read, the truth does not."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.demo.community import truth
from hub.demo.community.generate import Summary, generate
from hub.demo.community.truth import Truth


@dataclass(frozen=True)
class Made:
    directory: Path
    summary: Summary
    truth: Truth

    def export(self, custodian: str) -> Path:
        return self.directory / custodian / "export"


def make(directory: Path, children: int) -> Made:
    summary = generate(directory, children=children)
    return Made(directory, summary, truth.read(directory))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("small"), 300)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("town"), 2_500)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("whole"), 12_000)
