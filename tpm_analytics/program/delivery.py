"""What a source delivers: raw tables, and what it knows of them that no table holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Tables as a reader found them, not yet checked; `Program.from_tables` checks them.

    Attributes
    ----------
    tables
        Raw tables by their name in `TABLES`. Columns may be text still: the door converts them.
    categories
        Stage of each status by the tracker's own word (``backlog``, ``active``, ``done``).
    origins
        File that delivered each table, for error texts.
    notes
        What the reader could not know or set aside, a plain sentence each.
    """

    tables: Mapping[str, pd.DataFrame]
    categories: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
