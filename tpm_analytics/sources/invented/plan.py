"""Schedule and money of the invented program: what was planned, what happened, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import chance, plan_words, story
from tpm_analytics.sources.invented.chance import Generator
from tpm_analytics.sources.invented.plan_words import ACTIVITIES, MILESTONES, Planned

# How much longer or shorter activities take than planned.
_TAKES = (0.85, 0.96, 1.0, 1.06, 1.18, 1.3)
_OPTIMISTIC, _PESSIMISTIC = 0.85, 1.5
# Overtime and hired hands shorten work to this share, each day won at so many days' cost
_CRASHED, _CRASH_PREMIUM = 0.8, 1.5
_CERTIFICATION_PESSIMISTIC = 2.0
_CERTIFICATION_ACTIVITY = "A-CRT-05"
# What the certification waits for went as planned, so that its delay is all its own.
_ON_TIME = frozenset({"A-CRT-01", "A-CRT-02", "A-CRT-03", "A-CRT-04", "A-PLT-01", "A-PLT-03"})
_SLIPPED_ACTIVITIES_TAKE = 1.3
_WORKING_DAYS_A_WEEK = 5

# Cost of what was earned: usual, in the slipping team, and while the certification drags on.
_USUAL_COST = (0.92, 0.97, 1.0, 1.04, 1.1, 1.14)
_SLIPPING_COST = 1.25
_CERTIFICATION_COST, _CERTIFICATION_COST_FROM = 1.7, "2025-02"

# Weeks of the certification's delay that its owner admitted, by the day of the report.
_ADMITTED_WEEKS = {"2025-02-28": 2, "2025-03-31": 4, "2025-04-30": 6}
# Any other delay is admitted bit by bit, beginning months before the day and known months ahead.
_ADMITTED_FROM_MONTHS, _ADMITTED_BY_MONTHS = 8, 2
_DAYS_A_MONTH = 30.4


class Span(NamedTuple):
    """Working days from `begin` up to, but without, `end`."""

    begin: int
    end: int


class Link(NamedTuple):
    """A predecessor: its kind and the working days between."""

    activity_id: str
    kind: str
    lag: int


def planned() -> dict[str, Span]:
    """Return the baseline: each activity as early as its predecessors let it."""
    return _forward({activity.activity_id: activity.days for activity in ACTIVITIES})


def happened(generator: Generator) -> dict[str, Span]:
    """When each activity ran, and when those not done yet will run as it looks now."""
    factors = chance.spread(generator, len(ACTIVITIES), _TAKES)
    baseline = planned()
    slip = _index(story.SLIP_BEGINS)
    days = {}
    for activity, factor in zip(ACTIVITIES, factors, strict=True):
        name = activity.activity_id
        if name == _CERTIFICATION_ACTIVITY:
            days[name] = activity.days + story.DELAY_WEEKS * _WORKING_DAYS_A_WEEK
        elif name in _ON_TIME:
            days[name] = activity.days
        else:
            slips = _key(name) == story.team_named(story.SLIPPING).key
            slips = slips and baseline[name].end > slip
            days[name] = round(
                activity.days * factor * (_SLIPPED_ACTIVITIES_TAKE if slips else 1.0)
            )
    return _forward(days)


def activities(actual: Mapping[str, Span]) -> pd.DataFrame:
    """Return the schedule as of the last day, with baseline, actual days and share done."""
    baseline, today = planned(), _index(story.LAST_DAY) + 1
    rows = []
    for activity in ACTIVITIES:
        span, plan = actual[activity.activity_id], baseline[activity.activity_id]
        done = min(max((today - span.begin) / (span.end - span.begin), 0.0), 1.0)
        worst = (
            _CERTIFICATION_PESSIMISTIC
            if activity.activity_id == _CERTIFICATION_ACTIVITY
            else _PESSIMISTIC
        )
        rows.append(
            {
                "activity_id": activity.activity_id,
                "name": activity.name,
                "kind": plan_words.KINDS.get(activity.activity_id, plan_words.BUILD),
                "team": _team(activity),
                "workstream": plan_words.WORKSTREAM_KEYS[_key(activity.activity_id)],
                "duration_days": activity.days,
                "optimistic_days": round(activity.days * _OPTIMISTIC),
                "pessimistic_days": round(activity.days * worst),
                "baseline_start_on": _day(plan.begin),
                "baseline_finish_on": _day(plan.end - 1),
                "actual_start_on": _day(span.begin) if span.begin < today else None,
                "actual_finish_on": _day(span.end - 1) if span.end <= today else None,
                "percent_complete": done if done in (0.0, 1.0) else round(done * 20 - 0.5) / 20,
                "budget": _budget_of(activity),
                "start_no_earlier_on": _day(activity.not_before) if activity.not_before else None,
                "crash_days": round(activity.days * _CRASHED),
                "crash_cost_per_day": _CRASH_PREMIUM * _cost_a_day(activity),
            }
        )
    return pd.DataFrame(rows)


def links() -> pd.DataFrame:
    """Return the dependencies of the plan."""
    return pd.DataFrame(
        [
            (link.activity_id, activity.activity_id, link.kind, float(link.lag))
            for activity in ACTIVITIES
            for link in _links(activity)
        ],
        columns=["from_id", "to_id", "kind", "lag_days"],
    )


def activity_demand() -> pd.DataFrame:
    """Return the roles each activity needs while it runs."""
    return pd.DataFrame(
        [
            (activity.activity_id, role, units)
            for activity in ACTIVITIES
            for role, units in plan_words.DEMAND[_key(activity.activity_id)].items()
        ],
        columns=["activity_id", "resource", "units"],
    )


def milestone_forecasts(actual: Mapping[str, Span]) -> pd.DataFrame:
    """What was said of each milestone at the end of each month until it was reached."""
    baseline = planned()
    months = pd.date_range(story.FIRST_DAY, story.LAST_DAY, freq="ME")
    rows = []
    for target in MILESTONES:
        plan = pd.Timestamp(_day(baseline[target.activity_id].end - 1))
        end = pd.Timestamp(_day(actual[target.activity_id].end - 1))
        rows += [
            (target.milestone_id, f"{month:%Y-%m-%d}", f"{forecast:%Y-%m-%d}")
            for month in months[months < end]
            for forecast in [plan + _admitted(target.milestone_id, plan, end, month)]
        ]
    return pd.DataFrame(rows, columns=["milestone_id", "reported_on", "forecast_on"])


def milestones(actual: Mapping[str, Span], forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the milestones with the day first planned, now planned, and reached."""
    baseline, today = planned(), _index(story.LAST_DAY) + 1
    last = forecasts.groupby("milestone_id")["forecast_on"].last()
    rows = []
    for target in MILESTONES:
        end = actual[target.activity_id].end
        rows.append(
            {
                "milestone_id": target.milestone_id,
                "name": target.name,
                "activity_id": target.activity_id,
                "baseline_on": _day(baseline[target.activity_id].end - 1),
                "due_on": last[target.milestone_id],
                "done_on": _day(end - 1) if end <= today else None,
                "owner_id": target.owner_id,
            }
        )
    return pd.DataFrame(rows)


def budget(generator: Generator, actual: Mapping[str, Span]) -> pd.DataFrame:
    """Planned, earned and spent by workstream and month, each month alone."""
    baseline = planned()
    last = max(span.end for span in baseline.values()) - 1
    months = pd.period_range(story.FIRST_DAY, _day(last), freq="M")
    edges = np.array(
        [_index(f"{month.start_time:%Y-%m-%d}") for month in [*months, months[-1] + 1]]
    )
    today = _index(story.LAST_DAY) + 1
    tables = []
    for key, workstream in plan_words.WORKSTREAM_KEYS.items():
        ours = [activity for activity in ACTIVITIES if _key(activity.activity_id) == key]
        value = _by_month(ours, baseline, edges)
        earned = _by_month(ours, actual, np.minimum(edges, today))
        index = chance.spread(generator, len(months), _USUAL_COST) * _cost_index(key, months)
        known = edges[:-1] < today
        tables.append(
            pd.DataFrame(
                {
                    "workstream": workstream,
                    "period_on": months.start_time.strftime("%Y-%m-%d"),
                    "planned_value": _round(value),
                    "earned_value": np.where(known, _round(earned), np.nan),
                    "actual_cost": np.where(known, _round(earned * index), np.nan),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _forward(days: Mapping[str, int]) -> dict[str, Span]:
    spans: dict[str, Span] = {}
    waiting = list(ACTIVITIES)
    while waiting:
        ready = [
            activity
            for activity in waiting
            if all(link.activity_id in spans for link in _links(activity))
        ]
        for activity in ready:
            length = days[activity.activity_id]
            begin = max(
                [activity.not_before]
                + [_earliest(spans[link.activity_id], link, length) for link in _links(activity)]
            )
            spans[activity.activity_id] = Span(begin, begin + length)
        waiting = [activity for activity in waiting if activity.activity_id not in spans]
    return spans


def _earliest(before: Span, link: Link, length: int) -> int:
    if link.kind == "SS":
        return before.begin + link.lag
    if link.kind == "FF":
        return before.end + link.lag - length
    return before.end + link.lag


def _links(activity: Planned) -> list[Link]:
    parts = [text.split() for text in activity.after]
    return [Link(name, kind, int(lag[0]) if lag else 0) for name, kind, *lag in parts]


def _admitted(
    milestone_id: str, plan: pd.Timestamp, end: pd.Timestamp, reported: pd.Timestamp
) -> pd.Timedelta:
    if milestone_id == plan_words.CERTIFIED:
        told = [weeks for day, weeks in _ADMITTED_WEEKS.items() if day <= f"{reported:%Y-%m-%d}"]
        return pd.Timedelta(weeks=max(told, default=0))
    months_ahead = (end - reported).days / _DAYS_A_MONTH
    if end > pd.Timestamp(story.LAST_DAY):
        months_ahead = (pd.Timestamp(story.LAST_DAY) - reported).days / _DAYS_A_MONTH
        months_ahead += _ADMITTED_BY_MONTHS
    span = _ADMITTED_FROM_MONTHS - _ADMITTED_BY_MONTHS
    share = min(max((_ADMITTED_FROM_MONTHS - months_ahead) / span, 0.0), 1.0)
    return pd.Timedelta(days=round((end - plan).days * share))


def _cost_index(key: str, months: pd.PeriodIndex) -> np.ndarray:
    if key == "CRT":
        return np.where(
            months >= pd.Period(_CERTIFICATION_COST_FROM, "M"), _CERTIFICATION_COST, 1.0
        )
    if key == story.team_named(story.SLIPPING).key:
        return np.where(months >= pd.Period(story.SLIP_BEGINS, "M"), _SLIPPING_COST, 1.0)
    return np.ones(len(months))


def _by_month(ours: Sequence[Planned], spans: Mapping[str, Span], edges: np.ndarray) -> np.ndarray:
    """Spread the budget of each activity evenly over its days and add up the months."""
    total = np.zeros(len(edges) - 1)
    for activity in ours:
        begin, end = spans[activity.activity_id]
        share = np.clip((edges - begin) / (end - begin), 0.0, 1.0)
        total = total + _budget_of(activity) * np.diff(share)
    return total


def _budget_of(activity: Planned) -> float:
    return activity.days * _cost_a_day(activity)


def _cost_a_day(activity: Planned) -> float:
    key = _key(activity.activity_id)
    return sum(plan_words.DEMAND[key].values()) * plan_words.COST_A_DAY[key]


def _team(activity: Planned) -> str | None:
    keys = {team.key: team.name for team in story.TEAMS}
    return keys.get(_key(activity.activity_id), "Platform")


def _key(activity_id: str) -> str:
    return activity_id.split("-")[1]


def _index(day: str) -> int:
    return int(np.busday_count(plan_words.PLAN_BEGINS, day))


def _day(index: int) -> str:
    return str(np.busday_offset(np.datetime64(plan_words.PLAN_BEGINS), index))


def _round(amounts: np.ndarray) -> np.ndarray:
    """Whole tens: a ledger of plans needs no cents."""
    return np.rint(amounts / 10) * 10
