"""An answer before noise shows nothing, however it is looked at."""

import copy
import dataclasses
import json
import pickle
import pprint
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

from hub.privacy.errors import ExactError, MeasurementError
from hub.privacy.exact import Exact, unsafe_open
from hub.privacy.mechanism import release
from hub.privacy.plan import Vector
from tests.hub.privacy.builders import count, offered, question, scan

CANARY = 918273645


def made() -> Exact:
    return Exact({"rows_1": [CANARY]})


LOOKS: dict[str, Callable[[Exact], Any]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "format with a width": lambda exact: f"{exact:>30}",
    "percent": lambda exact: "%s %r" % (exact, exact),  # noqa: UP031 - one of the ways to look
    "ascii": ascii,
    "pprint": pprint.pformat,
    "dir": dir,
    "vars": vars,
    "json": json.dumps,
    "json with a default": lambda exact: json.dumps(exact, default=str),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "iter": list,
    "len": len,
    "bool": bool,
    "item": lambda exact: exact["rows_1"],
    "in": lambda exact: CANARY in exact,
    "equal": lambda exact: exact == exact,  # noqa: PLR0124 - one of the ways to look
    "unequal": lambda exact: exact != CANARY,
    "hash": hash,
    "order": lambda exact: exact < made(),
    "int": int,
    "float": float,
    "replace": lambda exact: dataclasses.replace(exact, values=1),  # type: ignore[type-var]
    "set attribute": lambda exact: setattr(exact, "values", 1),
    "delete attribute": lambda exact: delattr(exact, "_Exact__open"),
    "dict": lambda exact: exact.__dict__,
    "state": lambda exact: exact.__getstate__(),
    "reduce": lambda exact: exact.__reduce_ex__(4),
    "size": sys.getsizeof,
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_every_look_raises_or_shows_nothing(look: Callable[[Exact], Any]) -> None:
    try:
        seen = look(made())
    except (ExactError, TypeError, AttributeError) as error:
        seen = f"{error!r} {error.__cause__!r} {error.__context__!r}"
    assert str(CANARY) not in str(seen)


def test_an_exact_has_no_second_form() -> None:
    for look in ("pickle", "copy", "deepcopy", "iter", "len", "equal", "hash"):
        with pytest.raises(ExactError):
            LOOKS[look](made())
    with pytest.raises(ExactError):
        type("Loud", (Exact,), {})


def test_the_one_door_opens() -> None:
    assert unsafe_open(made()) == {"rows_1": (CANARY,)}


@pytest.mark.parametrize("given", [[CANARY + 0.5], [True], ["1"], None, CANARY, [None]])
def test_what_is_not_whole_numbers_is_refused_without_being_named(given: Any) -> None:
    with pytest.raises(ExactError) as caught:
        Exact({"rows_1": given})
    assert str(CANARY) not in shown_locals(caught.value, skip=1)


def test_a_failing_measurement_shows_no_exact_number_in_text_or_locals() -> None:
    calibrated = offered(question(scan("visit"), count()))
    broken = replace(calibrated, scales=(-1.0,))
    exact = made()
    with pytest.raises(MeasurementError) as caught:
        release(broken, exact)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert str(CANARY) not in shown_locals(caught.value, skip=0)
    assert str(CANARY) not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("given", [{}, {"rows_1": [1, 2]}, {"rows_2": [1]}, {"rows_1": [1], "rows_2": [1]}])
def test_an_answer_of_another_shape_than_the_plan_is_refused(given: dict[str, list[int]]) -> None:
    with pytest.raises(MeasurementError, match="vectors and cells of the plan"):
        release(offered(question(scan("visit"), count())), Exact(given))


def test_numbers_beyond_the_plan_saturate_instead_of_wrapping() -> None:
    calibrated = offered(question(scan("visit"), count()), epsilon="50")
    vector: Vector = calibrated.bounds.vectors[0]
    for given, near in ((2**70, vector.largest), (-(2**70), -vector.largest)):
        (noisy,) = release(calibrated, Exact({vector.name: [given]})).of(vector.name)
        assert abs(noisy - near) < 1000


def shown_locals(error: BaseException, *, skip: int) -> str:
    """Everything that a traceback with locals would print, but for the first frames, which are the test's own."""
    frames: list[FrameType] = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return " ".join(f"{name}={value!r}" for frame in frames[skip or 1 :] for name, value in frame.f_locals.items())
