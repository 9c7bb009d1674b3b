"""Medians of whole questions beside medians of the plain aggregates, taken in turn so that both meet the same load."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from hub.engine.warehouse import VaultFile
from tests.benchmark.questions import Timed, plain

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds of the whole question, of the plain aggregate, and the first over the second."""

    name: str
    seconds: float
    plain_seconds: float
    ratio: float


def measure(
    questions: Iterable[Timed],
    ask: Callable[[Timed], object],
    *,
    files: Mapping[str, VaultFile],
    threads: int,
    before: Callable[[Timed], object],
) -> list[Measurement]:
    """Time `ask` for each question; `before` is called before each and not timed."""
    found = []
    with plain(files, threads=threads) as warehouse:
        for question in questions:
            statement = question.plain_statement(files)
            warehouse.run(statement)
            whole, bare = [], []
            for _ in range(ROUNDS):
                before(question)
                whole.append(_seconds(lambda: ask(question)))  # noqa: B023 - called at once
                bare.append(_seconds(lambda: warehouse.run(statement)))  # noqa: B023 - called at once
            found.append(Measurement(question.name, median(whole), median(bare), median(whole) / median(bare)))
    return found


def report(found: Iterable[Measurement], file: Path) -> str:
    """Write the measurements as JSON and tell them as a table."""
    lines = [f"{'question':<52} {'seconds':>8} {'plain':>8} {'ratio':>6}  {'1.5 x plain + 30 ms':>20}"]
    rows = []
    for one in found:
        rows.append({name: round(v, 4) if isinstance(v, float) else v for name, v in asdict(one).items()})
        aim = 1.5 * one.plain_seconds + 0.03
        lines.append(
            f"{one.name:<52} {one.seconds:>8.3f} {one.plain_seconds:>8.3f} {one.ratio:>6.2f}  "
            f"{'met' if one.seconds <= aim else f'missed: {aim:.3f} s':>20}"
        )
    file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return "\n".join(lines)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
