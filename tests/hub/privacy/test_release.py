"""A release says what it is, shows the same numbers everywhere, and shows nothing of a cell with too few persons."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agreements import canonical
from hub.privacy import spreadsheet
from hub.privacy.calibrated import Calibrated
from hub.privacy.errors import DocumentError
from hub.privacy.exact import Exact
from hub.privacy.intervals import Number
from hub.privacy.mechanism import release
from hub.privacy.noisy import NoisyVectors
from hub.privacy.release import AgreementNamed, Circumstances, Release, make
from hub.privacy.spreadsheet import safe
from hub.privacy.table import Column, Row, Table
from hub.query.expression import (
    Any_,
    Arithmetic,
    Attribute,
    Case,
    Constant,
    Every,
    Field,
    IsNull,
    Less,
    Member,
    Not,
    Operator,
    Range,
    Within,
)
from hub.query.model import Derive, Join, JoinKind, PersonAggregateKind, Where
from tests.hub.privacy.builders import (
    BY_KIND,
    BY_SITE,
    COST,
    DAYS,
    count,
    key,
    mean,
    offered,
    per_person,
    persons,
    question,
    scan,
    total,
)

COSTS = Field("t0.cost")
ASKED = question(
    scan("visit"),
    count("visits"),
    persons("children"),
    total(COSTS, COST, name="spent"),
    mean(COSTS, COST, name="average"),
    keys=(BY_SITE, BY_KIND),
)
CIRCUMSTANCES = Circumstances(
    question_sha256="ab" * 32,
    snapshot="2026-11",
    purpose="attendance",
    org="university",
    person="researcher-1",
    agreements=(AgreementNamed("dul-1", 1, "cd" * 32), AgreementNamed("dsa-lake", 2, "ef" * 32)),
    contributors=("lake", "north", "prairie"),
    code_version="0.1.0",
    at=datetime(2026, 11, 21, 20, 0, 5, tzinfo=UTC),
)


def drawn(calibrated: Calibrated, *, people: int = 500) -> NoisyVectors:
    exact = {vector.name: [people] * len(calibrated.bounds.cells) for vector in calibrated.bounds.vectors}
    return release(calibrated, Exact(exact))


def fixed(calibrated: Calibrated, **values: int) -> NoisyVectors:
    """Vectors without chance: the same number in every cell, by kind."""
    cells = len(calibrated.bounds.cells)
    numbers = tuple((values.get(vector.kind.value, 100),) * cells for vector in calibrated.bounds.vectors)
    return NoisyVectors(tuple(vector.name for vector in calibrated.bounds.vectors), calibrated.scales, numbers)


def made(*, min_cell: int = 11, epsilon: str = "2") -> Release:
    calibrated = offered(ASKED, min_cell=min_cell, epsilon=epsilon)
    return make(calibrated, drawn(calibrated), CIRCUMSTANCES)


# --- the document ------------------------------------------------------------------------------------------------


def test_a_release_is_read_back_exactly() -> None:
    before = made()
    assert Release.from_bytes(before.to_bytes()) == before
    assert Release.from_json(json.loads(before.to_bytes())) == before


def test_a_release_states_what_it_is() -> None:
    document = made().to_json()
    assert document["schema"] == "hub.release/1"
    assert document["question_sha256"] == "ab" * 32
    assert document["snapshot"] == "2026-11"
    assert document["agreements"][0] == {"id": "dul-1", "version": 1, "sha256": "cd" * 32}
    assert document["contributors"] == ["lake", "north", "prairie"]
    assert (document["org"], document["person"], document["purpose"]) == ("university", "researcher-1", "attendance")
    assert document["at"] == "2026-11-21T20:00:05Z"
    assert document["confidence"] == "0.95"
    assert document["min_cell"] == 11
    assert document["code_version"] == "0.1.0"
    assert document["loss"]["epsilon_micro"] <= 2_000_000
    assert document["loss"]["rho"] > 0
    assert [entry["vector"] for entry in document["mechanism"]] == [
        "persons_1",
        "rows_2",
        "sum_3",
        "rows_4",
        "centred_sum_5",
    ]
    assert document["mechanism"][0]["sensitivity_squared"] == "3"
    assert float(document["mechanism"][0]["scale"]) > 0
    assert any("at most 3 rows a person" in line for line in document["plan"])
    assert any("McSherry" in line for line in document["proof"])
    assert len(document["rows"]) == 12


def test_the_document_holds_no_float_and_no_vector() -> None:
    before = made()
    assert b"hub.noisy" not in before.to_bytes()
    pending: list[Any] = [before.to_json()]
    while pending:
        found = pending.pop()
        assert not isinstance(found, float)
        pending += list(found.values()) if isinstance(found, dict) else found if isinstance(found, list) else []


CHANGES: dict[str, Any] = {
    "an unknown field": lambda d: d.update(extra=1),
    "a missing field": lambda d: d.pop("snapshot"),
    "another schema": lambda d: d.update(schema="hub.release/2"),
    "a number": lambda d: d["rows"][0]["entries"].__setitem__(2, {"value": 5, "low": "1", "high": "9"}),
    "a float": lambda d: d["rows"][0]["entries"].__setitem__(2, {"value": 5.5, "low": "1", "high": "9"}),
    "no decimal": lambda d: d["rows"][0]["entries"].__setitem__(2, {"value": "1e5", "low": "1", "high": "9"}),
    "more of a number": lambda d: d["rows"][0]["entries"][2].update(noise="3"),
    "a row too short": lambda d: d["rows"][0]["entries"].pop(),
    "another rule": lambda d: d["processing"].pop(),
    "a time without zone": lambda d: d.update(at="2026-11-21 20:00:05"),
    "a key that is a list": lambda d: d["rows"][0]["entries"].__setitem__(0, ["lake"]),
    "text for a list": lambda d: d.update(plan="plan"),
    "text for a loss": lambda d: d["loss"].update(rho="many"),
    "no snapshot": lambda d: d.update(snapshot=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_document_of_another_form_is_refused(change: Any) -> None:
    document = made().to_json()
    change(document)
    with pytest.raises(DocumentError):
        Release.from_json(document)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b'{"schema": "hub.release/1"}', b"\xff"])
def test_bytes_that_are_no_release_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        Release.from_bytes(data)


def test_the_time_of_a_release_is_an_instant() -> None:
    with pytest.raises(DocumentError, match="instant"):
        replace(CIRCUMSTANCES, at=CIRCUMSTANCES.at.replace(tzinfo=None))


# --- suppression -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("noisy", "hidden"), [(-3, True), (0, True), (10, True), (11, False), (12, False)])
def test_the_noisy_count_of_persons_alone_decides_suppression(noisy: int, *, hidden: bool) -> None:
    calibrated = offered(ASKED, min_cell=11)
    shown = make(calibrated, fixed(calibrated, persons=noisy, rows=500), CIRCUMSTANCES)
    for row in shown.table.rows:
        numbers = [entry for entry in row.entries if isinstance(entry, Number)]
        assert bool(row.suppressed) is hidden
        assert all((number == Number(None, None, None)) is hidden for number in numbers)
    if hidden:
        assert "500" not in shown.to_csv()
        assert "fewer than 11 persons by the noisy count" in shown.to_csv()
        assert shown.table.rows[0].entries[:2] == ("lake", "AMB")


def test_other_counts_do_not_suppress() -> None:
    calibrated = offered(ASKED, min_cell=11)
    shown = make(calibrated, fixed(calibrated, persons=50, rows=-4, sum=-9, centred_sum=3), CIRCUMSTANCES)
    row = shown.table.rows[0]
    assert not row.suppressed
    assert row.entries[2] == Number("0", "0", str(max(0, calibrated.half_width("rows_2") - 4)))
    average = row.entries[5]
    assert isinstance(average, Number)
    assert (average.value, average.low, average.high) == (None, "-0.3000", "0.5000")


def test_a_single_number_is_suppressed_where_it_counts_too_few_persons() -> None:
    once = per_person(scan("visit"), PersonAggregateKind.COUNT)
    calibrated = offered(question(once, count()), min_cell=11)
    assert make(calibrated, fixed(calibrated, rows=10), CIRCUMSTANCES).table.rows[0].suppressed
    assert not make(calibrated, fixed(calibrated, rows=11), CIRCUMSTANCES).table.rows[0].suppressed


# --- renderings --------------------------------------------------------------------------------------------------


def test_json_and_csv_show_identical_numbers() -> None:
    shown = made(min_cell=480, epsilon="0.4")
    lines = list(csv.DictReader(io.StringIO(shown.to_csv(), newline="")))
    document = json.loads(shown.to_bytes())
    assert len(lines) == len(document["rows"]) == 12
    for line, row in zip(lines, document["rows"], strict=True):
        assert line["suppressed"] == row["suppressed"]
        for column, entry in zip(document["columns"], row["entries"], strict=True):
            name = column["name"]
            if column["role"] == "key":
                assert line[name] == ("(missing)" if entry is None else str(entry))
            else:
                found = {part: line[name + end] for part, end in (("value", ""), ("low", "_low"), ("high", "_high"))}
                assert found == {part: entry[part] or "" for part in found}


def test_columns_stand_in_the_order_that_was_asked_for() -> None:
    turned = replace(ASKED, columns=("average", "site", "visits", "kind", "children", "spent"))
    calibrated = offered(turned, min_cell=11)
    shown = make(calibrated, fixed(calibrated), CIRCUMSTANCES)
    assert shown.to_csv().splitlines()[0] == (
        "average,average_low,average_high,site,visits,visits_low,visits_high,kind,children,children_low,"
        "children_high,spent,spent_low,spent_high,suppressed"
    )
    assert [column.role for column in shown.table.columns] == ["mean", "key", "count", "key", "count_persons", "sum"]
    assert shown.table.rows[3].entries[1] == "lake"
    assert shown.table.rows[3].entries[3] is None


def test_fine_keys_are_shown_in_units() -> None:
    share = key("share", "t0.cost", Range(-3, 5, 10))
    calibrated = offered(question(scan("visit"), count(), keys=(share,)))
    shown = make(calibrated, fixed(calibrated), CIRCUMSTANCES)
    assert [row.entries[0] for row in shown.table.rows][:4] == ["-0.3", "-0.2", "-0.1", "0.0"]
    assert shown.to_csv().splitlines()[1].startswith("-0.3,")
    assert Release.from_bytes(shown.to_bytes()) == shown


@pytest.mark.parametrize(
    "text",
    ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-", "--1", "-1e5", "=1"],  # noqa: RUF001
)
def test_a_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"
    table = Table((Column(text, "key"), Column("n", "count")), (Row((text, Number("1", "0", "2")), ""),))
    for line in csv.reader(io.StringIO(spreadsheet.to_csv(table), newline="")):
        assert line[0] == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "-0.25", "12", "K-2", "", "(missing)", "a=b"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_csv_is_that_of_rfc_4180() -> None:
    table = Table((Column('a,"b', "key"),), (Row(("x\ny",), ""), Row((None,), "why, then")))
    assert spreadsheet.to_csv(table) == '"a,""b",suppressed\r\n"x\ny",\r\n(missing),"why, then"\r\n'


# --- the plan in words -------------------------------------------------------------------------------------------


def test_the_plan_is_told_without_sql() -> None:
    ever = per_person(
        scan("pupil", binding="t1"), PersonAggregateKind.ANY, where=Within(Field("t1.days"), 90, None), name="t1.ever"
    )
    joined = Join(left=scan("visit", "lake"), right=ever, kind=JoinKind.LEFT, by_year=None)
    predicate = Every(
        (
            Any_((Member(Field("t0.kind"), ("AMB", "EMER")), IsNull(Field("t0.kind")))),
            Not(Less(COSTS, Field("t0.minutes"), or_equal=True)),
            Within(COSTS, None, 3),
        )
    )
    flag = Attribute(name="d.flag", domain=DAYS, nullable=True, sources=frozenset())
    band = Case(((IsNull(COSTS), Constant(None)),), Arithmetic(Operator.ADD, COSTS, Constant(2)))
    source = Derive(Where(joined, predicate), ((flag, band),))
    asked = question(source, count(where=Within(Field("d.flag"), 0, None)), mean(Field("d.flag"), DAYS))
    calibrated = offered(asked)
    lines = make(calibrated, fixed(calibrated), CIRCUMSTANCES).plan
    known = "(t0.kind in [AMB, EMER] or t0.kind is missing)"
    assert lines == (
        "rows: count of rows where d.flag from 0 to most",
        "mean: mean of d.flag",
        "columns d.flag = (missing if t0.cost is missing, else (t0.cost + 2))",
        f"  rows where ({known} and not t0.cost <= t0.minutes and t0.cost from least to 3)",
        "    left join on person",
        "      at most 3 rows a person, by the rank within the custodian",
        "        table visit as t0 at lake",
        "      one row a person: t1.ever = any of rows where t1.days from 90 to most",
        "        table pupil as t1 at alder, birch",
    )


def test_a_large_release_is_read_back_with_the_same_digest() -> None:
    numbers = key("n", "t0.minutes", Range(1, 2_000), nullable=False)
    calibrated = offered(question(scan("visit"), mean(COSTS, COST), keys=(numbers,)))
    shown = make(calibrated, fixed(calibrated), CIRCUMSTANCES)
    assert len(shown.table.rows) == 2_000
    assert canonical.digest(shown.to_bytes()) == canonical.digest(Release.from_bytes(shown.to_bytes()).to_bytes())
    assert Decimal(shown.to_json()["confidence"]) == Decimal("0.95")
