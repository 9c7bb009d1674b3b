"""Whole-number arithmetic on steps, with bounds that are carried through every operation.

It computes nothing about records.  Rules:

* literals become steps exactly, or are refused;
* addition and subtraction bring both sides to the same steps, multiplication multiplies them;
* a result that could leave -2^62 to 2^62 is refused before anything is read;
* equal calculations have one form: literals are folded and stand on the right, sums and products are in order.
"""

from decimal import Decimal
from fractions import Fraction
from math import lcm

from hub.query import limits
from hub.query.encoding import canonical
from hub.query.errors import RefusedError
from hub.query.expression import Arithmetic, Constant, Operator, Range
from hub.query.typed import Typed, literal


def number(value: Decimal) -> Typed:
    """A literal number in the coarsest steps that hold it exactly."""
    exact = Fraction(value)
    steps = 1
    while (exact * steps).denominator != 1:
        steps *= 10
    return _checked(int(exact * steps), int(exact * steps), steps, literal(int(exact * steps), steps))


def in_steps(value: Typed, steps_per_unit: int) -> int | None:
    """A literal number in other steps, or None when it falls between them."""
    lower, _, steps = _range(value)
    exact = Fraction(lower, steps) * steps_per_unit
    return int(exact) if exact.denominator == 1 else None


def aligned(*values: Typed) -> tuple[Typed, ...]:
    """The same numbers, all in the coarsest steps that hold them all."""
    steps = lcm(*(_range(value)[2] for value in values))
    return tuple(_scaled(value, steps // _range(value)[2]) for value in values)


def add(left: Typed, right: Typed) -> Typed:
    """`left + right`."""
    left, right = aligned(left, right)
    (low, high, steps), (other_low, other_high, _) = _range(left), _range(right)
    if left.expression == Constant(0):
        return right
    if right.expression == Constant(0):
        return left
    return _operation(Operator.ADD, left, right, (low + other_low, high + other_high, steps))


def subtract(left: Typed, right: Typed) -> Typed:
    """`left - right`."""
    if right.is_literal:
        return add(left, negative(right))
    left, right = aligned(left, right)
    (low, high, steps), (other_low, other_high, _) = _range(left), _range(right)
    return _operation(Operator.SUBTRACT, left, right, (low - other_high, high - other_low, steps))


def multiply(left: Typed, right: Typed) -> Typed:
    """`left * right`."""
    (low, high, steps), (other_low, other_high, other_steps) = _range(left), _range(right)
    if left.expression == Constant(1) and steps == 1:
        return right
    if right.expression == Constant(1) and other_steps == 1:
        return left
    corners = [one * other for one in (low, high) for other in (other_low, other_high)]
    return _operation(Operator.MULTIPLY, left, right, (min(corners), max(corners), steps * other_steps))


def negative(value: Typed) -> Typed:
    """`-value`."""
    return multiply(value, literal(-1))


def _scaled(value: Typed, factor: int) -> Typed:
    if factor == 1:
        return value
    lower, upper, steps = _range(value)
    fixed = Typed(Constant(factor), Range(factor, factor), nullable=False)
    return _operation(Operator.MULTIPLY, value, fixed, (lower * factor, upper * factor, steps * factor))


def _range(value: Typed) -> tuple[int, int, int]:
    if not isinstance(value.domain, Range) or value.is_null:
        raise RefusedError("this is not a number", "calculate with number columns and literals only")
    return value.domain.lower, value.domain.upper, value.domain.steps_per_unit


def _operation(operator: Operator, left: Typed, right: Typed, bounds: tuple[int, int, int]) -> Typed:
    lower, upper, steps = bounds
    if left.is_literal and right.is_literal:
        return _checked(lower, upper, steps, literal(lower, steps))
    if operator is not Operator.SUBTRACT:
        left, right = sorted((left, right), key=lambda part: (part.is_literal, canonical(part.expression)))
    size = left.size + right.size + 1
    if size > limits.EXPRESSION_SIZE:
        raise RefusedError("this calculation is too large", "ask a simpler question")
    expression = Arithmetic(operator, left.expression, right.expression)
    nullable = left.nullable or right.nullable
    found = Typed(expression, Range(lower, upper, steps), nullable, left.sources | right.sources, size)
    return _checked(lower, upper, steps, found)


def _checked(lower: int, upper: int, steps: int, value: Typed) -> Typed:
    if max(abs(lower), abs(upper)) >= limits.LARGEST_NUMBER or steps > limits.STEPS_PER_UNIT:
        raise RefusedError("the result could be too large or too fine to compute exactly", "use smaller factors")
    return value
