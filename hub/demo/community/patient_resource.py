"""Patient as US Core shapes it, from a health system's copy of who a child is.

It draws nothing.  Rules: the names, addresses and phones of the copy and no others; the only identifier is the medical
record number; e-mail addresses are of example.org.
"""

from typing import Any

from hub.demo.community.households import Home
from hub.demo.community.known import Known, phone
from hub.demo.community.places import STATE
from hub.demo.community.school_days import iso

Resource = dict[str, Any]

_EXTENSION = "http://hl7.org/fhir/us/core/StructureDefinition"
_RACE_AND_ETHNICITY = "urn:oid:2.16.840.1.113883.6.238"
_RACES = {
    "white": ("2106-3", "White"),
    "black": ("2054-5", "Black or African American"),
    "asian": ("2028-9", "Asian"),
    "native": ("1002-5", "American Indian or Alaska Native"),
    "pacific": ("2076-8", "Native Hawaiian or Other Pacific Islander"),
}
_ETHNICITIES = {True: ("2135-2", "Hispanic or Latino"), False: ("2186-5", "Not Hispanic or Latino")}


def patient(known: Known, system: str) -> Resource:
    """The Patient resource of a child at a health system."""
    made: Resource = {
        "resourceType": "Patient",
        "id": known.source,
        "meta": {"profile": [f"{_EXTENSION}/us-core-patient"]},
        "extension": _extensions(known),
        "identifier": [_record_number(known.source, system)],
        "active": True,
        "name": _names(known),
        "telecom": _telecom(known, system),
        "gender": known.copy.sex,
        "birthDate": known.copy.birth,
        "address": _addresses(known),
    }
    if known.child.twin:
        made["multipleBirthBoolean"] = True
    return made


def _record_number(source: str, system: str) -> Resource:
    coding = {
        "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
        "code": "MR",
        "display": "Medical Record Number",
    }
    return {
        "type": {"coding": [coding]},
        "system": f"https://{system}.example.org/mrn",
        "value": f"{system[0].upper()}{source[:6].upper()}",
    }


def _names(known: Known) -> list[Resource]:
    copy = known.copy
    given = [name for name in (copy.given, copy.middle) if name]
    listed: list[Resource] = [{"use": "official", "family": copy.family, "given": given}]
    if copy.former_family:
        listed.append({"use": "old", "family": copy.former_family, "given": given})
    if copy.called:
        listed.append({"use": "nickname", "family": copy.family, "given": [copy.called]})
    return listed


def _telecom(known: Known, system: str) -> list[Resource]:
    uses = ("home", "mobile")
    numbers = zip(uses, known.copy.phones, strict=False)
    listed: list[Resource] = [
        {"system": "phone", "value": phone(number, system), "use": use} for use, number in numbers
    ]
    listed.append({"system": "email", "value": f"{known.source[-12:]}@example.org", "use": "home"})
    return listed


def _addresses(known: Known) -> list[Resource]:
    copy, moved = known.copy, known.child.household.moved
    now = _address(copy.home, "home")
    if copy.former_home is None:
        return [now]
    now["period"] = {"start": iso(moved)}
    before = _address(copy.former_home, "old")
    before["period"] = {"end": iso(moved)}
    return [now, before]


def _address(home: Home, use: str) -> Resource:
    return {
        "use": use,
        "line": [home.street],
        "city": home.town,
        "state": STATE,
        "postalCode": home.postal_code,
        "country": "US",
    }


def _extensions(known: Known) -> list[Resource]:
    household = known.child.household
    listed = [_category("us-core-ethnicity", _ETHNICITIES[household.hispanic])]
    if household.race in _RACES:
        listed.insert(0, _category("us-core-race", _RACES[household.race]))
    code = "M" if known.copy.sex == "male" else "F"
    listed.append({"url": f"{_EXTENSION}/us-core-birthsex", "valueCode": code})
    return listed


def _category(name: str, coded: tuple[str, str]) -> Resource:
    code, display = coded
    coding = {"system": _RACE_AND_ETHNICITY, "code": code, "display": display}
    return {
        "url": f"{_EXTENSION}/{name}",
        "extension": [{"url": "ombCategory", "valueCoding": coding}, {"url": "text", "valueString": display}],
    }
