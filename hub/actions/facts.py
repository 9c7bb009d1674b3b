"""An agreement's terms and standing, as the policies see them.

It works nothing out: standing comes from the signed bytes, balances from the ledger.
"""

from agreements.standing import Standing
from hub.privacy.mechanism import rho_limit
from hub.store.amounts import Balance
from policies.entities import AgreementFacts


def facts(standing: Standing, balance: Balance | None = None) -> AgreementFacts:
    """The facts of one agreement; without a balance nothing may be spent under it."""
    terms, privacy = standing.terms, standing.terms.privacy
    return AgreementFacts(
        id=terms.id,
        version=terms.version,
        tier=terms.tier,
        title=terms.title,
        state=standing.state,
        effective_from=terms.effective_from,
        effective_until=terms.effective_until,
        contributors=terms.contributors,
        signed=standing.signed,
        suspended_by=standing.suspended_by,
        purposes=terms.purposes,
        prohibited_purposes=terms.prohibited_purposes,
        permitted_users=terms.permitted_users,
        recipients=terms.recipients,
        elements=terms.elements,
        outputs=frozenset(terms.outputs),
        linkage_allowed=terms.linkage_allowed,
        catalogue_digest=terms.catalogue_digest,
        rho_limit=balance.rho_limit if balance else 0,
        rho_spent=balance.rho_spent if balance else 0,
        rho_query_max=rho_limit(privacy.epsilon_query_max_micro, privacy.delta_e12),
        output_checkers=terms.output_checkers,
    )
