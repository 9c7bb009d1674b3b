"""The cells of a question: the full product of its keys' public values, known before any record is read.

Rules: cells are in the order of the keys, values in the order of their domain, NULL last where it can occur; a cell
without records is a cell like any other; more cells than 100,000 are refused.
"""

from itertools import product
from math import prod

from hub.privacy.errors import TooManyCellsError
from hub.query.expression import Keys, Value
from hub.query.model import Key

MOST_CELLS = 100_000


def count(keys: tuple[Key, ...]) -> int:
    """How many cells there are: one when there are no keys; refused above `MOST_CELLS`."""
    for key in keys:
        if _size(key) < 1 or (isinstance(key.domain, Keys) and len(set(key.domain.values)) != len(key.domain.values)):
            raise TooManyCellsError(f"the key {key.name!r} has no values or lists one twice; each makes one cell")
    total = prod(_size(key) for key in keys)
    if total > MOST_CELLS:
        raise TooManyCellsError(
            f"the keys make {total:,} cells and {MOST_CELLS:,} are released at once; use fewer or coarser keys"
        )
    return total


def every(keys: tuple[Key, ...]) -> tuple[tuple[Value, ...], ...]:
    """All cells, each as the tuple of its keys' values."""
    count(keys)
    return tuple(product(*(_values(key) for key in keys)))


def _size(key: Key) -> int:
    domain = key.domain
    found = len(domain.values) if isinstance(domain, Keys) else max(0, domain.upper - domain.lower + 1)
    return found + key.nullable


def _values(key: Key) -> tuple[Value, ...]:
    domain = key.domain
    listed: tuple[Value, ...] = (
        domain.values if isinstance(domain, Keys) else tuple(range(domain.lower, domain.upper + 1))
    )
    return (*listed, None) if key.nullable else listed
