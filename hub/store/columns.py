"""How values are written in a column, the same on SQLite and on PostgreSQL.

It knows no table.  Rules: an instant is text in UTC with six decimals, so that it sorts and has one spelling; a whole
number has eight bytes; text, whole numbers and bytes are the only types, so that SQLite can be strict about them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from hub.store.errors import ValueRefusedError

Whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of eight bytes."""


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant in UTC, stored as `YYYY-MM-DDThh:mm:ss.ffffffZ`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy calls it so
        """The text of an instant; refuses one without a zone or outside UTC."""
        return None if value is None else write(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - likewise
        """The instant of a stored text."""
        return None if value is None else read(str(value))


def write(at: datetime) -> str:
    """The one spelling of an instant in a column."""
    if at.utcoffset() != timedelta(0):
        raise ValueRefusedError("give every instant in UTC, with its zone")
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read(text: str) -> datetime:
    """The instant that `write` wrote."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def values_of(item: object, table: sa.Table) -> dict[str, Any]:
    """The row of a value whose fields are named like the table's columns."""
    return {column.name: getattr(item, column.name) for column in table.columns}
