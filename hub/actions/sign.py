"""Make a signed statement where the signatory's key is: at the party, not at the hub.

It keeps nothing.  Rules: what is signed names every document by its digest; the key must be one that the terms name for
that person; the nonce is new.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from agreements.keys import Signer
from agreements.parties import Signatory
from agreements.statement import Act, Document, Statement, sign_statement
from agreements.terms import Terms
from hub.errors import InvalidError


class NotASignatoryError(InvalidError):
    """The key may not sign these terms."""

    title = "This key may not sign"


def sign(terms: Sequence[Terms], act: Act, signer: Signer, *, at: datetime, reason: str = "") -> bytes:
    """The envelope of one act on one or several agreements, signed with the signatory's key."""
    who = signatory(terms, signer)
    statement = Statement(
        act=act,
        documents=tuple(Document(each.id, each.version, each.digest) for each in terms),
        party=who.org_id,
        signer=who.person_id,
        capacity=who.title,
        at=at,
        nonce=secrets.token_urlsafe(24),
        reason=reason,
    )
    return sign_statement(statement, signer).to_bytes()


def signatory(terms: Sequence[Terms], signer: Signer) -> Signatory:
    """The person to whom all of these terms give the key."""
    found = {next((each for each in one.signatories if signer.key_id in each.key_ids), None) for one in terms}
    who = found.pop() if len(found) == 1 else None
    if who is None:
        raise NotASignatoryError(
            f"the key {signer.key_id} is not the same signatory's in {', '.join(each.id for each in terms)}: sign with "
            "the key that the terms name, or sign the agreements one by one"
        )
    return who
