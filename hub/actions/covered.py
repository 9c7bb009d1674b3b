"""Whether the agreements that a release names really cover it: who signed it, for whom, why, and from whose data.

It verifies no signature and no standing; `hub.actions.verify` does.  Rule: what is missing or too much is said in a
sentence, so that a hub that signs more than was agreed is found out by whoever holds its release.
"""

from collections.abc import Iterator, Sequence

from agreements import purposes
from agreements.parties import Role
from agreements.terms import Terms, Tier
from hub.privacy.mechanism import rho_limit
from hub.privacy.release import Release


def gaps(document: Release, agreements: Sequence[Terms], *, signer: str) -> Iterator[str]:
    """What these agreements do not cover of the release that the party `signer` signed."""
    about = document.circumstances
    licences = [terms for terms in agreements if terms.tier is Tier.DUL]
    memoranda = [terms for terms in agreements if terms.tier is Tier.MOU]
    if len(licences) != 1 or len(memoranda) != 1:
        yield "the release does not name one licence and one memorandum"
        return
    if signer not in memoranda[0].having(Role.CUSTODIAN):
        yield f"the release is signed by {signer}, which does not run the hub under {memoranda[0].id}"
    yield from _under_licence(document, licences[0])
    sharing = {org for terms in agreements if terms.tier is Tier.DSA for org in terms.contributors}
    if not about.contributors:
        yield "the release names no contributor"
    for org in sorted(set(about.contributors) - (sharing & licences[0].contributors)):
        yield f"no agreement that the release names covers the data of {org}"
    if strangers := sorted({terms.id for terms in agreements} - {licences[0].id, *licences[0].parent_ids}):
        yield f"the release names {strangers[0]}, under which its licence does not stand"


def _under_licence(document: Release, licence: Terms) -> Iterator[str]:
    about = document.circumstances
    prohibited = purposes.covers(licence.prohibited_purposes, about.purpose)
    if prohibited or not purposes.covers(licence.purposes, about.purpose):
        yield f"{licence.id} does not permit the purpose {about.purpose}"
    if about.org not in licence.recipients or about.person not in licence.permitted_users:
        yield f"{licence.id} does not name {about.person} of {about.org}"
    if document.loss.rho > rho_limit(licence.privacy.epsilon_query_max_micro, licence.privacy.delta_e12):
        yield f"the release cost more privacy loss than {licence.id} permits for one question"
    if document.min_cell < licence.privacy.min_cell:
        yield f"the release shows smaller cells than {licence.id} permits"
