"""Who is bound by an agreement, in which role, and who may sign for them.

It holds no keys, only their ids: they stand inside the signed terms, so a key that somebody adds to a keyring alone
cannot sign.
"""

from dataclasses import dataclass
from enum import StrEnum

from agreements import wording
from agreements.errors import AgreementError


class PartyError(AgreementError):
    """A party or a signatory cannot stand in an agreement."""


class PartyKind(StrEnum):
    """What an organisation is in law."""

    LEA = "lea"  # a school district
    SEA = "sea"  # a state education agency
    PROVIDER = "provider"
    HEALTH_PLAN = "health_plan"
    PUBLIC_HEALTH = "public_health"
    PART2_PROGRAM = "part2_program"
    PART_C_AGENCY = "part_c_agency"
    UNIVERSITY = "university"
    NONPROFIT = "nonprofit"
    COMMUNITY_BODY = "community_body"
    HUB_OPERATOR = "hub_operator"


class Role(StrEnum):
    """What an organisation does under an agreement."""

    CONTRIBUTOR = "contributor"
    RECIPIENT = "recipient"
    CUSTODIAN = "custodian"
    LINKAGE_AGENT = "linkage_agent"
    PRIVACY_STEWARD = "privacy_steward"
    OUTPUT_CHECKER = "output_checker"
    WITNESS = "witness"
    FISCAL_AGENT = "fiscal_agent"
    FAMILY_VOICE = "family_voice"


_NEVER_TOGETHER = frozenset({Role.WITNESS, Role.OUTPUT_CHECKER, Role.PRIVACY_STEWARD})


@dataclass(frozen=True, slots=True)
class Party:
    """One organisation that is bound."""

    org_id: str
    legal_name: str
    kind: PartyKind
    roles: frozenset[Role]

    def __post_init__(self) -> None:
        """Refuse a party without a role, and a hub operator that would check itself."""
        wording.check_id(self.org_id, "org_id")
        wording.check_text(self.legal_name, "legal_name")
        if not self.roles:
            raise PartyError(f"{self.org_id}: give the party a role")
        if self.kind is PartyKind.HUB_OPERATOR and self.roles >= _NEVER_TOGETHER:
            raise PartyError(
                f"{self.org_id}: the hub operator is not witness, output checker and privacy steward at once"
            )


@dataclass(frozen=True, slots=True)
class Signatory:
    """One person who may bind a party, with the keys that this person signs with."""

    person_id: str
    org_id: str
    name: str
    title: str
    key_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a signatory without a key."""
        wording.check_id(self.person_id, "person_id")
        wording.check_id(self.org_id, "org_id")
        wording.check_text(self.name, "name")
        wording.check_text(self.title, "title")
        if not self.key_ids or list(self.key_ids) != sorted(set(self.key_ids)):
            raise PartyError(f"{self.person_id}: list the signatory's key ids, sorted, each once")
        for key_id in self.key_ids:
            wording.check_hex(key_id, "key_ids", length=32)


def check_together(parties: tuple[Party, ...], signatories: tuple[Signatory, ...]) -> None:
    """Refuse parties and signatories that do not fit each other."""
    orgs = [party.org_id for party in parties]
    if len(set(orgs)) != len(orgs):
        raise PartyError("a party is listed once, with all its roles")
    if unsigned := sorted(set(orgs) - {signatory.org_id for signatory in signatories}):
        raise PartyError(f"{unsigned[0]}: name a person who may sign for this party")
    if strangers := sorted({signatory.org_id for signatory in signatories} - set(orgs)):
        raise PartyError(f"{strangers[0]}: signatories belong to parties of the agreement")
    persons = [signatory.person_id for signatory in signatories]
    keys = [key_id for signatory in signatories for key_id in signatory.key_ids]
    if len(set(persons)) != len(persons) or len(set(keys)) != len(keys):
        raise PartyError("a person signs for one party, and a key belongs to one person")
    if not any(Role.CUSTODIAN in party.roles for party in parties):
        raise PartyError("an agreement needs a party in the role of custodian")
    if all(party.roles == {Role.CUSTODIAN} for party in parties):
        raise PartyError("the custodian cannot be the only party that signs")
    witnesses = {party.kind for party in parties if Role.WITNESS in party.roles}
    if len(witnesses) == 1:
        raise PartyError("witnesses are at least two organisations of different kinds")
