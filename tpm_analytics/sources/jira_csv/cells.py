"""The cells of a Jira CSV export by what they mean, whatever their headers are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import pandas as pd

from tpm_analytics.errors import SourceError
from tpm_analytics.sources.delimited import Grid, read_grid
from tpm_analytics.sources.jira_csv.words import meaning_of, plain
from tpm_analytics.sources.local_dates import FORMAT_KEY

ESSENTIAL = {"item_id": "Issue key", "created_at": "Created"}
MAPPABLE = (
    "item_id",
    "title",
    "kind",
    "team",
    "status",
    "priority",
    "created_at",
    "started_at",
    "finished_at",
    "points",
    "estimate_hours",
    "estimate_seconds",
    "parent_id",
    "assignee_id",
    "release",
    "url",
    "project",
    "status_category",
    "sprint",
    "log_work",
    "flagged",
)
"""What ``fields`` may name a header for."""

SHOWN_HEADERS = 40
_DECIMAL_COMMA = r"^(-?\d+),(\d+)$"


@dataclass(frozen=True)
class Export:
    """All pages of an export below one another.

    Attributes
    ----------
    cells
        Text, by meaning, header and number of the repetition; columns that mean nothing are gone.
    places
        File and row of each row, for error texts.
    origin
        Names of the files.
    headers
        Header that stands for each meaning first.
    """

    cells: pd.DataFrame
    places: pd.Series
    origin: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def has(self, meaning: str) -> bool:
        """Whether some page has a column of this meaning."""
        return meaning in self.headers

    def meanings(self, *openings: str) -> list[str]:
        """Meanings that begin with one of `openings`, in the order of the columns."""
        return [meaning for meaning in self.headers if meaning.startswith(openings)]


def gather(files: list[Path], fields: Mapping[str, str]) -> Export:
    """Read the pages in `files`; `fields` names headers of meanings, above what is known here.

    Raises
    ------
    SourceError
        If a file cannot be read, lacks an essential column, or `fields` names no header it has.
    """
    mapped = {key.removeprefix("items."): header for key, header in fields.items()}
    mapped.pop(FORMAT_KEY, None)
    _refuse_unknown(mapped)
    pages, places, seen = [], [], dict[str, None]()
    for path in files:
        grid = read_grid(path)
        meanings = [_meaning(header, mapped) for header in grid.headers]
        seen |= dict.fromkeys(grid.headers)
        _require_essential(grid, meanings)
        page = _labelled(grid, meanings)
        filled = grid.cells.notna().any(axis=1)
        pages.append(page[filled])
        places.append(pd.Series([f"{grid.name}, row {row + 1}" for row in page.index[filled]]))
    _refuse_absent(mapped, seen, files)
    cells = pd.concat(pages, ignore_index=True)
    if cells.empty:
        raise SourceError(
            f"{', '.join(path.name for path in files)}: a row of headers and nothing below it.",
            hint="check that the search finds items, and export again",
        )
    headers: dict[str, str] = {}
    for meaning, header, _ in cells.columns:
        headers.setdefault(meaning, header)
    return Export(
        cells=cells,
        places=pd.concat(places, ignore_index=True),
        origin=", ".join(path.name for path in files),
        headers=headers,
    )


def header_of(export: Export, meaning: str) -> str:
    """Header of a meaning, for error texts; the meaning itself where no page has it."""
    return export.headers.get(meaning, meaning)


def first(export: Export, meaning: str) -> pd.Series:
    """First value of a meaning in each row, over its columns; NA where none has one."""
    columns = _columns(export, meaning)
    if not columns:
        return pd.Series(pd.NA, index=export.cells.index, dtype="str")
    text = _coalesced(columns).str.strip()
    return text.mask(text == "")


def every(export: Export, meaning: str) -> pd.DataFrame:
    """Every value of a meaning, ``row`` by row, as ``value``."""
    found = [column.dropna() for column in _columns(export, meaning)]
    values = pd.concat([pd.Series(dtype="str"), *found]).sort_index(kind="stable")
    rows = pd.Series(values.index, dtype="int64")
    # numbered from -1 down, so that they and the rows of the export can share one index
    return pd.DataFrame({"row": rows, "value": values.reset_index(drop=True)}).set_axis(
        pd.RangeIndex(-1, -len(rows) - 1, -1)
    )


def numbers(export: Export, meaning: str) -> pd.Series:
    """Numbers of a meaning, with a decimal point or comma; NA where there is none.

    Raises
    ------
    SourceError
        Naming the row whose text is no number.
    """
    return _numbers(export, first(export, meaning), header_of(export, meaning))


def points(export: Export) -> tuple[pd.Series, list[str]]:
    """Story points, and a note if several filled columns disagree on them.

    Jira knows two fields of points, one for each kind of project. The fuller column counts, the
    others fill its gaps.
    """
    found = export.cells.loc[:, [label for label in export.cells if label[0] == "points"]]
    held = {
        header: _numbers(
            export, _coalesced([found[label] for label in found if label[1] == header]), header
        )
        for header in dict.fromkeys(label[1] for label in found)
    }
    filled = sorted(
        (header for header in held if held[header].notna().any()),
        key=lambda header: -held[header].count(),
    )
    if not filled:
        return pd.Series(float("nan"), index=export.cells.index), []
    used = held[filled[0]]
    notes = []
    for other in filled[1:]:
        differ = (used.notna() & held[other].notna() & (used != held[other])).sum()
        notes.append(
            f"Points stand in two columns: {filled[0]!r} counts, {other!r} fills its gaps; "
            f"they differ in {differ:,} rows."
        )
        used = used.fillna(held[other])
    return used, notes


def require_unique_keys(export: Export) -> None:
    """Raise `SourceError` if a row has no key, or two rows have the same."""
    keys = first(export, "item_id")
    header = header_of(export, "item_id")
    if (missing := keys.isna()).any():
        raise SourceError(
            f"{export.places[missing.idxmax()]}: {header!r} is empty.",
            hint="each row of an export has a key: look for a row that was split or added by hand",
        )
    if (again := keys.duplicated()).any():
        row = again.idxmax()
        before = (keys == keys[row]).idxmax()
        raise SourceError(
            f"{header} {keys[row]!r} stands in {export.places[before]} and in "
            f"{export.places[row]}; {again.sum()} rows repeat a key in all.",
            hint="keep one page of each part of the export in the folder, with each item once",
        )


def _refuse_unknown(mapped: Mapping[str, str]) -> None:
    if unknown := sorted(set(mapped) - set(MAPPABLE)):
        raise SourceError(
            f"fields maps {', '.join(map(repr, unknown))}, which a Jira CSV export cannot fill.",
            hint=f"it can fill {', '.join(MAPPABLE)}; {FORMAT_KEY} says how dates are written",
        )


def _refuse_absent(mapped: Mapping[str, str], seen: Iterable[str], files: list[Path]) -> None:
    known = {plain(header) for header in seen}
    absent = {key: header for key, header in mapped.items() if plain(header) not in known}
    if absent:
        wanted = ", ".join(f"{key} = {header!r}" for key, header in absent.items())
        raise SourceError(
            f"fields names a header that {', '.join(path.name for path in files)} lacks: {wanted}. "
            f"Found: {_shown(seen)}.",
            hint="write the header exactly as the file has it",
        )


def _meaning(header: str, mapped: Mapping[str, str]) -> str:
    for key, wanted in mapped.items():
        if plain(header) == plain(wanted):
            return key
    meaning = meaning_of(header)
    return "" if meaning in mapped else meaning


def _require_essential(grid: Grid, meanings: list[str]) -> None:
    missing = {key: name for key, name in ESSENTIAL.items() if key not in meanings}
    if missing:
        example = ", ".join(f'{key} = "..."' for key in missing)
        raise SourceError(
            f"{grid.name} has no column that is known to mean {' or '.join(missing.values())}; "
            f"the language may be unknown here. Found: {_shown(dict.fromkeys(grid.headers))}.",
            hint=f"name the headers: fields = {{ {example} }}, or export with Jira in English",
        )


def _shown(headers: Iterable[str]) -> str:
    names = [header or "(blank)" for header in headers]
    more = len(names) - SHOWN_HEADERS
    return ", ".join(names[:SHOWN_HEADERS]) + (f" and {more} more" if more > 0 else "")


def _labelled(grid: Grid, meanings: list[str]) -> pd.DataFrame:
    """Cells that mean something, under their meaning, header and number of the repetition."""
    times: dict[str, int] = {}
    labels, positions = [], []
    for position, (header, meaning) in enumerate(zip(grid.headers, meanings, strict=True)):
        if meaning:
            times[header] = times.get(header, 0) + 1
            labels.append((meaning, header, times[header]))
            positions.append(position)
    return grid.cells[positions].set_axis(pd.MultiIndex.from_tuples(labels), axis=1)


def _columns(export: Export, meaning: str) -> list[pd.Series]:
    return [export.cells[label] for label in export.cells if label[0] == meaning]


def _coalesced(columns: list[pd.Series]) -> pd.Series:
    return reduce(lambda told, column: told.fillna(column), columns)


def _numbers(export: Export, text: pd.Series, header: str) -> pd.Series:
    plain_text = text.str.strip().str.replace(_DECIMAL_COMMA, r"\1.\2", regex=True)
    found = pd.to_numeric(plain_text, errors="coerce").astype("float64")
    if (bad := found.isna() & text.notna()).any():
        row = bad.idxmax()
        raise SourceError(
            f"{export.places[row]}, column {header!r}: {text[row]!r} is not a number.",
            hint="mend the cell, or map another column in fields",
        )
    return found
