"""A Patient as an identity, and references to patients as the patient's id.

It decides nothing about rows.  Rules:

* every name, address and number is kept, old ones too; the official name stands first;
* a birth date may be a year or a month alone, which names no day;
* a patient whose record was replaced by another's is the same person: one identity, one set of rows.
"""

import re
from collections.abc import Iterable, Mapping

from connectors import dates
from connectors.fhir_shapes import Name, Patient
from connectors.reasons import Reason
from connectors.records import Address, Identity

_REFERENCE = re.compile(r"(?:.*/)?Patient/([A-Za-z0-9.\-]{1,64})(?:/_history/[^/]*)?\Z|urn:(?:uuid|oid):([^/]{1,64})\Z")
_WHOLE_DAY = 10
_ORDER = {"official": 0, "usual": 1, "": 2}


def patient_id(reference: str) -> str:
    """The id of the patient whom a relative, absolute or urn reference names; empty when it names none."""
    found = _REFERENCE.match(reference)
    return (found[1] or found[2]) if found else ""


def identity_of(patient: Patient) -> Identity | Reason:
    """The patient's identity, or why there is none."""
    born = dates.day(patient.birth_date) if len(patient.birth_date) >= _WHOLE_DAY else None
    if len(patient.birth_date) >= _WHOLE_DAY and born is None:
        return Reason.BAD_DATE
    names = sorted((name for name in patient.name if name.use != "nickname"), key=lambda name: _ORDER.get(name.use, 3))
    given = [_given(name) for name in names]
    nicknames = [_given(name)[0] for name in patient.name if name.use == "nickname" and _given(name)]
    return Identity(
        given=_different(parts[0] for parts in given if parts),
        middle=" ".join(given[0][1:]) if given else "",
        family=_different(name.family.strip() for name in names),
        preferred=nicknames[0] if nicknames else "",
        birth_date=born,
        sex=patient.gender if patient.gender in {"female", "male"} else "",
        phones=_different(point.value.strip() for point in patient.telecom if point.system in {"phone", "sms"}),
        addresses=tuple(
            Address(" ".join(line for line in place.line if line), place.city, place.state, place.postal_code)
            for place in patient.address
        ),
    )


def replacements(patients: Mapping[str, Patient]) -> dict[str, str]:
    """For every patient whose record was replaced, the patient who stands for it now."""
    to: dict[str, str] = {}
    for key, patient in patients.items():
        for link in patient.link:
            other = patient_id(link.other.reference)
            if other not in patients or other == key:
                continue
            if link.type == "replaced-by":
                to[key] = other
            elif link.type == "replaces":
                to[other] = key
    return {key: _last(to, key) for key in to}


def joined(kept: Identity, replaced: Identity) -> Identity:
    """One person's identity from two records of theirs; what the kept one says comes first."""
    return Identity(
        given=_different((*kept.given, *replaced.given)),
        middle=kept.middle or replaced.middle,
        family=_different((*kept.family, *replaced.family)),
        preferred=kept.preferred or replaced.preferred,
        birth_date=kept.birth_date or replaced.birth_date,
        sex=kept.sex or replaced.sex,
        phones=_different((*kept.phones, *replaced.phones)),
        addresses=(*kept.addresses, *(place for place in replaced.addresses if place not in kept.addresses)),
    )


def _given(name: Name) -> list[str]:
    return [part.strip() for part in name.given if part and part.strip()]


def _different(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _last(to: Mapping[str, str], key: str) -> str:
    """Follow replacements to their end; in a circle, the smallest key stands for all, whoever asks."""
    path = [key]
    while path[-1] in to:
        following = to[path[-1]]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]
