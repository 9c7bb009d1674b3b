"""`make bench`: whole questions beside the same plain aggregates, in one run; a table, and bench.json."""

import os
import sys
from pathlib import Path

from tests.benchmark import community
from tests.benchmark.questions import QUESTIONS
from tests.benchmark.timing import measure, report
from tests.benchmark.whole import Researcher, Skipping

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Make the benchmark's hub if it is not there yet, time, and report."""
    threads, clock = os.cpu_count() or 1, Skipping()
    with community.opened(ROOT / ".bench" / "hub", threads=threads, clock=clock) as hub:
        researcher = Researcher(hub, clock)
        found = measure(
            QUESTIONS, researcher.ask, files=community.files(hub), threads=threads, before=researcher.prepare
        )
    sys.stdout.write(report(found, ROOT / "bench.json") + "\n")


if __name__ == "__main__":
    main()
