"""By whom people's time is added up, and how such groups are called."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

from tpm_analytics.errors import check_choice

By = Literal["program", "team", "grouped", "named"]
Show = Literal["grouped", "named"]

# shares such as 0.6 + 0.4 add up to a hair more than 1 in binary
ROUNDING = 1e-9

_GROUPS: dict[str, list[str]] = {
    "program": [],
    "team": ["team"],
    "grouped": ["team", "role"],
    "named": ["team", "role", "person_id"],
}


def columns_of(by: str) -> list[str]:
    """Columns that tell the groups apart; raises `ParameterError` for no grouping."""
    check_choice("by", by, get_args(By))
    return _GROUPS[by]


def labelled(grouped: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add the name of each group, and the columns that it does not tell apart as NA."""
    absent = {name: None for name in ("team", "role", "person_id") if name not in grouped}
    full = grouped.assign(**absent)
    if by == "named":
        return full.assign(group=full["person_id"].astype("str"))
    parts = [full[name].astype("str").fillna(f"no {name}") for name in columns_of(by)]
    return full.assign(group=parts[0].str.cat(parts[1:], sep=" · ") if parts else "Everyone")


def check_shown(show: str) -> None:
    """Raise `ParameterError` unless `show` is one of `Show`."""
    check_choice("show", show, get_args(Show))
