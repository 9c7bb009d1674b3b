"""What a linkage says of itself, without saying anything of a person.

It judges nothing by the truth, which nobody here has; `evaluate` does that in a demo.  Rules:

* `estimated_false` and `estimated_missed` are estimates in thousandths under the frozen parameters, not measurements:
  the share of links that join two persons, and the share of true pairs that are not linked;
* `j` bounds how many links between other people's records can change when one child of this snapshot leaves with all
  its records.  Every decision is made inside one neighbourhood (`neighbourhoods`), and a token counts only while at
  most `CAP` records hold it; tokens that one child's leaving could bring under that cap join neighbourhoods too.  So
  `j` is, for the child where it is largest, the number of pairs of other records, at two custodians, in the
  neighbourhoods of that child's records: no pair elsewhere can change.  It says nothing of a child who is not here.
"""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts and estimates of one linkage; `by_custodian` stays out of `to_json`."""

    parameters: str
    tokens: str
    records: int
    persons: int
    links: int
    ambiguous: int
    j: int
    estimated_false: int
    estimated_missed: int
    by_custodian: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, int | str]:
        """Numbers and texts by name."""
        return {name: value for name, value in asdict(self).items() if name != "by_custodian"}
