"""Who acts, and for which organisation.

It checks no secret; `hub.web.identity` and `hub.store.actors` do.  Rule: an actor is never one of the persons that the
data are about.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts for an organisation, through the client that signed in."""

    client: str
    person: str
    org: str
