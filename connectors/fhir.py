"""A FHIR R4 Bulk Data export as a source: NDJSON files in a folder.

It fetches nothing.  Rules:

* a line that is not the resource its file promises is rejected with its number, never its content;
* of several versions of one resource the one that changed last counts, and the others are duplicates of it;
* a resource about a patient who is not in the export is rejected;
* only finished visits, diagnoses that stand, doses that were given and final measurements become rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from connectors import dates, fhir_files, fhir_patient
from connectors.account import Account
from connectors.fhir_clinical import Finding, LocalCodes, Mappings
from connectors.fhir_files import ExportFile
from connectors.fhir_shapes import Condition, Encounter, Immunization, Observation, Patient, Resource
from connectors.reasons import Reason
from connectors.records import Identity, Row
from connectors.source import Reading, Tell
from connectors.tables import CONDITION, ENCOUNTER, IMMUNIZATION, OBSERVATION
from connectors.tally import Candidate, Latest, Tally

_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "Patient": msgspec.json.Decoder(Patient),
    "Encounter": msgspec.json.Decoder(Encounter),
    "Condition": msgspec.json.Decoder(Condition),
    "Immunization": msgspec.json.Decoder(Immunization),
    "Observation": msgspec.json.Decoder(Observation),
}
_TABLES = {
    "Encounter": ENCOUNTER,
    "Condition": CONDITION,
    "Immunization": IMMUNIZATION,
    "Observation": OBSERVATION,
}


@dataclass(frozen=True, slots=True)
class _About:
    """A clinical resource, mapped: the patient whom it names, and what it says."""

    patient: str = field(repr=False)
    table: str
    finding: Finding = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Pile:
    """What has been read so far: the latest version of every resource."""

    patients: Latest[Patient] = field(default_factory=Latest)
    events: Latest[_About] = field(default_factory=Latest)


class FhirExport:
    """The source: a folder of NDJSON files."""

    def __init__(self, folder: Path, *, local_codes: LocalCodes) -> None:
        """Read the export in `folder`, with a site's own codes."""
        self._folder = folder
        mappings = Mappings.with_local(local_codes)
        self._mappers: dict[str, tuple[Callable[[Any], Finding], Callable[[Any], str]]] = {
            "Encounter": (mappings.encounter, _subject),
            "Condition": (mappings.diagnosis, _subject),
            "Immunization": (mappings.dose, _patient),
            "Observation": (mappings.measurement, _subject),
        }

    def read(self, tell: Tell) -> Reading:
        """Read every file of the folder."""
        files, unread = fhir_files.find(self._folder)
        pile = _Pile()
        tallies = [self._read_file(file, pile, tell) for file in files]
        stands_for = fhir_patient.replacements({key: kept.finding for key, kept in pile.patients.items()})
        identities = _identities(pile.patients, stands_for)
        rows = _rows(pile.events, stands_for, identities)
        account = Account(tuple(tally.close() for tally in tallies), tuple(unread))
        return Reading(identities, rows, account)

    def _read_file(self, file: ExportFile, pile: _Pile, tell: Tell) -> Tally:
        tell(f"reading {file.path.name}")
        tally = Tally(file.path.name, file.kind)
        for number, line in file.lines():
            kind = file.kind
            if kind == fhir_files.MIXED:
                kind = fhir_files.type_of(line) or ""
                if kind == "Parameters":
                    continue
            tally.announce(number)
            resource = _decoded(line, kind)
            if resource is None:
                tally.accept(number, used=False)
            elif isinstance(resource, Reason):
                tally.reject(number, resource)
            else:
                self._pile_up(resource, Candidate(tally, number, _changed(resource), resource), pile)
        return tally

    def _pile_up(self, resource: Resource, candidate: Candidate[Resource], pile: _Pile) -> None:
        place = (candidate.tally, candidate.line, candidate.changed)
        if isinstance(resource, Patient):
            pile.patients.offer(resource.id, Candidate(*place, resource))
            return
        map_resource, reference = self._mappers[resource.resource_type]
        about = _About(
            fhir_patient.patient_id(reference(resource)), _TABLES[resource.resource_type], map_resource(resource)
        )
        pile.events.offer(f"{resource.resource_type}/{resource.id}", Candidate(*place, about))


def _decoded(line: bytes, kind: str) -> Resource | Reason | None:
    """The resource on a line, or why it is rejected; None for a kind that nobody asked for, in a mixed file."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        return None if kind else Reason.NOT_JSON
    try:
        resource: Resource = decoder.decode(line)
    except msgspec.ValidationError:
        return Reason.WRONG_SHAPE
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Reason.NOT_JSON
    if resource.resource_type != kind:
        return Reason.WRONG_RESOURCE
    return resource if resource.id else Reason.MISSING_FIELD


def _changed(resource: Resource) -> str:
    return dates.instant(resource.meta.last_updated)


def _subject(resource: Encounter | Condition | Observation) -> str:
    return resource.subject.reference


def _patient(resource: Immunization) -> str:
    return resource.patient.reference


def _identities(patients: Latest[Patient], stands_for: dict[str, str]) -> dict[str, Identity]:
    identities: dict[str, Identity] = {}
    replaced: list[tuple[str, Identity]] = []
    for key, kept in patients.items():
        identity = fhir_patient.identity_of(kept.finding)
        if isinstance(identity, Reason):
            kept.tally.reject(kept.line, identity)
            continue
        kept.tally.accept(kept.line)
        if stands_for.get(key, key) == key:
            identities[key] = identity
        else:
            replaced.append((stands_for[key], identity))
    for key, identity in replaced:
        identities[key] = fhir_patient.joined(identities[key], identity) if key in identities else identity
    return identities


def _rows(events: Latest[_About], stands_for: dict[str, str], identities: dict[str, Identity]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for kept in events.values():
        about = kept.finding
        person = stands_for.get(about.patient, about.patient)
        if isinstance(about.finding, Reason):
            kept.tally.reject(kept.line, about.finding)
        elif person not in identities:
            kept.tally.reject(kept.line, Reason.UNKNOWN_PATIENT)
        else:
            kept.tally.accept(kept.line, used=bool(about.finding))
            rows.extend(Row(about.table, person, values) for values in about.finding)
    return tuple(rows)
