"""Every stay of an item in a status, from one scan of the sorted transitions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.program.history import instants
from tpm_analytics.program.keys import positions
from tpm_analytics.program.program import Program
from tpm_analytics.program.tables import Items
from tpm_analytics.program.workflow import STAGES, Workflow
from tpm_analytics.results.flow import Stays

_DAY = 86_400_000_000  # microseconds
_LATEST = np.iinfo(np.int64).max
_NEVER = np.datetime64("NaT", "us")


def stays(program: Program, items: DataFrame[Items]) -> DataFrame[Stays]:
    """Each time an item was in a status: since when, until when, and how old it was then.

    Parameters
    ----------
    program
        Reads ``transitions``, the workflow, the day the program is seen from, its time zone.
    items
        Items to follow. Reads ``item_id``, ``team``, ``kind``, ``started_at``, ``started_on``,
        ``finished_at``.

    Returns
    -------
    Stays
        One row per stay, by item, then time. ``status`` is a category in the order work passes
        them. ``days`` [days of 24 hours] runs to the end of the day the program is seen from
        where the item is still there. ``age_days`` [calendar days] counts from the day work
        began, that day too. Items without transitions are left out.

    Notes
    -----
    A move to the status an item is in already ends no stay. ``underway`` holds between start
    and finish: `Items` tells which those are. A stay in done that a reopening ended lies
    between them too.

    The order of the statuses is the workflow's. An inferred workflow knows none within
    a stage: there a status comes the earlier, the earlier it stands in the histories of the
    items on the average, after those of the backlog and before those of done.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({
    ...     "items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]}),
    ...     "transitions": pd.DataFrame({
    ...         "item_id": "A-1",
    ...         "at": ["2025-03-04T09:00Z", "2025-03-05T21:00Z"],
    ...         "from_status": ["To Do", "In Progress"],
    ...         "to_status": ["In Progress", "Done"],
    ...     }),
    ... })
    >>> stays(program, program.items)[["status", "days", "age_days", "underway"]].head(2)
            status  days  age_days  underway
    0        To Do   1.0      <NA>     False
    1  In Progress   1.5         2      True
    """
    Items.require(items, "item_id", "team", "kind", "started_at", "started_on", "finished_at")
    moves = program.transitions
    if moves.empty or items.empty:
        return Stays.validate(Stays.empty())
    item, known = _items_of(moves["item_id"], items["item_id"])
    to_status = moves["to_status"].cat.codes.to_numpy()
    kept = item >= 0
    kept[1:] &= (item[1:] != item[:-1]) | (to_status[1:] != to_status[:-1])
    if not kept.all():
        moves = moves.loc[kept, ["at", "to_status"]]
        item, to_status = item[kept], to_status[kept]
    names = moves["to_status"].cat.categories
    ordered = _in_order(program.workflow, names, to_status, item)
    place = pd.Index(ordered).get_indexer(names)
    stage = program.workflow.codes(moves["to_status"])
    # stays of an item stand together
    ends = np.flatnonzero(np.r_[item[1:] != item[:-1], True][: len(item)])
    each = _Each(item[ends], np.diff(ends, prepend=-1))
    columns = _timed(program, items, each, ends, moves["at"])
    return Stays.validate(
        pd.DataFrame(
            {
                "item_id": pd.Categorical.from_codes(item, dtype=known, validate=False),
                "team": _of_items(items["team"], each),
                "kind": _of_items(items["kind"], each),
                "status": pd.Categorical.from_codes(
                    place.astype(to_status.dtype)[to_status], categories=ordered
                ),
                "stage": pd.Categorical.from_codes(stage, categories=list(STAGES)),
                **columns,
            },
            copy=False,
        )
    )


@dataclass(frozen=True)
class _Each:
    """The items that have stays, and how many each has."""

    item: np.ndarray
    stays: np.ndarray

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """What `values` has of the item of each stay."""
        return np.repeat(values[self.item], self.stays)


def _items_of(moved: pd.Series, ids: pd.Series) -> tuple[np.ndarray, pd.CategoricalDtype]:
    """Position in `ids` of the item of each move, -1 for others; `ids` as a type."""
    codes = moved.cat.codes.to_numpy()
    if moved.cat.categories.equals(pd.Index(ids)):
        return codes, moved.dtype
    where = positions(moved.cat.categories, ids).astype(np.int32)
    return where[codes], pd.CategoricalDtype(pd.Index(ids))


def _timed(
    program: Program, items: pd.DataFrame, each: _Each, ends: np.ndarray, at: pd.Series
) -> dict[str, object]:
    """When each stay began and ended, and what of the item's life it belongs to."""
    entered_on = calendars.day_of(at, program.time_zone).to_numpy()
    left_on = np.empty_like(entered_on)
    left_on[:-1] = entered_on[1:]
    left_on[ends] = _NEVER  # the item is there still
    moment = instants(at).view("int64")
    now = calendars.end_of(program.as_of, program.time_zone).tz_localize(None)
    took = np.empty(len(moment))
    np.subtract(moment[1:], moment[:-1], out=took[:-1])
    took[ends] = _microseconds(now) + 1 - moment[ends]
    took /= _DAY

    started, finished = instants(items["started_at"]), instants(items["finished_at"])
    # never is later than any move
    begun_at = np.where(np.isnat(started), _LATEST, started.view("int64"))
    done_at = np.where(np.isnat(finished), _LATEST, finished.view("int64"))
    underway = (moment >= each(begun_at)) & (moment < each(done_at))

    first_day = items["started_on"].to_numpy().view("int64")
    age = left_on.view("int64").copy()
    age[ends] = _microseconds(program.as_of)
    age -= each(first_day - _DAY)  # the first day counts too
    age //= _DAY
    age *= underway
    return {
        "entered_at": at.array,
        "entered_on": entered_on,
        "left_on": left_on,
        "days": took,
        "age_days": pd.arrays.IntegerArray(age, ~underway),
        "underway": _flags(underway),
        "finished": _flags(each(~np.isnat(finished))),
    }


def _of_items(names: pd.Series, each: _Each) -> pd.Categorical:
    return pd.Categorical.from_codes(
        each(names.cat.codes.to_numpy()), dtype=names.dtype, validate=False
    )


def _in_order(
    workflow: Workflow, names: pd.Index, status: np.ndarray, item: np.ndarray
) -> list[str]:
    """Names of the statuses in the order work passes them."""
    if not workflow.inferred:
        return [name for name in workflow.stages if name in names]
    begins = np.flatnonzero(np.r_[True, item[1:] != item[:-1]])
    lengths = np.diff(np.r_[begins, len(item)])
    step = np.arange(len(item)) - np.repeat(begins, lengths)
    seen = np.maximum(np.bincount(status, minlength=len(names)), 1)
    mean_step = np.bincount(status, weights=step, minlength=len(names)) / seen
    ends = {"backlog": -1, "done": 1}
    keys = [
        (ends.get(workflow.stage_of(name), 0), mean, name)
        for name, mean in zip(names, mean_step.tolist(), strict=True)
    ]
    return [name for _, _, name in sorted(keys)]


def _microseconds(moment: pd.Timestamp) -> int:
    return int(moment.to_datetime64().astype("datetime64[us]").astype(np.int64))


def _flags(values: np.ndarray) -> pd.arrays.BooleanArray:
    return pd.arrays.BooleanArray(values, np.zeros(len(values), dtype=bool))
