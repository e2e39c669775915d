"""Where work piles up: the bottleneck, and what shows that it is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.flow.days import day_number, day_numbers
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.flow import Bottlenecks, Queues, Stays

# A quarter, held against the quarter before
WEEKS = 13
SHOWN_WEEKS = 52
_WAITING, _DONE = STAGES.index("waiting"), STAGES.index("done")
_OPEN_END = np.iinfo(np.int64).max // 4


def bottlenecks(
    stays: DataFrame[Stays], *, until: pd.Timestamp, weeks: int = WEEKS
) -> DataFrame[Bottlenecks]:
    """Where work between start and finish is held up, the worst place first.

    Parameters
    ----------
    stays
        Reads ``team``, ``status``, ``stage``, ``entered_on``, ``left_on``, ``days``, ``underway``.
    until
        Last day of the weeks looked at.
    weeks
        How many weeks to look at; they are held against as many before them.

    Returns
    -------
    Bottlenecks
        One row per team and status in which work under way was in these weeks. ``held_up`` ranks
        them: in a waiting status all that stood there on an average day, in an active one those
        that stood there more than in the weeks before, NA if no work was under way then.
        ``median_days`` [days of 24 hours] is of the stays that ended in the weeks.

    Raises
    ------
    ParameterError
        If ``weeks`` is below 1.

    Notes
    -----
    Work piles up before whatever is slowest [1]_. So the place to look for is a queue: what
    waits does nobody any good, and all of it counts; what is worked on counts only so far as it
    became more. Medians of stays alone mislead: the queue grows before the first item leaves it
    late, and what never leaves is in no median. The other columns are the evidence: more
    came in than went on, stays grew longer, and the queue is longer than it was.

    References
    ----------
    .. [1] E. Goldratt, "The Goal", 1984.

    Examples
    --------
    >>> bottlenecks(Stays.empty(), until=pd.Timestamp("2025-03-14")).empty
    True
    """
    Stays.require(stays, "team", "status", "stage", "entered_on", "left_on", "days", "underway")
    if weeks < 1:
        raise ParameterError(f"weeks={weeks} leaves no week to look at.", hint="use 13, a quarter")
    final = day_number(until) + 1
    span = 7 * weeks
    place = _Places(stays, since=final - 2 * span)
    now = place.window(final - span, final)
    before = place.window(final - 2 * span, final - span)
    stage = place.stages()
    grown = now["mean_items"] - np.where(before["passed"] > 0, before["mean_items"], np.nan)
    held_up = np.where(stage == _WAITING, now["mean_items"], grown)
    shown = np.flatnonzero((now["passed"] > 0) & (stage != _DONE))
    table = pd.DataFrame(
        {
            **place.names(shown),
            "stage": pd.Categorical.from_codes(stage[shown], categories=list(STAGES)),
            "held_up": held_up[shown],
            "mean_items": now["mean_items"][shown],
            "before_items": np.where(before["passed"] > 0, before["mean_items"], np.nan)[shown],
            "entered": now["entered"][shown],
            "left": now["left"][shown],
            "median_days": now["median_days"][shown],
            "before_days": before["median_days"][shown],
            "here_now": now["here"][shown],
        }
    )
    return Bottlenecks.validate(
        table.sort_values(["held_up", "mean_items"], ascending=False, ignore_index=True)
    )


def queues(
    stays: DataFrame[Stays],
    bottlenecks: DataFrame[Bottlenecks],
    *,
    until: pd.Timestamp,
    weeks: int = SHOWN_WEEKS,
) -> DataFrame[Queues]:
    """The worst bottleneck's status week by week, in every team.

    Parameters
    ----------
    stays
        Reads ``team``, ``status``, ``entered_on``, ``left_on``, ``days``, ``underway``.
    bottlenecks
        The first row names the status. Reads ``status``.
    until
        Day the program is seen from; the weeks end on its day of the week.
    weeks
        How many weeks to go back.

    Returns
    -------
    Queues
        One row per team that uses the status, and week. ``items`` were there at the week's end;
        ``median_days`` [days of 24 hours] is of the stays that ended in the week, NA without any.

    Raises
    ------
    ParameterError
        If ``weeks`` is below 1.

    Examples
    --------
    >>> queues(Stays.empty(), Bottlenecks.empty(), until=pd.Timestamp("2025-03-14")).empty
    True
    """
    Stays.require(stays, "team", "status", "stage", "entered_on", "left_on", "days", "underway")
    Bottlenecks.require(bottlenecks, "status")
    if weeks < 1:
        raise ParameterError(f"weeks={weeks} leaves no week to show.", hint="use 52, a year")
    if bottlenecks.empty:
        return Queues.validate(Queues.empty())
    final = day_number(until) + 1
    place = _Places(stays, since=final - 7 * weeks, status=bottlenecks["status"].iloc[0])
    ends = np.arange(final - 7 * (weeks - 1), final + 1, 7)
    found = [place.window(end - 7, end) for end in ends.tolist()]
    used = np.flatnonzero(np.sum([week["passed"] for week in found], axis=0))
    told = pd.DataFrame(
        {
            **place.names(np.tile(used, weeks)),
            "period_on": np.repeat((ends - 7).astype("datetime64[D]"), len(used)),
            "items": np.concatenate([week["at_end"][used] for week in found]),
            "median_days": np.concatenate([week["median_days"][used] for week in found]),
        }
    )
    return Queues.validate(
        told.sort_values(["team", "period_on"], ignore_index=True, kind="stable")
    )


class _Places:
    """Stays under way as integers, by place: a team and a status."""

    def __init__(self, stays: pd.DataFrame, *, since: int, status: str | None = None) -> None:
        """Take the stays that had not ended before day `since`, of one status or of all."""
        left_on = stays["left_on"].to_numpy()
        taken = ~(left_on < np.datetime64(since, "D")) & stays["underway"].to_numpy(dtype=bool)
        if status is not None:
            taken &= (stays["status"] == status).to_numpy()
        rows = np.flatnonzero(taken)
        self.teams = stays["team"].dtype
        self.statuses = stays["status"].cat.categories
        # a team of its own for the items of none
        self.count = (len(self.teams.categories) + 1) * len(self.statuses)
        team = stays["team"].cat.codes.to_numpy()[rows].astype(np.int64)
        team[team < 0] = len(self.teams.categories)
        self.place = team * len(self.statuses) + stays["status"].cat.codes.to_numpy()[rows]
        self.stage = stays["stage"].cat.codes.to_numpy()[rows]
        self.entered = day_numbers(stays["entered_on"].iloc[rows])
        left = left_on[rows]
        self.ended = ~np.isnat(left)
        self.left = np.where(self.ended, left.astype("datetime64[D]").astype(np.int64), _OPEN_END)
        self.days = stays["days"].to_numpy()[rows]

    def window(self, first: int, final: int) -> dict[str, np.ndarray]:
        """Figures of each place from day `first` to the day before `final`."""
        rows = np.flatnonzero((self.left >= first) & (self.entered < final))
        place, entered, left = self.place[rows], self.entered[rows], self.left[rows]
        # there at the end of a day: entered by then, and left on a later one
        item_days = np.clip(np.minimum(left, final) - np.maximum(entered, first), 0, None)
        ended = left < final
        at_end = left >= final
        median = nearest_rank(self.days[rows], np.where(ended, place, -1), self.count, (0.5,))
        return {
            "passed": self._counted(place),
            "mean_items": np.bincount(place, item_days, self.count) / (final - first),
            "entered": self._counted(place[entered >= first]),
            "left": self._counted(place[ended]),
            "at_end": self._counted(place[at_end]),
            "here": self._counted(place[left == _OPEN_END]),
            "median_days": median[:, 0],
        }

    def stages(self) -> np.ndarray:
        stage = np.full(self.count, -1, dtype=np.int8)
        stage[self.place] = self.stage
        return stage

    def names(self, places: np.ndarray) -> dict[str, pd.Categorical]:
        """Team and status of each of `places`."""
        team = places // max(len(self.statuses), 1)
        team = np.where(team == len(self.teams.categories), -1, team)
        status = places % max(len(self.statuses), 1)
        return {
            "team": pd.Categorical.from_codes(team, dtype=self.teams),
            "status": pd.Categorical.from_codes(status, categories=self.statuses),
        }

    def _counted(self, place: np.ndarray) -> np.ndarray:
        return np.bincount(place, minlength=self.count)
