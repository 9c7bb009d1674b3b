"""What is true in the synthetic community, counted from its truth file and never by the engine.

Only the demonstration's comparison reads it.  A truth has the cells of a released table: key values, then numbers.
"""

from collections.abc import Callable, Iterable
from statistics import fmean

from hub.demo.community.truth import Person, Row, Truth

Cells = dict[tuple[str | int | None, ...], tuple[float | None, ...]]
_YEAR = 2026
_STEPS = 1000


def absence_by_asthma(truth: Truth) -> Cells:
    """Children and the share chronically absent, by grade band and diagnosed asthma."""
    return _grouped(
        truth,
        key=lambda person, row: (row.grade_band, int(bool(person.asthma_known_to))),
        figure=lambda row: row.chronic_absence,
    )


def attendance_by_moves(truth: Truth) -> Cells:
    """Children and mean attendance, by number of school moves."""
    return _grouped(truth, key=lambda _, row: (row.school_moves,), figure=_rate)


def attendance_by_band(truth: Truth, without: str) -> Cells:
    """Children and mean attendance by grade band, leaving one district out."""
    return _grouped(truth, key=lambda _, row: (row.grade_band,), figure=_rate, only=lambda row: row.district != without)


def emergency_by_district(truth: Truth) -> Cells:
    """Children with an emergency visit in the year, by district."""
    counted: dict[tuple[str | int | None, ...], int] = {}
    for person in truth.persons:
        if any(visits.kind == "EMER" and visits.school_year == _YEAR and visits.count for visits in person.visits):
            for district in {row.district for row in person.rows if row.school_year == _YEAR}:
                counted[district,] = counted.get((district,), 0) + 1
    return {key: (float(count),) for key, count in counted.items()}


def _rate(row: Row) -> float | None:
    return None if row.attendance_rate is None else row.attendance_rate / _STEPS


def _grouped(
    truth: Truth,
    *,
    key: Callable[[Person, Row], tuple[str | int | None, ...]],
    figure: Callable[[Row], float | None],
    only: Callable[[Row], bool] = lambda _: True,
) -> Cells:
    """Different children in each cell, and the mean of `figure` over all of their rows there."""
    children: dict[tuple[str | int | None, ...], set[str]] = {}
    figures: dict[tuple[str | int | None, ...], list[float | None]] = {}
    for person in truth.persons:
        for row in person.rows:
            if row.school_year == _YEAR and only(row):
                children.setdefault(key(person, row), set()).add(person.key)
                figures.setdefault(key(person, row), []).append(figure(row))
    return {cell: (float(len(found)), _mean(figures[cell])) for cell, found in children.items()}


def _mean(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return fmean(known) if known else None
