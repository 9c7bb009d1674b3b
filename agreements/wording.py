"""What names and texts inside signed documents may look like.

It judges spelling only, never meaning.  Rules:

* an id is lower-case ASCII and short, so that two ids never look alike;
* a text is not blank and holds no control or invisible formatting character, so that what people read is what they
  sign.
"""

import re
import unicodedata

from agreements.errors import AgreementError

_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", re.ASCII)
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST_TEXT = 20_000


class WordingError(AgreementError):
    """A name or a text cannot stand in a signed document; the sentence says which."""


def check_id(value: str, name: str) -> None:
    """Refuse an id that is not 1 to 64 of a-z, 0-9, dot, underscore and hyphen."""
    if not _ID.fullmatch(value):
        raise WordingError(f"{name}: an id is 1 to 64 lower-case letters, digits, dots, underscores and hyphens")


def check_hex(value: str, name: str, *, length: int) -> None:
    """Refuse what is not `length` lower-case hexadecimal digits."""
    if len(value) != length or not _HEX.fullmatch(value):
        raise WordingError(f"{name}: give {length} lower-case hexadecimal digits")


def check_text(value: str, name: str) -> None:
    """Refuse a blank, over-long or invisible text; line breaks are allowed."""
    if not value.strip() or value != value.strip():
        raise WordingError(f"{name}: write some text, without spaces around it")
    if len(value) > _LONGEST_TEXT:
        raise WordingError(f"{name}: a text has at most {_LONGEST_TEXT} characters")
    if any(character != "\n" and unicodedata.category(character) in _HIDDEN for character in value):
        raise WordingError(f"{name}: take out control and invisible formatting characters")


def check_optional_text(value: str, name: str) -> None:
    """As `check_text`, where the text may be left out."""
    if value:
        check_text(value, name)
