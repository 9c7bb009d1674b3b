"""What linkage remembers, in encrypted files of its own: tokens, and the map from custodian records to persons.

Questions never open these files.  Rules: tokens of one custodian lie in a file of that custodian, so that destroying
its key destroys them; the map is one file, because a person is one at every custodian.
"""

from collections.abc import Mapping, Sequence

from hub.engine.columns import Values, fetch, fill
from hub.engine.warehouse import VaultFile, created, opened

_TOKENS = {"record": "BIGINT", "kind": "SMALLINT", "token": "BIGINT"}

Persons = Mapping[tuple[str, int], int]
"""The stable person key of each (custodian, record)."""


def write_tokens(file: VaultFile, tokens: Mapping[str, Sequence[int]]) -> None:
    """Write one custodian's tokens: equally long lists `record`, `kind` and `token`."""
    with created(file) as warehouse:
        fill(warehouse, "v.tokens", {name: (kind, tokens[name]) for name, kind in _TOKENS.items()})


def read_tokens(file: VaultFile) -> dict[str, list[int]]:
    """The tokens that `write_tokens` wrote, in the same order."""
    with opened(file) as warehouse:
        lists = fetch(warehouse, "v.tokens", list(_TOKENS))
    return {name: [int(value or 0) for value in values] for name, values in zip(_TOKENS, lists, strict=True)}


def write_persons(file: VaultFile, persons: Persons) -> None:
    """Write the map from custodian records to persons."""
    custodians: Values = [custodian for custodian, _ in persons]
    records: Values = [record for _, record in persons]
    with created(file) as warehouse:
        fill(
            warehouse,
            "v.persons",
            {
                "custodian": ("VARCHAR", custodians),
                "record": ("BIGINT", records),
                "person": ("BIGINT", list(persons.values())),
            },
        )


def read_persons(file: VaultFile) -> dict[tuple[str, int], int]:
    """The map that `write_persons` wrote."""
    with opened(file) as warehouse:
        lists = fetch(warehouse, "v.persons", ["custodian", "record", "person"])
    return {(str(c), int(r or 0)): int(p or 0) for c, r, p in zip(*lists, strict=True)}
