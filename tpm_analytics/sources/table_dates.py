"""Dates of tables as spreadsheets write them, turned into the one way the door reads."""

from __future__ import annotations

import pandas as pd

from tpm_analytics.program import TABLES
from tpm_analytics.sources.local_dates import local_times

# A date that begins with its year needs no turning; anything else that begins with digits does
LOCAL = r"^\s*\d{1,2}[-/. ]+(?:\d{1,2}|[^\W\d_]{3,}\.?)[-/. ]+\d{2,4}"


def with_iso_dates(
    table: str, frame: pd.DataFrame, origin: str, *, date_format: str | None = None
) -> pd.DataFrame:
    """Rewrite columns of days and moments that are written as 25/05/2016 or 5-Mar-24.

    Parameters
    ----------
    table
        Name of the table in `TABLES`; its declaration says which columns hold dates.
    frame
        Its columns, under our names. One that holds dates beginning with the year in some rows
        and local ones in others is read row by row.
    origin
        File they stand in, for error texts.
    date_format
        ``strptime`` format of all of them; without it, it is found out.

    Raises
    ------
    SourceError
        If no row tells day from month, or rows tell both, or a row is no date.
    """
    declared = TABLES[table].declared()
    told = {
        name: frame[name]
        for name in frame.columns
        if name in declared
        and declared[name].dtype in {"day", "instant"}
        and pd.api.types.is_string_dtype(frame[name].dtype)
        and (date_format or _any_local(frame[name]))
    }
    if not told or frame.empty:
        return frame
    places = pd.Series(
        [f"{origin}, row {row}" for row in range(1, len(frame) + 1)], index=frame.index
    )
    read = local_times(told, places, date_format=date_format)
    return frame.assign(**{name: _iso(times) for name, times in read.items()})


def _any_local(texts: pd.Series) -> bool:
    """Whether any text is a local date; what has the year and a dash in front is quickly seen."""
    rest = texts[texts.notna() & (texts.str.slice(4, 5) != "-")].astype("str")
    return bool(rest.str.contains(LOCAL, na=False).any())


def _iso(times: pd.DataFrame) -> pd.Series:
    minutes = times["offset"].dt.total_seconds() / 60
    size = minutes.abs()
    sign = minutes.map({}).mask(minutes >= 0, "+").mask(minutes < 0, "-").astype("str")
    hours, rest = ((size // 60).map("{:02.0f}".format), (size % 60).map("{:02.0f}".format))
    offset = (sign + hours + ":" + rest).where(minutes.notna(), "")
    text: pd.Series = times["local"].dt.strftime("%Y-%m-%dT%H:%M:%S.%f") + offset
    return text
