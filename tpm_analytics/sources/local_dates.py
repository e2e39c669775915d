"""Dates as people's trackers write them, in any language and order of day and month."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from tpm_analytics.clock import zone
from tpm_analytics.errors import SourceError
from tpm_analytics.sources.months import MONTHS, month_of

FORMAT_KEY = "date_format"
FORMAT_HINT = f'say how dates are written: fields = {{ {FORMAT_KEY} = "%d/%m/%y %H:%M" }}'
PIVOT_YEAR = 69
"""Two digits from here on are of the last century, as in POSIX ``strptime``."""

_DATE = (
    r"(?P<first>\d{1,4})[-/. ]+(?P<second>\d{1,2}|[^\W\d_]{3,}\.?)[-/. ]+(?P<third>\d{2,4})"
    r"(?:[T, ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<sec>\d{2}(?:[.,]\d+)?))?"
    r" ?(?P<half>[ap]\.? ?m\.?)?)? ?(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)
_DAY_FIRST, _MONTH_FIRST = "day before month", "month before day"
_MORNING_OR_EVENING = re.compile(r"\b([ap])\.? ?m\.?(?=\W|$)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}\.?")
_ENGLISH = tuple(name[:3].title() for name in MONTHS["English"].split())


def local_times(
    columns: Mapping[str, pd.Series], places: pd.Series, *, date_format: str | None = None
) -> dict[str, pd.DataFrame]:
    """Read the columns of one file together, because one setting wrote them all.

    Parameters
    ----------
    columns
        Text by the column's header, as ``12/mar/24 3:04 PM`` or ``2024-03-12 15:04``.
    places
        File and row of each entry, for error texts.
    date_format
        ``strptime`` format of all of them; without it, it is found out.

    Returns
    -------
    dict
        For each column ``local``, the time as written, and ``offset``, what it is ahead of UTC,
        NA where none was written.

    Raises
    ------
    SourceError
        Naming the row that is no date, or saying that no row tells day from month.
    """
    texts = {header: _tidy(text) for header, text in columns.items()}
    if date_format:
        return {
            header: _checked(
                header,
                columns[header],
                pd.DataFrame({"local": _formatted(text, date_format)}),
                places,
            ).assign(offset=pd.Series(pd.NaT, index=text.index, dtype="timedelta64[us]"))
            for header, text in texts.items()
        }
    parts = {header: _parts(text) for header, text in texts.items()}
    order = _order(columns, parts, places)
    return {
        header: _checked(header, columns[header], _assembled(part, order), places)
        for header, part in parts.items()
    }


def instants(times: pd.DataFrame, time_zone: str) -> pd.Series:
    """UTC moments of what `local_times` read; those without an offset are in `time_zone`.

    Examples
    --------
    >>> text = pd.Series(["12/mar/24 3:04 p. m."])
    >>> times = local_times({"Creada": text}, pd.Series(["a.csv, row 1"]))["Creada"]
    >>> str(instants(times, "Europe/Madrid")[0])
    '2024-03-12 14:04:00+00:00'
    """
    there = times["local"].dt.tz_localize(
        zone(time_zone), nonexistent="shift_forward", ambiguous=np.ones(len(times), dtype=bool)
    )
    written = (times["local"] - times["offset"]).dt.tz_localize("UTC")
    return there.dt.tz_convert("UTC").where(times["offset"].isna(), written).dt.as_unit("us")


def _tidy(text: pd.Series) -> pd.Series:
    return text.astype("str").str.replace(r"\s+", " ", regex=True).str.strip()


def _formatted(text: pd.Series, date_format: str) -> pd.Series:
    """Parse by the given format, once months and halves of the day are in English."""

    def english(word: re.Match[str]) -> str:
        month = month_of(word[0])
        return _ENGLISH[month - 1] if month else word[0]

    wanted = date_format.replace("%B", "%b")
    if "%b" in wanted:
        text = text.str.replace(_WORD, english, regex=True)
    if "%p" in wanted:
        text = text.str.replace(_MORNING_OR_EVENING, r"\1M", regex=True).str.upper()
    return pd.to_datetime(text, format=wanted, errors="coerce").astype("datetime64[us]")


def _parts(text: pd.Series) -> pd.DataFrame:
    return text.str.extract(re.compile(f"^{_DATE}$", re.IGNORECASE))


def _order(
    columns: Mapping[str, pd.Series], parts: Mapping[str, pd.DataFrame], places: pd.Series
) -> str:
    """Whether the day or the month comes first, as told by the rows where only one can."""
    told: dict[str, str] = {}
    undecided = ""
    for header, part in parts.items():
        numeric = part["second"].str.isdigit().fillna(value=False) & (part["first"].str.len() < 3)
        first, second = (pd.to_numeric(part.loc[numeric, name]) for name in ("first", "second"))
        for order, rows in ((_DAY_FIRST, first > 12), (_MONTH_FIRST, second > 12)):
            if rows.any() and order not in told:
                row = rows.idxmax()
                told[order] = f"{places[row]}, column {header!r}: {columns[header][row]!r}"
        if (first != second).any() and not undecided:
            row = (first != second).idxmax()
            undecided = f"{places[row]}, column {header!r}: {columns[header][row]!r}"
    if len(told) == 2:
        raise SourceError(
            f"Dates stand in two orders: {told[_DAY_FIRST]} has the {_DAY_FIRST}, "
            f"{told[_MONTH_FIRST]} the {_MONTH_FIRST}.",
            hint="export again with one date format, or mend the rows of one of them",
        )
    if undecided and not told:
        raise SourceError(
            f"No row tells whether day or month comes first, as in {undecided}.",
            hint=FORMAT_HINT,
        )
    return next(iter(told), _DAY_FIRST)


def _assembled(parts: pd.DataFrame, order: str) -> pd.DataFrame:
    first, second, third = (parts[name] for name in ("first", "second", "third"))
    year_first = first.str.len() == 4
    named = {
        word: month_of(word) or np.nan for word in second.dropna().unique() if not word.isdigit()
    }
    numeric = pd.to_numeric(second, errors="coerce")
    swapped = ~year_first & numeric.notna() & (order == _MONTH_FIRST)
    month = numeric.fillna(second.map(named).astype("float64"))
    month = month.mask(swapped, pd.to_numeric(first))
    day = pd.to_numeric(first.mask(year_first, third)).mask(swapped, numeric)
    year = pd.to_numeric(third.mask(year_first, first))
    short = year < 100
    year = year + short * np.where(year < PIVOT_YEAR, 2000, 1900)
    date = pd.to_datetime(
        pd.DataFrame({"year": year, "month": month, "day": day}), errors="coerce"
    ).astype("datetime64[us]")
    return pd.DataFrame({"local": date + _clock(parts), "offset": _offset(parts["offset"])})


def _clock(parts: pd.DataFrame) -> pd.Series:
    hour = pd.to_numeric(parts["hour"]).fillna(0)
    minute = pd.to_numeric(parts["minute"]).fillna(0)
    second = pd.to_numeric(parts["sec"].str.replace(",", ".")).fillna(0)
    half = parts["half"].str[0].str.lower()
    impossible = (hour > 23) | (minute > 59) | (second >= 60)
    impossible |= half.notna() & ((hour < 1) | (hour > 12))
    hour = (hour % 12 + 12 * (half == "p")).where(half.notna(), hour)
    seconds = (hour * 3600 + minute * 60 + second).mask(impossible)
    return pd.to_timedelta((seconds * 1e6).round(), unit="us").astype("timedelta64[us]")


def _offset(text: pd.Series) -> pd.Series:
    digits = text.str.replace(":", "").str.replace(r"^[Zz]$", "+0000", regex=True)
    hours, minutes = pd.to_numeric(digits.str[1:3]), pd.to_numeric(digits.str[3:5])
    sign = 1 - 2 * (digits.str[0] == "-").astype("int64")
    return pd.to_timedelta(sign * (hours * 60 + minutes), unit="min").astype("timedelta64[us]")


def _checked(header: str, text: pd.Series, times: pd.DataFrame, places: pd.Series) -> pd.DataFrame:
    bad = times["local"].isna() & text.notna()
    if bad.any():
        row = bad.idxmax()
        more = f" So are {bad.sum() - 1} more." if bad.sum() > 1 else ""
        raise SourceError(
            f"{places[row]}, column {header!r}: {text[row]!r} is not a date that can be read."
            + more,
            hint=FORMAT_HINT,
        )
    return times
