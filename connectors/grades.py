"""Grade levels: the CEDS code behind the words of an export, and the band that a grade belongs to."""

from collections.abc import Mapping
from functools import cache

from connectors import codes


def grade_of(text: str) -> str | None:
    """The CEDS code of a list of grades that names exactly one; None when it names none, several or an unknown one."""
    words = {word.strip() for word in text.split(",")} - {""}
    return _grades().get(words.pop().lower()) if len(words) == 1 else None


def band_of(grade: str | None) -> str | None:
    """The band of a CEDS code."""
    return _bands()[grade] if grade is not None else None


@cache
def _bands() -> Mapping[str, str]:
    return {grade: band for band, grades in codes.document("grades")["bands"].items() for grade in grades}


@cache
def _grades() -> Mapping[str, str]:
    known = {grade.lower(): grade for grade in _bands()}
    known.update({grade.lstrip("0").lower(): grade for grade in _bands()})
    known.update({word: grade for grade, words in codes.document("grades")["words"].items() for word in words})
    return known
