"""The remaining schedule with its doubts: durations, risks, costs, and what is shared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import InvalidTableError, check_choice
from tpm_analytics.metrics.schedule.plan import ORIGIN, Plan, Ties, planned, schedule_links
from tpm_analytics.models import network, sampling
from tpm_analytics.models import schedule_risk as model
from tpm_analytics.models.sampling import Durations
from tpm_analytics.models.working_time import WorkingTime
from tpm_analytics.program.keys import among, positions
from tpm_analytics.program.risk_state import risk_label, risk_state
from tpm_analytics.program.tables import Activities, Items, Links, Milestones, Risks
from tpm_analytics.results.schedule import DaysOff
from tpm_analytics.results.schedule_risk import Strikes

# Key of the point at which all is done; it lets teams with different holidays be compared
END = "(end of the program)"
# Calendars reach as far as futures in which all work takes this many times its slowest duration
ROOM = 3.0
DELAYS = "delay and cost"
DELAYS_BY_MILESTONE = "delay and cost, by its milestone"
NAMES_NOTHING = "cost only: it names nothing it strikes"
STRIKES_FINISHED = "cost only: what it strikes is finished"
STRIKES_UNKNOWN = "cost only: what it strikes is not in the schedule"
Unknown = Literal["refuse", "cost"]
NO_PROBABILITY = "nothing: it has no probability"


@dataclass(frozen=True, eq=False)
class UncertainPlan:
    """A schedule whose remaining durations are known as laws only.

    Attributes
    ----------
    schedule
        The plan with single durations, the point at which all is done in its last row.
    model
        The same with laws, risks and costs.
    strikes
        What each open risk strikes.
    until
        Day it is seen from.
    known_cost
        Whether any cost is known.
    """

    schedule: Plan
    model: model.Plan
    strikes: pd.DataFrame
    until: pd.Timestamp
    known_cost: bool

    @property
    def open(self) -> np.ndarray:
        """Positions of the activities that are not finished."""
        return np.flatnonzero(~self.schedule.finished[:-1])

    @property
    def now(self) -> float:
        """Working time of the day it is seen from."""
        day = np.array([np.datetime64(self.until, "D")])
        return float(self._calendar(1).times(day, at_end=True)[0])

    @property
    def week(self) -> np.ndarray:
        """Whether any team with work to do works on each day of the week, Monday being first."""
        time = self.schedule.time
        told: np.ndarray = time.week[time.calendar[-1]]
        return told

    def days(self, times: np.ndarray) -> np.ndarray:
        """Days on which the program ends at these working times."""
        return self._calendar(len(times)).days(np.round(times, 3), at_end=True)

    def _calendar(self, count: int) -> WorkingTime:
        time = self.schedule.time
        return replace(time, calendar=np.full(count, time.calendar[-1]))


def strikes(
    risks: DataFrame[Risks],
    activities: DataFrame[Activities],
    milestones: DataFrame[Milestones],
    *,
    items: DataFrame[Items] | None = None,
    unknown: Unknown = "refuse",
) -> DataFrame[Strikes]:
    """What each open risk strikes, and what of it can be counted.

    Parameters
    ----------
    risks
        Reads ``risk_id``, ``title``, ``status``, ``closed_on``, ``probability``,
        ``impact_cost``, ``impact_days``, ``affects_id``.
    activities
        Reads ``activity_id``, ``workstream``, ``actual_finish_on``, ``percent_complete``.
    milestones
        Reads ``milestone_id``, ``activity_id``, ``done_on``.
    items
        Of the whole program, those that came later too. Reads ``item_id``. A risk may name an
        item: it delays nothing in the schedule, and its cost counts. Without it a risk may name
        anything.
    unknown
        What becomes of an open risk that names neither an activity, a milestone, a workstream nor
        an item: ``"refuse"``, or ``"cost"`` to count its cost and no delay.

    Returns
    -------
    Strikes
        One row per open risk, in the order given; ``how`` says in words what is counted. A risk
        that points at nothing in the schedule is never dropped: its cost counts.

    Raises
    ------
    InvalidTableError
        With the rows of open risks that name something nobody knows, unless told to count their
        cost.
    ParameterError
        For another ``unknown``.

    Notes
    -----
    A risk that strikes a milestone delays the activity that reaches it. One whose activity is
    finished, or whose milestone was reached, delays nothing any more. An unknown cost or delay
    counts as none, and a risk without a probability counts as nothing; the page says how many.

    Examples
    --------
    >>> risks = Risks.empty().reindex([0]).assign(
    ...     risk_id="R-1", probability=0.5, impact_days=5.0, affects_id="M-1"
    ... )
    >>> activities = Activities.empty().reindex([0]).assign(activity_id="build")
    >>> milestones = Milestones.empty().reindex([0]).assign(
    ...     milestone_id="M-1", activity_id="build"
    ... )
    >>> strikes(risks, activities, milestones)[["activity_id", "how"]].iloc[0].tolist()
    ['build', 'delay and cost, by its milestone']
    """
    Risks.require(risks, "risk_id", "title", "status", "closed_on", "probability")
    Risks.require(risks, "impact_cost", "impact_days", "affects_id")
    Activities.require(activities, "activity_id", "actual_finish_on", "percent_complete")
    Milestones.require(milestones, "milestone_id", "activity_id", "done_on")
    check_choice("unknown", unknown, get_args(Unknown))
    if items is not None and unknown == "refuse":
        _refuse_aimless(risks, activities, milestones, items)
    going = risks[risk_state(risks) == "open"].reset_index(drop=True)
    named = pd.Index(going["affects_id"].astype(object))
    keys = pd.Index(activities["activity_id"].astype(object))
    direct = keys.get_indexer(named)
    milestone = pd.Index(milestones["milestone_id"].astype(object)).get_indexer(named)
    through = keys.get_indexer(pd.Index(milestones["activity_id"].astype(object)))
    # the last of each list is taken by what was not found
    place = np.where(direct >= 0, direct, np.append(through, -1)[milestone])
    over = activities["actual_finish_on"].notna() | (activities["percent_complete"] >= 1)
    reached = np.append(milestones["done_on"].notna(), values=False)[milestone] & (direct < 0)
    finished = (np.append(over, values=False)[place] | reached) & (place >= 0)
    assessed = going["probability"].notna().to_numpy()
    how = np.select(
        [~assessed, named.isna(), place < 0, finished, direct >= 0],
        [NO_PROBABILITY, NAMES_NOTHING, STRIKES_UNKNOWN, STRIKES_FINISHED, DELAYS],
        DELAYS_BY_MILESTONE,
    )
    delays = assessed & (place >= 0) & ~finished
    told = {
        "risk_id": going["risk_id"].array,
        "risk": risk_label(going).array,
        "affects_id": going["affects_id"].array,
        "activity_id": np.where(delays, np.append(keys.to_numpy(), [None])[place], None),
        "how": how,
        "assessed": assessed,
        "probability": going["probability"].to_numpy(),
        "days": np.where(delays, going["impact_days"].fillna(0.0), 0.0),
        "cost": going["impact_cost"].fillna(0.0).to_numpy(),
    }
    return Strikes.validate(pd.DataFrame(told))


def _refuse_aimless(
    risks: pd.DataFrame, activities: pd.DataFrame, milestones: pd.DataFrame, items: pd.DataFrame
) -> None:
    """Name each open risk that points at something which nothing is called."""
    Items.require(items, "item_id")
    Activities.require(activities, "workstream")
    named = risks["affects_id"]
    known = [activities["activity_id"], activities["workstream"], milestones["milestone_id"]]
    found = pd.concat([among(named, keys) for keys in (*known, items["item_id"])], axis=1)
    aimless = named.notna() & ~found.any(axis=1) & (risk_state(risks) == "open")
    if aimless.any():
        failures = pd.DataFrame(
            {
                "column": "affects_id",
                "row": np.flatnonzero(aimless),
                "value": risks.loc[aimless, "affects_id"].astype(object),
                "problem": "names no activity, milestone, workstream or item",
            }
        )
        raise InvalidTableError(
            "risks",
            ORIGIN,
            failures,
            hint="correct it, leave it empty, or say unknown_targets = cost, to count what these "
            "risks cost and no delay",
        )


def uncertain_plan(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    strikes: DataFrame[Strikes],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> UncertainPlan:
    """The remaining work at a day, each duration as a law between its three points.

    Parameters
    ----------
    activities
        Reads all columns.
    links, until, days_off
        As in `schedule.schedule`.
    strikes
        Reads all columns.

    Raises
    ------
    InvalidTableError
        As `schedule.schedule`; and for a likely duration outside the optimistic and pessimistic.

    Notes
    -----
    What is left of an activity keeps the shape of the whole: its three points are scaled by the
    share that is left. An activity with a point missing takes what its likely duration says. Its
    budget is spent evenly over its planned duration, so that a delay costs money too, beside
    what the register says a risk costs.
    """
    Strikes.require(strikes, *Strikes.declared())
    _refuse_outside(activities)
    table, ties = _with_end(activities, links)
    longest = _longest(table, strikes)
    schedule = planned(
        table, ties, until=until, days_off=days_off, longest=longest, end_of_all=True
    )
    laws, daily, fixed = _laws(schedule)
    struck = strikes[strikes["assessed"].to_numpy(dtype=bool)]
    where = positions(pd.Index(struck["activity_id"]), schedule.activities["activity_id"])
    risks = model.RiskEvents(
        struck["probability"].to_numpy(dtype=np.float64),
        np.where(struck["days"].to_numpy() > 0, where, model.NOWHERE),
        struck["days"].to_numpy(dtype=np.float64),
        struck["cost"].to_numpy(dtype=np.float64),
    )
    uncertain = model.Plan(
        schedule.net,
        laws,
        fixed,
        daily,
        risks,
        None,
        schedule.earliest,
        schedule.begun,
        None if schedule.time.alike else schedule.time,
    )
    known = bool((daily.sum() + fixed.sum() + risks.cost.sum()) > 0)
    return UncertainPlan(schedule, uncertain, strikes, until, known)


def _with_end(activities: pd.DataFrame, links: pd.DataFrame) -> tuple[pd.DataFrame, Ties]:
    """Activities and the links between them, and one activity that waits for all the others."""
    Activities.require(activities, *Activities.declared())
    count = len(activities)
    given = activities.reset_index(drop=True)
    duration = given["duration_days"].to_numpy(dtype=np.float64)
    table = given.reindex(range(count + 1))
    table = table.assign(
        activity_id=table["activity_id"].fillna(END), duration_days=np.append(duration, 0.0)
    )
    each = np.arange(count)
    waits = Ties(
        each, np.full(count, count), np.full(count, network.FS), np.zeros(count), len(links) + each
    )
    ties = schedule_links(given, links)
    return table, Ties(*(np.concatenate(both) for both in zip(ties, waits, strict=True)))


def _laws(schedule: Plan) -> tuple[Durations, np.ndarray, np.ndarray]:
    """Laws of what is left of each activity, its cost a day, and its cost at once."""
    table, left = schedule.activities, schedule.left[:, 0]
    done = table["percent_complete"].fillna(0.0).to_numpy(dtype=np.float64)
    planned = table["duration_days"].to_numpy(dtype=np.float64)
    whole = np.divide(left, 1 - done, out=left.copy(), where=done < 1)
    planned = np.where(np.isnan(planned), whole, planned)
    rest = np.divide(left, planned, out=np.zeros_like(left), where=planned > 0)
    low = table["optimistic_days"].to_numpy(dtype=np.float64)
    high = table["pessimistic_days"].to_numpy(dtype=np.float64)
    known = ~np.isnan(low) & ~np.isnan(high)
    low, high = np.where(known, low * rest, left), np.where(known, high * rest, left)
    budget = np.where(schedule.finished, 0.0, table["budget"].fillna(0.0).to_numpy())
    daily = np.divide(budget, planned, out=np.zeros_like(budget), where=planned > 0)
    fixed = np.where(planned > 0, 0.0, budget)
    return sampling.three_point(low, left, high), daily, fixed


def _longest(activities: pd.DataFrame, strikes: pd.DataFrame) -> np.ndarray:
    """Duration of each activity in the slowest future that calendars must reach to."""
    place = positions(pd.Index(strikes["activity_id"]), activities["activity_id"])
    delay = np.bincount(
        place[place >= 0], strikes["days"].to_numpy()[place >= 0], minlength=len(activities)
    )
    likely = activities["duration_days"].to_numpy(dtype=np.float64)
    slowest = np.fmax(likely, activities["pessimistic_days"].to_numpy(dtype=np.float64))
    longest: np.ndarray = np.fmax(slowest, 0.0) * ROOM + delay
    return longest


def _refuse_outside(activities: pd.DataFrame) -> None:
    """Name each activity whose likely duration is no duration between the two others."""
    Activities.require(activities, "duration_days", "optimistic_days", "pessimistic_days")
    likely = activities["duration_days"]
    outside = (likely < activities["optimistic_days"]) | (likely > activities["pessimistic_days"])
    if outside.any():
        failures = pd.DataFrame(
            {
                "column": "duration_days",
                "row": np.flatnonzero(outside),
                "value": likely[outside],
                "problem": "lies outside optimistic_days and pessimistic_days",
            }
        )
        hint = "the likely duration lies between the other two, or is one of them"
        raise InvalidTableError("activities", ORIGIN, failures, hint=hint)
