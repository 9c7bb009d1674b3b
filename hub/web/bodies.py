"""What the API takes, as frozen values: nothing unknown, nothing guessed, every number finite and really a number.

It judges no question.  Rules: `"0.1"`, `true`, NaN and infinity are no numbers; a field that is not named here refuses;
what is said of a wrong body never repeats it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AllowInfNan, ConfigDict, Field, Strict

from hub.actions.asked import Asked
from hub.privacy.offer import parse_within

Text = Annotated[str, Strict()]
Name = Annotated[str, Strict(), Field(min_length=1, max_length=200)]
Number = Annotated[int, Strict()] | Annotated[float, Strict(), AllowInfNan(allow_inf_nan=False)]
Whole = Annotated[int, Strict()]
Object = dict[str, Any]

_CONFIDENCE = 0.95
_LONGEST_SQL = 20_000
_LARGEST = 10**15

_NOT_TAKEN = "the body holds a field that is not taken here: GET /api/v1/openapi.json lists those that are"
_SENTENCES = {
    "missing": "this field is needed",
    "unexpected_keyword_argument": _NOT_TAKEN,
    "extra_forbidden": _NOT_TAKEN,
    "json_invalid": "the body is not JSON",
    "string_type": "this is a text",
    "string_too_short": "this text is not empty",
    "string_too_long": "this text is too long",
    "list_type": "this is a list",
    "dict_type": "this is an object",
    "dataclass_type": "this is an object",
    "int_parsing": "this is a whole number",
    "greater_than_equal": "this number is too small",
    "less_than_equal": "this number is too large",
    "string_pattern_mismatch": "this text has characters that are not taken here",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionBody:
    """A question: SQL, the licence's id, a purpose, and exactly one of `epsilon` and `within`.

    `within` is a number, or text with its base: "5% of 400".
    """

    __pydantic_config__: ClassVar[ConfigDict] = {"extra": "forbid"}

    sql: Annotated[str, Strict(), Field(min_length=1, max_length=_LONGEST_SQL)]
    project: Name
    purpose: Name
    epsilon: Number | None = None
    within: Number | Annotated[str, Strict(), Field(max_length=60)] | None = None
    confidence: Number = _CONFIDENCE
    rows_per_person: Whole | None = None

    def asked(self) -> Asked:
        """The question as the actions take it; `InvalidError` names the field that cannot be."""
        within = parse_within(self.within) if isinstance(self.within, str) else exact(self.within)
        return Asked(
            sql=self.sql,
            project=self.project,
            purpose=self.purpose,
            epsilon=exact(self.epsilon),
            within=within,
            confidence=exact(self.confidence) or Decimal(0),
            rows_per_person=self.rows_per_person,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalBody:
    """Terms of one or more agreements as canonical JSON objects, and the signed statement that proposes them."""

    __pydantic_config__: ClassVar[ConfigDict] = {"extra": "forbid"}

    terms: Annotated[list[Object], Field(min_length=1, max_length=100)]
    statement: Object


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeBody:
    """A DSSE envelope around a signed statement."""

    __pydantic_config__: ClassVar[ConfigDict] = {"extra": "forbid"}

    payloadType: Text  # noqa: N815 - the name that DSSE gives
    payload: Text
    signatures: Annotated[list[Object], Field(min_length=1, max_length=16)]


def exact(number: float | None) -> Decimal | None:
    """The decimal number that was written: the shortest that reads back the same, without zeros at its end."""
    if number is None:
        return None
    return Decimal(format(Decimal(repr(number) if abs(number) < _LARGEST else _LARGEST).normalize(), "f"))


def sentence(error: Mapping[str, Any]) -> tuple[str, str]:
    """Which field is wrong, and what it should be; nothing that was sent is in either."""
    kind, place = str(error.get("type", "")), [part for part in error.get("loc", ()) if isinstance(part, str)]
    if kind in _NO_OBJECT and len(place) == 1:
        return place[0], "this is a JSON object, sent with the header Content-Type: application/json"
    if kind == "json_invalid" and (doubt := str(error.get("ctx", {}).get("error", ""))) in DOUBTS:
        return "body", doubt
    known = place[1] if len(place) > 1 and place[1] in _FIELDS and kind not in _UNKNOWN else ""
    text = _NUMBERS.get(known) or _SENTENCES.get(kind, "this is not of the form that is taken here")
    return known or (place[0] if place else "body"), text


DOUBTS = frozenset(
    {
        "the body is not UTF-8",
        "the body begins with a byte-order mark",
        "the body is nested too deep",
        "a number of the body is too long",
        "a name stands twice in one object",
        "NaN and infinity are no numbers",
    }
)
"""What `strict` finds doubtful; these sentences are its own and repeat nothing."""

_NUMBERS = {
    "epsilon": "this is a finite number, written without quotation marks",
    "within": 'this is a finite number without quotation marks, or a text such as "5% of 400"',
    "confidence": "this is a finite number, written without quotation marks, for example 0.95",
    "rows_per_person": "this is a whole number, written without quotation marks",
}
_UNKNOWN = frozenset({"unexpected_keyword_argument", "extra_forbidden"})
_NO_OBJECT = frozenset({"dataclass_type", "model_attributes_type"})
_FIELDS = frozenset(
    {
        *(name for kind in (QuestionBody, ProposalBody, EnvelopeBody) for name in kind.__dataclass_fields__),
        *("Idempotency-Key", "after", "limit", "project", "grant_type", "client_id", "client_secret"),
    }
)
