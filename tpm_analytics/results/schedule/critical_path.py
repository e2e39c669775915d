"""What the metrics of schedules yield."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column

SINCE_BEGIN = "working days since the plan began"


class DaysOff(Result):
    """One row per day on which a team does not work; no team means all teams.

    A team with `weekly` rows rests on those days of each week, any other on Saturday and Sunday.
    """

    class Config(Result.Config):
        add_missing_columns = True

    team: Series[Category] = column("Team that is off", nullable=True)
    day_on: Series[Day] = column("Day off")
    weekly: Series[Flag] = column("Whether it is off every week: its weekend", default=False)


class Schedule(Result):
    """One row per activity, in the order given: when it happens, and how late it could."""

    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is done", nullable=True)
    shown_name: Series[str] = column("Its name, with the key where two share one")
    team: Series[Category] = column("Team", nullable=True)
    workstream: Series[Category] = column("Workstream", nullable=True)
    state: Series[Category] = column("State")
    duration_days: Series[float] = column("Planned duration", "working days", nullable=True)
    remaining_days: Series[float] = column("Work left", "working days", ge=0)
    start_on: Series[Day] = column("Start: actual, or the earliest possible", nullable=True)
    finish_on: Series[Day] = column("Finish: actual, or the earliest possible")
    late_start_on: Series[Day] = column("Latest start that moves nothing", nullable=True)
    late_finish_on: Series[Day] = column("Latest finish that moves nothing", nullable=True)
    total_float_days: Series[float] = column(
        "Delay until the end moves", "working days", nullable=True
    )
    free_float_days: Series[float] = column(
        "Delay until another activity moves", "working days", nullable=True
    )
    critical: Series[Flag] = column("Whether any delay moves the end")
    baseline_start_on: Series[Day] = column("Start in the baseline", nullable=True)
    baseline_finish_on: Series[Day] = column("Finish in the baseline", nullable=True)
    slip_days: Series[float] = column(
        "Finish later than in the baseline", "calendar days", nullable=True
    )
    early_start: Series[float] = column("Earliest start", SINCE_BEGIN, nullable=True)
    early_finish: Series[float] = column("Earliest finish", SINCE_BEGIN)
    late_start: Series[float] = column("Latest start", SINCE_BEGIN, nullable=True)
    late_finish: Series[float] = column("Latest finish", SINCE_BEGIN, nullable=True)


class DrivingLinks(Result):
    """One row per link of the schedule: how much room it leaves."""

    from_id: Series[str] = column("Comes first")
    from_name: Series[str] = column("Name of what comes first", nullable=True)
    to_id: Series[str] = column("Depends on it")
    to_name: Series[str] = column("Name of what depends on it", nullable=True)
    kind: Series[Category] = column("Kind of link: FS, SS, FF or SF")
    lag_days: Series[float] = column("Time between the two", "working days")
    gap_days: Series[float] = column("Room the link leaves", "working days", nullable=True)
    driving: Series[Flag] = column("Whether the link sets the date")
    critical: Series[Flag] = column("Whether both ends are critical")


class DrivingPath(Result):
    """One row per step of the chain that sets a date, from its beginning to the date."""

    step: Series[Count] = column("Step", ge=1)
    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is done", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    cause: Series[Category] = column("What sets its date")
    from_id: Series[str] = column("Activity it waits for", nullable=True)
    kind: Series[Category] = column("Kind of link: FS, SS, FF or SF", nullable=True)
    lag_days: Series[float] = column("Time between the two", "working days", nullable=True)
    start_on: Series[Day] = column("Start", nullable=True)
    finish_on: Series[Day] = column("Finish")
    remaining_days: Series[float] = column("Work left", "working days", ge=0)
    days_off: Series[Count] = column("Holidays of the team on the way", "days", ge=0)
    baseline_finish_on: Series[Day] = column("Finish in the baseline", nullable=True)
    slip_days: Series[float] = column(
        "Finish later than in the baseline", "calendar days", nullable=True
    )
    added_days: Series[float] = column("Delay this step adds", "calendar days", nullable=True)


class SlackTo(Result):
    """One row per activity and target: how much later it may finish and the target still stands."""

    target_id: Series[str] = column("Activity or milestone aimed at")
    target_name: Series[str] = column("Name of the target", nullable=True)
    target_on: Series[Day] = column("Finish of the target")
    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is done", nullable=True)
    shown_name: Series[str] = column("Its name, with the key where two share one")
    team: Series[Category] = column("Team", nullable=True)
    finish_on: Series[Day] = column("Finish")
    slack_days: Series[float] = column("Delay until the target moves", "working days")


class TargetRoom(Result):
    """One row per milestone still to come: how tight the way to it is, in the order of time."""

    target_id: Series[str] = column("Key of the milestone")
    target_name: Series[str] = column("Milestone", nullable=True)
    target_on: Series[Day] = column("Reached at the earliest")
    leading: Series[Count] = column("Open activities it waits for", "activities", ge=0)
    without_room: Series[Count] = column("Of these without room", "activities", ge=0)
    tightest: Series[str] = column("Those with the least room", nullable=True)


class TeamSlips(Result):
    """One row per team: whether its work takes longer than planned, the worst first."""

    team: Series[Category] = column("Team", nullable=True)
    finished: Series[Count] = column("Finished in the last half year", "activities", ge=0)
    planned_days: Series[float] = column("Planned for these", "working days", ge=0)
    took_days: Series[float] = column("These took", "working days", ge=0)
    longer_share: Series[float] = column("Longer than planned by", "share", nullable=True)
    open: Series[Count] = column("Not finished", "activities", ge=0)
    slip_days: Series[float] = column("Largest slip of these", "calendar days", nullable=True)
    worst_id: Series[str] = column("Key of what slips most", nullable=True)
    worst_name: Series[str] = column("What slips most", nullable=True)


class ProgressCurve(Result):
    """One row per period and curve: the share of the work that is done by its end."""

    day_on: Series[Day] = column("Day")
    curve: Series[Category] = column("Curve: baseline, done, or expected")
    share: Series[float] = column("Share of the work", "share", ge=0, le=1)


class RoadmapBars(Result):
    """One row per workstream and quarter in which it works: what is under way in it."""

    workstream: Series[Category] = column("Workstream")
    quarter_on: Series[Day] = column("First day of the quarter")
    activities: Series[Count] = column("Activities under way", "activities", ge=1)
    finishing: Series[Count] = column("Finish in the quarter", "activities", ge=0)
    names: Series[str] = column("What is finished in it", nullable=True)
    state: Series[Category] = column("State")


class NetworkNodes(Result):
    """One row per activity of a drawn network, with its place in the picture."""

    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is done", nullable=True)
    team: Series[Category] = column("Team", nullable=True)
    state: Series[Category] = column("State")
    critical: Series[Flag] = column("Whether any delay moves the end")
    finish_on: Series[Day] = column("Finish")
    total_float_days: Series[float] = column(
        "Delay until the end moves", "working days", nullable=True
    )
    depth: Series[Count] = column("Steps from the beginning", ge=0)
    place: Series[float] = column("Place from above")


class NetworkEdges(Result):
    """One row per drawn link, with the places of its ends."""

    from_id: Series[str] = column("Comes first")
    to_id: Series[str] = column("Depends on it")
    kind: Series[Category] = column("Kind of link: FS, SS, FF or SF")
    driving: Series[Flag] = column("Whether the link sets the date")
    critical: Series[Flag] = column("Whether both ends are critical")
    from_depth: Series[Count] = column("Steps of the first end from the beginning")
    from_place: Series[float] = column("Place of the first end from above")
    to_depth: Series[Count] = column("Steps of the second end from the beginning")
    to_place: Series[float] = column("Place of the second end from above")


class ScheduleGaps(Result):
    """One row per thing that a schedule does not tell, where it concerns any."""

    reason: Series[str] = column("What is missing")
    cases: Series[Count] = column("How many it concerns", ge=1)
