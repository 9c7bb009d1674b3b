"""CSV as custodians export it: records with line numbers, whatever the encoding, line ends and quoting.

It knows no column's meaning.  Rules:

* UTF-8 with or without a mark, UTF-16 with a mark, else Windows-1252; a file of mixed encodings keeps its sound lines;
* header names are found whatever their case; a missing one stops the run, and only expected names are ever repeated,
  because a file without a header has a record there;
* a record with too few or too many cells, unpaired quotes or undecodable bytes is rejected with its line, never its
  content; if it swallowed several lines, each of them counts as a rejected record;
* a file that ends in the middle of a record was cut off: more than that record may be missing, so it stops the run;
* read with the standard library: pandas' parsers do not tell on which line a record began.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from connectors.errors import SourceError
from connectors.reasons import Reason
from connectors.tally import Tally

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DELIMITERS = ",;\t|"
_LONGEST_HEADER = 100_000

Record = tuple[int, tuple[str, ...]]
"""The line on which a record begins, and its cells in the order asked for."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One CSV file in memory: its text, and its header in lower case."""

    name: str
    header: tuple[str, ...] = field(repr=False)
    text: str = field(repr=False)
    delimiter: str

    def has(self, column: str) -> bool:
        """Whether the header names this column, whatever its case."""
        return column.lower() in self.header

    def unknown_columns(self, known: Sequence[str]) -> int:
        """How many named columns are neither known nor extensions (`metadata.`)."""
        names = {name.lower() for name in known}
        return sum(bool(name) and name not in names and not name.startswith("metadata.") for name in self.header)

    def records(
        self, tally: Tally, filled: Sequence[str], present: Sequence[str] = (), optional: Sequence[str] = ()
    ) -> Iterator[Record]:
        """Announce every record and yield the sound ones, with the cells of the columns in the order of the arguments.

        `filled` columns must hold something, else the record is rejected; `present` ones must stand in the header;
        `optional` ones give "" where they do not.  The caller settles every record that is yielded.
        """
        asked = (*filled, *present, *optional)
        missing = [column for column in (*filled, *present) if not self.has(column)]
        if missing:
            raise SourceError(
                f"{self.name} line 1: the header lacks {', '.join(missing)}; export the file with the"
                " header row that its specification gives"
            )
        places = [self.header.index(column.lower()) if self.has(column) else len(self.header) for column in asked]
        pick = itemgetter(*places, len(self.header))
        protected = '="' in self.text or '=""' in self.text
        for line, cells in self._sound(tally):
            cells.append("")
            picked = tuple(map(str.strip, pick(cells)[:-1]))
            if protected:
                picked = tuple(map(_unprotected, picked))
            if "" in picked[: len(filled)]:
                tally.reject(line, Reason.MISSING_FIELD)
            else:
                yield line, picked

    def _sound(self, tally: Tally) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        _skip_header(reader, self.name)
        suspect = not _is_text(self.text)
        cut_at = 0
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                cut_at = line
                _reject_lines(tally, line, reader.line_num, Reason.QUOTING)
                continue
            joined = "".join(cells)
            if not joined.strip():
                continue
            cut_at = 0
            fault = _fault(cells, joined, len(self.header), suspect=suspect)
            if fault:
                cut_at = line if len(cells) < len(self.header) else 0
                _reject_lines(tally, line, reader.line_num, fault)
                continue
            tally.announce(line)
            yield line, cells[: len(self.header)]
        if cut_at and not self.text.endswith(("\n", "\r")):
            raise SourceError(f"{self.name} line {cut_at}: the file ends in the middle of a record; export it again")


def sheet(name: str, data: bytes) -> Sheet:
    """Decode a CSV file and find its header."""
    text = _decoded(name, data)
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    if not first:
        raise SourceError(f"{name} is empty, without even a header row; export it again")
    delimiter = max(_DELIMITERS, key=first.count)
    header = next(csv.reader([first[:_LONGEST_HEADER]], delimiter=delimiter))
    return Sheet(name, tuple(cell.strip().lower() for cell in header), text, delimiter)


def _skip_header(reader: Iterator[list[str]], name: str) -> None:
    """Go past the header; blank lines may stand before it."""
    try:
        found = any("".join(cells).strip() for cells in reader)
    except csv.Error:
        found = False
    if not found:
        raise SourceError(f"{name}: the quotation marks of the header row do not pair; export it again")


def _fault(cells: list[str], joined: str, width: int, *, suspect: bool) -> Reason | None:
    if len(cells) != width and (len(cells) < width or "".join(cells[width:]).strip()):
        return Reason.RAGGED
    if "\0" in joined or (suspect and not _is_text(joined)):
        return Reason.ENCODING
    return None


def _reject_lines(tally: Tally, first: int, last: int, reason: Reason) -> None:
    for line in range(first, max(first, last) + 1):
        tally.announce(line)
        tally.reject(line, reason)


def _unprotected(cell: str) -> str:
    """The text of a cell that a spreadsheet program protected as ="00123"."""
    return cell[2:-1].strip() if cell.startswith('="') and cell.endswith('"') else cell


def _is_text(text: str) -> bool:
    """Whether every byte could be decoded; those that could not stand as lone surrogates."""
    return _attempt(text.encode("utf-8", "surrogateescape"), "utf-8") is not None


def _decoded(name: str, data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _attempt(data[len(mark) :], encoding)
            if text is None and encoding != "utf-8":
                raise SourceError(f"{name} begins as {encoding} and does not go on so; export it again as UTF-8")
            return data[len(mark) :].decode("utf-8", "surrogateescape") if text is None else text
    text = data.decode("utf-8", "surrogateescape")
    mixed = any("\x7f" < letter < "\udc80" or letter > "\udcff" for letter in text) if not _is_text(text) else True
    return text if mixed else data.decode("cp1252", "surrogateescape")


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
