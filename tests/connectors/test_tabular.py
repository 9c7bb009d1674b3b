"""CSV as custodians export it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import SourceError
from connectors.reasons import Reason
from connectors.tabular import sheet
from connectors.tally import Tally

SECRET = "Zebedee-Canary"


def read(data: bytes) -> tuple[list[tuple[int, tuple[str, ...]]], dict[Reason, int], tuple[tuple[int, Reason], ...]]:
    tally = Tally("some.csv", "some")
    found = []
    for line, cells in sheet("some.csv", data).records(tally, ("id",), ("name",), ("more",)):
        tally.accept(line)
        found.append((line, cells))
    account = tally.close()
    return found, dict(account.rejected), account.lines


@pytest.mark.parametrize(
    "data",
    [
        "id,name\r\n1,Zoë\r\n",
        "id,name\n1,Zoë",
        "\ufeffid,name\r\n1,Zoë\r\n",
        "ID,Name,\r\n1,Zoë,\r\n",
        "id;name\n1;Zoë\n",
        "id\tname\n1\tZoë\n",
        '"id","name"\r\n"1","Zoë"\r\n',
        'id,name\r\n="1",Zoë\r\n',
        "\r\n\r\nid,name\r\n1,Zoë\r\n,\r\n\r\n",
        "id,name\r1,Zoë\r",
        "id,name\r\n 1 , Zoë ,,\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_every_way_of_writing_a_file_gives_the_same_record(data: str, encoding: str) -> None:
    found, rejected, _ = read(data.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding))
    assert [cells for _, cells in found] == [("1", "Zoë", "")]
    assert not rejected


def test_a_file_in_windows_1252_keeps_its_accents() -> None:
    assert read("id,name\n1,Zoë\n".encode("cp1252"))[0] == [(2, ("1", "Zoë", ""))]


@pytest.mark.parametrize(
    ("body", "reason", "lines"),
    [
        (f"1,{SECRET},x\n", Reason.RAGGED, [2]),
        (f"{SECRET}\n", Reason.RAGGED, [2]),
        (f",{SECRET}\n", Reason.MISSING_FIELD, [2]),
        (f'1,"{SECRET}"x\n', Reason.QUOTING, [2]),
        (f'1,"{SECRET}\n2,a\n3,b\n', Reason.QUOTING, [2, 3, 4]),
        (f'1,"{SECRET}\n2,a\n",b\n', Reason.RAGGED, [2, 3, 4]),
        (f"1,{SECRET}\0\n", Reason.ENCODING, [2]),
    ],
)
def test_a_damaged_line_is_rejected_with_its_number_and_reason(body: str, reason: Reason, lines: list[int]) -> None:
    found, rejected, named = read(
        f"id,name\n{body}9,fine\n".encode() if reason is not Reason.QUOTING else f"id,name\n{body}".encode()
    )
    assert rejected == {reason: len(lines)}
    assert [line for line, _ in named] == lines
    assert SECRET not in repr((found, named))


def test_a_line_of_another_encoding_is_rejected_and_the_others_are_kept() -> None:
    found, rejected, named = read("id,name\n1,Zoë\n".encode() + "2,Zoë\n".encode("cp1252") + b"3,plain\n")
    assert [cells[0] for _, cells in found] == ["1", "3"]
    assert rejected == {Reason.ENCODING: 1}
    assert named == ((3, Reason.ENCODING),)


def test_a_quoted_line_break_is_part_of_its_cell_and_lines_are_still_counted_right() -> None:
    found, rejected, _ = read(b'id,name\r\n1,"two\r\nlines"\r\n2,one\r\n')
    assert [line for line, _ in found] == [2, 4]
    assert not rejected


def test_a_renamed_column_stops_the_run_and_no_cell_is_repeated() -> None:
    with pytest.raises(SourceError, match=r"some\.csv line 1: the header lacks id, name") as caught:
        read(f"{SECRET},1\n{SECRET},2\n".encode())
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\r\n \r\n", b"\xff\xfea"])
def test_a_file_without_a_header_or_in_half_characters_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="export it again"):
        read(data)


def test_unknown_columns_are_counted_and_extensions_are_not() -> None:
    assert sheet("some.csv", b"id,name,metadata.bus,shoe size,\n").unknown_columns(("id", "NAME")) == 1


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1).filter(
                lambda cell: cell == cell.strip() and not cell.startswith('="') and cell
            ),
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])),
        )
    )
)
def test_whatever_the_csv_module_writes_is_read_back(records: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("id", "name"), *records])
    found, rejected, _ = read(stream.getvalue().encode())
    assert [cells[:2] for _, cells in found] == records
    assert not rejected


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_the_account_adds_up(data: bytes) -> None:
    try:
        found, rejected, _ = read(b"id,name\n" + data)
    except SourceError:
        return
    lines = len((b"id,name\n" + data).splitlines())
    assert len(found) + sum(rejected.values()) <= max(lines, 1)


@pytest.mark.parametrize(
    ("end", "reason"), [("2", Reason.RAGGED), ("2,one", Reason.RAGGED), ('2,"one', Reason.QUOTING)]
)
def test_a_file_that_ends_in_the_middle_of_a_record_stops_the_run(end: str, reason: Reason) -> None:
    whole = "id,name,note\n1,two,three\n"
    with pytest.raises(SourceError, match=r"line 3: the file ends in the middle of a record"):
        read((whole + end).encode())
    assert read(f"{whole}{end}\n".encode())[1] == {reason: 1}
