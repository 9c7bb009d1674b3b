"""What linkage refuses.

It names no record, token or person.
"""

from typing import ClassVar

from hub.errors import InvalidError


class LinkageError(InvalidError):
    """The tokens cannot be linked."""

    title: ClassVar[str] = "The tokens cannot be linked"


class TokensError(LinkageError):
    """A custodian's tokens are of another version or malformed."""
