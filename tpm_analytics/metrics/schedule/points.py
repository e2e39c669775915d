"""The points of the DCMA assessment, each a function that looks at one schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tpm_analytics.metrics.schedule.plan import Plan, as_days
from tpm_analytics.models import network as model
from tpm_analytics.models.network import SAME_TIME

# Defense Contract Management Agency, "Earned Value Management System Program Analysis Pamphlet",
# DCMA-EA PAM 200.1, 2012, section 4: the 14-point schedule metrics
MOST_SHARE = 0.05
FINISH_TO_START_SHARE = 0.90
LEAST_INDEX = 0.95
# The same: two months of 22 working days
HIGH_DAYS = 44.0
# The same, point 12: so much is added to a critical activity to see whether the end moves as far
TEST_DAYS = 600.0


@dataclass(frozen=True)
class Point:
    """How one point came out: `found` of `of`, and `worst` names the offenders."""

    key: str
    point: str
    measure: str
    limit: str | None
    threshold: float | None
    found: float
    of: float
    worst: pd.Series
    reason: str


@dataclass(frozen=True, eq=False)
class Case:
    """What the points look at."""

    plan: Plan
    dated: pd.DataFrame
    demand: pd.DataFrame
    until: pd.Timestamp

    @property
    def open(self) -> pd.DataFrame:
        """Activities not finished, with what the schedule tells of them."""
        return self.dated[~self.plan.finished]

    @property
    def planned(self) -> pd.Series:
        """Planned duration of each activity; that of the baseline where none is told."""
        given, time = self.plan.activities, self.plan.time
        begin = time.times(as_days(given["baseline_start_on"]), at_end=False)
        end = time.times(as_days(given["baseline_finish_on"]), at_end=True)
        told: pd.Series = given["duration_days"].fillna(pd.Series(end - begin, index=given.index))
        return told

    @property
    def links(self) -> pd.DataFrame:
        """Links that end in an activity which is not finished."""
        return self.plan.links[~self.plan.finished[self.plan.links["after"]]]

    def names(self, rows: pd.DataFrame, figure: pd.Series | None = None) -> pd.Series:
        """Activities by name, and a figure of each behind it."""
        named = rows["name"].fillna(rows["activity_id"]).astype("str")
        if figure is None:
            return named
        return named + " (" + figure.astype("str").str.removesuffix(".0") + ")"


def _missing_logic(case: Case) -> Point:
    ends = case.plan.links
    rows = case.open
    first = ~rows.index.isin(ends["after"])
    last = ~rows.index.isin(ends["before"])
    loose = rows[(first & ~_begun(rows)) | (last & (rows.index != case.plan.last))]
    return _share(
        "missing_logic",
        "Activities that wait for nothing or that nothing waits for",
        loose,
        rows,
        case.names(loose),
        "What hangs loose moves no date when it is late.",
    )


def _begun(rows: pd.DataFrame) -> pd.Series:
    return rows["state"] == "begun"


def _leads(case: Case) -> Point:
    links = case.links
    lead = links[links["lag"] < 0]
    return Point(
        "leads",
        "Links with a lead (a lag below 0)",
        "count",
        "most",
        0.0,
        len(lead),
        len(links),
        _links_named(lead),
        "Work that begins before what it waits for has ended hides a missing activity.",
    )


def _lags(case: Case) -> Point:
    links = case.links
    lag = links[links["lag"] > 0].sort_values("lag", ascending=False)
    return _share(
        "lags",
        "Links with a lag",
        lag,
        links,
        _links_named(lag),
        "Waiting that is no activity has no owner.",
    )


def _finish_to_start(case: Case) -> Point:
    links = case.links
    other = links[links["code"] != model.FS]
    point = _share(
        "finish_to_start",
        "Links from a finish to a start",
        links[links["code"] == model.FS],
        links,
        _links_named(other),
        "Other links are harder to follow and to explain.",
    )
    return _least(point, FINISH_TO_START_SHARE)


def _hard_constraints(case: Case) -> Point:
    rows = case.open
    hard = rows[case.plan.activities.loc[rows.index, "finish_no_later_on"].notna()]
    return _share(
        "hard_constraints",
        "Activities with a day by which they must be finished",
        hard,
        rows,
        case.names(hard),
        "A fixed day hides what the links say.",
    )


def _high_float(case: Case) -> Point:
    rows = case.open
    high = rows[rows["total_float_days"] > HIGH_DAYS].sort_values(
        "total_float_days", ascending=False
    )
    return _share(
        "high_float",
        f"Activities with more than {HIGH_DAYS:.0f} working days of float",
        high,
        rows,
        case.names(high, high["total_float_days"].round(1)),
        "So much room often means that a link is missing.",
    )


def _negative_float(case: Case) -> Point:
    rows = case.open
    below = rows[rows["total_float_days"] < -SAME_TIME].sort_values("total_float_days")
    return Point(
        "negative_float",
        "Activities that cannot meet a fixed day",
        "count",
        "most",
        0.0,
        len(below),
        len(rows),
        case.names(below, below["total_float_days"].round(1)),
        "The dates asked for cannot be kept with these durations.",
    )


def _high_duration(case: Case) -> Point:
    rows = case.open.assign(duration_days=case.planned)
    long = rows[rows["duration_days"] > HIGH_DAYS].sort_values("duration_days", ascending=False)
    return _share(
        "high_duration",
        f"Activities planned for more than {HIGH_DAYS:.0f} working days",
        long,
        rows,
        case.names(long, long["duration_days"].round(1)),
        "Progress of long work is a guess: split it.",
    )


def _invalid_dates(case: Case) -> Point:
    given = case.plan.activities
    later = (given[["actual_start_on", "actual_finish_on"]] > case.until).any(axis=1)
    reversed_ = given["actual_finish_on"] < given["actual_start_on"]
    unbegun = given["actual_finish_on"].notna() & given["actual_start_on"].isna()
    wrong = given[later | reversed_ | unbegun]
    return Point(
        "invalid_dates",
        "Activities with actual days in the future, reversed, or a finish without a start",
        "count",
        "most",
        0.0,
        len(wrong),
        len(given),
        case.names(wrong),
        "What is told of the past is not true.",
    )


def _resources(case: Case) -> Point:
    rows = case.open
    rows = rows[rows["remaining_days"] > 0]
    bare = rows[~rows["activity_id"].isin(case.demand["activity_id"])]
    point = _share(
        "resources",
        "Activities that tell nobody they need",
        bare,
        rows,
        case.names(bare),
        "No threshold is published. Work without people does not happen.",
    )
    return replace(point, threshold=None, limit=None)


def _missed(case: Case) -> Point:
    due = _due(case)
    late = due[~case.plan.finished[due.index] | (due["slip_days"] > 0)].sort_values(
        "slip_days", ascending=False
    )
    return _share(
        "missed_tasks",
        "Activities not finished by their baseline finish",
        late,
        due,
        case.names(late, late["slip_days"].round(0).astype("Int64").astype("str") + " days late"),
        "How much of what was due came late.",
    )


def _due(case: Case) -> pd.DataFrame:
    return case.dated[case.dated["baseline_finish_on"] <= case.until]


def _critical_path_test(case: Case) -> Point:
    """Lengthen the first open activity on the way to the end, and see whether it moves as far.

    A day fixed for an activity makes it critical too, and need not lie on that way.
    """
    plan = case.plan
    finish = plan.early.finish[:, 0]
    late = plan.late_finish(plan.ends[:, None])[:, 0]
    rows = case.open[(late - finish <= SAME_TIME)[~plan.finished]]
    if rows.empty:
        moved, tested = 0.0, 0
    else:
        longer = plan.left.copy()
        longer[rows["early_start"].idxmin()] += TEST_DAYS
        later, plain = (
            model.forward(plan.net, left, earliest=plan.earliest, begun=plan.begun).finish.max()
            for left in (longer, plan.left)
        )
        moved, tested = float(abs(later - plain - TEST_DAYS) <= SAME_TIME), 1
    return Point(
        "critical_path_test",
        f"The end moves by {TEST_DAYS:.0f} days if a critical activity does",
        "test",
        "least",
        1.0,
        moved,
        tested,
        case.names(rows.head(0)),
        "If it does not, links are missing on the critical path.",
    )


def _length_index(case: Case) -> Point:
    plan = case.plan
    target = case.dated["baseline_finish_on"].max()
    going = case.open
    if pd.isna(target) or going.empty:
        length, room = 0.0, 0.0
    else:
        count = len(plan.activities)
        at = int(going["finish_on"].idxmax())
        now, aim = (
            plan.time.times(np.full(count, np.datetime64(day, "D")), at_end=True)[at]
            for day in (case.until, target)
        )
        length, room = plan.ends[at] - now, aim - plan.ends[at]
    return Point(
        "cpli",
        "Time left against work left on the longest path (critical path length index)",
        "index",
        "least",
        LEAST_INDEX,
        length + room,
        length,
        case.names(going.head(0)),
        "Below 1 the way to the end is longer than the baseline leaves time for.",
    )


def _execution_index(case: Case) -> Point:
    due = _due(case)
    open_ = due[~case.plan.finished[due.index]]
    baseline = case.dated["baseline_finish_on"]
    # the pamphlet counts what has no baseline as due; with none at all there is nothing to keep
    of = len(due) + (int(baseline.isna().sum()) if baseline.notna().any() else 0)
    return Point(
        "bei",
        "Finished work against that of the baseline (baseline execution index)",
        "index",
        "least",
        LEAST_INDEX,
        float(case.plan.finished.sum()),
        of,
        case.names(open_),
        "Below 1 less is finished than the baseline has finished by now.",
    )


def _share(
    key: str, point: str, found: pd.DataFrame, rows: pd.DataFrame, worst: pd.Series, reason: str
) -> Point:
    return Point(key, point, "share", "most", MOST_SHARE, len(found), len(rows), worst, reason)


def _least(point: Point, threshold: float) -> Point:
    return replace(point, limit="least", threshold=threshold)


def _links_named(links: pd.DataFrame) -> pd.Series:
    kinds = links["code"].map(dict(enumerate(model.KINDS))).astype("str")
    lags = links["lag"].map("{:+g}".format).where(links["lag"] != 0, "").astype("str")
    named: pd.Series = links["from_id"] + " → " + links["to_id"] + " (" + kinds + lags + ")"
    return named


POINTS: tuple[Callable[[Case], Point], ...] = (
    _missing_logic,
    _leads,
    _lags,
    _finish_to_start,
    _hard_constraints,
    _high_float,
    _negative_float,
    _high_duration,
    _invalid_dates,
    _resources,
    _missed,
    _critical_path_test,
    _length_index,
    _execution_index,
)
