"""The L2 sensitivities of counts and sums, as exact whole squares: pure arithmetic of public numbers.

Neighbours differ by one person with at most r rows.  It knows nothing of relations.  Sources: McSherry, "Privacy
integrated queries" (2009), and Wilson et al., "Differentially private SQL with bounded user contribution" (2019).
"""

ROW_CAP = 2**33
"""A public number of rows that no relation of a question exceeds; what would exceed it saturates at `largest`."""

TOO_LARGE = 2**62
"""Exact vectors stay below this, so that 64-bit sums and their noise cannot wrap."""


def of_rows(row_bound: int) -> int:
    """COUNT by cell: r squared, because all rows of a person may fall into one cell."""
    return row_bound**2


def of_persons(row_bound: int, cell_count: int) -> int:
    """COUNT(DISTINCT person) by cell: a person is in at most min(r, K) cells, once in each."""
    return min(row_bound, cell_count)


def of_sum(row_bound: int, *, lower: int, upper: int) -> int:
    """SUM of x in [lower, upper] by cell: the count's times the largest magnitude."""
    return (row_bound * max(abs(lower), abs(upper))) ** 2


def of_centred_sum(row_bound: int, *, lower: int, upper: int) -> int:
    """Sum of 2x - lower - upper by cell: the count's times the width of the range."""
    return (row_bound * (upper - lower)) ** 2


def largest(*, lower: int, upper: int, centred: bool) -> int:
    """The largest magnitude of a sum over `ROW_CAP` rows; for a count both bounds are 1."""
    return ROW_CAP * (upper - lower if centred else max(abs(lower), abs(upper)))
