"""The catalogue says publicly what every column may hold, and contradictions are refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import canonical
from agreements.catalogue import Catalogue, CatalogueError, Column, ColumnKind, LegalClass, Table
from agreements.errors import AgreementError
from tests.agreements.community import DISTRICTS, HEALTH_SYSTEMS, catalogue


def key(name: str = "grade", **more: Any) -> Column:
    given = {"keys": ("KG", "01"), **more}
    return Column(name=name, kind=ColumnKind.KEY, description="-", legal_class=LegalClass.FERPA_PII, **given)


def number(**more: Any) -> Column:
    given = {"name": "days", "lower": 0, "upper": 200, **more}
    return Column(kind=ColumnKind.NUMBER, description="-", legal_class=LegalClass.FERPA_PII, **given)


def custodian() -> Column:
    given = {"kind": ColumnKind.CUSTODIAN, "keys": ("alder",)}
    return Column(name="district", description="-", legal_class=LegalClass.FERPA_PII, **given)  # type: ignore[arg-type]


def test_the_catalogue_reads_back_from_its_bytes() -> None:
    assert Catalogue.from_bytes(catalogue().to_bytes()) == catalogue()


def test_the_catalogue_holds_the_five_tables_and_eleven_custodians() -> None:
    names = [table.name for table in catalogue().tables]
    assert names == ["school_year", "encounter", "condition", "immunization", "observation"]
    assert catalogue().custodians == {*DISTRICTS, *HEALTH_SYSTEMS}


def test_no_column_is_a_direct_identifier() -> None:
    classes = {column.legal_class for table in catalogue().tables for column in table.columns}
    assert LegalClass.DIRECT_IDENTIFIER not in classes


LEAVES = [
    (position, column, field)
    for position, table in enumerate(catalogue().to_json()["tables"])
    for column in range(len(table["columns"]))
    for field in table["columns"][column]
]


@pytest.mark.parametrize("field", sorted({field for _, _, field in LEAVES}))
def test_changing_any_field_of_any_column_changes_the_digest(field: str) -> None:
    for position, column, name in LEAVES:
        if name != field:
            continue
        document = catalogue().to_json()
        place = document["tables"][position]["columns"][column]
        place[name] = place[name] + (1 if isinstance(place[name], int) else type(place[name])("x"))
        assert canonical.digest(canonical.encode(document)) != catalogue().digest


@pytest.mark.parametrize("place", ["catalogue", "table", "column"])
@pytest.mark.parametrize("change", ["unknown", "missing"])
def test_an_unknown_or_missing_field_refuses(place: str, change: str) -> None:
    document = catalogue().to_json()
    table = document["tables"][0]
    target = {"catalogue": document, "table": table, "column": table["columns"][1]}[place]
    if change == "unknown":
        target["extra"] = 1
    else:
        del target["year_column" if place == "catalogue" else "name"]
    with pytest.raises(AgreementError):
        Catalogue.from_json(document)


@pytest.mark.parametrize(
    "make",
    [
        lambda: number(lower=1, upper=0),
        lambda: number(upper=2**53),
        lambda: number(steps_per_unit=0),
        lambda: key(keys=()),
        lambda: key(keys=("a", "a")),
        lambda: key(keys=("a", 1)),
        lambda: key(keys=tuple(range(10_001))),
        lambda: Table(name="t", description="-", hard_rows=0, columns=(custodian(),)),
        lambda: Table(name="t", description="-", hard_rows=10_001, columns=(custodian(),)),
        lambda: Table(name="t", description="-", hard_rows=1, columns=(key(),)),
        lambda: Table(name="t", description="-", hard_rows=1, columns=(custodian(), key(), key())),
        lambda: Table(name="t", description="-", hard_rows=1, columns=(custodian(), key("person"))),
    ],
)
def test_a_contradiction_is_refused(make: Any) -> None:
    with pytest.raises(CatalogueError):
        make()


@given(st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=2) | st.floats())
def test_a_value_is_admitted_only_inside_the_public_domain(value: object) -> None:
    bounded, listed, years = number(lower=-2, upper=2), key(keys=("0", "1")), key(keys=(1, 2), null_means="unknown")
    whole = isinstance(value, int) and not isinstance(value, bool)
    assert bounded.admits(value) is (whole and value in range(-2, 3))
    assert listed.admits(value) is (isinstance(value, str) and value in {"0", "1"})
    assert years.admits(value) is (value is None or (whole and value in {1, 2}))
