"""What a person signs: one act of one party on one or several agreements, each named by the digest of its bytes.

It does not judge whether the act is theirs to do; `standing` does.  Rules:

* a statement names every document by id, version and digest, and each agreement once;
* the instant is the signer's, in whole seconds of UTC; the nonce is used once, so that a statement cannot be replayed;
* stopping and leaving need a reason.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agreements import canonical, document, envelope, instants, wording
from agreements.envelope import Envelope
from agreements.errors import AgreementError
from agreements.keys import Signer

_TYPE = "hub/sign/v1"
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)


class StatementError(AgreementError):
    """A statement says something that cannot be signed."""


class Act(StrEnum):
    """What a party does."""

    PROPOSE = "propose"
    COUNTERSIGN = "countersign"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one agreement, by the digest of its canonical bytes."""

    agreement: str
    version: int
    sha256: str

    def __post_init__(self) -> None:
        """Refuse what does not name a document."""
        wording.check_id(self.agreement, "agreement")
        wording.check_hex(self.sha256, "sha256", length=64)
        if self.version < 1:
            raise StatementError(f"{self.agreement}: versions start at 1")


@dataclass(frozen=True, slots=True)
class Statement:
    """`signer` does `act` for `party` at `at`; `nonce` is random text of at least 16 characters."""

    act: Act
    documents: tuple[Document, ...]
    party: str
    signer: str
    capacity: str
    at: datetime
    nonce: str
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a statement about nothing, twice about one agreement, or without what its act needs."""
        names = [named.agreement for named in self.documents]
        if not names or len(set(names)) != len(names):
            raise StatementError("a statement names at least one agreement, and each once")
        wording.check_id(self.party, "party")
        wording.check_id(self.signer, "signer")
        wording.check_text(self.capacity, "capacity")
        instants.check(self.at, "at")
        wording.check_optional_text(self.reason, "reason")
        if not _NONCE.fullmatch(self.nonce):
            raise StatementError("nonce: 16 to 128 random letters, digits, hyphens and underscores")
        if self.act in {Act.SUSPEND, Act.WITHDRAW} and not self.reason:
            raise StatementError(f"say in a sentence why you {self.act.value}")

    def document(self, agreement: str) -> Document | None:
        """The document of that agreement which the statement names, if it names one."""
        return next((named for named in self.documents if named.agreement == agreement), None)

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785): what goes into the envelope."""
        return canonical.encode({"type": _TYPE, **document.to_json(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Statement":
        """Read canonical bytes; an unknown field refuses."""
        value = canonical.decode(data)
        if not isinstance(value, dict) or value.pop("type", None) != _TYPE:
            raise StatementError(f"the statement is not of type {_TYPE}")
        return document.from_json(cls, value)


def sign_statement(statement: Statement, signer: Signer) -> Envelope:
    """The statement in an envelope, signed with a key from a file."""
    return envelope.sign(envelope.STATEMENT, statement.to_bytes(), signer)
