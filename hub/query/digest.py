"""The names of a question: one digest for every spelling of it.

It compares nothing.  Rules:

* `digest` names the question with its presentation: the names and the order of its columns;
* `measured_digest` names what is measured: keys and statistics as a set, without their names;
* the uses of data elements are in neither: they follow from the text, and policy judges them each time.
"""

from hub.query.encoding import canonical, fingerprint
from hub.query.model import Question


def digest(question: Question) -> str:
    """SHA-256 of the plan and of how its columns are shown, in hexadecimal."""
    return fingerprint((question.source, question.keys, question.statistics, question.columns))


def measured_digest(question: Question) -> str:
    """SHA-256 of the plan alone, in hexadecimal."""
    keys = {canonical((key.expression, key.domain, key.nullable)) for key in question.keys}
    statistics = {canonical((one.kind, one.argument, one.domain, one.where)) for one in question.statistics}
    return fingerprint((canonical(question.source), tuple(sorted(keys)), tuple(sorted(statistics))))
