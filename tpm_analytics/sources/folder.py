"""A folder of CSV, Parquet or Excel files that are named after the tables they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from tpm_analytics.errors import SourceError
from tpm_analytics.program import TABLES, Delivery
from tpm_analytics.sources.delimited import SHOWN_TEXT, Grid, read_grid
from tpm_analytics.sources.local_dates import FORMAT_KEY
from tpm_analytics.sources.reading import Options
from tpm_analytics.sources.table_dates import with_iso_dates

_CSV = (".csv", ".csv.gz")
_PARQUET = (".parquet",)
_EXCEL = (".xlsx", ".xlsm")
KINDS = (*_CSV, *_PARQUET, *_EXCEL)
# Of two files one may be written by hand; the odd one out of three or more is worth a word
ENOUGH_FILES = 3


@dataclass(frozen=True)
class _Piece:
    """One table as one file or sheet holds it; `table` is empty if it is named after none."""

    table: str
    origin: str
    frame: pd.DataFrame
    note: str = ""
    ends_open: str = ""


def read(place: str, options: Options) -> Delivery:
    """Read every table in the folder `place`, or in the one workbook that `place` names.

    A file is named after its table in `TABLES`, whatever the case: ``items.csv``,
    ``transitions.parquet``, ``People.xlsx``, ``links.csv.gz``. A workbook of any name counts too
    if its sheets are named after tables.

    Parameters
    ----------
    place
        Path of the folder or workbook.
    options
        ``fields`` maps our column to the file's header: ``points = "SP"`` in every table that has
        such a header, ``"items.points" = "SP"`` in that table only. ``date_format`` says how dates
        are written where no row tells day from month.

    Raises
    ------
    SourceError
        If the folder is absent or holds no items, a file cannot be read, two files hold one
        table, ``fields`` names a header that no file has, or a date cannot be read.
    """
    files = _files(Path(place))
    pieces = [piece for path in files for piece in _pieces(path)]
    named = [piece for piece in pieces if piece.table]
    _refuse_two_of_one(named)
    if "items" not in {piece.table for piece in named}:
        held = ", ".join(path.name for path in files) or "no file"
        raise SourceError(
            f"{place} holds no items table, and every figure starts from items. It holds {held}.",
            hint=f"add items{KINDS[0]}, with a column item_id at least; "
            f"files may end in {', '.join(KINDS)}",
        )
    origins = {piece.table: piece.origin for piece in named}
    fields = dict(options.fields)
    date_format = fields.pop(FORMAT_KEY, None)
    renamed = _renamed({piece.table: piece.frame for piece in named}, origins, fields)
    tables = {
        table: with_iso_dates(table, frame, origins[table], date_format=date_format)
        for table, frame in renamed.items()
    }
    unnamed = [piece.origin for piece in pieces if not piece.table]
    texts = [piece for piece in named if piece.origin.lower().endswith(_CSV)]
    notes = [*(piece.note for piece in named if piece.note), *_cut_short(texts)]
    if unnamed:
        notes.insert(0, f"Not named after a table, and left out: {', '.join(unnamed)}.")
    return Delivery(tables=tables, origins=origins, notes=tuple(notes))


def _files(place: Path) -> list[Path]:
    if place.is_file() and place.name.lower().endswith(_EXCEL):
        return [place]
    if not place.is_dir():
        what = "is a file, not a folder" if place.exists() else "does not exist"
        raise SourceError(
            f"{place} {what}.", hint="name the folder that holds items.csv, or a workbook"
        )
    return sorted(
        path for path in place.iterdir() if path.is_file() and not path.name.startswith((".", "~$"))
    )


def _pieces(path: Path) -> Iterator[_Piece]:
    """Tables in one file: one or none, or several if it is a workbook."""
    name = path.name.lower()
    kind = next((kind for kind in reversed(KINDS) if name.endswith(kind)), "")
    table = _table_named(name.removesuffix(kind) if kind else path.stem)
    if kind in _EXCEL:
        yield from _from_workbook(path, table)
    elif kind and table:
        yield _from_parquet(path, table) if kind in _PARQUET else _from_grid(read_grid(path), table)
    elif kind or table:
        yield _Piece("", path.name, pd.DataFrame())


def _table_named(name: str) -> str:
    plain = _plain(name)
    return plain if plain in TABLES else ""


def _plain(name: str) -> str:
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def _from_workbook(path: Path, table: str) -> Iterator[_Piece]:
    from tpm_analytics.sources import spreadsheet  # its library takes long: most need it not

    sheets = spreadsheet.read_sheets(path)
    held = {title: _table_named(title) for title in sheets}
    if table and sheets and not any(held.values()):
        held[next(iter(sheets))] = table
    if not any(held.values()):
        yield _Piece("", path.name, pd.DataFrame())
        return
    for title, grid in sheets.items():
        yield _from_grid(grid, held[title])


def _from_grid(grid: Grid, table: str) -> _Piece:
    titled = [bool(header) for header in grid.headers]
    headers = [header for header in grid.headers if header]
    if twice := sorted({header for header in headers if headers.count(header) > 1}):
        raise SourceError(
            f"{grid.name} has more than one column named {', '.join(map(repr, twice))}.",
            hint="give each column a name of its own",
        )
    frame = grid.cells.loc[:, titled].set_axis(headers, axis=1)
    lost = grid.cells.loc[:, [not kept for kept in titled]].notna().any().sum()
    note = f"{grid.name}: columns without a header, and left out: {lost}." if lost else ""
    return _Piece(table, grid.name, frame, note, ends_open=grid.ends_open)


def _cut_short(pieces: list[_Piece]) -> list[str]:
    """Say which file of text may be cut short: the one that has no line break at its end.

    Many an editor writes none, and then in every file it saves. One alone among several, beside
    others that all have it, was saved otherwise or cut in its last cell: nobody can tell which.
    """
    unended = [piece for piece in pieces if piece.ends_open]
    if len(unended) != 1 or len(pieces) < ENOUGH_FILES:
        return []
    only = unended[0]
    return [
        f"{only.origin} ends without a line break, and the other files do not: if it was cut "
        f"short, its last row is not whole, and more rows are missing: "
        f"{only.ends_open[:SHOWN_TEXT]!r}."
    ]


def _from_parquet(path: Path, table: str) -> _Piece:
    try:
        frame = parquet.read_table(path).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(
            f"{path.name} cannot be read as Parquet: {str(error).rstrip('.')}.",
            hint="copy or export it again",
        ) from error
    unnamed_index = [name for name in frame.columns if str(name).startswith("__index_level_")]
    return _Piece(table, path.name, frame.drop(columns=unnamed_index))


def _refuse_two_of_one(pieces: list[_Piece]) -> None:
    for table in TABLES:
        origins = [piece.origin for piece in pieces if piece.table == table]
        if len(origins) > 1:
            raise SourceError(
                f"Table {table} is delivered by {len(origins)} files: {', '.join(origins)}.",
                hint="keep one of them in the folder",
            )


def _renamed(
    tables: Mapping[str, pd.DataFrame], origins: Mapping[str, str], fields: Mapping[str, str]
) -> dict[str, pd.DataFrame]:
    """Give each column our name for it: as `fields` maps it, else if it differs only in case."""
    mapped: dict[str, dict[str, str]] = {table: {} for table in tables}
    for key, header in fields.items():
        for table in _tables_meant(key, header, tables, origins):
            mapped[table][header] = key.rpartition(".")[2]
    return {table: _with_our_names(table, tables[table], mapped[table]) for table in tables}


def _tables_meant(
    key: str, header: str, tables: Mapping[str, pd.DataFrame], origins: Mapping[str, str]
) -> list[str]:
    table, _, column = key.rpartition(".")
    asked = [table] if table else list(TABLES)
    declaring = [name for name in asked if name in TABLES and column in TABLES[name].declared()]
    if not declaring:
        known = ", ".join(TABLES[table].declared()) if table in TABLES else ", ".join(TABLES)
        raise SourceError(
            f"fields maps {key!r}, and {f'table {table}' if table else 'no table'} "
            f"{'has no such column' if table else 'has such a column'}.",
            hint=f"{'its columns' if table in TABLES else 'the tables'} are: {known}",
        )
    meant = [name for name in declaring if name in tables and header in tables[name].columns]
    if not meant:
        found = "; ".join(
            f"{origins[name]} has {', '.join(map(str, tables[name].columns))}"
            for name in declaring
            if name in tables
        )
        raise SourceError(
            f"fields maps {key} to the header {header!r}, which no file has: "
            f"{found or 'there is no file for ' + ', '.join(declaring)}.",
            hint="write the header exactly as the file has it, or drop the mapping",
        )
    return meant


def _with_our_names(table: str, frame: pd.DataFrame, mapped: Mapping[str, str]) -> pd.DataFrame:
    ours = set(mapped.values())
    kept = [name for name in frame.columns if name in mapped or _plain(str(name)) not in ours]
    taken = ours | set(frame.columns)
    declared = TABLES[table].declared()
    plain = {name: _plain(str(name)) for name in kept if name not in mapped}
    alike = {name: ours for name, ours in plain.items() if ours in declared and ours not in taken}
    return frame[kept].rename(columns={**alike, **mapped})
