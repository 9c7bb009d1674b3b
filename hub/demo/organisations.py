"""Who takes part in the synthetic community: eight districts, three health systems, the operator and a university.

Nobody here exists.  Rule: an organisation's id is the key by which the catalogue names its records.
"""

from dataclasses import dataclass

from agreements.parties import Party, PartyKind, Role


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation and the head who signs for it."""

    id: str
    name: str
    kind: PartyKind
    head: str
    title: str

    @property
    def head_id(self) -> str:
        """The person id of the head."""
        return f"{self.id}-head"

    def party(self, *roles: Role) -> Party:
        """The organisation as a party in those roles."""
        return Party(self.id, self.name, self.kind, frozenset(roles))


def _district(name: str, head: str) -> Organisation:
    return Organisation(name.lower(), f"{name} School District", PartyKind.LEA, head, "Superintendent")


def _health(id_: str, name: str, head: str) -> Organisation:
    return Organisation(id_, name, PartyKind.PROVIDER, head, "Chief health officer")


DISTRICTS = (
    _district("Alder", "Dana Ortiz"),
    _district("Birch", "Samuel Greene"),
    _district("Cedar", "Ruth Lindqvist"),
    _district("Dogwood", "Marcus Bell"),
    _district("Elm", "Thuy Nguyen"),
    _district("Fir", "Elena Petrova"),
    _district("Hazel", "James Whitehorse"),
    _district("Juniper", "Amara Okafor"),
)
HEALTH_SYSTEMS = (
    _health("lakeside", "Lakeside Children's Health", "Miriam Katz"),
    _health("northgate", "Northgate Community Clinics", "Paul Serrano"),
    _health("prairie", "Prairie Health Partners", "Grace Kim"),
)
CONTRIBUTORS = (*DISTRICTS, *HEALTH_SYSTEMS)
OPERATOR = Organisation("commons", "Learning Commons", PartyKind.HUB_OPERATOR, "Ines Moreau", "Convener")
RECIPIENT = Organisation("university", "Riverbend University", PartyKind.UNIVERSITY, "Walter Adeyemi", "Vice-provost")

RESEARCHER = "ana"
"""The person who asks, and whom the licence permits."""

MEMORANDUM = "memorandum"
LICENCE = "attendance-and-asthma"


def sharing_of(contributor: str) -> str:
    """The id of a contributor's data-sharing agreement."""
    return f"sharing-{contributor}"
