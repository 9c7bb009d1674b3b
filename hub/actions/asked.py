"""What a researcher asks, as it is sent: SQL, licence, purpose, and either a loss or a margin.

It is not checked against any agreement here.  Rules: exactly one of `epsilon` and `within`; amounts are decimal numbers
in text, never floats, and 0.5 is written like 0.50; the same question has the same bytes.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agreements import canonical
from hub.errors import InvalidError

_LARGEST_EPSILON = Decimal(100)
_LARGEST_WITHIN = Decimal(10) ** 12
_DEFAULT_CONFIDENCE = Decimal("0.95")
_LEAST_CONFIDENCE = Decimal("0.5")
_MOST_CONFIDENCE = Decimal("0.9999")
_MOST_ROWS = 10_000
_MOST_DECIMALS = 30
_LONGEST_NAME = 200
_MICRO = Decimal(1_000_000)


class AskedError(InvalidError):
    """The question cannot be asked in this form; the sentence names the field and what it takes."""

    title = "The question cannot be asked like this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question.  `project` is the id of a data-use licence, `purpose` an id of the purpose tree.

    `epsilon` is the privacy loss to spend; `within` the wished half-width of the interval of the first count or sum, at
    `confidence`.  `rows_per_person` lowers the agreement's bound of rows that one person may add to the answer: fewer
    rows, less noise, more that is cut.
    """

    sql: str
    project: str
    purpose: str
    epsilon: Decimal | None = None
    within: Decimal | None = None
    confidence: Decimal = _DEFAULT_CONFIDENCE
    rows_per_person: int | None = None

    def __post_init__(self) -> None:
        """Refuse a question without exactly one price, and amounts that cannot be meant."""
        if (self.epsilon is None) == (self.within is None):
            raise AskedError("give exactly one of epsilon (what to spend) and within (the ± you need)")
        _check(self.epsilon, "epsilon", _LARGEST_EPSILON)
        _check(self.within, "within", _LARGEST_WITHIN)
        _check(self.confidence, "confidence", _MOST_CONFIDENCE)
        _check_name(self.project, "project")
        _check_name(self.purpose, "purpose")
        if not _LEAST_CONFIDENCE <= self.confidence <= _MOST_CONFIDENCE:
            raise AskedError(f"confidence lies between {_LEAST_CONFIDENCE} and {_MOST_CONFIDENCE}, for example 0.95")
        if self.epsilon is not None and self.epsilon * _MICRO < 1:
            raise AskedError("epsilon is at least 0.000001")
        if self.rows_per_person is not None and not 1 <= self.rows_per_person <= _MOST_ROWS:
            raise AskedError(f"rows_per_person is a whole number from 1 to {_MOST_ROWS}, or left out")

    @property
    def epsilon_micro(self) -> int | None:
        """The loss to spend in millionths of ε, rounded down."""
        return None if self.epsilon is None else int(self.epsilon * _MICRO)

    def to_json(self) -> dict[str, Any]:
        """Canonical form: enough to answer the question again after a restart."""
        return {
            "sql": self.sql,
            "project": self.project,
            "purpose": self.purpose,
            "epsilon": _written(self.epsilon),
            "within": _written(self.within),
            "confidence": _written(self.confidence),
            "rows_per_person": self.rows_per_person,
        }

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785)."""
        return canonical.encode(self.to_json())

    @classmethod
    def from_bytes(cls, data: bytes) -> "Asked":
        """What `to_bytes` wrote."""
        value = canonical.decode(data)
        return cls(
            sql=value["sql"],
            project=value["project"],
            purpose=value["purpose"],
            epsilon=None if value["epsilon"] is None else Decimal(value["epsilon"]),
            within=None if value["within"] is None else Decimal(value["within"]),
            confidence=Decimal(value["confidence"]),
            rows_per_person=value["rows_per_person"],
        )


def _check(amount: Decimal | None, name: str, most: Decimal) -> None:
    if amount is None:
        return
    if not (amount.is_finite() and 0 < amount <= most):
        raise AskedError(f"{name} is a number above 0 and at most {most}")
    if amount.as_tuple().exponent < -_MOST_DECIMALS:  # type: ignore[operator] # finite, so a whole number
        raise AskedError(f"{name} has at most {_MOST_DECIMALS} decimals")


def _check_name(text: str, name: str) -> None:
    if not 0 < len(text) <= _LONGEST_NAME or not text.isprintable():
        raise AskedError(f"{name} is the id of one, of at most {_LONGEST_NAME} printable characters")


def _written(amount: Decimal | None) -> str | None:
    """The one spelling of an amount."""
    text = "" if amount is None else format(amount, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or None
