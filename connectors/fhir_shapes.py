"""The fields of FHIR R4 resources that this product reads, and no others.

It maps nothing.  What is not named here is skipped by the decoder and never becomes a Python value; what is read shows
no value in its representation.
"""

import msgspec


class Shape(msgspec.Struct, rename="camel", frozen=True, gc=False):
    """A part of a resource; names in JSON are camelCase."""

    def __repr__(self) -> str:
        return type(self).__name__


class Meta(Shape, frozen=True):
    """When the resource last changed, as an instant."""

    last_updated: str = ""


class Reference(Shape, frozen=True):
    """A link to another resource."""

    reference: str = ""


class Code(Shape, frozen=True):
    """A code of a code system."""

    system: str = ""
    code: str = ""


class Concept(Shape, frozen=True):
    """A concept, coded in any number of systems."""

    coding: tuple[Code, ...] = ()

    @property
    def codings(self) -> tuple[tuple[str, str], ...]:
        """The codes as pairs of system and code."""
        return tuple((code.system, code.code) for code in self.coding)


class Period(Shape, frozen=True):
    """A stretch of time."""

    start: str = ""


class Quantity(Shape, frozen=True):
    """A measured amount; `code` is the unit in UCUM, `unit` the unit as printed."""

    value: float | None = None
    unit: str = ""
    code: str = ""


class Name(Shape, frozen=True):
    """One of a person's names; FHIR leaves null in a list where only an extension stands."""

    use: str = ""
    family: str = ""
    given: tuple[str | None, ...] = ()


class ContactPoint(Shape, frozen=True):
    """A telephone number or another way to reach a person."""

    system: str = ""
    value: str = ""


class PostalAddress(Shape, frozen=True):
    """A place where a person lives or lived."""

    line: tuple[str | None, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""


class Link(Shape, frozen=True):
    """Another record of the same person; `type` says which one counts."""

    other: Reference = Reference()
    type: str = ""


class Resource(Shape, frozen=True):
    """What every resource has."""

    resource_type: str = ""
    id: str = ""
    meta: Meta = Meta()


class Patient(Resource, frozen=True):
    """Who the person is."""

    name: tuple[Name, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    gender: str = ""
    birth_date: str = ""
    address: tuple[PostalAddress, ...] = ()
    link: tuple[Link, ...] = ()


class Encounter(Resource, frozen=True):
    """A visit."""

    status: str = ""
    kind: Code = msgspec.field(name="class", default=Code())
    type: tuple[Concept, ...] = ()
    reason_code: tuple[Concept, ...] = ()
    subject: Reference = Reference()
    period: Period = Period()


class Condition(Resource, frozen=True):
    """A diagnosis."""

    clinical_status: Concept = Concept()
    verification_status: Concept = Concept()
    code: Concept | None = None
    subject: Reference = Reference()
    recorded_date: str = ""
    onset_date_time: str = ""
    onset_period: Period = Period()


class Immunization(Resource, frozen=True):
    """A dose of a vaccine."""

    status: str = ""
    vaccine_code: Concept | None = None
    patient: Reference = Reference()
    occurrence_date_time: str = ""


class Observation(Resource, frozen=True):
    """A measurement."""

    status: str = ""
    code: Concept | None = None
    subject: Reference = Reference()
    effective_date_time: str = ""
    effective_instant: str = ""
    effective_period: Period = Period()
    value_quantity: Quantity = Quantity()
