"""A release: the table that may be shown, with everything needed to say what it is and on whose authority.

It is not signed here.  Rules:

* canonical JSON without floats: every released number is decimal text, the same in every rendering;
* it names question, snapshot, agreements, contributors, loss and noise, and the rules by which noisy numbers became
  those that are shown;
* it holds nothing that was not computed from noisy vectors or known beforehand; the vectors themselves stay apart, in
  `hub.privacy.noisy`.
"""

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from agreements import canonical
from hub.privacy import decimals, describe
from hub.privacy.calibrated import Calibrated
from hub.privacy.errors import DocumentError
from hub.privacy.intervals import Number
from hub.privacy.mechanism import epsilon_micro
from hub.privacy.noisy import NoisyVectors
from hub.privacy.spreadsheet import to_csv
from hub.privacy.table import KEY, Column, Row, Table, statistics
from hub.query.expression import Value

SCHEMA = "hub.release/1"
PROCESSING = (
    "Noise was added once, to whole numbers, before anything else; what follows uses noisy numbers only.",
    "A count is shown no lower than 0, and so is a sum of numbers that cannot be negative; vectors are kept as drawn.",
    "Because of that, an average of such numbers over many small cells is too high.",
    "A mean is the noisy centred sum over the noisy count, held within its public range; its interval is Fieller's.",
    "A mean over a noisy count of 0 or less is blank.",
    "Each interval holds by itself, with the stated confidence, around the answer on the rows that the plan keeps.",
    "A cell whose noisy count of persons is below the smallest cell is suppressed.",
)
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class AgreementNamed:
    """One agreement that permitted the release, by the digest that was signed."""

    id: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the caller knows of a release: who asked what of which snapshot, when, and who agreed."""

    question_sha256: str
    snapshot: str
    purpose: str
    org: str
    person: str
    agreements: tuple[AgreementNamed, ...]
    contributors: tuple[str, ...]
    code_version: str
    at: datetime

    def __post_init__(self) -> None:
        """Refuse a time without a zone: a release states an instant."""
        if self.at.tzinfo is None:
            raise DocumentError("the time of a release is an instant in UTC")


@dataclass(frozen=True, slots=True)
class Loss:
    """What was charged: billionths of rho, and the same as epsilon in millionths at delta in 10^-12."""

    rho: int
    epsilon_micro: int
    delta_e12: int


@dataclass(frozen=True, slots=True)
class Noise:
    """One measurement, as decimal text: scale, squared L2 sensitivity, and the rho that OpenDP proves."""

    vector: str
    kind: str
    scale: str
    sensitivity_squared: str
    rho: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The public document."""

    circumstances: Circumstances
    plan: tuple[str, ...]
    proof: tuple[str, ...]
    loss: Loss
    mechanism: tuple[Noise, ...]
    confidence: Decimal
    min_cell: int
    table: Table

    def to_json(self) -> dict[str, Any]:
        """The document as JSON values; a key is text or a whole number, a released number is decimal text."""
        known = asdict(self.circumstances)
        known["contributors"] = list(self.circumstances.contributors)
        known["agreements"] = list(known["agreements"])
        known["at"] = self.circumstances.at.astimezone(UTC).strftime(_TIME)
        return {
            "schema": SCHEMA,
            **known,
            "plan": list(self.plan),
            "proof": list(self.proof),
            "loss": asdict(self.loss),
            "mechanism": [asdict(entry) for entry in self.mechanism],
            "processing": list(PROCESSING),
            "confidence": decimals.plain(self.confidence),
            "min_cell": self.min_cell,
            "columns": [asdict(column) for column in self.table.columns],
            "rows": [_row_json(row) for row in self.table.rows],
        }

    def to_bytes(self) -> bytes:
        """Canonical bytes (RFC 8785): what is signed."""
        return canonical.encode(self.to_json())

    def to_csv(self) -> str:
        """The table as CSV, with the numbers of the document."""
        return to_csv(self.table)

    @classmethod
    def from_json(cls, document: Any) -> "Release":
        """Read a release document; whatever `to_json` would not have written is refused."""
        try:
            written = canonical.encode(document)
        except ValueError as error:
            raise DocumentError("this is no JSON that could be a release document") from error
        return _checked(document, written)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Release":
        """Read canonical bytes; whatever `to_bytes` would not have written is refused."""
        try:
            document = canonical.decode(data)
        except ValueError as error:
            raise DocumentError("these bytes are no canonical JSON") from error
        return _checked(document, data)


def make(calibrated: Calibrated, noisy: NoisyVectors, circumstances: Circumstances) -> Release:
    """The release of noisy vectors."""
    bounds = calibrated.bounds
    parts = zip(bounds.vectors, calibrated.scales, calibrated.losses, strict=True)
    rho, delta = calibrated.rho, calibrated.delta_e12
    return Release(
        circumstances=circumstances,
        plan=describe.lines(bounds.question),
        proof=bounds.proof,
        loss=Loss(rho, epsilon_micro(rho, delta), delta),
        mechanism=tuple(
            Noise(each.name, each.kind.value, repr(scale), str(each.sensitivity_squared), repr(float(proven)))
            for each, scale, proven in parts
        ),
        confidence=calibrated.confidence,
        min_cell=bounds.min_cell,
        table=statistics(calibrated, noisy),
    )


def _row_json(row: Row) -> dict[str, Any]:
    entries = [
        {"value": entry.value, "low": entry.low, "high": entry.high} if isinstance(entry, Number) else entry
        for entry in row.entries
    ]
    return {"entries": entries, "suppressed": row.suppressed}


def _checked(document: Any, written: bytes) -> Release:
    try:
        read = _read(document)
        same = read.to_bytes() == written
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise DocumentError("this is no release document of schema hub.release/1") from error
    if not same:
        raise DocumentError("this release document has fields or forms that schema hub.release/1 does not have")
    return read


def _read(document: Any) -> Release:
    at = datetime.strptime(document["at"], _TIME).replace(tzinfo=UTC)
    named = tuple(AgreementNamed(**entry) for entry in document["agreements"])
    texts = ("question_sha256", "snapshot", "purpose", "org", "person", "code_version")
    columns = tuple(Column(**entry) for entry in document["columns"])
    return Release(
        circumstances=Circumstances(
            **{name: _text(document[name]) for name in texts},
            agreements=named,
            contributors=tuple(document["contributors"]),
            at=at,
        ),
        plan=tuple(document["plan"]),
        proof=tuple(document["proof"]),
        loss=Loss(**{name: _whole(amount) for name, amount in document["loss"].items()}),
        mechanism=tuple(Noise(**entry) for entry in document["mechanism"]),
        confidence=Decimal(document["confidence"]),
        min_cell=_whole(document["min_cell"]),
        table=Table(columns, tuple(_row(entry, columns) for entry in document["rows"])),
    )


def _row(entry: Any, columns: tuple[Column, ...]) -> Row:
    pairs = zip(entry["entries"], columns, strict=True)
    entries = tuple(_key(found) if column.role == KEY else _number(found) for found, column in pairs)
    return Row(entries, _text(entry["suppressed"]))


def _key(found: Any) -> Value:
    if found is not None and type(found) not in (str, int):
        raise DocumentError("a key of the release is neither text nor a whole number")
    read: Value = found
    return read


def _number(found: Any) -> Number:
    parts = (found["value"], found["low"], found["high"])
    if any(part is not None and (type(part) is not str or not _DECIMAL.fullmatch(part)) for part in parts):
        raise DocumentError("a released number is not decimal text")
    return Number(*parts)


def _whole(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise DocumentError("a field of the release that must be a whole number above 0 is not")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise DocumentError("a field of the release that must be text is not")
    return value
