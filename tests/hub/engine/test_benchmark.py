from pathlib import Path

from hub.engine.sql import compiled, vectors
from hub.privacy.plan import VectorKind, bounds
from hub.query.check import ask
from hub.query.expression import Keys
from tests.benchmark.events import build, catalogue
from tests.benchmark.questions import QUESTIONS, plain
from tests.hub.engine.community import new_key


def test_the_benchmark_times_the_same_numbers_as_the_plain_aggregate(tmp_path: Path) -> None:
    public = catalogue()
    files = build(tmp_path, new_key=new_key, persons=1100, events=11_000)
    assert not list(tmp_path.glob("*.delivery"))
    with plain(files, threads=1) as warehouse:
        for question in QUESTIONS:
            agreed = {"event": question.rows_per_person}
            asked = bounds(ask(question.sql, public), rows_per_person=agreed, catalogue=public, min_cell=10)
            statement = compiled(asked, public)
            assert statement.marked
            text = statement.statement
            for custodian, name in statement.files.items():
                text = text.replace(f" {name}.", f" p{sorted(files).index(custodian)}.")
            counted = vectors(asked, statement, warehouse.run(text))
            place = {cell: position for position, cell in enumerate(asked.cells)}
            rows = counted[next(vector.name for vector in asked.vectors if vector.kind is VectorKind.ROWS)]
            keys = [key.domain.values for key in asked.question.keys if isinstance(key.domain, Keys)]
            for row in warehouse.run(question.plain_statement(files)):
                cell = tuple(values[code] for values, code in zip(keys, row, strict=False))
                if "count(*)" in question.plain:
                    assert rows[place[cell]] == row[len(keys)]
            if question.rows_per_person == 4:
                assert 4_000 < sum(rows) <= 4 * 1100
            else:
                assert sum(rows) == 11_000
