import random

import pytest

from tests.hub.engine.community import Community, built, drawn


@pytest.fixture(scope="session")
def communities(tmp_path_factory: pytest.TempPathFactory) -> list[Community]:
    """A few randomly drawn communities, the first of them with no rows at all."""
    made = [built(tmp_path_factory.mktemp("community"), *drawn(random.Random(0), rows=0))]
    for seed in (1, 2, 3):
        draw = random.Random(seed)
        given = drawn(draw, records=3 * seed + 2, rows=30 * seed, busy=40 if seed == 3 else 0)
        made.append(built(tmp_path_factory.mktemp("community"), *given))
    return made
