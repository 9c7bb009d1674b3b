"""The errors of this room: sentences about the question, the agreement and the catalogue, never about records.

Rules: a sentence names what would be accepted; none holds an exact or noisy number, a constant of the person's text or
a library's message.
"""

from hub.errors import HubError, InvalidError


class PrivacyError(HubError):
    """The answer cannot be released under the rules of privacy."""

    title = "The answer cannot be released"


class UnboundedError(PrivacyError, InvalidError):
    """How much one person can change the answer is not bounded, or not by enough to compute with."""

    title = "How much one person can change the answer is not bounded"


class TooManyCellsError(PrivacyError, InvalidError):
    """The keys of the question make more cells than are released at once."""

    title = "The question has too many cells"


class OfferError(PrivacyError, InvalidError):
    """The privacy loss or the half-width that was offered is not one that can be honoured."""

    title = "The offered privacy loss or half-width cannot be used"


class DocumentError(PrivacyError, InvalidError):
    """The bytes are not a release document of this version."""

    title = "This is not a release"


class MeasurementError(PrivacyError):
    """Noise could not be drawn; the sentence is the same whatever the records are."""

    title = "Noise could not be drawn"


class ExactError(PrivacyError):
    """Something tried to look at an answer before its noise."""

    title = "An answer without noise has no way out"
