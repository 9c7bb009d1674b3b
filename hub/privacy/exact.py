"""The answer before noise: a value that cannot be looked at, and the one door through which it is read.

It computes nothing.  Rules:

* an `Exact` cannot be shown, compared, counted, copied, pickled or written as JSON;
* `unsafe_open` is called by `hub.privacy.mechanism.release` and by nothing else;
* no frame of this file keeps values in its locals when an error passes through it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Never

from hub.privacy.errors import ExactError

_SENTENCE = "an answer without noise cannot be shown, compared, copied or stored; release it"

Values = Mapping[str, tuple[int, ...]]


class Exact:
    """Exact whole numbers by vector name; the engine makes it, `mechanism.release` takes it."""

    __slots__ = ("__open",)
    __open: Callable[[], Values]

    def __init__(self, vectors: Mapping[str, Sequence[int]]) -> None:
        """Keep whole numbers; anything else is refused without being named."""
        kept = _kept(vectors)
        del vectors
        if kept is None:
            raise ExactError("exact answers are whole numbers by the name of their vector")
        object.__setattr__(self, "_Exact__open", lambda: kept)

    def _refuse(self, *_given: object, **_named: object) -> Never:
        raise ExactError(_SENTENCE)

    def __repr__(self) -> str:
        return "<Exact: not shown>"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __dir__(self) -> list[str]:
        return []

    def __eq__(self, other: object) -> bool:
        raise ExactError(_SENTENCE)

    def __ne__(self, other: object) -> bool:
        raise ExactError(_SENTENCE)

    def __hash__(self) -> int:
        raise ExactError(_SENTENCE)

    def __init_subclass__(cls, **_named: object) -> None:
        raise ExactError(_SENTENCE)

    __iter__ = __len__ = __bool__ = __getitem__ = __contains__ = __int__ = __float__ = __index__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __copy__ = __deepcopy__ = __reduce__ = __reduce_ex__ = __getstate__ = __setstate__ = _refuse
    __setattr__ = __delattr__ = _refuse


def _kept(vectors: Mapping[str, Sequence[int]]) -> Values | None:
    """The numbers as tuples, or nothing where something is not a whole number."""
    try:
        kept = {name: tuple(vectors[name]) for name in vectors}
    except (TypeError, KeyError, ValueError):
        return None
    whole = all(isinstance(name, str) for name in kept) and all(
        type(value) is int for values in kept.values() for value in values
    )
    return kept if whole else None


def unsafe_open(exact: Exact) -> Values:
    """The exact numbers; whoever calls this must not bind them to a name, nor let them out without noise."""
    opened: Any = object.__getattribute__(exact, "_Exact__open")
    values: Values = opened()
    return values
