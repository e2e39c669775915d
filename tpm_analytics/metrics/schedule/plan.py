"""Activities and links as a network of arrays, checked: what the metrics of schedules stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tpm_analytics.errors import InvalidTableError, ParameterError
from tpm_analytics.metrics.schedule.team_calendars import plan_time, team_calendars, with_end
from tpm_analytics.models import network as model
from tpm_analytics.models.network import Early, Network
from tpm_analytics.models.working_time import WorkingTime
from tpm_analytics.program.keys import positions
from tpm_analytics.program.tables import Activities, Links

# What trackers call a link of which the first end must be finished before the second begins
FINISH_FIRST = frozenset({"blocks", "depends", "fs"})
ORIGIN = "schedule"
# A plan longer than a lifetime is a slip of the keyboard, and would fill the memory with days
LONGEST_WORKING_DAYS = 25_000


class Ties(NamedTuple):
    """Links that order activities, an element each.

    Positions of both ends, code of the kind, lag in working days, and row among those given.
    """

    before: np.ndarray
    after: np.ndarray
    code: np.ndarray
    lag: np.ndarray
    row: np.ndarray


@dataclass(frozen=True, eq=False)
class Plan:
    """A checked schedule: its tables, its arrays, and its earliest times.

    Attributes
    ----------
    activities
        As given, a row each.
    links
        Links between them, with ``before``, ``after`` (positions), ``code``, ``lag``, ``gap``;
        those ``binding`` still hold something up, those that ``drives`` set a date.
    net
        The binding links as a network.
    time
        Calendars of the activities.
    left
        Working days of work left, activities x 1.
    earliest, begun, floor
        Time before which each cannot begin, time it began (NaN if not), and what that time is:
        ``"today"``, ``"constraint"`` or ``"begin"``.
    finished
        Whether each is finished.
    early
        Earliest times, activities x 1.
    """

    activities: pd.DataFrame
    links: pd.DataFrame
    net: Network
    time: WorkingTime
    left: np.ndarray
    earliest: np.ndarray
    begun: np.ndarray
    floor: np.ndarray
    finished: np.ndarray
    early: Early

    @property
    def ends(self) -> np.ndarray:
        """Finish of the last activity as working time of each, which has its own calendar."""
        return self.time.last_of(self.early.finish[:, 0])

    @property
    def last(self) -> int:
        """Position of the activity that finishes last; of several, the one given last."""
        place = self.time.places(self.early.finish[:, 0], at_end=True)
        return int(np.flatnonzero(place >= place.max() - model.SAME_TIME)[-1])

    def late_finish(self, latest: np.ndarray) -> np.ndarray:
        """Latest finishes that keep `latest`, activities x targets, and every deadline."""
        left = np.broadcast_to(self.left, latest.shape)
        return model.backward(
            self.net, np.ascontiguousarray(left), latest, begun=self.begun, time=self.time
        )

    def deadlines(self) -> np.ndarray:
        """Working time by which each activity must be finished; infinite where there is none."""
        days = as_days(self.activities["finish_no_later_on"])
        by = self.time.times(days, at_end=True)
        return np.where(np.isnan(by), np.inf, by)

    def position(self, activity_id: str) -> int:
        """Position of an activity; raises `ParameterError` for one that is not in the plan."""
        found = np.flatnonzero(self.activities["activity_id"] == activity_id)
        if not len(found):
            known = ", ".join(self.activities["activity_id"].head(8))
            raise ParameterError(
                f"{activity_id!r} is no activity of the schedule.",
                hint=f"its activities are {known}{' ...' if len(self.activities) > 8 else ''}",
            )
        return int(found[0])


def plan_of(
    activities: pd.DataFrame,
    links: pd.DataFrame,
    *,
    until: pd.Timestamp,
    days_off: pd.DataFrame | None = None,
) -> Plan:
    """Check activities and links, and pass through them once.

    Raises
    ------
    MissingColumnsError
        If a table lacks a column.
    InvalidTableError
        For links to unknown activities, circles, and activities without a duration.
    """
    Activities.require(activities, *Activities.declared())
    table = activities.reset_index(drop=True)
    return planned(table, schedule_links(table, links), until=until, days_off=days_off)


def planned(
    table: pd.DataFrame,
    ties: Ties,
    *,
    until: pd.Timestamp,
    days_off: pd.DataFrame | None = None,
    longest: np.ndarray | None = None,
    end_of_all: bool = False,
) -> Plan:
    """Pass through activities, numbered from 0, and the links that `schedule_links` found.

    Calendars reach as far as the work does if each activity takes its `longest` duration. The
    last row may be the `end_of_all`, which comes on whatever day the others end.
    """
    _refuse_circles(table, ties)
    before, after, code, lag, _ = ties
    finished = (table["actual_finish_on"].notna() | (table["percent_complete"] >= 1)).to_numpy()
    going = table["actual_start_on"].notna().to_numpy() & ~finished
    binding = ~finished[after] & ~(going[after] & (code == model.SS))
    net = model.network(len(table), before[binding], after[binding], code[binding], lag[binding])
    if longest is None:
        longest = table["duration_days"].to_numpy(dtype=np.float64)
    chain = _chain(table, net, longest)
    kept = team_calendars(table["team"], days_off)
    if end_of_all:
        kept = with_end(kept, ~finished)
    time = plan_time(table, kept, chain=chain, begin=_begin(table, until), until=until)
    table = table.assign(duration_days=_planned_days(table, time))
    left = _work_left(table, time, until, finished=finished, going=going)
    earliest, floor = _floor(table, time, until, finished=finished)
    begun = time.times(as_days(table["actual_start_on"]), at_end=False)
    early = model.forward(net, left, earliest=earliest, begun=begun, time=time)
    gap = np.full(len(after), np.nan)
    gap[binding] = model.link_gaps(net, left, early, time=time)
    told = {"binding": binding, "gap": gap, "drives": gap <= model.SAME_TIME}
    links = pd.DataFrame({**_ends(table, ties), **ties._asdict(), **told})
    return Plan(table, links, net, time, left, earliest, begun, floor, finished, early)


def schedule_links(activities: pd.DataFrame, links: pd.DataFrame) -> Ties:
    """Links that order activities, with the positions of their ends; raises on those that cannot.

    A link of the kinds FS, SS, FF and SF belongs to the schedule whatever its ends; one of a
    tracker's kinds that mean the same as FS does if an end is an activity.
    """
    Links.require(links, "from_id", "to_id", "kind", "lag_days")
    code, tracked = _codes(links["kind"])
    keys = activities["activity_id"]
    ends = {end: positions(pd.Index(links[end]), keys) for end in ("from_id", "to_id")}
    touching = (ends["from_id"] >= 0) | (ends["to_id"] >= 0)
    ours = ((code >= 0) & bool(len(activities))) | (tracked & touching)
    _refuse_unknown(links, {end: ours & (place < 0) for end, place in ends.items()})
    lag = links["lag_days"].to_numpy(dtype=np.float64)[ours]
    return Ties(
        ends["from_id"][ours],
        ends["to_id"][ours],
        np.where(code < 0, model.FS, code)[ours],
        np.where(np.isnan(lag), 0.0, lag),
        np.flatnonzero(ours),
    )


def _ends(activities: pd.DataFrame, ties: Ties) -> dict[str, Any]:
    """Keys of the activities that links tie."""
    keys = activities["activity_id"].array
    return {"from_id": keys.take(ties.before), "to_id": keys.take(ties.after)}


def _codes(kind: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Code of each link, -1 for one of another kind, and whether a tracker means `FS` by it."""
    named = kind.astype("category").cat
    words = [str(name).strip().upper() for name in named.categories.tolist()]
    code = [model.KINDS.index(word) if word in model.KINDS else -1 for word in words]
    tracked = [word.lower() in FINISH_FIRST for word in words]
    number = named.codes.to_numpy()
    # the last of each list is taken by links of no kind
    return np.array([*code, -1])[number], np.array([*tracked, False])[number]


def _refuse_unknown(links: pd.DataFrame, unknown: dict[str, np.ndarray]) -> None:
    failures = [
        pd.DataFrame(
            {
                "column": end,
                "row": np.flatnonzero(bad),
                "value": links.loc[bad, end].astype(object),
                "problem": "names no activity of the schedule",
            }
        )
        for end, bad in unknown.items()
        if bad.any()
    ]
    if failures:
        raise InvalidTableError(
            "links",
            ORIGIN,
            pd.concat(failures).sort_values("row"),
            hint="add the activity to the table activities, or take the link out",
        )


def _refuse_circles(activities: pd.DataFrame, ties: Ties) -> None:
    """Name every link that lies on a circle, and the circle it closes."""
    failures = []
    for members in model.cycles(len(activities), ties.before, ties.after):
        keys = circle_of(members, ties.before, ties.after)
        names = " -> ".join(activities["activity_id"].iloc[[*keys, keys[0]]])
        inside = np.isin(ties.before, members) & np.isin(ties.after, members)
        ends = _ends(activities, ties)
        failures.append(
            pd.DataFrame(
                {
                    "column": None,
                    "row": ties.row[inside],
                    "value": (ends["from_id"] + " -> " + ends["to_id"])[inside],
                    "problem": f"is part of the circle {names}",
                }
            )
        )
    if failures:
        raise InvalidTableError(
            "links",
            ORIGIN,
            pd.concat(failures, ignore_index=True),
            hint="take out or turn round one link of each circle",
        )


def circle_of(members: np.ndarray, before: np.ndarray, after: np.ndarray) -> list[int]:
    """One circle through a set of activities that wait for one another, in the order of waiting."""
    inside = set(members.tolist())
    nexts: dict[int, list[int]] = {}
    for first, second in zip(before.tolist(), after.tolist(), strict=True):
        if first in inside and second in inside:
            nexts.setdefault(first, []).append(second)
    path: list[int] = [int(members[0])]
    while (follower := nexts[path[-1]][0]) not in path:
        path.append(follower)
    return path[path.index(follower) :]


def _begin(activities: pd.DataFrame, until: pd.Timestamp) -> np.datetime64:
    """First day of the plan; a plan without days begins on the day after the report."""
    days = np.r_[as_days(activities["baseline_start_on"]), as_days(activities["actual_start_on"])]
    known = days[~np.isnat(days)]
    return known.min() if len(known) else np.datetime64(until, "D") + 1


def _chain(activities: pd.DataFrame, net: Network, longest: np.ndarray) -> float:
    """Working days that the longest chain of work can fill."""
    days = np.nan_to_num(longest)[:, None]
    chain = float(model.forward(net, days).finish.max(initial=0.0) + np.abs(net.lag).sum())
    if chain > LONGEST_WORKING_DAYS:
        worst = activities["duration_days"].nlargest(3)
        failures = pd.DataFrame(
            {
                "column": "duration_days",
                "row": worst.index,
                "value": worst,
                "problem": "makes a chain longer than a hundred years",
            }
        )
        hint = "durations are in working days: look for one in hours, or with a digit too many"
        raise InvalidTableError("activities", ORIGIN, failures, hint=hint)
    return chain


def _planned_days(activities: pd.DataFrame, time: WorkingTime) -> np.ndarray:
    """Working days planned for each activity: as told, else those of its baseline."""
    begin = time.times(as_days(activities["baseline_start_on"]), at_end=False)
    end = time.times(as_days(activities["baseline_finish_on"]), at_end=True)
    told = activities["duration_days"].to_numpy(dtype=np.float64)
    return np.where(np.isnan(told), end - begin, told)


def _work_left(
    activities: pd.DataFrame,
    time: WorkingTime,
    until: pd.Timestamp,
    *,
    finished: np.ndarray,
    going: np.ndarray,
) -> np.ndarray:
    """Working days left of each activity; refuses those of which nobody knows."""
    planned = activities["duration_days"].to_numpy(dtype=np.float64)
    unknown = np.isnan(planned) & ~finished
    if unknown.any():
        failures = pd.DataFrame(
            {
                "column": "duration_days",
                "row": np.flatnonzero(unknown),
                "value": activities.loc[unknown, "activity_id"],
                "problem": "is missing, and no baseline tells it",
            }
        )
        hint = "give duration_days, or the first and the last day of the baseline"
        raise InvalidTableError("activities", ORIGIN, failures, hint=hint)
    share = activities["percent_complete"].to_numpy(dtype=np.float64)
    now = time.times(np.full(len(planned), np.datetime64(until, "D")), at_end=True)
    begun = time.times(as_days(activities["actual_start_on"]), at_end=False)
    # where no share is told, work overdue is a day from its end and no less
    rest = np.where(
        np.isnan(share), np.maximum(planned - (now - begun), 1.0), planned * (1 - share)
    )
    left = np.where(going, rest, planned)
    return np.where(finished, 0.0, left)[:, None]


def _floor(
    activities: pd.DataFrame, time: WorkingTime, until: pd.Timestamp, *, finished: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Time before which what is left of each activity cannot be done, and what sets it."""
    count = len(activities)
    today = time.times(np.full(count, np.datetime64(until, "D")), at_end=True)
    wanted = time.times(as_days(activities["start_no_earlier_on"]), at_end=False)
    wanted = np.where(activities["actual_start_on"].notna() | np.isnan(wanted), 0.0, wanted)
    bounds = np.stack([np.zeros(count), today, wanted])
    cause = np.array(["begin", "today", "constraint"])[bounds.argmax(axis=0)]
    done = time.times(as_days(activities["actual_finish_on"]), at_end=True)
    done = np.where(np.isnan(done), today, done)
    return np.where(finished, done, bounds.max(axis=0)), np.where(finished, "done", cause)


def as_days(days: pd.Series) -> np.ndarray:
    """Days of a column as NumPy days, NaT where unknown."""
    return days.to_numpy(dtype="datetime64[D]")


def labels(keys: pd.Series, names: pd.Series) -> pd.Series:
    """Name of each row, its key in front where two share a name, and the key where it has none.

    Examples
    --------
    >>> labels(pd.Series(["a", "b", "c"]), pd.Series(["Test", "Test", None])).tolist()
    ['a Test', 'b Test', 'c']
    """
    named = names.astype("str").fillna(keys)
    twice = named.duplicated(keep=False)
    return named.mask(twice & (named != keys), keys + " " + named)
