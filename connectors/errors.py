"""The base of every error that this package raises.

Each kind says in one sentence what is wrong and what would be accepted; none carries a record's value, a name or a
source's identifier: at most a file's name, a line number and the name of a column.
"""


class ConnectorError(ValueError):
    """Something at the custodian's site cannot be read, or may not leave."""


class SourceError(ConnectorError):
    """The export as a whole cannot be read: a file, a header or a manifest is wrong."""


class AccountError(ConnectorError):
    """The run's account does not add up, or too much of the export was malformed."""


class SiteError(ConnectorError):
    """The site's folder is incomplete or contradicts itself."""


class StandingError(ConnectorError):
    """The data-sharing agreement does not let this custodian deliver now."""


class DeliveryError(ConnectorError):
    """A delivery cannot be packed, or is not what its signature says."""
