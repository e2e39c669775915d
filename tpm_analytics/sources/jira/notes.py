"""What a Jira export leaves unknown, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tpm_analytics.sources.jira.issues import COMPLETE, CUT_SHORT, NO_HISTORY, Export

SHOWN = 3


def history(export: Export) -> list[str]:
    """Sentences on changelogs that are missing or cut short."""
    held = np.array(export.columns["history"], dtype=np.int8)
    missing, cut = int((held == NO_HISTORY).sum()), np.flatnonzero(held == CUT_SHORT)
    notes = []
    if missing == len(held):
        notes.append(
            "The export has no changelog: start dates are unknown, and finish dates are those "
            "of the resolution. Export with expand=changelog to have them."
        )
    elif missing:
        notes.append(
            f"{items(missing)} of {len(held):,} came without a changelog: their start dates are "
            "unknown."
        )
    if len(cut):
        notes.append(
            f"The changelog of {items(len(cut))} is cut short "
            f"({examples([export.keys[row] for row in cut])}): their moves are left out, because "
            "the first of them may be missing, and their start dates are unknown."
        )
    return notes


def sizes(export: Export, points: pd.Series) -> list[str]:
    """Sentence on story points, if no field could be told to hold them."""
    fields = export.fields
    if points.notna().any() or fields.ids("points"):
        return []
    numeric = fields.number_ids()
    told = f" Fields that hold numbers: {', '.join(numeric)}." if numeric else ""
    return [
        f"No field could be told to hold story points, so sizes are unknown.{told} Name it as "
        "points in the program's fields of tpm.toml."
    ]


def finishes(table: pd.DataFrame, stages: Mapping[str, str], moved: pd.Series) -> list[str]:
    """Sentence on items that are done without a moment they became so."""
    done = table["status"].astype("str").map(dict(stages)) == "done"
    unknown = table.loc[done & table["finished_at"].isna() & ~moved, "item_id"]
    if unknown.empty:
        return []
    return [
        f"{items(len(unknown))} {'is' if len(unknown) == 1 else 'are'} done without a resolution "
        f"date ({examples(list(unknown))}): when they finished is unknown."
    ]


def sprint_history(scope: pd.DataFrame) -> list[str]:
    """Sentence on sprints whose scope has no history."""
    unknown = int(scope["added_at"].isna().sum())
    if not unknown:
        return []
    sized = scope["points_when_added"].notna() & scope["added_at"].isna()
    today = " and their points are today's" if sized.any() else ""
    return [
        f"When items entered their sprint is unknown for {unknown:,} of {len(scope):,} entries"
        f"{today}: what was committed at the start cannot be told from what was added later."
    ]


def sprint_ends(names: Sequence[str]) -> list[str]:
    """Sentence on sprints that were to end before they start."""
    if not names:
        return []
    count = len(names)
    return [
        f"{count:,} sprint{' was' if count == 1 else 's were'} to end before the start "
        f"({examples(names)}): the planned end is taken as unknown."
    ]


def flags(count: int) -> list[str]:
    """Sentence on flags without a moment they began."""
    if not count:
        return []
    return [
        f"{items(count)} {'is' if count == 1 else 'are'} flagged, but since when is unknown: "
        "left out of the blocks."
    ]


def left_out(export: Export, unknown_files: Sequence[str]) -> list[str]:
    """Sentences on what was set aside, and on what Jira found but the export lacks."""
    notes = []
    if unknown_files:
        count = len(unknown_files)
        notes.append(
            f"{count:,} file{'' if count == 1 else 's'} held nothing that Jira exports and "
            f"{'was' if count == 1 else 'were'} ignored: {examples(list(unknown_files))}."
        )
    if export.total > len(export.keys):
        notes.append(
            f"The search found {export.total:,} issues and the export holds "
            f"{len(export.keys):,}: export its other pages too."
        )
    elif export.ended is False:
        notes.append("None of the pages is the last of its search: export the others too.")
    if export.worklogs_left_out:
        notes.append(
            f"Jira left {export.worklogs_left_out:,} work logs out of the export: hours are "
            "too low."
        )
    return notes


def renaming(names: Mapping[str, str]) -> list[str]:
    """Sentence on statuses that changelogs know by an earlier name."""
    if not names:
        return []
    told = ", ".join(f"{was} is now {now}" for was, now in sorted(names.items()))
    return [f"Statuses were renamed since, and their moves are counted under the new name: {told}."]


def moved(export: Export) -> pd.Series:
    """Whether an issue's moves are known, by row."""
    return pd.Series(np.array(export.columns["history"], dtype=np.int8) == COMPLETE)


def items(count: int) -> str:
    """Write a count of items."""
    return f"{count:,} item{'' if count == 1 else 's'}"


def examples(names: Sequence[str]) -> str:
    """Write the first few of some names."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
