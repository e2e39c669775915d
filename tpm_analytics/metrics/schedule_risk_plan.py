"""The remaining schedule with its doubts: durations, risks, costs, and what is shared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import InvalidTableError, ParameterError
from tpm_analytics.metrics.schedule_plan import ORIGIN, Plan, plan_of
from tpm_analytics.models import sampling
from tpm_analytics.models import schedule_risk as model
from tpm_analytics.models.sampling import Durations
from tpm_analytics.models.working_time import WorkingTime
from tpm_analytics.program.risk_state import risk_label, risk_state
from tpm_analytics.program.tables import Activities, Links, Milestones, Risks
from tpm_analytics.results.schedule import DaysOff
from tpm_analytics.results.schedule_risk import Ratios, Strikes

# Key of the point at which all is done; it lets teams with different holidays be compared
END = "(end of the program)"
LAWS = {"pert": sampling.PERT, "triangular": sampling.TRIANGULAR}
# Correlation of two activities of one team that is recommended where nothing is known:
# "Joint Agency Cost Schedule Risk and Uncertainty Handbook", 2014, section 3.2
TEAM_CORRELATION = 0.3
# Finished activities of a team that weigh as much as the history of all teams
POOL_WEIGHT = 10.0
# Calendars reach as far as futures in which all work takes this many times its slowest duration
ROOM = 3.0
# Values by which a learned history is told
HISTORY_VALUES = 400
DELAYS = "delay and cost"
DELAYS_BY_MILESTONE = "delay and cost, by its milestone"
NAMES_NOTHING = "cost only: it names nothing it strikes"
STRIKES_FINISHED = "cost only: what it strikes is finished"
STRIKES_UNKNOWN = "cost only: what it strikes is not in the schedule"
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
) -> DataFrame[Strikes]:
    """What each open risk strikes, and what of it can be counted.

    Parameters
    ----------
    risks
        Reads ``risk_id``, ``title``, ``status``, ``closed_on``, ``probability``,
        ``impact_cost``, ``impact_days``, ``affects_id``.
    activities
        Reads ``activity_id``, ``actual_finish_on``, ``percent_complete``.
    milestones
        Reads ``milestone_id``, ``activity_id``, ``done_on``.

    Returns
    -------
    Strikes
        One row per open risk, in the order given; ``how`` says in words what is counted. A risk
        that points at nothing in the schedule is never dropped: its cost counts.

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
    going = risks[risk_state(risks) == "open"].reset_index(drop=True)
    named = going["affects_id"].astype(object)
    keys = activities["activity_id"].astype(object)
    reached = milestones.set_index(milestones["milestone_id"].astype(object))
    direct = named.isin(keys)
    by_milestone = named.map(reached["activity_id"].astype(object)).where(~direct)
    found = named.where(direct, by_milestone)
    found = found.where(found.isin(keys))
    over = activities["actual_finish_on"].notna() | (activities["percent_complete"] >= 1)
    over_by_milestone = named.map(reached["done_on"].notna()).eq(other=True) & ~direct
    finished = found.isin(keys[over]) | (over_by_milestone & found.notna())
    how = np.select(
        [going["probability"].isna(), named.isna(), found.isna(), finished, direct],
        [NO_PROBABILITY, NAMES_NOTHING, STRIKES_UNKNOWN, STRIKES_FINISHED, DELAYS],
        DELAYS_BY_MILESTONE,
    )
    delays = pd.Series(how).isin([DELAYS, DELAYS_BY_MILESTONE])
    told = going.assign(
        risk=risk_label(going),
        activity_id=found.where(delays).astype("str"),
        how=how,
        assessed=going["probability"].notna(),
        days=going["impact_days"].fillna(0.0).where(delays, 0.0),
        cost=going["impact_cost"].fillna(0.0),
    )
    return Strikes.validate(told)


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
    table, tied = _with_end(activities, links)
    schedule = plan_of(table, tied, until=until, days_off=days_off)
    laws, daily, fixed = _laws(schedule)
    position = pd.Index(schedule.activities["activity_id"].astype(object))
    struck = strikes[strikes["assessed"].astype(bool)]
    where = position.get_indexer(pd.Index(struck["activity_id"].astype(object)))
    risks = model.RiskEvents(
        struck["probability"].to_numpy(dtype=np.float64),
        np.where(struck["days"].to_numpy() > 0, where, model.NOWHERE),
        struck["days"].to_numpy(dtype=np.float64),
        struck["cost"].to_numpy(dtype=np.float64),
    )
    schedule = replace(schedule, time=_roomy(table, tied, strikes, until=until, days_off=days_off))
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


def with_law(plan: UncertainPlan, law: str) -> UncertainPlan:
    """Let durations between three points follow another law: ``"pert"`` or ``"triangular"``."""
    if law not in LAWS:
        raise ParameterError(f"law={law!r} is unknown.", hint=f"choose one of {', '.join(LAWS)}")
    now = plan.model.durations
    family = np.where(np.isin(now.family, list(LAWS.values())), LAWS[law], now.family)
    return replace(plan, model=replace(plan.model, durations=replace(now, family=family)))


def with_durations(plan: UncertainPlan, durations: Durations) -> UncertainPlan:
    """Let durations follow laws of your own, one for each activity in the order given.

    Raises
    ------
    ParameterError
        If there are not as many laws as activities.
    """
    now = plan.model.durations
    if len(durations.family) != len(now.family) - 1:
        raise ParameterError(
            f"{len(durations.family)} laws are given for {len(now.family) - 1} activities.",
            hint="give one law for each activity",
        )
    laws = Durations(
        np.append(durations.family, sampling.FIXED),
        np.append(durations.low, 0.0),
        np.append(durations.likely, 0.0),
        np.append(durations.high, 0.0),
        np.append(durations.ratios, 0),
        durations.histories,
    )
    return replace(plan, model=replace(plan.model, durations=laws))


def correlated(plan: UncertainPlan, *, correlation: float = TEAM_CORRELATION) -> UncertainPlan:
    """Let the activities of one team be early or late together.

    Notes
    -----
    One driver a team, with the weight ``sqrt(correlation)`` on each of its activities; see
    `models.sampling.drawn`. Activities of no team have a luck of their own.

    Raises
    ------
    ParameterError
        If `correlation` lies outside 0 to 1.
    """
    if not 0 <= correlation <= 1:
        raise ParameterError(
            f"correlation={correlation} lies outside 0 to 1.", hint="Did you mean 0.3, not 30?"
        )
    team, names = pd.factorize(plan.schedule.activities["team"].astype("str"))
    drivers = (team[:, None] == np.arange(len(names))) * np.sqrt(correlation)
    return replace(plan, model=replace(plan.model, loadings=drivers if correlation else None))


def duration_ratios(
    activities: DataFrame[Activities],
    links: DataFrame[Links],
    *,
    until: pd.Timestamp,
    days_off: DataFrame[DaysOff] | None = None,
) -> DataFrame[Ratios]:
    """How long each finished activity took against its plan.

    Parameters
    ----------
    activities, links, until, days_off
        As in `schedule.schedule`.

    Returns
    -------
    Ratios
        One row per activity with a planned duration and both actual days. Both days count.
    """
    if activities.empty:
        return Ratios.validate(Ratios.empty())
    plan = plan_of(activities, links, until=until, days_off=days_off)
    table = plan.activities
    begin = plan.begun
    end = plan.time.times(
        table["actual_finish_on"].to_numpy(dtype="datetime64[D]"),
        at_end=True,
    )
    told = table.assign(planned_days=table["duration_days"], actual_days=end - begin)
    told = told[(told["planned_days"] > 0) & (told["actual_days"] >= 0)]
    told = told.assign(ratio=told["actual_days"] / told["planned_days"])
    return Ratios.validate(told.reset_index(drop=True))


def learned(plan: UncertainPlan, ratios: DataFrame[Ratios]) -> UncertainPlan:
    """Let durations follow what this program's activities took against their plans.

    Parameters
    ----------
    plan
        Plan to change. Durations of 0 stay as they are, and all stay where there is no history.
    ratios
        Reads ``team``, ``ratio``.

    Notes
    -----
    A team with ``n`` finished activities is drawn from its own ratios with the weight
    ``n / (n + POOL_WEIGHT)``, else from those of all teams: three finished activities say little,
    fifty say much [1]_.

    References
    ----------
    .. [1] B. Efron, C. Morris, "Stein's Paradox in Statistics", Scientific American 236, 1977.
    """
    Ratios.require(ratios, "team", "ratio")
    pool = np.sort(ratios["ratio"].to_numpy(dtype=np.float64))
    if not len(pool):
        return plan
    names = plan.schedule.activities["team"].astype("str")
    codes, teams = pd.factorize(names)
    own = ratios["team"].astype("str")
    histories = [_blended(ratios.loc[own == team, "ratio"].to_numpy(), pool) for team in teams]
    left = plan.schedule.left[:, 0]
    now = plan.model.durations
    laws = replace(
        now,
        family=np.where(left > 0, sampling.EMPIRICAL, now.family),
        likely=np.where(left > 0, left, now.likely),
        ratios=np.where(codes < 0, len(teams), codes),
        histories=(*histories, pool),
    )
    return replace(plan, model=replace(plan.model, durations=laws))


def _blended(own: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Evenly spaced values of a team's history and everybody's, weighed by how long its own is."""
    weight = len(own) / (len(own) + POOL_WEIGHT)
    values = np.concatenate([own, pool])
    weights = np.concatenate(
        [np.full(len(own), weight / max(len(own), 1)), np.full(len(pool), (1 - weight) / len(pool))]
    )
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    places = np.searchsorted(share, (np.arange(HISTORY_VALUES) + 0.5) / HISTORY_VALUES)
    return np.asarray(values[order][np.minimum(places, len(values) - 1)], dtype=np.float64)


def _with_end(activities: pd.DataFrame, links: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Activities and links, and one activity that waits for all the others."""
    Activities.require(activities, *Activities.declared())
    Links.require(links, *Links.declared())
    end = Activities.empty().reindex([0]).assign(activity_id=END, duration_days=0.0)
    table = Activities.validate(pd.concat([activities, end], ignore_index=True))
    waits = pd.DataFrame(
        {"from_id": activities["activity_id"], "to_id": END, "kind": "FS", "lag_days": 0.0}
    )
    both = pd.concat([links.astype({"kind": "str"}), waits], ignore_index=True)
    return table, Links.validate(both.astype({"kind": "category"}))


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


def _roomy(
    activities: pd.DataFrame,
    links: pd.DataFrame,
    strikes: pd.DataFrame,
    *,
    until: pd.Timestamp,
    days_off: pd.DataFrame | None,
) -> WorkingTime:
    """Calendars that reach as far as the slowest future does."""
    delay = strikes.groupby(strikes["activity_id"].astype(object))["days"].sum()
    more = activities["activity_id"].astype(object).map(delay).fillna(0.0).astype("float64")
    longest = activities[["duration_days", "pessimistic_days"]].max(axis="columns") * ROOM + more
    slow = activities.assign(duration_days=longest, percent_complete=np.nan)
    return plan_of(slow, links, until=until, days_off=days_off).time


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
        raise InvalidTableError("activities", ORIGIN, failures)
