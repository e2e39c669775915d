"""The sample program: invented, seeded, the same on every machine.

It tells five stories that the reports must find, and holds a few faults that ``tpm check`` must
name; `docs/sample.md` lists both with the figures that prove them, and
`tpm_analytics.sources.invented.story` holds their parameters.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from tpm_analytics.errors import SourceError
from tpm_analytics.program.delivery import Delivery
from tpm_analytics.sources.invented import story
from tpm_analytics.sources.invented.tables import tables
from tpm_analytics.sources.reading import Options

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def read(place: str, options: Options) -> Delivery:  # noqa: ARG001
    """Deliver the sample program; `place` is empty, or the seed of another of its kind.

    Raises
    ------
    SourceError
        If `place` is no whole number.

    Examples
    --------
    >>> delivery = read("", Options())
    >>> delivery.tables["risks"].query("status == 'occurred'")["title"].tolist()
    ['Card scheme certification takes longer']
    """
    if place and not (place.isascii() and place.isdigit()):
        raise SourceError(
            f"sample:{place} names no sample program.",
            hint="write sample: alone, or with a whole number for another one, as in sample:7",
        )
    made = _made(int(place) if place else story.DEFAULT_SEED)
    return Delivery(
        tables={name: table.copy(deep=False) for name, table in made.items()},
        categories=dict(story.STAGES),
    )


def write(folder: Path, seed: int = story.DEFAULT_SEED) -> None:
    """Write every table of the sample program into `folder`, a CSV file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in _made(seed).items():
        text = _as_text(table).to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))


@cache
def _made(seed: int) -> dict[str, pd.DataFrame]:
    return tables(seed)


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Moments as ISO text in UTC; whole numbers without a point."""
    columns = {}
    for name, column in table.items():
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            columns[name] = column.dt.strftime(_MOMENT)
        elif pd.api.types.is_float_dtype(column.dtype):
            columns[name] = column.map("{:.10g}".format, na_action="ignore")
        else:
            columns[name] = column
    return pd.DataFrame(columns)
