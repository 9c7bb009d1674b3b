"""The decision: whether a question or a delivery is permitted, and every reason why not.  Door to cedarpy.

It does not charge, count or know the clock.  Rules:

* every agreement that a question touches is judged, and each must permit;
* anything but a clean permit refuses: an error in evaluation, a request that does not fit the schema, no verdict;
* the policy text is validated against its schema when it is read, and read once;
* only the agreements that are touched are built for a request; their schedules are kept by content.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import cedarpy

from agreements import purposes
from policies import delivery_remedies, remedies
from policies.cases import cases, delivery_json
from policies.entities import AgreementFacts, Json, agreement_entity, purpose_entities, schedule_entity
from policies.errors import PolicyTextError
from policies.reasons import Reason, Rule, evaluation_error, no_licence, reason
from policies.request import AskRequest, DeliverRequest


@dataclass(frozen=True, slots=True)
class Decision:
    """Permitted, or refused with every reason in a stable order."""

    permitted: bool
    reasons: tuple[Reason, ...]

    @property
    def accepted_rho(self) -> int | None:
        """The most privacy loss that every refusing budget would accept, in billionths; None if no budget refused."""
        return min((each.accepted_rho for each in self.reasons if each.accepted_rho is not None), default=None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the law says of one case: the rules that refused, and whether all could be evaluated."""

    permitted: bool
    rules: tuple[Rule, ...]
    sound: bool


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """One policy file, validated and ready: its rules in order, by the @id of each."""

    policies: cedarpy.PolicySet
    schema: cedarpy.Schema
    purposes: cedarpy.Entities
    permit: str
    rules: Mapping[str, Rule]

    def judge(
        self, requests: Sequence[Json], agreements: Sequence[Json], schedules: Sequence[Json]
    ) -> tuple[Verdict, ...]:
        """The verdict on each Cedar request, given these entities beside the purposes; errors refuse."""
        try:
            world = _scheduled(self, json.dumps(schedules)).with_added_json_str(json.dumps(agreements), self.schema)
            results = cedarpy.is_authorized_batch(list(requests), self.policies, world, self.schema)
        except (ValueError, TypeError, KeyError):
            return tuple(Verdict(permitted=False, rules=(), sound=False) for _ in requests)
        return tuple(self._verdict(result) for result in results)

    def _verdict(self, result: cedarpy.AuthzResult) -> Verdict:
        fired = set(result.diagnostics.reasons)
        clean = not result.diagnostics.errors
        permitted = clean and result.decision is cedarpy.Decision.Allow and fired == {self.permit}
        rules = () if permitted else tuple(rule for name, rule in self.rules.items() if name in fired)
        return Verdict(permitted=permitted, rules=rules, sound=clean and (permitted or bool(rules)))


def read_law(text: str, schema_text: str, purpose_tree: Mapping[str, str | None]) -> Law:
    """The law of a policy text: one permit, and forbids with their annotations; validated against the schema."""
    try:
        schema = cedarpy.Schema.from_str(schema_text)
        document = json.loads(cedarpy.policies_to_json_str(text))
        named = _by_id(document["staticPolicies"])
        policies = cedarpy.PolicySet.from_json_str(json.dumps({**document, "staticPolicies": named}))
        world = cedarpy.Entities.from_json_str(json.dumps(purpose_entities(purpose_tree)), schema)
    except ValueError as error:
        if isinstance(error, PolicyTextError):
            raise
        raise PolicyTextError(f"the policy text or its schema cannot be read: {error}") from error
    if not (validation := cedarpy.validate_policies(text, schema)):
        raise PolicyTextError(f"the policy text does not fit its schema: {validation.errors[0].error}")
    permits = [name for name, policy in named.items() if policy["effect"] == "permit"]
    if len(permits) != 1:
        raise PolicyTextError("a policy file holds exactly one permit, complete by itself")
    rules = {name: _rule(name, policy["annotations"]) for name, policy in named.items() if name != permits[0]}
    return Law(policies, schema, world, permits[0], rules)


def decide(request: AskRequest, agreements: Sequence[AgreementFacts], *, law: Law | None = None) -> Decision:
    """Whether every agreement that the question touches permits it; all reasons at once when one does not."""
    touched = cases(request, agreements)
    if not touched:
        return Decision(permitted=False, reasons=(no_licence(request.project),))
    facts = [case.agreement for case in touched]
    verdicts = _judge(law or _law("ask.cedar"), [case.to_json() for case in touched], facts)
    reasons: list[Reason] = []
    for case, verdict in zip(touched, verdicts, strict=True):
        reasons += [reason(rule, case.agreement, remedies.ASK[rule.id](case)) for rule in verdict.rules]
        if not verdict.sound:
            reasons.append(evaluation_error(case.agreement))
    return Decision(all(verdict.permitted for verdict in verdicts), tuple(reasons))


def decide_delivery(request: DeliverRequest, *, law: Law | None = None) -> Decision:
    """Whether the custodian's agreement permits the delivery; all reasons at once when it does not."""
    case, listed = delivery_json(request)
    verdict = _judge(law or _law("deliver.cedar"), [case], [listed])[0]
    reasons = [reason(rule, request.agreement, delivery_remedies.DELIVER[rule.id](request)) for rule in verdict.rules]
    if not verdict.sound:
        reasons.append(evaluation_error(request.agreement))
    return Decision(verdict.permitted, tuple(reasons))


def law_text(name: str) -> str:
    """The text of one of this package's policy files, as people review it."""
    return resources.files("policies").joinpath(name).read_text("utf-8")


def _judge(law: Law, requests: Sequence[Json], facts: Sequence[AgreementFacts]) -> tuple[Verdict, ...]:
    return law.judge(requests, [agreement_entity(each) for each in facts], [schedule_entity(each) for each in facts])


@lru_cache(maxsize=64)
def _scheduled(law: Law, schedules: str) -> cedarpy.Entities:
    """The purposes with these schedules; kept, because the same ones come back at every question."""
    return law.purposes.with_added_json_str(schedules, law.schema)


@cache
def _law(name: str) -> Law:
    return read_law(law_text(name), law_text("schema.cedarschema"), purposes.PARENT)


def _by_id(found: Mapping[str, Any]) -> dict[str, Any]:
    """Policies under the @id of each, in the order of the text; Cedar's own ids are positions, which move."""
    policies = [found[position] for position in sorted(found, key=lambda name: int(name.removeprefix("policy")))]
    named = {policy.get("annotations", {}).get("id"): policy for policy in policies}
    if None in named or len(named) != len(policies):
        raise PolicyTextError("every rule has an @id of its own")
    return named


def _rule(name: str, annotations: Mapping[str, str]) -> Rule:
    try:
        return Rule(id=name, **{key: annotations[key] for key in ("explain", "cite", "term", "change")})
    except KeyError as error:
        raise PolicyTextError(f"the rule {name} lacks the annotation @{error.args[0]}") from error
