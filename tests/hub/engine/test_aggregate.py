from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.engine.aggregate import aggregate
from hub.engine.errors import FileRefusedError, NoAnswerError
from hub.engine.workers import Workers
from hub.privacy.exact import unsafe_open
from hub.privacy.plan import Bounds
from hub.query.expression import Field
from hub.query.model import Cut, CutBasis, Key
from tests.hub.engine.community import CATALOGUE, Community
from tests.hub.engine.plans import bounded, scanned
from tests.reference import oracle

(VISIT, PUPIL) = CATALOGUE.tables


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with Workers(ready=1, threads=1, directory=tmp_path_factory.mktemp("spill")) as pool:
        yield pool


def visits_by_kind(*sites: str) -> Bounds:
    source = scanned(VISIT, "t0", sites)
    kind = Key(name="kind", expression=Field("t0.kind"), domain=source.domain("t0.kind"), nullable=True)
    return bounded(Cut(source.relation, 3, CutBasis.AFTER_FILTER), (kind,))


def test_an_answer_is_exact_and_cannot_be_looked_at(workers: Workers, communities: list[Community]) -> None:
    community, asked = communities[-1], visits_by_kind("north", "south", "west")
    exact = aggregate(asked, files=community.files, catalogue=CATALOGUE, workers=workers, deadline_seconds=60)
    assert {name: list(values) for name, values in unsafe_open(exact).items()} == oracle.vectors(asked, community.data)
    assert "rows" not in repr(exact)


def test_a_custodian_that_is_left_out_is_not_opened(
    workers: Workers, communities: list[Community], tmp_path: Path
) -> None:
    community, asked = communities[-1], visits_by_kind("north", "west")
    files = {name: file for name, file in community.files.items() if name in ("north", "south", "west")}
    files["south"] = type(files["south"])(tmp_path / "gone.duckdb", files["south"].key)
    exact = aggregate(asked, files=files, catalogue=CATALOGUE, workers=workers, deadline_seconds=60)
    assert {name: list(values) for name, values in unsafe_open(exact).items()} == oracle.vectors(asked, community.data)
    with pytest.raises(NoAnswerError):
        aggregate(visits_by_kind("south"), files=files, catalogue=CATALOGUE, workers=workers, deadline_seconds=60)


def test_a_contributor_without_a_file_is_refused_before_any_process_is_used(
    workers: Workers, communities: list[Community]
) -> None:
    files = {name: file for name, file in communities[-1].files.items() if name != "north"}
    with pytest.raises(FileRefusedError):
        aggregate(visits_by_kind("north"), files=files, catalogue=CATALOGUE, workers=workers, deadline_seconds=60)


def test_a_snapshot_made_under_another_catalogue_gives_no_answer(
    workers: Workers, communities: list[Community]
) -> None:
    other = type(CATALOGUE)(CATALOGUE.tables, year_column="kind")
    with pytest.raises(NoAnswerError):
        aggregate(
            visits_by_kind("north"),
            files=communities[-1].files,
            catalogue=other,
            workers=workers,
            deadline_seconds=60,
        )
