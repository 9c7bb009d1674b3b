"""What a source says about a person: who they are, which never leaves, and the rows of the common tables, which may.

It decides nothing about what is kept.  Rules:

* an `Identity` is read by the tokens alone; its representation shows no value, so that no traceback or log can;
* a row names its person by the source's own identifier, which is replaced before anything leaves;
* a row's values stand in the order of `tables.COLUMNS`: keys as the catalogue spells them, numbers in their unit.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from connectors.errors import ConnectorError

_SEXES = frozenset({"female", "male", ""})

Value = str | int | float | Fraction | None
"""A key, a number in the column's unit, or NULL; fitted to the catalogue before it leaves."""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as the source wrote it; any part may be empty."""

    line: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Everything that tells one person from another, as the source wrote it.

    `given` and `family` hold every name seen, the official one first.  `middle` is the official name's further given
    names; `preferred` a nickname; `sex` one of female, male and empty.
    """

    given: tuple[str, ...] = field(default=(), repr=False)
    middle: str = field(default="", repr=False)
    family: tuple[str, ...] = field(default=(), repr=False)
    preferred: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    addresses: tuple[Address, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Refuse a sex that a mapping did not translate."""
        if self.sex not in _SEXES:
            raise ConnectorError("an identity's sex is female, male or empty")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a common table, about the person whom the source calls `person`."""

    table: str
    person: str = field(repr=False)
    values: tuple[Value, ...] = field(repr=False)
