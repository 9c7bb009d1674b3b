"""Intervals and conditions are sets, and the algebra on them is the algebra of sets."""

from hypothesis import given
from hypothesis import strategies as st

from hub.query import intervals, truth
from hub.query.expression import Field, Keys, Range
from hub.query.intervals import Intervals
from hub.query.typed import ALWAYS, NEVER, Truth, Typed
from tests.hub.query.evaluate import holds

WHOLE = (0, 12)
SETS = st.sets(st.integers(*WHOLE))


def members(found: Intervals) -> set[int]:
    return {number for number in range(-5, 20) if intervals.holds(found, number)}


@given(SETS)
def test_a_set_is_the_numbers_it_was_made_of_in_as_few_intervals_as_possible(numbers: set[int]) -> None:
    found = intervals.of(numbers)
    assert members(found) == numbers
    assert len(found) == len({number for number in numbers if number - 1 not in numbers})
    assert list(found) == sorted(found)


@given(SETS, SETS)
def test_union_intersection_and_complement_are_those_of_sets(left: set[int], right: set[int]) -> None:
    first, second = intervals.of(left), intervals.of(right)
    assert intervals.united(first, second) == intervals.of(left | right)
    assert intervals.shared(first, second) == intervals.of(left & right)
    assert intervals.outside(first, WHOLE) == intervals.of(set(range(13)) - left)


A = Typed(Field("a"), Range(0, 3), nullable=True)
B = Typed(Field("b"), Range(0, 3), nullable=False)
K = Typed(Field("k"), Keys(("x", "y", "z")), nullable=True)
ROWS = [
    {"a": a, "b": b, "k": k} for a in (None, 0, 1, 2, 3) for b in (0, 1, 2, 3) for k in (None, "x", "y", "z")
]  # fmt: skip

LEAVES = st.one_of(
    st.builds(
        lambda numbers, null: truth.among(A, intervals.of(numbers), null=null),
        st.sets(st.integers(0, 3)),
        st.booleans(),
    ),
    st.builds(
        lambda numbers, null: truth.among(B, intervals.of(numbers), null=null),
        st.sets(st.integers(0, 3)),
        st.booleans(),
    ),
    st.builds(
        lambda numbers, null: truth.among(K, intervals.of(numbers), null=null),
        st.sets(st.integers(0, 2)),
        st.booleans(),
    ),
    st.builds(lambda equal: truth.order(A, B, or_equal=equal), st.booleans()),
    st.builds(lambda equal: truth.order(B, A, or_equal=equal), st.booleans()),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3).flatmap(
        lambda parts: st.sampled_from((truth.every(parts), truth.either(parts)))
    ),
    max_leaves=6,
)


def passing(condition: Truth) -> list[bool]:
    return [holds(truth.predicate(condition), row) is True for row in ROWS]


@given(st.lists(CONDITIONS, max_size=3))
def test_and_or_and_failing_are_those_of_the_rows_that_pass(parts: list[Truth]) -> None:
    each = [passing(part) for part in parts]
    assert passing(truth.every(parts)) == [all(one) for one in zip(*each, strict=True)] or not parts
    assert passing(truth.either(parts)) == [any(one) for one in zip(*each, strict=True)] or not parts
    for part, passed in zip(parts, each, strict=True):
        assert passing(truth.fails(part)) == [not one for one in passed]


@given(st.lists(CONDITIONS, max_size=4), st.randoms(use_true_random=False))
def test_order_repetition_and_nesting_do_not_matter(parts: list[Truth], draw: object) -> None:
    shuffled = list(parts)
    getattr(draw, "shuffle")(shuffled)  # noqa: B009 - a drawn generator has no type of its own
    for combined in (truth.every, truth.either):
        assert combined(shuffled + parts) == combined(parts)
        assert combined([combined(parts[:2]), combined(parts[2:])]) == combined(parts)


def test_nothing_to_hold_is_true_and_nothing_to_choose_is_false() -> None:
    assert truth.every([]) == ALWAYS
    assert truth.either([]) == NEVER
    assert truth.every([NEVER, truth.known(A)]) == NEVER
    assert truth.either([ALWAYS, truth.known(A)]) == ALWAYS


def test_what_covers_the_domain_is_a_test_for_null_or_nothing() -> None:
    assert truth.among(A, ((0, 3),), null=True) == ALWAYS
    assert truth.among(B, ((0, 3),)) == ALWAYS
    assert truth.among(B, (), null=True) == NEVER
    assert truth.either([truth.known(A), truth.unknown(A)]) == ALWAYS
    assert truth.every([truth.known(A), truth.unknown(A)]) == NEVER
