"""The exact answer of a bounded question: the only thing that this room is for.

It draws no noise, keeps nothing and shows nothing: what it returns cannot be looked at.  Rules:

* only the files of the question's own contributors are opened;
* one question, one process, one public deadline; whatever goes wrong has one constant sentence.
"""

from collections.abc import Mapping

from agreements.catalogue import Catalogue
from hub.engine.errors import FileRefusedError
from hub.engine.sql import compiled, vectors
from hub.engine.warehouse import VaultFile
from hub.engine.workers import Workers
from hub.privacy.exact import Exact
from hub.privacy.plan import Bounds


def aggregate(
    bounds: Bounds,
    *,
    files: Mapping[str, VaultFile],
    catalogue: Catalogue,
    workers: Workers,
    deadline_seconds: float,
) -> Exact:
    """Measure every vector of `bounds` on the snapshot whose `files` are given by custodian."""
    statement = compiled(bounds, catalogue)
    if not statement.files.keys() <= files.keys():
        raise FileRefusedError("the snapshot holds no file of a contributor to this question")
    opened = {name: files[custodian] for custodian, name in statement.files.items()}
    rows = workers.run(opened, statement.statement, deadline_seconds=deadline_seconds)
    return Exact(vectors(bounds, statement, rows))
