"""The errors of the engine: constant sentences, because an engine's own message may hold a record's value.

It does not log.  Rules: no sentence depends on records; none names a path, a key or a statement.
"""

from hub.errors import HubError


class EngineError(HubError):
    """The engine cannot do what was asked; the sentence is the same whatever the records are."""

    title = "The engine cannot do this"


class FileRefusedError(EngineError):
    """An encrypted file is missing, damaged, or was opened with another key."""

    title = "An encrypted file cannot be opened"


class DeliveryRefusedError(EngineError):
    """Delivered tables contradict the catalogue; the sentence names table and column, never a value."""

    title = "The delivery does not fit the catalogue"


class NoAnswerError(EngineError):
    """A question was not answered by its deadline, for whatever reason: the sentence is always the same."""

    title = "The question was not answered in time"

    def __init__(self) -> None:
        super().__init__(
            "the engine gave no answer by the deadline of this question; what was charged stays charged, "
            "and the same question may be sent again under that charge"
        )
