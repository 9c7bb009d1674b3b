"""`python -m tests.benchmark`: the engine's part of three questions beside plain DuckDB, written to bench.json."""

import os
import sys
from pathlib import Path

from hub.engine.aggregate import aggregate
from hub.engine.workers import Workers
from hub.privacy.plan import bounds
from hub.query.check import ask
from tests.benchmark.events import catalogue, kept
from tests.benchmark.questions import QUESTIONS, Timed
from tests.benchmark.timing import measure, report

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Build the snapshot if it is not there yet, time, and report."""
    public, threads = catalogue(), os.cpu_count() or 1
    files = kept(ROOT / ".bench" / "engine")
    with Workers(ready=2, threads=threads) as workers:

        def asked(question: Timed) -> None:
            agreed = {"event": question.rows_per_person}
            bounded = bounds(ask(question.sql, public), rows_per_person=agreed, catalogue=public, min_cell=10)
            aggregate(bounded, files=files, catalogue=public, workers=workers, deadline_seconds=60)

        found = measure(QUESTIONS, asked, files=files, threads=threads, rest=lambda: workers.wait_until_ready(60))
    sys.stdout.write(report(found, ROOT / "bench.json") + "\n")


if __name__ == "__main__":
    main()
