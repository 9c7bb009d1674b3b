"""What the privacy layer may release under an agreement: limits, in whole numbers.

It adds and converts nothing; ε never adds.  Rules:

* ε stands in millionths and δ in 10^-12; the hub turns each limit once into one that adds;
* the contributor's and the community's limits stand in the memorandum only, and are 0 elsewhere;
* the privacy unit is the person, and nothing else.
"""

from dataclasses import dataclass

from agreements import wording
from agreements.errors import AgreementError

_LARGEST = 2**53 - 1
_LEAST_CELL = 2
_MOST_ROWS = 10_000


class PrivacyTermsError(AgreementError):
    """Limits that contradict themselves or promise nothing; the sentence names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyTerms:
    """`rows_per_person` is (table, most rows of one person that count), in order of table."""

    min_cell: int
    epsilon_total_micro: int
    epsilon_query_max_micro: int
    delta_e12: int
    rows_per_person: tuple[tuple[str, int], ...]
    privacy_unit: str = "person"
    contributor_epsilon_total_micro: int = 0
    community_epsilon_total_micro: int = 0

    def __post_init__(self) -> None:
        """Refuse limits that are not whole numbers in range, and a privacy unit other than the person."""
        if self.privacy_unit != "person":
            raise PrivacyTermsError("privacy_unit: one person is the unit of protection; no other unit is offered")
        _check_range("min_cell", self.min_cell, _LEAST_CELL, _LARGEST)
        _check_range("epsilon_total_micro", self.epsilon_total_micro, 1, _LARGEST)
        _check_range("epsilon_query_max_micro", self.epsilon_query_max_micro, 1, self.epsilon_total_micro)
        _check_range("delta_e12", self.delta_e12, 1, 10**12 - 1)
        _check_range("contributor_epsilon_total_micro", self.contributor_epsilon_total_micro, 0, _LARGEST)
        _check_range("community_epsilon_total_micro", self.community_epsilon_total_micro, 0, _LARGEST)
        tables = [table for table, _ in self.rows_per_person]
        if tables != sorted(set(tables)):
            raise PrivacyTermsError("rows_per_person: list the tables in order of name, each once")
        for table, rows in self.rows_per_person:
            wording.check_id(table, "rows_per_person")
            _check_range(f"rows_per_person of {table}", rows, 1, _MOST_ROWS)


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise PrivacyTermsError(f"{name}: give a whole number from {least} to {most}")
