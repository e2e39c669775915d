"""Why a date is what it is: the chain that drives it, and the room everything else has."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.schedule.dates import DAY, dates_of
from tpm_analytics.metrics.schedule.plan import Plan, plan_of
from tpm_analytics.models.network import FS, KINDS, SAME_TIME
from tpm_analytics.program.tables import Activities, Links
from tpm_analytics.results.schedule import (
    DaysOff,
    DrivingLinks,
    DrivingPath,
    Schedule,
    SlackTo,
)

# Work that began within so many working days of the end of what it waited for, waited for it
AT_ONCE = 2.0


def driving_path(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
    target: str = "",
) -> DataFrame[DrivingPath]:
    """Why a date is what it is: the chain of activities, links and constraints that sets it.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule`.
    target
        ``activity_id`` whose finish is to be explained; empty for the last one to finish.

    Returns
    -------
    DrivingPath
        One row per step, the first one first. ``cause`` is ``link`` (it waits for the step
        before), ``today`` (it could begin at once), ``begun`` (it is under way), ``constraint``
        (a day before which it cannot start), ``begin`` (the plan begins then) or ``done`` (it is
        finished). The chain goes on into the past as long as what came before was late and was
        followed at once: so it begins where the delay did. ``days_off`` counts the weekdays the
        team has off between the step before and its own finish. ``added_days`` is how much larger
        its slip against the baseline is than that of the step before.

    Raises
    ------
    InvalidTableError
        As `schedule`.
    ParameterError
        If no activity is called ``target``.

    Notes
    -----
    From the target backwards, each time along a link without room; of two, along the one from
    work that is not finished, and then from what finishes last. Shortening anything that is not
    on this chain does not move the date.

    Examples
    --------
    >>> activities = Activities.empty().reindex(range(2)).assign(
    ...     activity_id=["design", "build"], duration_days=[3.0, 5.0]
    ... )
    >>> links = Links.empty().reindex([0]).assign(from_id="design", to_id="build", kind="FS")
    >>> path = driving_path(activities, links, until=pd.Timestamp("2025-03-07"))
    >>> path[["activity_id", "cause"]].values.tolist()
    [['design', 'begin'], ['build', 'link']]
    """
    if activities.empty:
        return DrivingPath.validate(DrivingPath.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    dated = dates_of(plan)
    last = plan.position(target) if target else plan.last
    steps = _steps(plan, last, dated["slip_days"])
    rows = dated.iloc[[position for position, _ in steps]].reset_index(drop=True)
    told = [_cause(plan, position, link) for position, link in steps]
    slip = rows["slip_days"]
    before = rows["finish_on"].shift(1).fillna(rows["start_on"] - DAY)
    return DrivingPath.validate(
        rows.join(pd.DataFrame(told)).assign(
            step=np.arange(1, len(rows) + 1),
            days_off=_days_off_between(plan, [p for p, _ in steps], before, rows["finish_on"]),
            added_days=slip - slip.shift(1).where(rows.index > 0, 0.0),
        )
    )


def _steps(plan: Plan, target: int, slip: pd.Series) -> list[tuple[int, int]]:
    """Positions on the chain, first to last, each with the link it waited for; -1 for none."""
    driving = plan.links[plan.links["drives"]]
    ranked = driving.assign(
        open=~plan.finished[driving["before"]], ends=_ends(plan)[driving["before"]]
    ).sort_values(["open", "ends"])
    into = dict(zip(ranked["after"], ranked.index, strict=True))
    late = slip.to_numpy()[plan.links["before"]] > 0
    into = {after: link for after, link in _past(plan).items() if late[link]} | into
    steps = [(target, int(into.get(target, -1)))]
    while steps[-1][1] >= 0:
        position = int(plan.links["before"].iloc[steps[-1][1]])
        steps.append((position, int(into.get(position, -1))))
    return steps[::-1]


def _ends(plan: Plan) -> np.ndarray:
    """Finish of each activity, one comparable with another's whatever their calendars."""
    return plan.time.places(plan.early.finish[:, 0], at_end=True)


def _past(plan: Plan) -> dict[int, int]:
    """Links that set when work began which has begun: where it followed at once on what ended."""
    links = plan.links
    after = links["after"].to_numpy()
    before = links["before"].to_numpy()
    ended = plan.early.finish[before, 0]
    at_end = np.ones(len(links), dtype=bool)
    event = plan.time.carried_each(ended, before, after, at_end=at_end)
    apart = plan.begun[after] - event - links["lag"].to_numpy()
    followed = plan.finished[before] & (links["code"] == FS) & (np.abs(apart) <= AT_ONCE)
    ends = _ends(plan)[before[followed]]
    ranked = links[followed].assign(ends=ends).sort_values("ends", kind="stable")
    return dict(zip(ranked["after"], ranked.index, strict=True))


def _cause(plan: Plan, position: int, link: int) -> dict[str, object]:
    waited = plan.links.iloc[link] if link >= 0 else None
    if waited is not None and waited["drives"]:
        cause = "link"
    elif not np.isnan(plan.begun[position]) and not plan.finished[position]:
        cause = "begun"
    else:
        cause = str(plan.floor[position])
    return {
        "cause": cause,
        "from_id": None if waited is None else waited["from_id"],
        "kind": None if waited is None else KINDS[waited["code"]],
        "lag_days": np.nan if waited is None else waited["lag"],
    }


def _days_off_between(
    plan: Plan, positions: list[int], after: pd.Series, finish: pd.Series
) -> np.ndarray:
    """Days of its week behind `after` and up to `finish` on which each activity's team is off."""
    begin = after.to_numpy(dtype="datetime64[D]") + 1
    known = ~np.isnat(begin)
    end = np.maximum(finish.to_numpy(dtype="datetime64[D]") + 1, begin)
    begin, end = np.where(known, begin, plan.time.first), np.where(known, end, plan.time.first)
    rows = plan.time.calendar[positions]
    weekdays = np.zeros(len(rows), dtype=np.int64)
    for calendar in np.unique(rows):
        ours = rows == calendar
        week = plan.time.week[calendar]
        weekdays[ours] = np.busday_count(begin[ours], end[ours], weekmask=week)
    worked = (
        plan.time.worked[rows, (end - plan.time.first).astype(int)]
        - plan.time.worked[rows, (begin - plan.time.first).astype(int)]
    )
    return np.where(known, weekdays - worked, 0).astype(int)


def driving_links(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[DrivingLinks]:
    """Every link between activities, the room it leaves, and whether it sets a date.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule`.

    Returns
    -------
    DrivingLinks
        One row per link of the schedule, in the order given. ``gap_days`` is NA where what waits
        is finished, or has begun and needed the other's start only.

    Raises
    ------
    InvalidTableError
        As `schedule`.
    """
    if activities.empty:
        return DrivingLinks.validate(DrivingLinks.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    critical = dates_of(plan)["critical"].to_numpy()
    tied = plan.links
    name = plan.activities["name"]
    ends = critical[tied["before"]] & critical[tied["after"]]
    return DrivingLinks.validate(
        tied.assign(
            from_name=name.iloc[tied["before"]].to_numpy(),
            to_name=name.iloc[tied["after"]].to_numpy(),
            kind=np.array(KINDS)[tied["code"]],
            lag_days=tied["lag"],
            gap_days=tied["gap"].round(6) + 0.0,
            driving=tied["drives"],
            critical=ends & tied["drives"],
        )
    )


def slack_to(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
    targets: tuple[str, ...] = (),
) -> DataFrame[SlackTo]:
    """How much later each activity may finish before a chosen milestone moves.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule`.
    targets
        ``activity_id`` of each target; without it, every open activity that takes no time, which
        is what milestones are, or else the last to finish.

    Returns
    -------
    SlackTo
        One row per target and open activity that it waits for, target by target, the least slack
        first. What a target does not wait for has no row: no delay of it moves the target.

    Raises
    ------
    InvalidTableError
        As `schedule`.
    ParameterError
        If no activity is called as a target is.

    Notes
    -----
    One backward pass from the finish of each target; total float is the one from the last finish.
    """
    if activities.empty:
        return SlackTo.validate(SlackTo.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    dated = dates_of(plan)
    aimed = [plan.position(target) for target in targets] or _usual_targets(plan)
    latest = np.full((len(plan.activities), len(aimed)), np.inf)
    latest[aimed, np.arange(len(aimed))] = plan.early.finish[aimed, 0]
    slack = plan.late_finish(latest) - plan.early.finish
    waited_for = np.isfinite(slack) & ~plan.finished[:, None]
    position, column = np.nonzero(waited_for)
    ends = dated.iloc[np.array(aimed, dtype=int)[column]].reset_index(drop=True)
    rows = dated.iloc[position].reset_index(drop=True)
    return SlackTo.validate(
        rows.assign(
            target_id=ends["activity_id"],
            target_name=ends["name"],
            target_on=ends["finish_on"],
            slack_days=np.round(slack[position, column], 6) + 0.0,
        ).sort_values(["target_on", "target_id", "slack_days", "activity_id"], ignore_index=True)
    )


def _usual_targets(plan: Plan) -> list[int]:
    timeless = (plan.activities["duration_days"] <= SAME_TIME).to_numpy() & ~plan.finished
    found = np.flatnonzero(timeless)
    return found.tolist() if len(found) else [plan.last]


def slack_of(slack_to: DataFrame[SlackTo], *, target: str = "") -> DataFrame[SlackTo]:
    """The rows of one target of `slack_to`.

    Parameters
    ----------
    slack_to
        Reads ``target_id``.
    target
        Key of the target; empty for the one that is reached last.

    Returns
    -------
    SlackTo
        The target itself left out. No rows for a target nothing open leads to.
    """
    SlackTo.require(slack_to, "target_id", "activity_id")
    chosen = target or (slack_to["target_id"].iloc[-1] if len(slack_to) else "")
    rows = slack_to[(slack_to["target_id"] == chosen) & (slack_to["activity_id"] != chosen)]
    return SlackTo.validate(rows.reset_index(drop=True))


def critical_first(schedule: DataFrame[Schedule], *, last: int = 60) -> DataFrame[Schedule]:
    """Few enough activities for one picture: the open ones with the least room, in order of time.

    Parameters
    ----------
    schedule
        Reads ``state``, ``total_float_days``, ``start_on``, ``finish_on``.
    last
        Most rows to keep.

    Returns
    -------
    Schedule
        All open activities if they are few enough, then the latest finished ones; by start.
    """
    Schedule.require(schedule, "state", "total_float_days", "start_on", "finish_on")
    open_ = schedule[schedule["state"] != "finished"].sort_values("total_float_days", kind="stable")
    done = schedule[schedule["state"] == "finished"].sort_values(
        "finish_on", ascending=False, kind="stable"
    )
    kept = pd.concat([open_, done]).head(last)
    return Schedule.validate(
        kept.sort_values(["start_on", "finish_on", "activity_id"], ignore_index=True)
    )


def latest_first(schedule: DataFrame[Schedule]) -> DataFrame[Schedule]:
    """Open activities against the baseline, those that slip most first.

    Parameters
    ----------
    schedule
        Reads ``state``, ``slip_days``, ``total_float_days``.

    Returns
    -------
    Schedule
        Those without a baseline come last.
    """
    Schedule.require(schedule, "state", "slip_days", "total_float_days")
    going = schedule[schedule["state"] != "finished"]
    return Schedule.validate(
        going.sort_values(
            ["slip_days", "total_float_days"], ascending=[False, True], ignore_index=True
        )
    )
