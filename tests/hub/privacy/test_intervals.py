"""Intervals hold what they promise: around counts, sums and means, small ones and empty ones included."""

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.privacy import decimals, intervals
from hub.privacy.exact import Exact
from hub.privacy.intervals import Number, Spread, quantile
from hub.privacy.margins import margins
from hub.privacy.mechanism import calibrate, half_width, release
from hub.privacy.offer import Offer
from hub.privacy.table import statistics
from hub.query.expression import Field, Range
from hub.query.model import Key
from tests.hub.privacy.builders import (
    COST,
    MINUTES,
    bounded,
    count,
    key,
    mean,
    offered,
    persons,
    question,
    scan,
    total,
)

Z95 = quantile(Decimal("0.95"))
RATE = Range(0, 1)
SHARE = Range(0, 1000, 1000)


# --- half-widths -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def law(scale: float) -> dict[int, float]:
    """The discrete Gaussian, whole but for tails of no weight."""
    reach = math.ceil(9 * scale) + 9
    weights = {k: math.exp(-(k**2) / (2 * scale**2)) for k in range(-reach, reach + 1)}
    whole = sum(weights.values())
    return {k: weight / whole for k, weight in weights.items()}


@pytest.mark.parametrize("scale", [0.05, 0.3, 0.37, 0.5, 0.8, 1.0, 2.0, 3.7, 10.0, 26.4, 199.0, 201.0, 700.0])
@pytest.mark.parametrize("confidence", ["0.5", "0.9", "0.95", "0.99"])
def test_a_half_width_holds_with_the_stated_probability_and_one_less_does_not(scale: float, confidence: str) -> None:
    half = half_width(scale, Decimal(confidence))
    inside = sum(weight for k, weight in law(scale).items() if abs(k) <= half)
    narrower = sum(weight for k, weight in law(scale).items() if abs(k) < half)
    assert inside >= float(confidence) - 1e-12
    assert narrower < float(confidence) + (scale > 200) * 0.001 or half == 0
    assert half >= 0


def test_beyond_a_scale_of_two_hundred_the_bound_is_that_of_opendp_there() -> None:
    below, above = half_width(200.0, Decimal("0.95")), half_width(200.0000001, Decimal("0.95"))
    assert above - 1 <= below <= above
    assert half_width(1e9, Decimal("0.95")) == pytest.approx(1.959964e9, rel=1e-6)


# --- means: the coverage is computed, not simulated --------------------------------------------------------------


def covered(centred: int, rows: int, *, spread: Spread, domain: Range) -> float:
    """The probability that the interval of a mean holds the exact one, over both noises."""
    exact = Fraction(centred + (domain.lower + domain.upper) * rows, 2 * rows * domain.steps_per_unit)
    inside = 0.0
    for moved, chance in law(spread.total).items():
        for other, weight in law(spread.count).items():
            found = intervals.mean(centred + moved, rows + other, spread=spread, domain=domain)
            assert found.low is not None
            assert found.high is not None
            inside += chance * weight * (Fraction(found.low) <= exact <= Fraction(found.high))
    return inside


@pytest.mark.parametrize("scale", [0.3, 0.5, 0.7, 1.0, 1.5])
@pytest.mark.parametrize("rows", [1, 2, 5, 11])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_the_interval_of_a_mean_covers_even_over_few_rows_with_little_noise(
    scale: float, rows: int, share: float
) -> None:
    spread = Spread(total=scale, count=scale, quantile=Z95)
    assert covered(2 * round(share * rows) - rows, rows, spread=spread, domain=RATE) >= 0.95 - 1e-9


@pytest.mark.parametrize(("total_scale", "count_scale"), [(0.5, 1.5), (2.5, 0.5), (1.0, 0.2)])
def test_the_interval_of_a_mean_covers_when_its_parts_have_unequal_noise(
    total_scale: float, count_scale: float
) -> None:
    spread = Spread(total=total_scale, count=count_scale, quantile=Z95)
    for rows in (1, 3, 8):
        assert covered(-rows * 2, rows, spread=spread, domain=Range(0, 10)) >= 0.95 - 1e-9


# --- simulation through the whole room ---------------------------------------------------------------------------

CELLS = 40_000
NUMBERS: tuple[Key, ...] = (key("n", "t0.minutes", Range(1, CELLS), nullable=False),)
SIZES = (0, 1, 2, 5, 11, 30, 400, 9_000)


def held(number: object, true: Fraction) -> bool:
    assert isinstance(number, Number)
    assert number.low is not None
    assert number.high is not None
    assert number.value is None or Decimal(number.low) <= Decimal(number.value) <= Decimal(number.high)
    return Fraction(number.low) <= true <= Fraction(number.high)


def test_at_least_the_stated_share_of_cells_is_covered_small_ones_too() -> None:
    """Every cell counts, whatever would be suppressed; sizes and values differ from cell to cell."""
    asked = question(
        scan("visit"),
        count(),
        total(Field("t0.cost"), COST),
        mean(Field("t0.minutes"), MINUTES),
        keys=NUMBERS,
    )
    calibrated = offered(asked)
    people, rows, added, centred = (vector.name for vector in calibrated.bounds.vectors)
    sizes = [SIZES[n % len(SIZES)] for n in range(CELLS)]
    costs = [(n * 37) % (8 * size + 1) - 3 * size for n, size in enumerate(sizes)]
    minutes = [(n * 53) % (9 * size + 1) for n, size in enumerate(sizes)]
    exact = {
        people: [10**6] * CELLS,
        rows: sizes,
        added: costs,
        centred: [2 * spent - 9 * size for spent, size in zip(minutes, sizes, strict=True)],
    }
    shown = statistics(calibrated, release(calibrated, Exact(exact))).rows
    counts = sum(held(row.entries[1], Fraction(size)) for row, size in zip(shown, sizes, strict=True))
    sums = sum(held(row.entries[2], Fraction(cost, 10)) for row, cost in zip(shown, costs, strict=True))
    filled = [(row, Fraction(spent, size)) for row, spent, size in zip(shown, minutes, sizes, strict=True) if size]
    means = sum(held(row.entries[3], average) for row, average in filled)
    assert min(calibrated.scales[1:]) > 10
    assert 0.945 <= counts / CELLS <= 0.965
    assert 0.945 <= sums / CELLS <= 0.965
    assert means / len(filled) >= 0.945
    smallest = [(row, average) for (row, average), size in zip(filled, filter(None, sizes), strict=True) if size < 6]
    assert sum(held(row.entries[3], average) for row, average in smallest) / len(smallest) >= 0.945


# --- what is shown -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noisy", "half", "shown"),
    [
        (10, 3, ("10", "7", "13")),
        (2, 3, ("2", "0", "5")),
        (-2, 3, ("0", "0", "1")),
        (-9, 3, ("0", "0", "0")),
        (0, 0, ("0", "0", "0")),
    ],
)
def test_counts_are_whole_and_not_below_zero(noisy: int, half: int, shown: tuple[str, str, str]) -> None:
    assert intervals.count(noisy, half) == Number(*shown)


@pytest.mark.parametrize(
    ("noisy", "half", "domain", "shown"),
    [
        (1234, 20, Range(-5, 300, 10), ("123.4", "121.4", "125.4")),
        (-4, 20, Range(-5, 300, 10), ("-0.4", "-2.4", "1.6")),
        (-4, 2, Range(0, 300, 10), ("0.0", "0.0", "0.0")),
        (5, 20, Range(-9, 0, 1), ("0", "-15", "0")),
        (10, 1, Range(0, 30, 3), ("3.333", "3.000", "3.667")),
        (-1, 0, Range(-30, 30, 1000), ("-0.001", "-0.001", "-0.001")),
    ],
)
def test_sums_are_shown_in_units(noisy: int, half: int, domain: Range, shown: tuple[str, str, str]) -> None:
    assert intervals.total(noisy, half, domain=domain) == Number(*shown)


QUIET = Spread(total=1.0, count=1.0, quantile=Z95)


def test_a_mean_is_the_centred_sum_over_the_count_within_its_public_range() -> None:
    found = intervals.mean(-20_000, 100, spread=Spread(total=26.0, count=0.1, quantile=Z95), domain=SHARE)
    assert found.value == "0.400000"
    assert found.low is not None
    assert found.high is not None
    assert Decimal(found.low) < Decimal("0.4") < Decimal(found.high) <= Decimal(1)


@pytest.mark.parametrize(
    ("centred", "rows", "shown"),
    [
        (3, 0, (None, "0.000", "1.000")),
        (3, -7, (None, "0.000", "1.000")),
        (1, 2, ("0.750", "0.000", "1.000")),  # the count is not clearly positive
        (900, 3, ("1.000", "1.000", "1.000")),  # beyond the range: held at its end
        (-900, 3, ("0.000", "0.000", "0.000")),
    ],
)
def test_a_mean_over_next_to_nothing_is_blank_or_spans_the_range(
    centred: int, rows: int, shown: tuple[str | None, str, str]
) -> None:
    assert intervals.mean(centred, rows, spread=QUIET, domain=RATE) == Number(*shown)


@given(
    st.integers(-(2**61), 2**61),
    st.integers(-(2**34), 2**34),
    st.floats(0.01, 2.0**40),
    st.floats(0.01, 2.0**40),
    st.sampled_from([RATE, SHARE, Range(-5, 300, 10), Range(-(2**28), 2**28, 7)]),
)
@example(0, 1, 0.01, 0.01, RATE)
def test_no_mean_fails_leaves_its_range_or_its_interval(
    centred: int, rows: int, total_scale: float, count_scale: float, domain: Range
) -> None:
    spread = Spread(total=total_scale, count=count_scale, quantile=Z95)
    found = intervals.mean(centred, rows, spread=spread, domain=domain)
    assert found.low is not None
    assert found.high is not None
    low, high = Fraction(found.low), Fraction(found.high)
    slack = Fraction(1, 100)
    steps = domain.steps_per_unit
    assert Fraction(domain.lower, steps) - slack <= low <= high <= Fraction(domain.upper, steps) + slack
    assert (found.value is None) == (rows <= 0)
    assert found.value is None or low <= Fraction(found.value) <= high


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12))
def test_rounding_goes_where_it_says(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert decimals.down(numerator, denominator) == math.floor(exact)
    assert decimals.up(numerator, denominator) == math.ceil(exact)
    assert decimals.nearest(numerator, denominator) == round(exact)


@given(st.integers(-(10**25), 10**25), st.integers(0, 12))
def test_decimal_text_is_exact_and_plain(scaled: int, places: int) -> None:
    text = decimals.text(scaled, places)
    assert Fraction(text) == Fraction(scaled, 10**places)
    assert "e" not in text.lower()
    assert text.lstrip("-0.") or not text.startswith("-")


@pytest.mark.parametrize(("steps", "places"), [(1, 0), (10, 1), (1000, 3), (4, 2), (8, 3), (3, 3), (60, 4)])
def test_a_step_is_shown_with_as_many_places_as_it_needs(steps: int, places: int) -> None:
    assert decimals.places(steps) == places


# --- before spending ---------------------------------------------------------------------------------------------


def test_margins_of_counts_and_sums_are_those_of_the_release() -> None:
    cost = Field("t0.cost")
    asked = question(scan("visit"), count(), persons(), total(cost, COST), mean(cost, COST), keys=NUMBERS[:0])
    calibrated = calibrate(bounded(asked), Offer(within=Decimal(40), delta_e12=1))
    rows, people, added, average = margins(calibrated)
    assert (rows.statistic, rows.half_width) == ("rows", "40")
    assert people.half_width is not None
    assert int(people.half_width) < 40
    noisy = release(calibrated, Exact({vector.name: [10**6] for vector in calibrated.bounds.vectors}))
    shown = statistics(calibrated, noisy).rows[0].entries[2]
    assert isinstance(shown, Number)
    assert shown.high is not None
    assert shown.value is not None
    assert Decimal(shown.high) - Decimal(shown.value) == Decimal(added.half_width or 0)
    assert average.half_width is None
    assert [size for size, _ in average.at_sizes] == [20, 100, 500]
    half_widths = [Decimal(half) for _, half in average.at_sizes]
    assert half_widths == sorted(half_widths, reverse=True)
    assert half_widths[0] <= Decimal("0.8")  # the public range is 0.8 wide


@pytest.mark.parametrize("size", [20, 100, 500])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_the_margin_of_a_mean_is_not_exceeded_at_the_stated_size(size: int, share: float) -> None:
    calibrated = offered(question(scan("visit"), mean(Field("t0.minutes"), MINUTES)), epsilon="3")
    margin = dict(margins(calibrated)[0].at_sizes)[size]
    average = calibrated.bounds.measured[0]
    spread = Spread(total=calibrated.scale(average.total), count=calibrated.scale(average.count), quantile=Z95)
    found = intervals.mean(round((2 * share - 1) * 9 * size), size, spread=spread, domain=MINUTES)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    reach = max(Decimal(found.high) - Decimal(found.value), Decimal(found.value) - Decimal(found.low))
    assert reach <= Decimal(margin) + Decimal("0.001")
