"""Delimited text into columns of text, strictly: what is not one clean table is an error."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tpm_analytics.errors import SourceError

DELIMITERS = ",;\t|^"
LARGEST_ROW = 64 * 2**20
SHOWN_TEXT = 60
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_SAVE_AS_UTF8 = 'save it as "CSV UTF-8"'


@dataclass(frozen=True)
class Grid:
    """A table of text as a file holds it: headers may repeat, columns are counted from 0.

    ``ends_open`` is the last row, where no line break follows it.
    """

    name: str
    headers: tuple[str, ...]
    cells: pd.DataFrame
    ends_open: str = ""


def read_grid(path: Path) -> Grid:
    """Read a CSV file, plain or gzipped, as text, with commas or another of `DELIMITERS`.

    A cell that is blank is NA; nothing else is interpreted, so ``007`` and ``13.10`` stay.

    Raises
    ------
    SourceError
        If the file is absent, empty, cut short, not UTF-8, a web page or a workbook, or if a row
        has more or fewer cells than the header; naming the file and the place in it.
    """
    data = _content(path)
    delimiter = _delimiter(data)
    headers = _headers(data, delimiter, path.name)
    names = [str(position) for position in range(len(headers))]
    try:
        table = _parsed(data, delimiter, names)
    except pa.ArrowInvalid as error:
        raise _diagnosed(data, delimiter, names, path.name, error) from error
    cells = table.slice(1).to_pandas()
    named = cells.set_axis(range(len(headers)), axis=1)
    return Grid(path.name, tuple(headers), named, ends_open=_open_end(data))


def _open_end(data: bytes) -> str:
    """Last line of a file that ends without a line break; empty for one that ends with it."""
    ended = data.endswith((b"\n", b"\r"))
    return "" if ended else data[data.rfind(b"\n") + 1 :].decode("utf-8", errors="replace").strip()


def read_bytes(path: Path) -> bytes:
    """Content of a file, unpacked if it is gzipped, whatever its name says."""
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(_GZIP) else data
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(
            f"{path.name} is a gzip file that is cut short or damaged: {error}.",
            hint="copy or export it again",
        ) from error
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror or error}.",
            hint="check that the file exists and that you may read it",
        ) from error


def _content(path: Path) -> bytes:
    data = read_bytes(path)
    name, opening = path.name, data[:256].lstrip()
    if not data.removeprefix(_UTF8_MARK).strip():
        raise SourceError(f"{name} is empty.", hint="export it again, with a row of headers")
    if opening.startswith(_ZIP):
        raise SourceError(
            f"{name} is a workbook or another zip archive, not CSV.",
            hint="rename it to .xlsx, or export it as CSV",
        )
    if opening.startswith(_UTF16):
        raise SourceError(f"{name} is UTF-16 from its byte 0, not UTF-8.", hint=_SAVE_AS_UTF8)
    if opening.removeprefix(_UTF8_MARK).lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise SourceError(
            f"{name} is a web page from its line 1, not CSV; perhaps a login page.",
            hint="log in, export again, and look into the file",
        )
    return data


def _delimiter(data: bytes) -> str:
    """Delimiter that stands most often outside quotes in the first line."""
    line = data.split(b"\n", 1)[0].decode("utf-8", errors="replace")
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _headers(data: bytes, delimiter: str, name: str) -> list[str]:
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="") as text:
        try:
            first = next(row for row in csv.reader(text, delimiter=delimiter) if row)
        except UnicodeDecodeError:
            raise _wrong_encoding(data, name) from None
        except csv.Error as error:
            raise SourceError(
                f"{name}, line 1: the headers cannot be read: {error}.", hint="export it again"
            ) from error
    return [header.strip() for header in first]


def _parsed(data: bytes, delimiter: str, names: list[str], on_bad_row: object = None) -> pa.Table:
    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(
            column_names=names, block_size=LARGEST_ROW, use_threads=on_bad_row is None
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=on_bad_row
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _diagnosed(
    data: bytes, delimiter: str, names: list[str], name: str, error: Exception
) -> SourceError:
    """Find what the parser stumbled over, by reading once more; only errors pay for it."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _wrong_encoding(data, name)
    bad: list[arrow_csv.InvalidRow] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    try:
        _parsed(data, delimiter, names, skip)
    except pa.ArrowInvalid:
        bad = bad[:1]
    if not bad:
        return SourceError(f"{name} cannot be read as CSV: {error}.", hint="export it again")
    row = bad[0]
    line = data[: max(data.find(row.text.encode()), 0)].count(b"\n") + 1
    more = f" So have {len(bad) - 1} more rows." if len(bad) > 1 else ""
    if row.text == _open_end(data) and row.actual_columns < row.expected_columns:
        return SourceError(
            f"{name} is cut short: it ends in line {line}, in cell {row.actual_columns} of "
            f"{row.expected_columns}: {row.text[:SHOWN_TEXT]!r}.",
            hint="copy or export it again",
        )
    return SourceError(
        f"{name}, line {line}: the row has {row.actual_columns} cells, the header has "
        f"{row.expected_columns}: {row.text[:SHOWN_TEXT]!r}.{more}",
        hint="a cell that holds a delimiter, a quote or a new line must stand in double quotes",
    )


def _wrong_encoding(data: bytes, name: str) -> SourceError:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return SourceError(
            f"{name}, line {line}: byte {error.start} is 0x{data[error.start]:02x}, which is not "
            "UTF-8; the file may be Latin-1 (Windows-1252).",
            hint=_SAVE_AS_UTF8,
        )
    return SourceError(f"{name} is not UTF-8.", hint=_SAVE_AS_UTF8)
