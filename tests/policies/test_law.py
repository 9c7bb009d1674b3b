"""The policy text: complete annotations, checked against its schema, and refused when it is wrong."""

import pytest

from agreements import prose, purposes
from policies import delivery_remedies, remedies
from policies.decision import Law, law_text, read_law
from policies.errors import PolicyTextError

ASK_RULES = [
    "not-in-force",
    "outside-dates",
    "unsigned-contributor",
    "suspended-by",
    "parent-not-in-force",
    "unknown-term",
    "purpose-not-permitted",
    "purpose-prohibited",
    "recipient-not-listed",
    "user-not-permitted",
    "element-not-listed",
    "use-of-element-not-listed",
    "direct-identifier",
    "output-kind",
    "linkage-not-permitted",
    "catalogue-changed",
    "query-budget",
    "agreement-budget",
    "contributor-budget",
    "community-budget",
    "output-check-missing",
]
DELIVER_RULES = [
    "not-in-force",
    "outside-dates",
    "unsigned-contributor",
    "element-not-listed",
    "catalogue-changed",
]

PERMIT = '@id("p") permit (principal, action == Hub::Action::"deliver", resource);'
FORBID = (
    '@id("f") @explain("e") @cite("c") @term("elements") @change("w") '
    'forbid (principal, action == Hub::Action::"deliver", resource) when { resource.state == "x" };'
)


def read(text: str, schema: str | None = None) -> Law:
    return read_law(text, schema or law_text("schema.cedarschema"), purposes.PARENT)


def test_the_rules_stand_in_the_order_of_the_text_and_each_has_its_remedy() -> None:
    assert list(read(law_text("ask.cedar")).rules) == ASK_RULES
    assert list(read(law_text("deliver.cedar")).rules) == DELIVER_RULES
    assert set(remedies.ASK) == set(ASK_RULES)
    assert set(delivery_remedies.DELIVER) == set(DELIVER_RULES)


@pytest.mark.parametrize("name", ["ask.cedar", "deliver.cedar"])
def test_every_rule_points_at_a_clause_that_people_sign(name: str) -> None:
    for rule in read(law_text(name)).rules.values():
        assert rule.term in prose.CLAUSE_OF, rule.id
        assert rule.clause


@pytest.mark.parametrize(
    "text",
    [
        PERMIT.replace("permit", "permitt"),
        PERMIT + FORBID.replace("resource.state", "resource.staet"),
        PERMIT + FORBID.replace('== "x"', "== 7"),
        PERMIT + FORBID.replace('Action::"deliver"', 'Action::"delivery"'),
        PERMIT + FORBID.replace('@id("f") ', ""),
        PERMIT + FORBID + FORBID,
        PERMIT + FORBID.replace('@cite("c") ', ""),
        PERMIT + FORBID.replace('@term("elements") ', ""),
        PERMIT + PERMIT.replace('"p"', '"q"'),
        FORBID,
        "",
    ],
)
def test_a_wrong_policy_text_is_refused_when_it_is_read(text: str) -> None:
    assert read(PERMIT + FORBID).rules
    with pytest.raises(PolicyTextError):
        read(text)


def test_a_wrong_schema_is_refused_when_it_is_read() -> None:
    with pytest.raises(PolicyTextError):
        read(PERMIT + FORBID, "namespace Hub { entity }")
