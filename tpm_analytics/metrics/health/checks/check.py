"""How a check of the data is declared, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from tpm_analytics.program import Program

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Found:
    """What a check found.

    Attributes
    ----------
    labels
        The examples to be shown, as text, the most telling first.
    of
        How many rows were looked at.
    count
        How many rows are concerned; as many as there are labels without it.
    """

    labels: pd.Series
    of: int
    count: int | None = None

    @property
    def rows(self) -> int:
        """How many rows are concerned."""
        return len(self.labels) if self.count is None else self.count


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that may be wrong with the data, what it does to figures, and the remedy.

    ``severity`` is ``error`` where figures are wrong, ``warning`` where they may mislead, and
    ``note`` where there is something to know before reading them.
    """

    slug: str
    severity: Severity
    table: str
    find: Callable[[Program], Found]
    meaning: str
    remedy: str


def rows(
    table: pd.DataFrame, wrong: pd.Series, label: str, *, among: pd.Series | None = None
) -> Found:
    """Answer with the rows of `table` that are `wrong`, of those `among` which were looked at."""
    held = wrong.fillna(False).astype(bool)  # noqa: FBT003
    looked_at = len(table) if among is None else int(among.sum())
    return Found(table.loc[held, label].astype("str"), looked_at)
