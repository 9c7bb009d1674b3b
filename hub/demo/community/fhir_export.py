"""One health system's export: FHIR R4 Bulk Data, one NDJSON file for each type of resource, as US Core shapes it.

It decides nothing but where the flaws go.  Rules:

* ids of patients come from outside; other resources get ids of their own;
* lakeside codes in ICD-10-CM, northgate in SNOMED CT, prairie in both and with absolute references;
* each export holds two lines that broke off and are not JSON, and one resource twice, so that every fate shows;
* no identifier but the medical record number.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hub.demo.community import clinical
from hub.demo.community.drawing import opaque
from hub.demo.community.health import Chart
from hub.demo.community.known import Known
from hub.demo.community.patient_resource import patient
from hub.demo.community.resources import System, condition, encounter, immunization, observation

FILES = ("Patient", "Encounter", "Condition", "Immunization", "Observation")

_BROKEN = ("Encounter", "Observation")
_TWICE = "Encounter"

Resource = dict[str, Any]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as the health system knows them, with the chart."""

    known: Known
    chart: Chart


def write(folder: Path, system: str, *, patients: Sequence[Patient], random: Random) -> int:
    """Write the export of a health system; how many lines were written."""
    folder.mkdir(parents=True, exist_ok=True)
    maker = System(system)
    lines: dict[str, list[str]] = {name: [] for name in FILES}
    for entry in patients:
        for resource in _resources(entry, maker, random):
            lines[resource["resourceType"]].append(_encode(resource))
    _plant_flaws(lines, random)
    for name, written in lines.items():
        text = "".join(f"{line}\n" for line in written)
        (folder / f"{name}.ndjson").write_text(text, encoding="utf-8", newline="\n")
    return sum(len(written) for written in lines.values())


def _resources(entry: Patient, system: System, random: Random) -> list[Resource]:
    chart, known = entry.chart, entry.known
    subject = system.reference("Patient", known.source)
    obese, lead = clinical.is_obese(random), clinical.has_high_lead(chart, random)
    made = [patient(known, system.key)]
    made += [encounter(visit, system, subject=subject, key=opaque(random)) for visit in chart.visits]
    made += [
        condition(finding, system, subject=subject, key=opaque(random))
        for finding in clinical.findings(chart, random, obese=obese, lead=lead)
    ]
    made += [immunization(dose, system, subject=subject, key=opaque(random)) for dose in clinical.doses(chart, random)]
    made += [
        observation(measurement, system, subject=subject, key=opaque(random))
        for measurement in clinical.measurements(chart, random, obese=obese, lead=lead)
    ]
    return made


def _plant_flaws(lines: dict[str, list[str]], random: Random) -> None:
    """One resource a second time, and two lines that broke off while they were written."""
    again = lines[_TWICE]
    if again:
        again.append(random.choice(again))
    for name in _BROKEN:
        written = lines[name]
        if written:
            line = random.choice(written)
            written.insert(random.randrange(len(written) + 1), line[: len(line) * 2 // 3])
