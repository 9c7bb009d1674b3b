"""Verify a file offline: a release with or without its proof, an agreement's bundle, a signed statement.

It needs a keyring and nothing of a hub.  Rules:

* a release is genuine when its signature holds, every agreement that it names was in force, with every signature, at
  the instant of the release, and these agreements cover it;
* what is not verified is said; what fails raises, with the sentence of what failed.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agreements import canonical, envelope, prose
from agreements.bundle import Bundle, standings
from agreements.envelope import Envelope
from agreements.errors import AgreementError
from agreements.keys import Keyring, KeyUse
from agreements.standing import Evidence, Standing, State
from agreements.statement import Statement
from hub.actions.covered import gaps
from hub.actions.publish import PROOF_SCHEMA
from hub.errors import HubError, InvalidError
from hub.privacy.release import Release

_CLOCKS_DIFFER = timedelta(minutes=5)


class NotGenuineError(InvalidError):
    """The file is not what it says it is, or cannot be verified with this keyring."""

    title = "The file is not genuine"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found to hold, in sentences; `release` is there when the file is one."""

    kind: str
    facts: tuple[str, ...]
    release: Release | None = None


def verify(data: bytes, keyring: Keyring, *, at: datetime) -> Verified:
    """What holds of the file; `NotGenuineError` when something does not."""
    try:
        value = canonical.decode(data)
        schema = value.get("schema") if isinstance(value, Mapping) else None
        if schema == PROOF_SCHEMA:
            return _release(value, keyring, at)
        if schema == "hub.bundle/1":
            return _bundle(Bundle.from_bytes(data), keyring, at)
        return _envelope(Envelope.from_bytes(data), keyring)
    except NotGenuineError:
        raise
    except (HubError, AgreementError) as error:
        raise NotGenuineError(str(error)) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotGenuineError("the file is damaged: it does not have the form of what this product writes") from error


def _release(value: Mapping[str, Any], keyring: Keyring, at: datetime) -> Verified:
    if set(value) != {"schema", "release", "agreements"}:
        raise NotGenuineError("a release with its proof has a schema, the release and the agreements, and nothing else")
    signed = Envelope.from_bytes(base64.b64decode(value["release"], validate=True))
    document = Release.from_bytes(signed.payload)
    about = document.circumstances
    signers = envelope.verify(signed, keyring, payload_type=envelope.RELEASE, use=KeyUse.RELEASE, at=about.at)
    bundle = Bundle.from_bytes(canonical.encode(value["agreements"]))
    known = standings(_until(bundle, about.at), keyring=keyring, at=about.at)
    if about.at > at + _CLOCKS_DIFFER:
        raise NotGenuineError("the release is dated in the future: check the clock of this machine")
    for named in about.agreements:
        _check_in_force(known.get(named.id), named.id, named.sha256)
    if found := list(gaps(document, [known[each.id].terms for each in about.agreements], signer=signers[0].party)):
        raise NotGenuineError("; ".join(found))
    stopped = sorted(set(about.contributors) & {org for each in known.values() for org in each.suspended_by})
    if stopped:
        raise NotGenuineError(f"the data of {stopped[0]} were suspended at the instant of the release")
    facts = [
        f"released at {about.at:%Y-%m-%d %H:%M:%S} UTC and signed by {signers[0].party} ({signers[0].key.key_id})",
        f"for {about.person} of {about.org}, purpose {about.purpose}",
        f"from the data of {', '.join(about.contributors)}",
        f"privacy loss: ε {document.loss.epsilon_micro / 10**6:.3f} at δ {document.loss.delta_e12 / 10**12:g}",
    ]
    facts += [f"{known[each.id].terms.title}: {prose.describe(known[each.id])}" for each in about.agreements]
    return Verified("release", tuple(facts), document)


def _until(bundle: Bundle, at: datetime) -> tuple[Evidence, ...]:
    """The evidence as it was at `at`: statements that were signed later say nothing about then."""
    return tuple(
        Evidence(
            held.terms,
            tuple(data for data in held.statements if Statement.from_bytes(Envelope.from_bytes(data).payload).at <= at),
        )
        for held in bundle.evidence
    )


def _check_in_force(standing: Standing | None, agreement: str, sha256: str) -> None:
    if standing is None or standing.digest != sha256:
        raise NotGenuineError(f"the release names other terms of {agreement} than those that the file holds")
    if standing.state is not State.IN_FORCE:
        raise NotGenuineError(f"{agreement} was {standing.state.value} at the instant of the release")


def _bundle(bundle: Bundle, keyring: Keyring, at: datetime) -> Verified:
    known = standings(bundle.evidence, keyring=keyring, at=at)
    return Verified("agreement", tuple(f"{each.terms.title}: {prose.describe(each)}" for each in known.values()))


def _envelope(signed: Envelope, keyring: Keyring) -> Verified:
    if signed.payload_type == envelope.RELEASE:
        at = Release.from_bytes(signed.payload).circumstances.at
        signers = envelope.verify(signed, keyring, payload_type=envelope.RELEASE, use=KeyUse.RELEASE, at=at)
        facts = (
            f"the signature is that of {signers[0].party}",
            "who agreed is not proven by this file: fetch the release's proof",
        )
        return Verified("release without its proof", facts, Release.from_bytes(signed.payload))
    statement = Statement.from_bytes(signed.payload)
    signers = envelope.verify(signed, keyring, payload_type=envelope.STATEMENT, use=KeyUse.AGREE, at=statement.at)
    about = ", ".join(f"{each.agreement} version {each.version}" for each in statement.documents)
    return Verified("statement", (f"{signers[0].person} of {signers[0].party}: {statement.act.value} {about}",))
