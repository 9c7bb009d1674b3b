"""Days, grades and codes: what the words of an export mean."""

from datetime import date

import pytest

from connectors import codes, dates
from connectors.dates import DateOrder
from connectors.errors import SiteError
from connectors.grades import band_of, grade_of
from connectors.oneroster_days import Presence, _presence

ICD10, SNOMED, CVX = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct", "http://hl7.org/fhir/sid/cvx"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2023-05-01", DateOrder.ISO, date(2023, 5, 1)),
        ("2023-05-01T23:59:59.000Z", DateOrder.ISO, date(2023, 5, 1)),
        ("5/01/2023", DateOrder.ISO, None),
        ("5/01/2023", DateOrder.MONTH_FIRST, date(2023, 5, 1)),
        ("5/01/2023", DateOrder.DAY_FIRST, date(2023, 1, 5)),
        ("2023-05-01", DateOrder.DAY_FIRST, date(2023, 5, 1)),
        ("31/12/2023", DateOrder.MONTH_FIRST, None),
        ("2023-02-30", DateOrder.ISO, None),
        ("20230501", DateOrder.ISO, None),
        ("2023-W01-1", DateOrder.ISO, None),
        ("45231", DateOrder.MONTH_FIRST, None),
        ("", DateOrder.ISO, None),
    ],
)
def test_a_day_is_read_as_declared_and_never_guessed(text: str, order: DateOrder, day: date | None) -> None:
    assert dates.day(text, order) == day


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024-06-30", 2024),
        ("2024-07-01", 2025),
        ("2024-07", 2025),
        ("2024-06-30T23:30:00-05:00", 2024),
        ("2024-12-31T23:30:00Z", 2025),
        ("2024", None),
        ("", None),
        ("soon", None),
        ("\u0662\u0660\u0662\u0664-\u0660\u0667", None),
    ],
)
def test_the_school_year_begins_in_july_at_the_place_of_the_record(text: str, year: int | None) -> None:
    assert dates.school_year_of(text) == year


def test_instants_in_any_zone_compare_as_text() -> None:
    earlier, later = dates.instant("2024-01-01T23:00:00-05:00"), dates.instant("2024-01-02T04:00:00.001Z")
    assert "" < earlier < later
    assert dates.instant("yesterday") == ""


@pytest.mark.parametrize(
    ("words", "grade", "band"),
    [
        ("First grade", "01", "K-2"),
        ("Twelfth grade", "12", "9-12"),
        ("9", "09", "9-12"),
        ("09", "09", "9-12"),
        ("KG", "KG", "K-2"),
        ("kindergarten", "KG", "K-2"),
        ("PK", "PK", "early"),
        ("Other", "Other", "other"),
        ("UG", "UG", "other"),
        ("05,05", "05", "3-5"),
        ("05,06", None, None),
        ("Room 12", None, None),
        ("", None, None),
    ],
)
def test_grades_are_ceds_codes_whatever_their_words(words: str, grade: str | None, band: str | None) -> None:
    assert grade_of(words) == grade
    assert band_of(grade) == band


@pytest.mark.parametrize(
    ("status", "presence"),
    [
        ("absent", Presence.ABSENT),
        ("Excused Absence", Presence.ABSENT),
        ("unexcused_absence", Presence.ABSENT),
        ("Absent - Excused", Presence.ABSENT),
        ("Tardy", Presence.ATTENDED),
        ("excused tardy", Presence.ATTENDED),
        ("present", Presence.ATTENDED),
        ("on the moon", None),
    ],
)
def test_tardy_is_not_absent_and_an_unknown_word_is_no_guess(status: str, presence: Presence | None) -> None:
    assert _presence(status) is presence


@pytest.mark.parametrize(
    ("codings", "groups"),
    [
        ([(ICD10, "J45.909")], ("asthma",)),
        ([(ICD10, "j4520")], ("asthma",)),
        ([("urn:oid:2.16.840.1.113883.6.90", "J45.3")], ("asthma",)),
        ([(SNOMED, "233678006")], ("asthma",)),
        ([(SNOMED, "J45.909")], ()),
        ([("", "233678006")], ()),
        ([(ICD10, "J44.9")], ()),
        ([(ICD10, "Z68.54"), (ICD10, "J45.20")], ("asthma", "obesity")),
        ([(ICD10, "T56.0X1A")], ("lead",)),
        ([], ()),
    ],
)
def test_diagnoses_fall_in_their_groups(codings: list[codes.Coding], groups: tuple[str, ...]) -> None:
    assert codes.load("condition").groups_of(codings) == groups


@pytest.mark.parametrize(
    ("code", "families"),
    [("3", ("mmr",)), ("03", ("mmr",)), ("94", ("mmr", "varicella")), ("110", ("dtap", "ipv", "hepb")), ("208", ())],
)
def test_a_combination_vaccine_stands_in_each_family(code: str, families: tuple[str, ...]) -> None:
    assert codes.load("vaccine").groups_of([(CVX, code)]) == families


def test_a_site_may_add_codes_and_name_no_new_group() -> None:
    extra = (("well_child", (SNOMED, "162673000")),)
    assert codes.load("reason").groups_of([(SNOMED, "162673000")]) == ()
    assert codes.load("reason", extra).groups_of([(SNOMED, "162673000")]) == ("well_child",)
    with pytest.raises(SiteError, match=r"codes\.reason may add to asthma, injury, infection, well_child"):
        codes.load("reason", (("holiday", (SNOMED, "1")),))


@pytest.mark.parametrize("name", ["condition", "reason", "encounter_class", "vaccine", "measure", "grades"])
def test_every_code_list_is_dated(name: str) -> None:
    assert date.fromisoformat(codes.document(name)["version"])
