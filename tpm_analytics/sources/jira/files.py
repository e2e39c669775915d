"""Find and parse the files of a Jira export; a file that cannot be read says where and why."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from tpm_analytics.errors import SourceError

SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
BATCH = 8
"""Values read at once: so few that they are still in the processor's cache when they are used."""

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OPENINGS = (b"{", b"[")  # the first line of an indented document
_BLANKS = re.compile(r"[ \t\r\n]*")
_AGAIN = "export it from Jira again, and check that the download ran to its end"


@dataclass(frozen=True)
class Batch:
    """JSON values that were read together, with the line each began on; no lines: one document."""

    path: Path
    values: list[Any]
    lines: list[int]

    def place(self, position: int) -> str:
        """Where the value at `position` stands."""
        return f"{self.path}, line {self.lines[position]}" if self.lines else str(self.path)


def find(place: str) -> list[Path]:
    """Return the file at `place`, or every export file in the folder there and those below it.

    Raises
    ------
    SourceError
        If nothing is there, or the folder holds no file that could be an export.
    """
    path = Path(place)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceError(f"{path} does not exist.", hint="check the path after jira:")
    found = sorted(
        file for file in path.rglob("*") if file.is_file() and file.name.lower().endswith(SUFFIXES)
    )
    if not found:
        raise SourceError(
            f"The folder {path} holds no Jira export.",
            hint=f"an export is a file that ends in {', '.join(SUFFIXES)}",
        )
    return found


def batches(path: Path) -> Iterator[Batch]:
    """Yield the JSON values of a file in batches: its documents, or a value for each line.

    What the file holds decides, not how it is named. JSON Lines are read as a stream: the values
    of one batch are all that is ever held of them. Documents one after the other, as a script
    that saves page after page writes them, are held as text, and parsed one at a time.

    Raises
    ------
    SourceError
        Naming the file and the place in it, if it is empty, cut short, in another encoding than
        UTF-8, a web page, or otherwise no JSON.
    """
    try:
        with _opened(path) as file:
            yield from _values(file, path)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(
            f"{path} is a gzip file cut short or damaged: {error}.", hint=_AGAIN
        ) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error}.") from error


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP_MAGIC
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def _values(file: BinaryIO, path: Path) -> Iterator[Batch]:
    line, number = _first_line(file, path)
    try:
        first = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        named_lines = path.name.lower().removesuffix(".gz").endswith(("jsonl", "ndjson"))
        if named_lines and line.strip() not in _OPENINGS:
            raise _not_json(path, line, error, number) from error
        file.seek(0)
        yield from _documents(file.read().removeprefix(_BYTE_ORDER_MARK), path)
        return
    del line
    following = _next_line(file)
    if not following[0]:
        yield Batch(path, [first], [])
        return
    yield Batch(path, [first], [number])
    del first
    yield from _lines(file, path, following, number)


def _first_line(file: BinaryIO, path: Path) -> tuple[bytes, int]:
    line, skipped = _next_line(file)
    if not line.strip(_BYTE_ORDER_MARK):
        raise SourceError(f"{path} is empty.", hint=_AGAIN)
    if line.startswith(_WIDE_MARKS) or b"\0" in line[:64]:
        raise SourceError(
            f"{path} is not in UTF-8: its first bytes are those of UTF-16.",
            hint="save it again as UTF-8",
        )
    line = line.removeprefix(_BYTE_ORDER_MARK)
    if line.lstrip().startswith(b"<"):
        raise SourceError(
            f"{path} looks like a web page, not like JSON.",
            hint="log in to Jira and export it again; a page like this is often its login page",
        )
    return line, skipped + 1


def _next_line(file: BinaryIO) -> tuple[bytes, int]:
    """Next line that is not blank, empty at the end, and how many blank ones were passed."""
    skipped = 0
    for line in file:
        if line.strip():
            return line, skipped
        skipped += 1
    return b"", skipped


def _lines(
    file: BinaryIO, path: Path, following: tuple[bytes, int], number: int
) -> Iterator[Batch]:
    line, skipped = following
    number += skipped + 1
    batch = Batch(path, [_parsed_line(line, path, number)], [number])
    for number, line in enumerate(file, start=number + 1):  # noqa: B020
        if not line.strip():
            continue
        batch.values.append(_parsed_line(line, path, number))
        batch.lines.append(number)
        if len(batch.lines) == BATCH:
            yield batch
            batch = Batch(path, [], [])
    if batch.lines:
        yield batch


def _parsed_line(line: bytes, path: Path, number: int) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _not_json(path, line, error, number) from error


def _documents(content: bytes, path: Path) -> Iterator[Batch]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        if not error.msg.startswith("unexpected content after"):
            raise _not_json(path, content, error) from error
    else:
        yield Batch(path, [document], [])
        return
    text = content.decode("utf-8")
    del content
    begin, line = _BLANKS.match(text).end(), 1  # type: ignore[union-attr]
    line += text.count("\n", 0, begin)
    while begin < len(text):
        end = _end_of_document(text, begin)
        part = text[begin:end].encode()
        try:
            yield Batch(path, [orjson.loads(part)], [line])
        except orjson.JSONDecodeError as error:
            before = begin - text.rfind("\n", 0, begin) - 1 if error.lineno == 1 else 0
            number = line + error.lineno - 1
            raise _not_json(path, part, error, number, before=before) from error
        after = _BLANKS.match(text, end).end()  # type: ignore[union-attr]
        line += text.count("\n", begin, after)
        begin = after


def _end_of_document(text: str, begin: int) -> int:
    """Where the document that begins there ends: only Python's slower parser tells."""
    try:
        return json.JSONDecoder().raw_decode(text, begin)[1]
    except (ValueError, RecursionError):
        return len(text)


def _not_json(
    path: Path,
    content: bytes,
    error: orjson.JSONDecodeError,
    line: int | None = None,
    *,
    before: int = 0,
) -> SourceError:
    """Say where; `before` counts the letters that stand before `content` on its line."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        place = f"line {line}, byte {wrong.start}" if line else f"byte {wrong.start}"
        return SourceError(f"{path} is not in UTF-8 at {place}.", hint="save it again as UTF-8")
    place = f"line {line or error.lineno}, column {error.colno + before}"
    if error.pos >= len(text.rstrip()) - 1:
        return SourceError(f"{path} is JSON cut short: it ends at {place}.", hint=_AGAIN)
    hint = "a file holds JSON documents one after the other, or one JSON value a line"
    return SourceError(f"{path} is not JSON at {place}: {error.msg}.", hint=hint)
