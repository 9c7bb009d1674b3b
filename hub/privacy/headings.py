"""The headings of a released table: one for each key, three for each statistic, one for suppression.

A question whose headings would coincide is refused before anything is charged.
"""

from collections import Counter

from hub.errors import InvalidError
from hub.privacy.errors import PrivacyError
from hub.query.model import Question

LOW, HIGH, SUPPRESSED = "_low", "_high", "suppressed"


class HeadingsError(PrivacyError, InvalidError):
    """Two columns of the released table would have the same heading."""

    title = "Two columns would have the same heading"


def of(question: Question) -> tuple[str, ...]:
    """Headings in the order of the question's columns, `suppressed` last; refuses repetition and missing columns."""
    statistics = {statistic.name for statistic in question.statistics}
    named = sorted([*(key.name for key in question.keys), *(entry.name for entry in question.statistics)])
    if named != sorted(question.columns) or not statistics:
        raise HeadingsError(
            "every key and statistic stands exactly once among the columns; ask for at least one number"
        )
    headings: list[str] = []
    for column in question.columns:
        headings.extend((column, column + LOW, column + HIGH) if column in statistics else (column,))
    headings.append(SUPPRESSED)
    repeated = [heading for heading, times in Counter(headings).items() if times > 1]
    if repeated:
        raise HeadingsError(f"{repeated[0]!r} would be the heading of two columns; give one of them another name")
    return tuple(headings)
