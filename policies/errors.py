"""The base of every error that this package raises.

A refusal is not an error: it is a `Decision` with its reasons.  These are raised when the question cannot even be put,
or when the policy text itself is wrong; none carries a record's value.
"""


class PolicyError(ValueError):
    """The policies cannot be asked in this way."""


class RequestError(PolicyError):
    """A request holds a value of the wrong type or range; the sentence names the field."""


class FactsError(PolicyError):
    """What is said of an agreement is of the wrong type or range; the sentence names the field."""


class PolicyTextError(PolicyError):
    """A policy file cannot be read, does not fit its schema, or lacks an annotation; the sentence names the rule."""
