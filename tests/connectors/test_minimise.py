"""Only what the agreement names leaves, fitted to the catalogue."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.catalogue import Column
from connectors.errors import DeliveryError
from connectors.minimise import Fitted, fit, minimise, named
from connectors.records import Row, Value
from tests.agreements.community import catalogue

VISIT, YEAR = "encounter", "school_year"
WHOLE = (
    "lakeside/encounter/school_year:group_by",
    "lakeside/encounter/class:filter",
    "lakeside/encounter/reason:filter",
)


def column(table: str, name: str) -> Column:
    found = catalogue().table(table)
    assert found
    read = found.column(name)
    assert read
    return read


def kept(rows: list[Row], *elements: str) -> tuple[dict[str, dict[str, list[Fitted]]], dict[str, int]]:
    numbers = {person: 1000 + place for place, person in enumerate(sorted({row.person for row in rows}))}
    made = minimise(rows, catalogue=catalogue(), agreed=named(elements, "lakeside"), numbers=numbers)
    return {name: dict(columns) for name, columns in made.tables.items()}, dict(made.dropped)


@pytest.mark.parametrize(
    ("table", "name", "value", "fitted"),
    [
        ("school_year", "school_year", 2025, 2025),
        ("school_year", "school_year", 1999, None),
        ("school_year", "school_year", None, None),
        ("school_year", "grade", "09", "09"),
        ("school_year", "school_moves", 3, 3),
        ("school_year", "school_moves", 9, 4),
        ("school_year", "days_absent", 400, 200),
        ("school_year", "attendance_rate", Fraction(2, 3), 667),
        ("school_year", "attendance_rate", Fraction(1), 1000),
        ("observation", "value", 20.25, 203),
        ("observation", "value", 45.359237, 454),
        ("observation", "value", -1.0, 0),
        ("observation", "value", 9999.0, 3000),
        ("condition", "active", None, None),
    ],
)
def test_a_value_is_rounded_held_to_its_bounds_or_emptied(table: str, name: str, value: Value, fitted: Fitted) -> None:
    assert fit(value, column(table, name)) == fitted


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [("condition", "condition", None), ("condition", "condition", "gout"), ("observation", "value", "canary")],
)
def test_a_value_that_has_no_place_in_the_catalogue_stops_the_run_unseen(table: str, name: str, value: Value) -> None:
    with pytest.raises(DeliveryError) as caught:
        fit(value, column(table, name))
    assert "gout" not in str(caught.value)
    assert "canary" not in str(caught.value)


def test_columns_and_tables_that_are_not_listed_leave_nothing_not_even_a_name() -> None:
    rows = [Row(VISIT, "ann", (2025, "AMB", "asthma")), Row("condition", "ann", (2025, "asthma", 1))]
    tables, _ = kept(rows, "lakeside/encounter/class:filter", "prairie/condition/condition:filter")
    assert tables == {"encounter": {"record": [1000], "class": ["AMB"]}}


def test_a_table_listed_for_joining_alone_travels_as_record_numbers() -> None:
    tables, _ = kept([Row(VISIT, "ann", (2025, "AMB", "asthma"))], "lakeside/encounter/person:join")
    assert tables == {"encounter": {"record": [1000]}}


def test_a_listed_table_without_rows_travels_empty() -> None:
    tables, dropped = kept([], *WHOLE)
    assert tables == {"encounter": {"record": [], "school_year": [], "class": [], "reason": []}}
    assert dropped == {"encounter": 0}


@pytest.mark.parametrize("element", ["lakeside/meals/status:filter", "lakeside/encounter/price:measure"])
def test_an_agreement_that_lists_what_the_connector_cannot_fill_is_refused(element: str) -> None:
    with pytest.raises(DeliveryError, match="which this connector cannot fill"):
        kept([], element)


def test_rows_over_the_bound_are_dropped_and_rows_of_a_known_year_are_kept_first() -> None:
    old = [Row(VISIT, "ann", (1920 + n, "AMB", "other")) for n in range(70)]
    new = [Row(VISIT, "ann", (2025, "AMB", "other")) for _ in range(20)]
    tables, dropped = kept([*old, *new], *WHOLE)
    years = tables["encounter"]["school_year"]
    assert (len(years), years.count(2025), dropped["encounter"]) == (60, 20, 30)


persons = st.dictionaries(
    st.sampled_from(["ann", "bea", "cem"]),
    st.lists(st.sampled_from(["AMB", "EMER", "IMP", "VR", "other"]), max_size=80),
    min_size=1,
)


@given(persons, st.randoms(use_true_random=False))
def test_what_is_kept_of_a_person_depends_on_nobody_else_and_on_no_order(
    visits: dict[str, list[str]], random: Random
) -> None:
    rows = [Row(VISIT, person, (2025, kind, "other")) for person, kinds in visits.items() for kind in kinds]
    shuffled = random.sample(rows, len(rows))
    numbers = {person: 7 + place for place, person in enumerate(sorted(visits))}

    def of(person: str, given_rows: list[Row]) -> list[tuple[Fitted, ...]]:
        elements = named(WHOLE, "lakeside")
        made = minimise(given_rows, catalogue=catalogue(), agreed=elements, numbers=numbers).tables["encounter"]
        table = list(zip(*made.values(), strict=True))
        return [row for row in table if row[0] == numbers[person]]

    for person, kinds in visits.items():
        alone = of(person, [row for row in rows if row.person == person])
        assert alone == of(person, shuffled)
        assert len(alone) == min(60, len(kinds))
