"""Where everything of the demonstration lies: one folder for each organisation, as if each were far away.

It writes nothing.  Rule: a custodian's keys, secrets and exports lie in its own folder and nowhere else.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The folders under the one that the demonstration was given."""

    directory: Path

    @property
    def hub(self) -> Path:
        """The hub's folder."""
        return self.directory / "hub"

    @property
    def sites(self) -> Path:
        """One folder for each custodian."""
        return self.directory / "sites"

    def site(self, custodian: str) -> Path:
        """A custodian's folder."""
        return self.sites / custodian

    def head_key(self, org: str) -> Path:
        """The key with which the head of an organisation signs."""
        holder = self.site(org) if self.site(org).is_dir() else self.directory / org
        return holder / "keys" / "head.pem"

    @property
    def researcher(self) -> Path:
        """What the researcher needs to sign in."""
        return self.directory / "university" / "sign-in.toml"

    @property
    def truth(self) -> Path:
        """Who is who and what is so: read by the demonstration's comparison and by tests, never by the hub."""
        return self.sites / "truth.json"

    @property
    def releases(self) -> Path:
        """Where the story leaves the releases that it was given."""
        return self.directory / "university" / "releases"
