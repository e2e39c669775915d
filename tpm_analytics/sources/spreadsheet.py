"""Sheets of an Excel workbook into columns of text."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from tpm_analytics.errors import SourceError
from tpm_analytics.sources.delimited import Grid


def read_sheets(path: Path) -> dict[str, Grid]:
    """Read every sheet that has a row of headers, by the sheet's name.

    Whole numbers come without a decimal point, so that an id stays an id; days and moments come
    as ISO text; rows that are blank throughout are left out.

    Raises
    ------
    SourceError
        If the file is no workbook, or a cell holds a formula's error; naming sheet and cell.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise SourceError(
            f"{path.name} cannot be read as an Excel workbook: {error}.",
            hint="open it in a spreadsheet program and save it as .xlsx, without a password",
        ) from error
    try:
        grids = {sheet.title: _grid(sheet, f"{path.name}, sheet {sheet.title}") for sheet in book}
    finally:
        book.close()
    return {title: grid for title, grid in grids.items() if grid.headers}


def _grid(sheet: Any, name: str) -> Grid:
    sheet.reset_dimensions()
    rows = list(_filled_rows(sheet, name))
    if not rows:
        return Grid(name, (), pd.DataFrame())
    headers, *body = rows
    width = max(map(len, rows))
    titles = tuple((cell or "").strip() for cell in _padded(headers, width))
    cells = pd.DataFrame([_padded(row, width) for row in body], columns=range(width), dtype="str")
    return Grid(name, titles, cells)


def _filled_rows(sheet: Any, name: str) -> Iterator[list[str | None]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = _texts(row, name, number)
        if any(text is not None for text in texts):
            yield texts


def _texts(row: Iterable[Any], name: str, number: int) -> list[str | None]:
    texts = []
    for position, cell in enumerate(row, start=1):
        if cell.data_type == "e":
            raise SourceError(
                f"{name}, cell {get_column_letter(position)}{number} is the error {cell.value}.",
                hint="mend the formula, or clear the cell if the value is unknown",
            )
        texts.append(_text(cell.value))
    return texts


def _padded(row: list[str | None], width: int) -> list[str | None]:
    return row + [None] * (width - len(row))


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
