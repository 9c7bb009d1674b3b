"""The frozen parameters of linkage: how often each level of agreement is seen under each explanation of a pair.

They are changed by people, in a new version of this file, never fitted to what custodians delivered: so that no
child's records move another's.  Rules:

* a number is a hundredth of a bit, log2 of a share; levels are in the order of `comparisons`;
* shares of levels come from synthetic communities of known truth, with
  hardly anything rarer than two in a thousand, and names alike among twins and siblings set higher than found there;
* the share of an explanation is in proportion to the pairs that a match explains, for a community twice as large: of
  all pairs with one birthday where that is the explanation, else of the pairs that share a token;
* whoever changes a number raises `VERSION`: a snapshot names the parameters it was linked with.
"""

from enum import StrEnum
from typing import Final, NamedTuple

VERSION: Final = "linkage-parameters/1"

THRESHOLD: Final = 0
"""A pair is linked at this weight or above."""

MARGIN: Final = 300
"""A pair is linked when it beats every other pair of either record, at the other's custodian, by this weight."""

KEEP: Final = 0
"""A pair that was linked before stays linked at this weight or above, unless another pair beats it by the margin."""

BRIDGE: Final = 150
"""Two groups that hold several records each meet only through a pair of this weight or above."""

APART: Final = -600
"""Two records at this weight or below are never put together through a third."""

NEVER_COMPARED: Final = 0.004
"""Share of true pairs that have no usable token in common, in the communities that the parameters come from."""


class Explanation(StrEnum):
    """Why two records share tokens."""

    MATCH = "one person"
    TWIN = "twins"
    SIBLING = "siblings"
    SAME_BIRTHDAY = "same birthday by chance"
    SAME_NAME = "same name by chance"


class Table(NamedTuple):
    """One explanation: its share of the pairs, then the levels of each comparison in the order of `Levels`."""

    share: int
    levels: tuple[tuple[int, ...], ...]


_NO_BIRTH = (0, 0, 0, 0, 0, 0, 0)

SAME_BIRTH_DATE: Final = {
    Explanation.MATCH: Table(
        -26,
        (
            _NO_BIRTH,
            (-593, -544, -716, -431, -795, -447, -897, -23),
            (-361, -897, -476, -324, -37),
            (0, -64, -225, -277),
            (0, -740, -1),
            (-103, -97),
            (-214, -431, -47),
        ),
    ),
    Explanation.TWIN: Table(
        -541,
        (
            _NO_BIRTH,
            (-16, -564, -464, -564, -797, -641, -797, -797),
            (-426, -897, -488, -307, -33),
            (0, -6, -500, -700),
            (0, -113, -88),
            (-108, -92),
            (-241, -463, -37),
        ),
    ),
    Explanation.SAME_BIRTHDAY: Table(
        214,
        (
            _NO_BIRTH,
            (-5, -872, -864, -838, -1100, -972, -1100, -833),
            (-5, -1100, -885, -930, -835),
            (0, -12, -480, -378),
            (0, -100, -100),
            (0, -1000),
            (-10, -451, -1100),
        ),
    ),
}
"""Pairs that share something anchored in a birth date."""

ANOTHER_BIRTH_DATE: Final = {
    Explanation.MATCH: Table(
        -524,
        (
            (-235, -331, -273, -229, -253, -252, -897),
            (-355, -897, -897, -417, -897, -897, -22, -897),
            (-331, -897, -589, -18, -897),
            (0, 0, 0, 0),
            (0, 0, 0),
            (-123, -80),
            (-250, -507, -33),
        ),
    ),
    Explanation.SIBLING: Table(
        -10,
        (
            (-8, -500, -797, -650, -700, -897, -897),
            (-5, -897, -897, -764, -897, -897, -897, -897),
            (-500, -897, -697, -5, -897),
            (0, 0, 0, 0),
            (0, 0, 0),
            (-136, -71),
            (-335, -897, -15),
        ),
    ),
    Explanation.SAME_NAME: Table(
        -357,
        (
            (-169, -71, -697, -513, -445, -797, -897),
            (-160, -897, -897, -609, -897, -897, -61, -897),
            (-170, -897, -897, -53, -897),
            (0, 0, 0, 0),
            (0, 0, 0),
            (0, -897),
            (-139, -195, -148),
        ),
    ),
}
"""Pairs that share no token anchored in a whole birth date."""
