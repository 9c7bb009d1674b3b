"""Instants, names, texts, data elements and purposes have one spelling each."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import elements, instants, purposes, wording
from agreements.elements import Element, ElementError, ElementUse
from agreements.instants import InstantError
from agreements.wording import WordingError

INSTANTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))


@given(INSTANTS)
def test_an_instant_reads_back(at: datetime) -> None:
    assert instants.read(instants.write(at)) == at


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01",
        "2026-07-01T00:00:00",
        "2026-07-01T00:00:00z",
        "2026-07-01 00:00:00Z",
        "2026-07-01T00:00:00.000Z",
        "2026-07-01T00:00:00+00:00",
        "2026-07-01T24:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-07-01T00:00:60Z",
        "２０２６-07-01T00:00:00Z",  # noqa: RUF001 - full-width digits are the point
        " 2026-07-01T00:00:00Z",
        "2026-07-01T00:00:00Z\n",
        "",
    ],
)
def test_an_instant_that_is_spelt_otherwise_is_refused(text: str) -> None:
    with pytest.raises(InstantError):
        instants.read(text)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 7, 1),  # noqa: DTZ001 - the missing zone is the point
        datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=-6))),
        datetime(2026, 7, 1, 0, 0, 0, 1, tzinfo=UTC),
    ],
)
def test_an_instant_without_utc_or_with_a_fraction_is_refused(at: datetime) -> None:
    with pytest.raises(InstantError):
        instants.write(at)


def test_an_instant_is_told_in_words() -> None:
    assert instants.words(datetime(2026, 7, 1, 9, 5, tzinfo=UTC)) == "1 July 2026, 09:05 UTC"


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a-", "ä", "a/b", "a:b", "a" * 65, "a\n", "аlder"])  # noqa: RUF001 - a Cyrillic letter is the point
def test_a_name_that_could_be_mistaken_is_refused(name: str) -> None:
    with pytest.raises(WordingError):
        wording.check_id(name, "id")


@pytest.mark.parametrize("name", ["a", "agr-7f3c", "p.17", "a_b", "0", "a" * 64])
def test_a_plain_name_is_accepted(name: str) -> None:
    wording.check_id(name, "id")


@pytest.mark.parametrize(
    "text", ["", " ", " a", "a\n", "a\tb", "a\u202eb", "a\u200bb", "a\x00b", "a\u2028b", "\ud800", "a" * 20_001]
)
def test_a_text_that_hides_something_is_refused(text: str) -> None:
    with pytest.raises(WordingError):
        wording.check_text(text, "text")


def test_plain_text_is_accepted_in_any_language() -> None:
    wording.check_text("Dos líneas,\nclaras.", "text")
    wording.check_optional_text("", "text")


ELEMENTS = st.builds(
    Element,
    st.from_regex(r"[a-z0-9-]+", fullmatch=True),
    st.from_regex(r"[a-z0-9_]+", fullmatch=True),
    st.from_regex(r"[a-z0-9_]+", fullmatch=True),
    st.sampled_from(ElementUse),
)


@given(ELEMENTS)
def test_a_data_element_reads_back(element: Element) -> None:
    assert elements.parse(str(element)) == element


@pytest.mark.parametrize("text", ["", "a/b/c", "a/b/c:see", "a/b:join", "a/b/c/d:join", "A/b/c:join", "a/b/c:join "])
def test_what_is_no_data_element_is_refused(text: str) -> None:
    with pytest.raises(ElementError):
        elements.parse(text)


def test_the_purposes_are_a_forest_without_circles() -> None:
    for purpose in purposes.PARENT:
        line = purposes.ancestors(purpose)
        assert line[0] == purpose
        assert len(set(line)) == len(line)
        assert purposes.PARENT[line[-1]] is None


@pytest.mark.parametrize(
    ("permitted", "purpose", "covered"),
    [
        ({"improve_instruction"}, "attendance", True),
        ({"attendance"}, "attendance", True),
        ({"attendance"}, "improve_instruction", False),
        ({"public_health"}, "attendance", False),
        (set(), "attendance", False),
        ({"curiosity"}, "curiosity", False),
    ],
)
def test_a_purpose_permits_what_is_below_it(permitted: set[str], purpose: str, *, covered: bool) -> None:
    assert purposes.covers(permitted, purpose) is covered


def test_an_unknown_purpose_has_no_place() -> None:
    assert purposes.ancestors("curiosity") == ()
    assert not purposes.is_known("curiosity")
    assert purposes.words("re_identification") == "re-identification"
