"""The three templates give the agreements of the whole community, and refuse what does not fit."""

from typing import Any

import pytest

from agreements.catalogue import Catalogue
from agreements.containment import breaches
from agreements.errors import AgreementError
from agreements.exhibit import ExhibitError, fill
from agreements.privacy_terms import PrivacyTerms
from agreements.schedule import ScheduleError
from agreements.terms import Terms, Tier
from tests.agreements.community import (
    CONTRIBUTORS,
    DISTRICTS,
    HEALTH_SYSTEMS,
    OTHERS,
    catalogue,
    licence,
    memorandum,
    party,
    sharing,
    template,
    values,
)
from tests.agreements.test_containment import rho_of

EVERYBODY = (*DISTRICTS, *HEALTH_SYSTEMS)


def test_the_whole_community_fits_under_one_memorandum() -> None:
    mou, dul = memorandum(*EVERYBODY), licence(*EVERYBODY)
    shared = [sharing(org) for org in EVERYBODY]
    assert (mou.tier, dul.tier, {one.tier for one in shared}) == (Tier.MOU, Tier.DUL, {Tier.DSA})
    assert len(mou.parties) == len(dul.parties) == 13
    assert all(not breaches(one, (mou,), rho_of=rho_of) for one in shared)
    assert not breaches(dul, (mou, *shared), rho_of=rho_of)


@pytest.mark.parametrize("org", EVERYBODY)
def test_an_exhibit_lists_every_column_that_the_contributor_keeps_and_no_other(org: str) -> None:
    held = {
        (table.name, column.name)
        for table in catalogue().tables
        if org in table.custodian.keys
        for column in table.columns
    }
    tables = {table for table, _ in held}
    listed = {tuple(element.split(":")[0].split("/")) for element in sharing(org).elements}
    assert listed == {(org, *column) for column in held} | {(org, table, "person") for table in tables}
    assert tables == (
        {"school_year"} if org in DISTRICTS else {"encounter", "condition", "immunization", "observation"}
    )


def test_a_licence_leaves_out_what_the_project_does_not_need() -> None:
    listed, shared = licence().elements, sharing("prairie").elements
    left_out = {element for element in shared if element not in listed}
    assert {element.split(":")[0].split("/", 1)[1] for element in left_out} == {
        "immunization/health_system",
        "immunization/person",
        "immunization/school_year",
        "immunization/vaccine",
        "observation/measure",
        "observation/value",
    }
    assert "alder/school_year/person:join" in listed
    assert "prairie/condition/person:join" in listed


def test_the_licence_allows_the_questions_that_are_asked_first() -> None:
    needed = {
        "alder/school_year/chronic_absence:measure",
        "alder/school_year/grade_band:group_by",
        "prairie/condition/condition:filter",
        "prairie/condition/condition:group_by",
        "alder/school_year/attendance_rate:measure",
        "alder/school_year/school_moves:group_by",
        "prairie/encounter/class:filter",
        "alder/school_year/district:group_by",
    }
    assert needed <= licence().elements
    assert {"count", "count_persons", "sum", "mean"} == licence().outputs
    assert (licence().privacy.epsilon_total_micro, licence().privacy.epsilon_query_max_micro) == (3_000_000, 500_000)


def test_the_schedule_names_the_catalogue_by_its_digest() -> None:
    assert sharing("alder").catalogue_digest == licence().catalogue_digest == catalogue().digest


def test_the_basis_follows_from_what_the_contributor_is() -> None:
    assert [basis.basis.value for basis in sharing("alder").basis] == ["ferpa_studies"]
    assert [basis.basis.value for basis in sharing("prairie").basis] == ["hipaa_lds"]


def test_rows_are_bounded_for_the_tables_that_are_listed() -> None:
    assert [table for table, _ in sharing("alder").privacy.rows_per_person] == ["school_year"]
    assert "immunization" not in dict(licence().privacy.rows_per_person)


def test_every_placeholder_is_filled() -> None:
    for terms in (memorandum(), sharing("alder"), sharing("prairie"), licence()):
        assert b"{custodian}" not in terms.to_bytes()
        assert not any("{" in article.text for article in terms.articles)
    assert sharing("alder").title == "Data-sharing agreement of Alder Organisation"


def test_text_that_a_party_gives_is_not_a_template() -> None:
    assert memorandum(title="The {custodian} memorandum").title == "The {custodian} memorandum"


def test_values_replace_what_the_template_says_and_limits_one_by_one() -> None:
    terms = licence(purposes=("attendance",), privacy={"epsilon_total_micro": 9_000_000})
    assert terms.purposes == {"attendance"}
    assert terms.privacy.epsilon_total_micro == 9_000_000
    assert terms.privacy.epsilon_query_max_micro == licence().privacy.epsilon_query_max_micro
    rows = licence(
        privacy={"rows_per_person": dict.fromkeys(("condition", "encounter", "observation", "school_year"), 4)}
    )
    assert dict(rows.privacy.rows_per_person)["encounter"] == 4
    whole = PrivacyTerms(
        min_cell=20,
        epsilon_total_micro=2,
        epsilon_query_max_micro=1,
        delta_e12=1,
        rows_per_person=licence().privacy.rows_per_person,
    )
    assert licence(privacy=whole).privacy == whole


def filled(name: str, change: dict[str, Any], **more: Any) -> Terms:
    given = {"catalogue": catalogue(), "parent_ids": ("agr-mou",), **more}
    return fill({**template(name), **change}, values("agr-dsa-alder", ("alder", "commons"), **given))


@pytest.mark.parametrize(
    "change",
    [
        {"unforeseen": 1},
        {"title": "Agreement of {stranger}"},
        {"title": "Agreement with {recipients}"},
        {"classes": {"lea": ["ferpa_directory"]}},
        {"classes": {"lea": ["hipaa_lds_ok"]}},
        {"basis": {}},
        {"purposes": ["curiosity"]},
        {"elements": {**template("data_sharing_exhibit")["elements"], "leave_out": ["attendance"]}},
        {"elements": {**template("data_sharing_exhibit")["elements"], "leave_out": ["school_year"]}},
        {"elements": {**template("data_sharing_exhibit")["elements"], "key": ["see"]}},
    ],
)
def test_a_template_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    assert filled("data_sharing_exhibit", {}).contributors == {"alder"}
    with pytest.raises((AgreementError, ValueError)):
        filled("data_sharing_exhibit", change)


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(ExhibitError, match="signed_by"):
        memorandum(signed_by="alder")


@pytest.mark.parametrize("name", ["id", "parties", "signatories", "effective_from", "effective_until"])
def test_a_value_that_is_missing_is_refused(name: str) -> None:
    given = values("agr-mou", (*CONTRIBUTORS, *OTHERS))
    del given[name]
    with pytest.raises(AgreementError):
        fill(template("memorandum"), given)


def test_a_class_that_needs_terms_of_its_own_is_refused_and_not_left_out() -> None:
    document = template("catalogue")
    document["tables"][0]["columns"][2]["legal_class"] = "nslp_meal_status"
    with pytest.raises(ScheduleError, match="nslp_meal_status"):
        sharing("alder", catalogue=Catalogue.from_json(document))


def test_a_contributor_without_any_table_is_refused() -> None:
    document = template("catalogue")
    document["tables"] = document["tables"][1:]
    with pytest.raises(ScheduleError, match="alder"):
        sharing("alder", catalogue=Catalogue.from_json(document))


def test_the_same_values_give_the_same_bytes() -> None:
    assert memorandum().to_bytes() == memorandum().to_bytes()
    assert party("alder") == memorandum().parties[0]
