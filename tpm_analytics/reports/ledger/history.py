"""The history of the reports: every run and every figure it recorded, as a table and drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from tpm_analytics.errors import ParameterError, ReportError
from tpm_analytics.reports import words
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.ledger.entry import Entry
from tpm_analytics.workspace import Workspace

COLUMNS = {
    "run": "int64",
    "report": "str",
    "outcome": "str",
    "how": "str",
    "asked_at": "datetime64[us, UTC]",
    "started_at": "datetime64[us, UTC]",
    "ended_at": "datetime64[us, UTC]",
    "duration_seconds": "float64",
    "program": "str",
    "as_of": "datetime64[us]",
    "seed": "Int64",
    "reused_run": "Int64",
    "error": "str",
    "figure": "str",
    "value": "float64",
    "text": "str",
    "unit": "str",
    "restated_from": "str",
    "restated_run": "Int64",
}
_BAR = "█"
_PARTS = " ▏▎▍▌▋▊▉"


def frame(workspace: Workspace, report: str | None = None) -> pd.DataFrame:
    """Return the history as a table, the oldest run first.

    Parameters
    ----------
    workspace
        Whose reports.
    report
        One report; all without a name.

    Returns
    -------
    DataFrame
        A row per run and figure; a run that recorded none has one row, without a figure. `value`
        is the figure as a number (a day counts from 1970-01-01; NA for other text), `text` as it
        was recorded. `restated_from` is what `restated_run` had reported for the same day.
    """
    found = ledger.entries(workspace.output / ledger.FILE, report, limit=None)
    rows = [row for entry in reversed(found) for row in _rows(entry)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name, dtype in COLUMNS.items():
        if dtype.startswith("datetime64"):
            utc = dtype.endswith("UTC]")
            table[name] = pd.to_datetime(table[name], utc=utc, format="ISO8601")
    return table.astype(COLUMNS)


def runs(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row per run of the table of `frame`, in the words of people.

    Returns
    -------
    DataFrame
        `run`, `report`, `started` (UTC), `outcome`, `seconds`, `as_of`, and `note`: what it
        reused, restated, or why it failed.
    """
    first = table.drop_duplicates("run")
    restated = table[table["restated_run"].notna()].groupby("run")["figure"].agg(", ".join)
    late = first["run"].map(restated)
    notes = [
        _note(error, reused, names)
        for error, reused, names in zip(first["error"], first["reused_run"], late, strict=True)
    ]
    return pd.DataFrame(
        {
            "run": first["run"],
            "report": first["report"],
            "started": first["started_at"].dt.strftime("%Y-%m-%d %H:%M"),
            "outcome": first["outcome"],
            "seconds": first["duration_seconds"].map("{:.1f}".format, na_action="ignore"),
            "as_of": first["as_of"],
            "note": notes,
        }
    )


def write(table: pd.DataFrame, path: Path) -> Path:
    """Write the table of `frame` to `path`, as CSV or Parquet by its ending.

    Raises
    ------
    ParameterError
        For any other ending.
    ReportError
        If the file cannot be written.
    """
    if path.suffix not in {".csv", ".parquet"}:
        raise ParameterError(
            f"{path.name} is neither CSV nor Parquet.", hint="end its name with .csv or .parquet"
        )
    try:
        if path.suffix == ".csv":
            table.to_csv(path, index=False)
        else:
            table.to_parquet(path, index=False)
    except OSError as error:
        raise ReportError(
            f"{path} cannot be written: {error}.", hint="name a file in a folder that is there"
        ) from error
    return path


def chart(table: pd.DataFrame, figure: str, *, width: int = 40) -> list[str]:
    """Return a figure over time as lines of text, a bar for each run that recorded it.

    Parameters
    ----------
    table
        From `frame`, of one report.
    figure
        Name of the figure.
    width
        Letters of the longest bar.

    Raises
    ------
    ParameterError
        If no run recorded it.
    """
    runs = table[table["figure"] == figure]
    if runs.empty:
        known = sorted(table["figure"].dropna().unique())
        raise ParameterError(
            f"No run has recorded the figure {figure!r}.",
            hint=f"recorded are: {', '.join(known)}" if known else "no figure is recorded yet",
        )
    days = runs["as_of"].fillna(runs["started_at"].dt.tz_localize(None)).dt.strftime("%Y-%m-%d")
    dated = runs["text"].str.fullmatch(r"\d{4}-\d{2}-\d{2}", na=False).any()
    lengths = _lengths(runs["value"], width, days=bool(dated))
    said = [
        words.value(_plain(row.text), row.unit if isinstance(row.unit, str) else None)
        for row in runs.itertuples()
    ]
    widest = max(map(len, said))
    notes = [
        f"  restated, was {words.value(_plain(was), unit if isinstance(unit, str) else None)}"
        if isinstance(was, str)
        else ""
        for was, unit in zip(runs["restated_from"], runs["unit"], strict=True)
    ]
    return [
        f"{day}  {text:>{widest}}  {bar}{note}".rstrip()
        for day, text, bar, note in zip(days, said, bars(lengths), notes, strict=True)
    ]


def bars(lengths: Iterable[float]) -> list[str]:
    """Return bars of so many letters, drawn to an eighth of one.

    Examples
    --------
    >>> bars([2.0, 0.5, 0.0])
    ['██', '▌', '']
    """
    eighths = [round(8 * length) for length in lengths]
    return [(_BAR * (part // 8) + _PARTS[part % 8]).rstrip() for part in eighths]


def _lengths(values: pd.Series, width: int, *, days: bool) -> list[float]:
    """Lengths from 0, so that twice as much is twice as long; days from before the first."""
    smallest, largest = values.min(), values.max()
    if pd.isna(smallest):
        return [0.0] * len(values)
    base = smallest - (largest - smallest) / 4 - 1 if days else min(smallest, 0.0)
    span = (largest - base) or 1.0
    return [0.0 if pd.isna(value) else width * (value - base) / span for value in values]


def _rows(entry: Entry) -> Sequence[dict[str, object]]:
    program = entry.program
    run = {
        "run": entry.id,
        "report": entry.report,
        "outcome": entry.outcome,
        "how": entry.how,
        "asked_at": entry.asked_at,
        "started_at": entry.started_at,
        "ended_at": entry.ended_at,
        "duration_seconds": entry.duration_seconds,
        "program": program.source if program else None,
        "as_of": program.as_of if program else None,
        "seed": entry.seed,
        "reused_run": entry.reused,
        "error": entry.error,
    }
    return [
        {
            **run,
            "figure": figure.name,
            "value": _number(figure.value),
            "text": None if figure.value is None else str(figure.value),
            "unit": figure.unit,
            "restated_from": None
            if figure.was_run is None
            else str("unknown" if figure.was is None else figure.was),
            "restated_run": figure.was_run,
        }
        for figure in entry.figures
    ] or [run]


def _note(error: object, reused: object, restated: object) -> str:
    if isinstance(error, str):
        return error.split("\n")[0]
    if not pd.isna(reused):
        return f"as run {reused}"
    return f"restated {restated}" if isinstance(restated, str) else ""


def _number(value: object) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    day = pd.to_datetime(value, format="%Y-%m-%d", errors="coerce") if value else pd.NaT
    return None if pd.isna(day) else float((day - pd.Timestamp(0)).days)


def _plain(text: object) -> object:
    """Read a figure back from its text: a number, or the text itself."""
    if not isinstance(text, str):
        return None
    try:
        return float(text)
    except ValueError:
        return text
