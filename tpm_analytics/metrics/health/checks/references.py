"""Checks that what a row names is there: items, people, sprints, activities, milestones."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from tpm_analytics.metrics.health.checks.check import Check, Found, rows
from tpm_analytics.program import Program
from tpm_analytics.program.keys import among, looked_up

_KEYS = {
    "items": "item_id",
    "sprints": "sprint_id",
    "people": "person_id",
    "activities": "activity_id",
    "milestones": "milestone_id",
    "risks": "risk_id",
    "deployments": "deployment_id",
}


def _unknown(table: str, column: str, named: tuple[str, ...]) -> Callable[[Program], Found]:
    """Make the check that `column` of `table` names a row of one of the tables `named`.

    A name such as ``activities.workstream`` stands for another column than the table's key.
    """
    columns = [(name.partition(".")[0], name.partition(".")[2]) for name in named]

    def find(program: Program) -> Found:
        tables = program.tables()
        frame = tables[table]
        known = [
            tables[name][key or _KEYS[name]].astype(object)
            for name, key in columns
            if program.has(name)
        ]
        if not known:
            return Found(pd.Series(dtype="str"), 0)
        told = frame[column].notna()
        found = rows(frame, told & ~among(frame[column], pd.concat(known)), column, among=told)
        return Found(found.labels.drop_duplicates(), found.of, found.rows)

    return find


def _outside_employment(table: str) -> Callable[[Program], Found]:
    """Make the check that spans of `table` lie between joining and leaving."""

    def find(program: Program) -> Found:
        spans = program.tables()[table]
        who, people = spans["person_id"], program.people
        early = spans["from_on"] < looked_up(who, people["person_id"], people["joined_on"])
        late = spans["to_on"] > looked_up(who, people["person_id"], people["left_on"])
        found = rows(spans, early | late, "person_id")
        return Found(found.labels.drop_duplicates(), found.of, found.rows)

    return find


_MEANINGS = {
    "items": "They name items that were not loaded, and count nowhere.",
    "people": "They name people of whom nothing is known: no team, no hours, no cost.",
    "sprints": "They name sprints that were not loaded, and are in no velocity.",
    "milestones": "They name milestones that were not loaded, and are in no trend.",
    "activities": "They name activities that were not loaded, and are in no plan.",
    "risks": "They name risks that are not in the register, and are in no exposure.",
    "deployments": "They name deployments that were not loaded, and count in no failure rate.",
}


def _spoken(name: str) -> str:
    table, _, column = name.partition(".")
    return f"{column} of {table}" if column else table


def _reference(slug: str, table: str, column: str, *named: str) -> Check:
    return Check(
        slug=slug,
        severity="warning",
        table=table,
        find=_unknown(table, column, named),
        meaning=_MEANINGS[named[0]],
        remedy=f"Add what is missing to {' or '.join(map(_spoken, named))}, or mend {column}.",
    )


CHECKS = (
    _reference("parent-unknown", "items", "parent_id", "items"),
    _reference("assignee-unknown", "items", "assignee_id", "people"),
    _reference("moved-item-unknown", "transitions", "item_id", "items"),
    _reference("blocked-item-unknown", "blocks", "item_id", "items"),
    _reference("scope-sprint-unknown", "sprint_scope", "sprint_id", "sprints"),
    _reference("scope-item-unknown", "sprint_scope", "item_id", "items"),
    _reference("absent-person-unknown", "absences", "person_id", "people"),
    _reference("allocated-person-unknown", "allocations", "person_id", "people"),
    _reference("worklog-person-unknown", "worklogs", "person_id", "people"),
    _reference("worklog-item-unknown", "worklogs", "item_id", "items"),
    _reference("demand-activity-unknown", "activity_demand", "activity_id", "activities"),
    _reference("forecast-milestone-unknown", "milestone_forecasts", "milestone_id", "milestones"),
    _reference("assessed-risk-unknown", "risk_history", "risk_id", "risks"),
    _reference("contingency-risk-unknown", "contingency", "risk_id", "risks"),
    _reference(
        "risk-affects-unknown",
        "risks",
        "affects_id",
        "activities",
        "milestones",
        "items",
        "activities.workstream",
    ),
    _reference("incident-deployment-unknown", "incidents", "deployment_id", "deployments"),
    *(
        Check(
            slug=f"{table}-outside-employment",
            severity="warning",
            table=table,
            find=_outside_employment(table),
            meaning="They lie before people joined or after they left: that time counts for "
            "nobody.",
            remedy="End them with the last working day, or mend joined_on and left_on.",
        )
        for table in ("absences", "allocations")
    ),
)
