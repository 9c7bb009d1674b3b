"""The questions of the story: three that the agreements allow, three that they do not, and two about one district.

They are SQL as a researcher would write it.
"""

from decimal import Decimal

from hub.actions.asked import Asked
from hub.demo.organisations import LICENCE

ABSENCE_BY_ASTHMA = Asked(
    sql="""
SELECT s.grade_band, COALESCE(c.asthma, 0) AS asthma,
       COUNT(*) AS children, AVG(s.chronic_absence) AS chronic_absence
FROM school_year AS s
LEFT JOIN (SELECT person, MAX(CASE WHEN condition = 'asthma' THEN 1 ELSE 0 END) AS asthma
           FROM condition GROUP BY person) AS c ON c.person = s.person
WHERE s.school_year = 2026
GROUP BY 1, 2
""",
    project=LICENCE,
    purpose="asthma",
    epsilon=Decimal(1),
    rows_per_person=1,
)
ATTENDANCE_BY_MOVES = Asked(
    sql="""
SELECT school_moves, COUNT(*) AS children, AVG(attendance_rate) AS attendance
FROM school_year
WHERE school_year = 2026
GROUP BY school_moves
""",
    project=LICENCE,
    purpose="mobility_and_instruction",
    epsilon=Decimal(1),
    rows_per_person=1,
)
EMERGENCY_BY_DISTRICT = Asked(
    sql="""
SELECT s.district, COUNT(DISTINCT s.person) AS children
FROM school_year AS s
JOIN (SELECT person FROM encounter WHERE class = 'EMER' AND school_year = 2026 GROUP BY person) AS e
  ON e.person = s.person
WHERE s.school_year = 2026
GROUP BY s.district
""",
    project=LICENCE,
    purpose="asthma",
    within=Decimal(40),
    rows_per_person=1,
)

OTHER_PURPOSE = Asked(
    sql="SELECT grade_band, COUNT(*) AS children FROM school_year GROUP BY grade_band",
    project=LICENCE,
    purpose="immunisation",
    epsilon=Decimal("0.2"),
)
OTHER_ELEMENT = Asked(
    sql="SELECT measure, AVG(value) AS mean_value FROM observation GROUP BY measure",
    project=LICENCE,
    purpose="asthma",
    epsilon=Decimal("0.2"),
)
TOO_MUCH = Asked(
    sql="SELECT district, COUNT(DISTINCT person) AS children FROM school_year GROUP BY district",
    project=LICENCE,
    purpose="attendance",
    epsilon=Decimal(20),
)

_BY_BAND = """
SELECT grade_band, COUNT(*) AS children, AVG(attendance_rate) AS attendance
FROM school_year
WHERE school_year = 2026{condition}
GROUP BY grade_band
"""
WITH_EVERY_DISTRICT = Asked(
    sql=_BY_BAND.format(condition=""),
    project=LICENCE,
    purpose="attendance",
    epsilon=Decimal("0.5"),
    rows_per_person=1,
)


def without(district: str) -> Asked:
    """The same question, with a literal condition that leaves one district out: its file is not opened."""
    return Asked(
        sql=_BY_BAND.format(condition=f" AND district <> '{district}'"),
        project=LICENCE,
        purpose="attendance",
        epsilon=Decimal("0.5"),
        rows_per_person=1,
    )
