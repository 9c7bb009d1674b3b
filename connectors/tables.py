"""The common tables that connectors fill, and the order in which a row's values stand.

The catalogue says what each column may hold; this says only which columns the mappings know how to fill.
"""

SCHOOL_YEAR = "school_year"
ENCOUNTER = "encounter"
CONDITION = "condition"
IMMUNIZATION = "immunization"
OBSERVATION = "observation"

COLUMNS: dict[str, tuple[str, ...]] = {
    SCHOOL_YEAR: (
        "school_year",
        "grade",
        "grade_band",
        "school_moves",
        "days_enrolled",
        "days_absent",
        "attendance_rate",
        "chronic_absence",
    ),
    ENCOUNTER: ("school_year", "class", "reason"),
    CONDITION: ("school_year", "condition", "active"),
    IMMUNIZATION: ("school_year", "vaccine"),
    OBSERVATION: ("school_year", "measure", "value"),
}
