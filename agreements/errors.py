"""The base of every error that this package raises.

Each kind says in one sentence what is wrong and what would be accepted; none carries a record's value.
"""


class AgreementError(ValueError):
    """Something about an agreement, a key or a signature cannot be accepted."""
