"""The base of every error that the hub raises, and the few kinds that every room shares.

It does not decide how an error is shown; `hub.web` and `hub.cli` do.  Rules:

* `title` is one short sentence about the kind, the same for every error of that kind;
* the message (`str(error)`) is a sentence that a person can act on, about this very case;
* neither ever holds a record's value, a person's identifier, a secret or a message of a database or an engine.
"""

from typing import ClassVar


class HubError(Exception):
    """The hub cannot do what was asked."""

    title: ClassVar[str] = "The hub cannot do this"


class InvalidError(HubError):
    """What was sent cannot be accepted as it is; sending it again unchanged will not help."""

    title: ClassVar[str] = "What was sent cannot be accepted"


class NotFoundError(HubError):
    """There is no such thing, or the actor may not know of it: the two are never told apart."""

    title: ClassVar[str] = "There is no such thing"


class ConflictError(HubError):
    """It contradicts something that stands already."""

    title: ClassVar[str] = "This contradicts something that stands already"


class UnavailableError(HubError):
    """The hub cannot do it now; the same request may succeed later."""

    title: ClassVar[str] = "The hub cannot do this now"
