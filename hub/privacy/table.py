"""The released table: keys, and numbers with their intervals, cell by cell, in the order that was asked for.

It is worked out from noisy vectors and public facts; no exact number is near.  Rules: every cell of the public product
stands in it; a suppressed cell keeps its keys and its reason and loses every number.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hub.privacy import decimals, intervals
from hub.privacy.calibrated import Calibrated
from hub.privacy.errors import UnboundedError
from hub.privacy.intervals import NOTHING, Number, Spread, quantile
from hub.privacy.noisy import NoisyVectors
from hub.privacy.plan import Measured
from hub.privacy.suppression import reasons
from hub.query.expression import Domain, Range, Value
from hub.query.model import Statistic, StatisticKind

KEY = "key"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name; `role` is `key` or the kind of statistic."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Row:
    """One cell: an entry for each column (a key's value or a number), and why it is suppressed, if it is."""

    entries: tuple[Value | Number, ...]
    suppressed: str


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows as they are shown."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def statistics(calibrated: Calibrated, noisy: NoisyVectors) -> Table:
    """The table that may be shown of noisy vectors."""
    bounds = calibrated.bounds
    question = bounds.question
    keys = {key.name: position for position, key in enumerate(question.keys)}
    kinds = {statistic.name: statistic.kind.value for statistic in question.statistics}
    numbers = {
        statistic.name: _numbers(statistic, measured, calibrated, noisy)
        for statistic, measured in zip(question.statistics, bounds.measured, strict=True)
    }
    rows = []
    for position, (cell, reason) in enumerate(zip(bounds.cells, reasons(bounds, noisy), strict=True)):
        entries: list[Value | Number] = []
        for name in question.columns:
            if name in keys:
                entries.append(_shown(cell[keys[name]], question.keys[keys[name]].domain))
            else:
                entries.append(NOTHING if reason else numbers[name](position))
        rows.append(Row(tuple(entries), reason))
    columns = tuple(Column(name, kinds.get(name, KEY)) for name in question.columns)
    return Table(columns, tuple(rows))


def _numbers(
    statistic: Statistic, measured: Measured, calibrated: Calibrated, noisy: NoisyVectors
) -> Callable[[int], Number]:
    """The number of a statistic in the cell at a position."""
    counts = noisy.of(measured.count) if measured.count else ()
    totals = noisy.of(measured.total) if measured.total else ()
    match statistic.kind:
        case StatisticKind.COUNT | StatisticKind.PERSONS:
            half = calibrated.half_width(measured.count)
            return lambda position: intervals.count(counts[position], half)
        case StatisticKind.SUM:
            half, domain = calibrated.half_width(measured.total), domain_of(calibrated, measured)
            return lambda position: intervals.total(totals[position], half, domain=domain)
        case StatisticKind.MEAN:
            spread, domain = spread_of(calibrated, measured), domain_of(calibrated, measured)
            return lambda position: intervals.mean(totals[position], counts[position], spread=spread, domain=domain)


def spread_of(calibrated: Calibrated, measured: Measured) -> Spread:
    """The noise of a mean's two parts."""
    return Spread(
        total=calibrated.scale(measured.total),
        count=calibrated.scale(measured.count),
        quantile=quantile(calibrated.confidence),
    )


def domain_of(calibrated: Calibrated, measured: Measured) -> Range:
    """The public range of what a sum or mean is taken of."""
    domain = calibrated.bounds.vector(measured.total).domain
    if domain is None:
        raise UnboundedError(f"{measured.statistic!r} has no public bounds")
    return domain


def _shown(value: Value, domain: Domain) -> Value:
    """A key in units: whole numbers as they are, finer ones as decimal text."""
    if not isinstance(value, int) or not isinstance(domain, Range) or domain.steps_per_unit == 1:
        return value
    places = decimals.places(domain.steps_per_unit)
    return decimals.text(decimals.nearest(value * 10**places, domain.steps_per_unit), places)
