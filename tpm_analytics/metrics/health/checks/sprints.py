"""Checks of sprints: overlaps, sprints never or late closed, items carried from one to the next."""

from __future__ import annotations

import pandas as pd

from tpm_analytics.metrics.health.checks.check import Check, Found, rows
from tpm_analytics.program import Program
from tpm_analytics.program.keys import among

CLOSED_LATE_DAYS = 7
# the next sprint is often planned, and started, on the last day of this one
OVERLAP_DAYS = 1
CARRIED_SPRINTS = 5


def _labels(sprints: pd.DataFrame) -> pd.Series:
    return sprints["name"].astype("str").fillna(sprints["sprint_id"])


def _dates_missing(program: Program) -> Found:
    """Find sprints without dates that hold finished work: one still to come may have none."""
    sprints, scope, items = program.sprints, program.sprint_scope, program.items
    finished = items.loc[items["finished_at"].notna(), "item_id"]
    worked_in = scope.loc[among(scope["item_id"], finished), "sprint_id"]
    missing = sprints["starts_at"].isna() | sprints["ends_at"].isna()
    held = missing & among(sprints["sprint_id"], worked_in)
    return rows(sprints.assign(label=_labels(sprints)), held, "label")


def _overlapping(program: Program) -> Found:
    """Find sprints that start before an earlier one of their team was to end.

    Ends as planned: a sprint that nobody closed for years overlaps nothing for that. Sprints of
    no team are of one board, where the source knows boards, else they are not looked at.
    """
    sprints = program.sprints.dropna(subset=["starts_at", "ends_at"])
    runs = sprints["team"].astype(object)
    if "board_id" in sprints.columns:
        runs = runs.fillna("board " + sprints["board_id"].astype("str"))
    known = sprints.assign(label=_labels(sprints), runs=runs).dropna(subset=["runs"])
    known = known.sort_values(["runs", "starts_at", "ends_at"], kind="stable")
    busy_until = known.groupby("runs")["ends_at"].cummax().groupby(known["runs"]).shift()
    overlap = busy_until - known["starts_at"] > pd.Timedelta(days=OVERLAP_DAYS)
    return rows(known, overlap, "label")


def _never_closed(program: Program) -> Found:
    sprints = program.sprints
    over = sprints["ends_on"] < program.as_of
    labelled = sprints.assign(label=_labels(sprints))
    return rows(labelled, over & sprints["completed_at"].isna(), "label", among=over)


def _closed_late(program: Program) -> Found:
    sprints = program.sprints
    days = (sprints["completed_at"] - sprints["ends_at"]).dt.days
    late = sprints.assign(label=_labels(sprints), days=days)[days > CLOSED_LATE_DAYS]
    late = late.sort_values("days", ascending=False, kind="stable")
    labels = [
        f"{label} ({days:,.0f} days)"
        for label, days in zip(late["label"], late["days"], strict=True)
    ]
    return Found(pd.Series(labels, dtype="str"), int(days.notna().sum()))


def _carried(program: Program) -> Found:
    scope = program.sprint_scope
    visits = scope.groupby("item_id")["sprint_id"].nunique()
    often = visits[visits > CARRIED_SPRINTS].sort_values(ascending=False, kind="stable")
    labels = [f"{item} ({count} sprints)" for item, count in often.items()]
    return Found(pd.Series(labels, dtype="str"), len(visits))


CHECKS = (
    Check(
        slug="sprint-dates-missing",
        severity="warning",
        table="sprints",
        find=_dates_missing,
        meaning="What was finished in sprints without a start or an end is in no velocity.",
        remedy="Give each sprint its dates in the tracker.",
    ),
    Check(
        slug="sprints-overlapping",
        severity="warning",
        table="sprints",
        find=_overlapping,
        meaning="A team runs two sprints at once: velocity a sprint understates what the team "
        "does in that time.",
        remedy="Tell the teams apart, or add the sprints of one time up before comparing.",
    ),
    Check(
        slug="sprint-never-closed",
        severity="warning",
        table="sprints",
        find=_never_closed,
        meaning="They ended and nobody closed them: what was finished late may count as inside.",
        remedy="Close them in the tracker.",
    ),
    Check(
        slug="sprint-closed-late",
        severity="warning",
        table="sprints",
        find=_closed_late,
        meaning=f"They were closed more than {CLOSED_LATE_DAYS} days after their end: what was "
        "finished in between counts in no sprint, or in the wrong one.",
        remedy="Close sprints on their last day; read their velocity with care.",
    ),
    Check(
        slug="item-carried",
        severity="note",
        table="sprint_scope",
        find=_carried,
        meaning=f"They went through more than {CARRIED_SPRINTS} sprints: each of those committed "
        "to them and all but one missed them.",
        remedy="Split them, or take them out of sprints.",
    ),
)
