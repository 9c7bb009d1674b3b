"""Encounter, Condition, Immunization and Observation as FHIR R4 writes them.

It draws nothing: a time of day follows from the day.  Rules: instants carry their offset from UTC, in office hours, so
that their day is the same in both; quantities are JSON numbers with UCUM units.
"""

from dataclasses import dataclass
from typing import Any

from hub.demo.community import clinical_codes as codes
from hub.demo.community.clinical import Dose, Finding, Measurement
from hub.demo.community.clinical_codes import Code
from hub.demo.community.health import LAST_DAY, Visit
from hub.demo.community.school_days import iso

Resource = dict[str, Any]

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
_OFFSET = "-05:00"


@dataclass(frozen=True, slots=True)
class System:
    """How one health system writes references and codes."""

    key: str

    def reference(self, kind: str, key: str) -> str:
        """A reference to a resource of this system."""
        path = f"{kind}/{key}"
        return f"https://fhir.{self.key}.example.org/r4/{path}" if self.key == "prairie" else path

    def codings(self, icd: Code, snomed: Code | None) -> list[dict[str, str]]:
        """A diagnosis in the code system, or systems, in use here."""
        listed: list[dict[str, str]] = []
        if self.key != "northgate" or snomed is None:
            listed.append(_coding(codes.ICD_10_CM, icd))
        if self.key != "lakeside" and snomed is not None:
            listed.append(_coding(codes.SNOMED, snomed))
        return listed


def encounter(visit: Visit, system: System, *, subject: str, key: str) -> Resource:
    """A visit."""
    reasons = codes.REASONS[visit.reason]
    reason = reasons[(visit.day + len(visit.kind)) % len(reasons)]
    hours = 48 if visit.kind == "IMP" else 1
    return {
        "resourceType": "Encounter",
        "id": key,
        "meta": _profile("us-core-encounter"),
        "status": visit.status,
        "class": {"system": f"{_TERMINOLOGY}/v3-ActCode", "code": visit.kind, "display": codes.CLASSES[visit.kind]},
        "type": [{"coding": [_coding(codes.SNOMED, codes.VISIT_TYPES[visit.kind])]}],
        "subject": {"reference": subject},
        "period": {"start": _instant(visit.day), "end": _instant(visit.day, later=hours)},
        "reasonCode": [{"coding": [_coding(codes.SNOMED, reason)], "text": reason.display}],
        "serviceProvider": {"reference": system.reference("Organization", system.key)},
    }


def condition(finding: Finding, system: System, *, subject: str, key: str) -> Resource:
    """A diagnosis; one entered in error has no clinical status (FHIR con-5)."""
    made: Resource = {"resourceType": "Condition", "id": key, "meta": _profile("us-core-condition-encounter-diagnosis")}
    if finding.verification != "entered-in-error":
        made["clinicalStatus"] = _status("condition-clinical", finding.clinical)
    made["verificationStatus"] = _status("condition-ver-status", finding.verification)
    made["category"] = [{"coding": [{"system": f"{_TERMINOLOGY}/condition-category", "code": "encounter-diagnosis"}]}]
    diagnosis = finding.diagnosis
    made["code"] = {"coding": system.codings(diagnosis.icd, diagnosis.snomed), "text": diagnosis.icd.display}
    made["subject"] = {"reference": subject}
    made["onsetDateTime"] = made["recordedDate"] = iso(finding.day)
    if finding.clinical == "resolved":
        made["abatementDateTime"] = iso(min(finding.day + 20, LAST_DAY))
    return made


def immunization(dose: Dose, system: System, *, subject: str, key: str) -> Resource:
    """A dose; one not given says why."""
    cvx = dose.cvx.lstrip("0") if system.key == "northgate" else dose.cvx
    made: Resource = {
        "resourceType": "Immunization",
        "id": key,
        "meta": _profile("us-core-immunization"),
        "status": dose.status,
        "vaccineCode": {"coding": [_coding(codes.CVX, Code(cvx, codes.VACCINES[dose.cvx]))]},
        "patient": {"reference": subject},
        "occurrenceDateTime": _instant(dose.day),
        "primarySource": True,
    }
    if dose.status == "not-done":
        made["statusReason"] = {
            "coding": [{"system": f"{_TERMINOLOGY}/v3-ActReason", "code": "PATOBJ", "display": "patient objection"}]
        }
    return made


def observation(measurement: Measurement, system: System, *, subject: str, key: str) -> Resource:
    """A measurement."""
    scale = measurement.scale
    whole, tenth = divmod(measurement.tenths, 10)
    quantity: dict[str, Any] = {"value": float(f"{whole}.{tenth}"), "unit": scale.unit, "system": codes.UCUM}
    quantity["code"] = scale.unit
    if measurement.below:
        quantity["comparator"] = "<"
    return {
        "resourceType": "Observation",
        "id": key,
        "status": measurement.status,
        "category": [{"coding": [{"system": f"{_TERMINOLOGY}/observation-category", "code": scale.category}]}],
        "code": {"coding": [_coding(codes.LOINC, scale.code)], "text": scale.code.display},
        "subject": {"reference": subject},
        "effectiveDateTime": _instant(measurement.day),
        "valueQuantity": quantity,
        "performer": [{"reference": system.reference("Organization", system.key)}],
    }


def _coding(system: str, code: Code) -> dict[str, str]:
    return {"system": system, "code": code.code, "display": code.display}


def _profile(name: str) -> dict[str, list[str]]:
    return {"profile": [f"{_US_CORE}/{name}"]}


def _status(system: str, code: str) -> dict[str, list[dict[str, str]]]:
    return {"coding": [{"system": f"{_TERMINOLOGY}/{system}", "code": code}]}


def _instant(day: int, *, later: int = 0) -> str:
    """Between eight and five on that day, by the office's clock; `later` hours after that."""
    hour = 8 + day % 9 + later
    return f"{iso(day + hour // 24)}T{hour % 24:02d}:{day * 7 % 60:02d}:00{_OFFSET}"
