"""Encounter, Condition, Immunization and Observation as rows of the common tables.

It does not know patients or files.  Each mapping is a function of one resource: it gives the rows' values (none, when
nobody asked for such a record), or the reason why the record is rejected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from connectors import codes
from connectors.codes import CodeList
from connectors.dates import school_year_of
from connectors.fhir_shapes import Condition, Encounter, Immunization, Observation, Quantity
from connectors.reasons import Reason
from connectors.records import Value

Finding = tuple[tuple[Value, ...], ...] | Reason

LocalCodes = Mapping[str, tuple[tuple[str, codes.Coding], ...]]
"""A site's own codes: by list, the group and the coding."""

_ACTIVE = {"active": 1, "recurrence": 1, "relapse": 1, "inactive": 0, "remission": 0, "resolved": 0}
_FINAL = frozenset({"final", "amended", "corrected"})
_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@dataclass(frozen=True, slots=True)
class Mappings:
    """The mappings with the code lists that they read."""

    reason: CodeList
    encounter_class: CodeList
    condition: CodeList
    vaccine: CodeList
    measure: CodeList

    @classmethod
    def with_local(cls, local: LocalCodes) -> "Mappings":
        """The product's lists, with a site's own codes added."""
        names = ("reason", "encounter_class", "condition", "vaccine", "measure")
        return cls(*(codes.load(name, local.get(name, ())) for name in names))

    def encounter(self, visit: Encounter) -> Finding:
        """A finished visit: its year, kind and reason."""
        if not visit.status:
            return Reason.MISSING_FIELD
        if visit.status == "entered-in-error":
            return Reason.ENTERED_IN_ERROR
        if visit.status != "finished":
            return Reason.NOT_FINISHED
        kinds = self.encounter_class.groups_of([(visit.kind.system or _ACT_CODE, visit.kind.code)])
        kind = (kinds[0] if kinds else "other") if visit.kind.code else None
        return ((school_year_of(visit.period.start), kind, self._reason(visit)),)

    def _reason(self, visit: Encounter) -> str | None:
        for concepts in (visit.reason_code, visit.type):
            groups = self.reason.groups_of([pair for concept in concepts for pair in concept.codings])
            if groups:
                return groups[0]
        return "other" if visit.reason_code else None

    def diagnosis(self, diagnosis: Condition) -> Finding:
        """A diagnosis that stands: the year in which it was first recorded, its group, and whether it is active."""
        verified = {code.code for code in diagnosis.verification_status.coding}
        if "entered-in-error" in verified:
            return Reason.ENTERED_IN_ERROR
        if "refuted" in verified:
            return Reason.REFUTED
        if diagnosis.code is None:
            return Reason.MISSING_FIELD
        recorded = diagnosis.recorded_date or diagnosis.onset_date_time or diagnosis.onset_period.start
        groups = self.condition.groups_of(diagnosis.code.codings)
        active = [_ACTIVE[code.code] for code in diagnosis.clinical_status.coding if code.code in _ACTIVE]
        return ((school_year_of(recorded), groups[0] if groups else "other", active[0] if active else None),)

    def dose(self, dose: Immunization) -> Finding:
        """A dose that was given: a row for each vaccine family in it."""
        if not dose.status or dose.vaccine_code is None:
            return Reason.MISSING_FIELD
        if dose.status != "completed":
            return Reason.NOT_COMPLETED
        year = school_year_of(dose.occurrence_date_time)
        return tuple((year, family) for family in self.vaccine.groups_of(dose.vaccine_code.codings) or ("other",))

    def measurement(self, measured: Observation) -> Finding:
        """A final measurement of a kind that the catalogue has; below a reporting limit, the limit counts."""
        if not measured.status or measured.code is None:
            return Reason.MISSING_FIELD
        measures = self.measure.groups_of(measured.code.codings)
        if not measures:
            return ()
        if measured.status not in _FINAL:
            return Reason.ENTERED_IN_ERROR if measured.status == "entered-in-error" else Reason.NOT_FINAL
        value = _converted(measures[0], measured.value_quantity)
        if isinstance(value, Reason):
            return value
        made = measured.effective_date_time or measured.effective_instant or measured.effective_period.start
        return ((school_year_of(made), measures[0], value),)


def _converted(measure: str, quantity: Quantity) -> float | Reason:
    if quantity.value is None or not isfinite(quantity.value):
        return Reason.NO_VALUE
    factors: Mapping[str, float] = codes.document("measure")["units"][measure]
    for unit in (quantity.code, quantity.unit):
        if unit in factors:
            return quantity.value * factors[unit]
    return Reason.UNKNOWN_UNIT
