"""Terms from a template: the fixed text of one kind of agreement, filled in for its parties.

It reads no file; the caller gives the parsed TOML.  Rules:

* what the template and the values do not know refuses, and every placeholder is filled;
* a value replaces the template's own; of `privacy` it may replace single limits;
* recipients, legal basis and the schedule of data elements are worked out unless they are given.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from agreements import document, schedule
from agreements.errors import AgreementError
from agreements.parties import Party, Role
from agreements.privacy_terms import PrivacyTerms
from agreements.terms import Terms

_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
_SECTIONS = frozenset({"articles", "basis", "classes", "elements", "privacy"})
_SETS = frozenset({"purposes", "prohibited_purposes", "permitted_users", "recipients", "elements", "outputs"})
_FIELDS = {field.name: field for field in fields(Terms)}


class ExhibitError(AgreementError):
    """A template cannot be filled with these values; the sentence names what is wrong."""


def fill(template: Mapping[str, Any], values: Mapping[str, Any]) -> Terms:
    """The terms that `template` (parsed TOML) gives for `values`.

    `values` holds fields of `Terms` (at least `id`, `parties`, `signatories`, `effective_from`, `effective_until`, and
    `parent_ids` below a memorandum) and, where data elements are listed, `catalogue`.
    """
    if unknown := sorted((set(template) - set(_FIELDS) - _SECTIONS) | (set(values) - set(_FIELDS) - {"catalogue"})):
        raise ExhibitError(f"{unknown[0]}: no agreement has such a field")
    parties: Sequence[Party] = tuple(values.get("parties", ()))
    contributors = [party for party in parties if Role.CONTRIBUTOR in party.roles]
    text = _substituted(template, _words(parties, {**template, **values}))
    worked_out: dict[str, Any] = {
        "recipients": _having(parties, Role.RECIPIENT),
        "articles": text.get("articles", []),
        "basis": [_basis(text, party) for party in contributors] if "basis" in text else [],
        "elements": [],
    }
    if "catalogue" in values:
        worked_out["catalogue_digest"] = values["catalogue"].digest
        if "elements" in text:
            worked_out["elements"] = schedule.elements(text, contributors, values["catalogue"])
    fixed = {name: value for name, value in text.items() if name not in _SECTIONS}
    filled = {**_defaults(), **fixed, **worked_out, **values}
    filled.pop("catalogue", None)
    filled["privacy"] = _privacy(text.get("privacy", {}), values.get("privacy", {}), filled["elements"])
    return document.from_json(Terms, {name: _plain(name, value) for name, value in filled.items()})


def _defaults() -> dict[str, Any]:
    return {name: field.default for name, field in _FIELDS.items() if field.default is not MISSING}


def _plain(name: str, value: Any) -> Any:
    if name in _SETS:
        return sorted(set(value))
    if isinstance(value, list):
        return [_plain("", item) for item in value]
    return value if isinstance(value, Mapping) else document.to_json(value)


def _having(parties: Sequence[Party], role: Role) -> list[str]:
    return [party.org_id for party in parties if role in party.roles]


def _words(parties: Sequence[Party], known: Mapping[str, Any]) -> dict[str, str]:
    """What each placeholder stands for."""
    names = {
        role: " and ".join(party.legal_name for party in parties if role in party.roles)
        for role in (Role.CONTRIBUTOR, Role.CUSTODIAN, Role.RECIPIENT)
    }
    return {
        "contributor": names[Role.CONTRIBUTOR],
        "contributors": names[Role.CONTRIBUTOR],
        "custodian": names[Role.CUSTODIAN],
        "recipients": names[Role.RECIPIENT],
        "days": str(known.get("destroy_within_days", "")),
    }


def _substituted(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: _word(found[1], words), value).strip()
    if isinstance(value, Mapping):
        return {name: _substituted(inner, words) for name, inner in value.items()}
    return [_substituted(inner, words) for inner in value] if isinstance(value, list) else value


def _word(name: str, words: Mapping[str, str]) -> str:
    if not words.get(name):
        raise ExhibitError(f"the template's {{{name}}} stands for nothing here; give the parties that it names")
    return words[name]


def _basis(text: Mapping[str, Any], party: Party) -> dict[str, Any]:
    section = text["basis"].get(party.kind.value)
    if section is None:
        raise ExhibitError(f"{party.org_id}: the template states no legal basis for a party of kind {party.kind.value}")
    pairs = [[name, section["particulars"][name]] for name in sorted(section["particulars"])]
    return {**section, "org_id": party.org_id, "particulars": pairs}


def _privacy(fixed: Mapping[str, Any], given: Any, elements: Sequence[str]) -> Any:
    """The limits; rows are stated for the tables that the agreement lists, and for all where it lists none."""
    if isinstance(given, PrivacyTerms):
        return given
    merged = {field.name: field.default for field in fields(PrivacyTerms) if field.default is not MISSING}
    merged |= {**fixed, **given}
    rows = merged.get("rows_per_person", ())
    tables = {element.split("/")[1] for element in elements}
    if isinstance(rows, Mapping):
        merged["rows_per_person"] = [[table, rows[table]] for table in sorted(rows) if table in tables or not tables]
    return {name: _plain("", value) for name, value in merged.items()}
