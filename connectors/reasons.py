"""Why a record was rejected: a closed list, each with a sentence for the person who made the export."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a record was left out; the value stands in accounts."""

    ENCODING = "encoding"
    QUOTING = "quoting"
    RAGGED = "ragged"
    NOT_JSON = "not-json"
    WRONG_SHAPE = "wrong-shape"
    WRONG_RESOURCE = "wrong-resource"
    MISSING_FIELD = "missing-field"
    BAD_DATE = "bad-date"
    UNKNOWN_WORD = "unknown-word"
    UNKNOWN_UNIT = "unknown-unit"
    UNKNOWN_PATIENT = "unknown-patient"
    UNKNOWN_USER = "unknown-user"
    UNKNOWN_CLASS = "unknown-class"
    UNKNOWN_TERM = "unknown-term"
    NOT_FINISHED = "not-finished"
    NOT_COMPLETED = "not-completed"
    NOT_FINAL = "not-final"
    NO_VALUE = "no-value"
    ENTERED_IN_ERROR = "entered-in-error"
    REFUTED = "refuted"
    TO_BE_DELETED = "to-be-deleted"

    @property
    def broken(self) -> bool:
        """Whether the record is damaged, rather than sound and not wanted."""
        return self not in _SOUND

    @property
    def sentence(self) -> str:
        """What is wrong, without the record's content."""
        return _SENTENCES[self]


_SOUND = frozenset(
    {
        Reason.NOT_FINISHED,
        Reason.NOT_COMPLETED,
        Reason.NOT_FINAL,
        Reason.NO_VALUE,
        Reason.ENTERED_IN_ERROR,
        Reason.REFUTED,
        Reason.TO_BE_DELETED,
    }
)

_SENTENCES = {
    Reason.ENCODING: "it holds bytes that are no text in the file's encoding",
    Reason.QUOTING: "its quotation marks do not pair",
    Reason.RAGGED: "it has more or fewer cells than the header",
    Reason.NOT_JSON: "it is not one JSON object in UTF-8",
    Reason.WRONG_SHAPE: "a field does not have the type that FHIR R4 gives it",
    Reason.WRONG_RESOURCE: "it is another resource than the rest of its file",
    Reason.MISSING_FIELD: "a field that every record needs is empty",
    Reason.BAD_DATE: "a date is not written as the site's configuration says",
    Reason.UNKNOWN_WORD: "a word is not in the list of words that are understood there",
    Reason.UNKNOWN_UNIT: "a measurement has a unit that cannot be converted",
    Reason.UNKNOWN_PATIENT: "it refers to a patient who is not in the export",
    Reason.UNKNOWN_USER: "it refers to a user who is not in the export",
    Reason.UNKNOWN_CLASS: "it refers to a class that is not in the export",
    Reason.UNKNOWN_TERM: "it refers to an academic session that is not in the export",
    Reason.NOT_FINISHED: "the visit is not finished",
    Reason.NOT_COMPLETED: "the dose was not given, or was recorded in error",
    Reason.NOT_FINAL: "the measurement is not final",
    Reason.NO_VALUE: "the measurement has no value",
    Reason.ENTERED_IN_ERROR: "it was recorded in error",
    Reason.REFUTED: "the diagnosis was refuted",
    Reason.TO_BE_DELETED: "the source marks it for deletion",
}
