"""Comparisons of two expressions as conditions, in the steps and keys of the column that is compared.

It does not know names or places.  Rules:

* a literal is one of the column's keys, or a number in its steps, or it is refused: nothing is rounded;
* a comparison that no value of the public domain can pass is refused, because it would be paid for and say nothing;
* two key columns are compared key by key, two numbers in the same steps.
"""

import difflib
import operator as python
from collections.abc import Callable

from hub.query import intervals, limits, truth
from hub.query.arithmetic import aligned, in_steps
from hub.query.errors import RefusedError
from hub.query.expression import Constant, Keys, Range
from hub.query.intervals import Intervals
from hub.query.typed import NEVER, Truth, Typed, whole

NEGATED = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_MEANING: dict[str, Callable[[int, int], bool]] = {
    "=": python.eq,
    "<>": python.ne,
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}


def compare(operator: str, left: Typed, right: Typed, *, called: str, possible: bool = False) -> Truth:
    """True where `left operator right` is; `called` is how a sentence names the side that is not a literal.

    A comparison that no row can pass is refused, unless `possible` says that the caller looks after that.
    """
    if left.is_null or right.is_null:
        raise RefusedError("a comparison with NULL is never true", "write IS NULL or IS NOT NULL")
    if left.is_literal and not right.is_literal:
        left, right, operator = right, left, _FLIPPED[operator]
    if isinstance(left.domain, Keys):
        return _keyed(operator, left, right, called)
    if isinstance(right.domain, Keys):
        if right.is_literal:
            raise RefusedError(f"{called} is a number", "compare it with a number")
        raise RefusedError("a number is compared with keys", "compare two numbers, or two key columns")
    if not right.is_literal:
        return _ordered(operator, left, right)
    found = _ranged(operator, left, right, called)
    if found == NEVER and not left.is_literal and not possible:
        raise RefusedError(f"no row can pass: {called} lies between {_bounds(left.domain)}")
    return found


def is_true(value: Typed, *, negated: bool) -> Truth:
    """True where a 0/1 value is 1, or 0 when `negated`."""
    if value.is_null or not isinstance(value.domain, Range) or not _is_flag(value.domain):
        raise RefusedError("this is not a condition", "compare it with a value")
    wanted = 0 if negated else 1
    return truth.among(value, ((wanted, wanted),))


def _is_flag(domain: Range) -> bool:
    return domain.lower >= 0 and domain.upper <= 1 and domain.steps_per_unit == 1


def _keyed(operator: str, left: Typed, right: Typed, called: str) -> Truth:
    keys = left.domain.values if isinstance(left.domain, Keys) else ()
    if not right.is_literal:
        return _key_by_key(operator, left, right)
    value = _literal_key(right)
    numeric = isinstance(keys[0], int)
    if value is None or isinstance(value, int) is not numeric:
        kind = "whole numbers" if numeric else "texts"
        raise RefusedError(f"the keys of {called} are {kind}", "write " + _sample(keys, 3))
    if operator in {"=", "<>"}:
        if value not in keys:
            raise RefusedError(f"this is not a key of {called}", _nearest_key(value, keys))
    elif not numeric:
        raise RefusedError(f"the keys of {called} have no order", "list them with IN")
    passing = [place for place, key in enumerate(keys) if _passes(operator, key, value)]
    if not passing:
        raise RefusedError(f"no key of {called} passes", f"its keys are {_sample(keys, 8)}")
    return truth.among(left, intervals.of(passing))


def _passes(operator: str, key: str | int, value: str | int) -> bool:
    if isinstance(key, int) and isinstance(value, int):
        return _MEANING[operator](key, value)
    return (key == value) is (operator == "=")


def _literal_key(right: Typed) -> str | int | None:
    value = right.expression.value if isinstance(right.expression, Constant) else None
    if isinstance(right.domain, Range) and right.domain.steps_per_unit != 1:
        return None
    return value


def _sample(keys: tuple[str | int, ...], most: int) -> str:
    shown = ", ".join(f"'{key}'" if isinstance(key, str) else str(key) for key in keys[:most])
    return shown + (", …" if len(keys) > most else "")


def _nearest_key(value: str | int, keys: tuple[str | int, ...]) -> str:
    texts = {str(key).lower(): key for key in keys}
    close = difflib.get_close_matches(str(value).lower()[: limits.LABEL_LENGTH], texts, n=1, cutoff=0.5)
    return "write " + _sample((texts[close[0]],), 1) if close else "its keys are " + _sample(keys, 8)


def _key_by_key(operator: str, left: Typed, right: Typed) -> Truth:
    ours, theirs = left.domain, right.domain
    if not isinstance(ours, Keys) or not isinstance(theirs, Keys):
        raise RefusedError("a number is compared with keys", "compare two numbers, or two key columns")
    if max(len(ours.values), len(theirs.values)) > limits.COMPARED_KEYS:
        raise RefusedError("these columns have too many keys to be compared", "compare them with literals")
    if isinstance(ours.values[0], int) is not isinstance(theirs.values[0], int):
        raise RefusedError("texts are compared with whole numbers", "compare columns of one kind")
    if operator not in {"=", "<>"} and isinstance(ours.values[0], str):
        raise RefusedError("text keys have no order", "compare them with = or <>")
    pairs = []
    for place, key in enumerate(ours.values):
        passing = intervals.of(spot for spot, other in enumerate(theirs.values) if _passes(operator, key, other))
        pairs.append(truth.every([truth.among(left, ((place, place),)), truth.among(right, passing)]))
    return truth.either(pairs)


def _ranged(operator: str, left: Typed, right: Typed, called: str) -> Truth:
    if not isinstance(left.domain, Range):
        raise RefusedError(f"{called} is not a number", "compare it with its keys")
    steps = left.domain.steps_per_unit
    if left.is_literal:
        left, right = aligned(left, right)
        steps = left.domain.steps_per_unit if isinstance(left.domain, Range) else steps
    value = in_steps(right, steps)
    if value is None:
        raise RefusedError(f"{called} is kept in steps of 1/{steps}", "write a number that is a whole number of steps")
    first, last = whole(left.domain)
    inside = intervals.shared(_passing(operator, value, (first, last)), ((first, last),))
    return truth.among(left, inside)


def _passing(operator: str, value: int, domain: tuple[int, int]) -> Intervals:
    first, last = min(domain[0], value), max(domain[1], value)
    lower = {"=": value, ">": value + 1, ">=": value}.get(operator, first)
    upper = {"=": value, "<": value - 1, "<=": value}.get(operator, last)
    if operator == "<>":
        return intervals.outside(((value, value),), (first, last))
    return ((lower, upper),) if lower <= upper else ()


def _bounds(domain: Range) -> str:
    return f"{_shown(domain.lower, domain.steps_per_unit)} and {_shown(domain.upper, domain.steps_per_unit)}"


def _shown(steps: int, per_unit: int) -> str:
    return str(steps) if per_unit == 1 else f"{steps / per_unit:g}"


def _ordered(operator: str, left: Typed, right: Typed) -> Truth:
    left, right = aligned(left, right)
    below, above = truth.order(left, right, or_equal=True), truth.order(right, left, or_equal=True)
    match operator:
        case "=":
            return truth.every([below, above])
        case "<>":
            return truth.either([truth.order(left, right, or_equal=False), truth.order(right, left, or_equal=False)])
        case "<" | "<=":
            return truth.order(left, right, or_equal=operator == "<=")
        case _:
            return truth.order(right, left, or_equal=operator == ">=")
