"""Students of a OneRoster set and their identities: users, roles, demographics, contacts.

It reads no enrolment.  Rules:

* a student is a user with the role student: in roles.csv (1.2) or in users.csv itself (1.1);
* identities of other users are not kept; their records are accepted and not used;
* a record about a user who is not in the set is rejected.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from connectors import dates, oneroster_records
from connectors.dates import DateOrder
from connectors.oneroster_records import Record
from connectors.reasons import Reason
from connectors.records import Address, Identity
from connectors.tabular import Sheet
from connectors.tally import Tally

_STUDENT = "student"
_SEXES = {"male": "male", "m": "male", "female": "female", "f": "female"}


@dataclass(frozen=True, slots=True)
class Contact:
    """How a student's home is reached."""

    addresses: tuple[Address, ...] = field(default=(), repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)


@dataclass(slots=True)
class People:
    """Every user of the set, who of them is a student, and what is known of each student."""

    users: dict[str, Record] = field(default_factory=dict, repr=False)
    students: set[str] = field(default_factory=set, repr=False)
    births: dict[str, tuple[date | None, str]] = field(default_factory=dict, repr=False)
    contacts: dict[str, Contact] = field(default_factory=dict, repr=False)

    def read_users(self, sheet: Sheet, tally: Tally, *, with_role: bool) -> None:
        """Collect users; with their role where users.csv names it (1.1).  They are settled by `settle_users`."""
        present = ("givenName", "familyName", "middleName", "grades", "phone", "sms")
        optional = ("preferredGivenName", "preferredFamilyName")
        roles = ("role",) if with_role else ()
        for record in oneroster_records.read(sheet, tally, roles, present=present, optional=optional):
            role, cells = (record.cells[0], record.cells[1:]) if with_role else ("", record.cells)
            self.users[record.source_id] = Record(tally, record.line, record.source_id, cells)
            if role.lower() == _STUDENT:
                self.students.add(record.source_id)

    def read_roles(self, sheet: Sheet, tally: Tally) -> None:
        """Find the students (1.2)."""
        for record in oneroster_records.read(sheet, tally, ("userSourcedId", "role")):
            user, role = record.cells
            if user not in self.users:
                record.reject(Reason.UNKNOWN_USER)
                continue
            student = role.lower() == _STUDENT
            record.accept(used=student)
            if student:
                self.students.add(user)

    def settle_users(self) -> None:
        """Accept every user; only students are used."""
        for source_id, record in self.users.items():
            record.accept(used=source_id in self.students)

    def read_demographics(self, sheet: Sheet, tally: Tally, order: DateOrder) -> None:
        """Collect students' birth dates and sexes."""
        for record in oneroster_records.read(sheet, tally, present=("birthDate", "sex")):
            birth, sex = record.cells
            born = dates.day(birth, order) if birth else None
            if record.source_id not in self.users:
                record.reject(Reason.UNKNOWN_USER)
            elif birth and born is None:
                record.reject(Reason.BAD_DATE)
            else:
                record.accept(used=record.source_id in self.students)
                self.births[record.source_id] = (born, _SEXES.get(sex.lower(), ""))

    def read_contacts(self, sheet: Sheet, tally: Tally) -> None:
        """Collect students' addresses and telephone numbers; the same line again is a duplicate."""
        seen: set[tuple[str, ...]] = set()
        present = ("address", "city", "state", "postalCode", "phone1", "phone2")
        for line, cells in sheet.records(tally, ("userSourcedId",), present):
            user, street, city, state, postal_code, *phones = cells
            if cells in seen:
                tally.duplicate(line)
            elif user not in self.users:
                tally.reject(line, Reason.UNKNOWN_USER)
            else:
                tally.accept(line, used=user in self.students)
                known = self.contacts.get(user, Contact())
                address = Address(street, city, state, postal_code)
                addresses = known.addresses if address == Address() else (*known.addresses, address)
                self.contacts[user] = Contact(addresses, (*known.phones, *phones))
            seen.add(cells)

    def grades(self, student: str) -> str:
        """The grades of a student, as users.csv writes them."""
        return self.users[student].cells[3]

    def identities(self) -> dict[str, Identity]:
        """Every student's identity."""
        return {source_id: self._identity(source_id) for source_id in self.users if source_id in self.students}

    def _identity(self, source_id: str) -> Identity:
        given, family, middle, _, phone, sms, preferred, other_family = self.users[source_id].cells
        born, sex = self.births.get(source_id, (None, ""))
        contact = self.contacts.get(source_id, Contact())
        return Identity(
            given=_different((given,)),
            middle=middle,
            family=_different((family, other_family)),
            preferred=preferred,
            birth_date=born,
            sex=sex,
            phones=_different((*contact.phones, phone, sms)),
            addresses=contact.addresses,
        )


def _different(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
