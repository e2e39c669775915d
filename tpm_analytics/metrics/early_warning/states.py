"""Which items are known to be open, and which of these are under way."""

from __future__ import annotations

from pandera.typing import DataFrame

from tpm_analytics.program.keys import among
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Items
from tpm_analytics.program.workflow import STAGES

BACKLOG, DONE = STAGES.index("backlog"), STAGES.index("done")


def known_items(program: Program) -> DataFrame[Items]:
    """Items of which it is known whether and when they were done.

    Parameters
    ----------
    program
        Reads ``items`` and the workflow.

    Returns
    -------
    Items
        Without those whose status says done while nobody knows the day: an import or a bulk
        change left them so, and everywhere else they would pass for open.

    Examples
    --------
    >>> import pandas as pd
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"], "status": ["Done", "In Progress"],
    ...     "created_at": ["2025-03-03T09:00Z"] * 2,
    ... })})
    >>> known_items(program)["item_id"].tolist()
    ['A-2']
    """
    items = program.items
    lost = (program.workflow.codes(items["status"]) == DONE) & items["finished_on"].isna()
    return Items.validate(items[~lost].reset_index(drop=True))


def under_way(program: Program) -> DataFrame[Items]:
    """Items that hold no others and are finished or under way.

    Parameters
    ----------
    program
        Reads ``items`` and the workflow.

    Returns
    -------
    Items
        Of `known_items` those that are finished, were begun, or stand in a status past the
        backlog. Where no status is known, an item is taken to be under way.

    Notes
    -----
    Where a source tells no start of work, age counts from creation; an item that still lies in
    the backlog would then be the oldest of all, though nobody promised it.
    """
    items = program.items
    past = program.workflow.codes(items["status"]) != BACKLOG
    going = past | items["started_on"].notna() | items["finished_on"].notna()
    whole = ~among(items["item_id"], items["parent_id"])
    keys = items.loc[going & whole, "item_id"]
    known = known_items(program)
    return Items.validate(known[among(known["item_id"], keys)].reset_index(drop=True))
