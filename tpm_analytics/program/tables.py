"""The tables a source may deliver: the one language that every other room speaks.

Instants (``..._at``) are time-zone aware UTC; days (``..._on``) are dates in the program's time
zone. Unknown is NA, never 0. Every table but `Items` may be absent, and so may every column that
is allowed to be NA. Where a table has both ``x_at`` and ``x_on``, the day is derived from the
instant at the door, so that no metric needs to know the time zone.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from tpm_analytics.program.table import Category, Count, Day, Flag, Instant, Series, Table, column

# A week has 168 hours, four weeks of work and a little: whoever writes more of a person than that
# means percent, of which nobody promises fewer than 5. What lies between 1 and 4 is too much work
# and no slip, so it is let in and told as a finding
HIGHEST_SHARE = 4


class Items(Table):
    """One row per work item: a story, a bug, a task, an epic. Key: ``item_id``."""

    item_id: Series[str] = column("Key in the tracker", unique=True)
    title: Series[str] = column("What the item is about", nullable=True)
    kind: Series[Category] = column("Kind of work", nullable=True)
    team: Series[Category] = column("Team that owns the item", nullable=True)
    status: Series[Category] = column("Status in the tracker", nullable=True)
    priority: Series[Category] = column("Priority in the tracker", nullable=True)
    created_at: Series[Instant] = column("Moment the item was created", known="row", nullable=True)
    started_at: Series[Instant] = column("Moment work began", known="value", nullable=True)
    finished_at: Series[Instant] = column("Moment the item was done", known="value", nullable=True)
    points: Series[float] = column("Size estimate", "points", ge=0, nullable=True)
    estimate_hours: Series[float] = column("Effort estimate", "hours", ge=0, nullable=True)
    parent_id: Series[str] = column("Item this one is part of", nullable=True)
    assignee_id: Series[str] = column("Person who holds the item", nullable=True)
    release: Series[Category] = column("Release the item is planned for", nullable=True)
    url: Series[str] = column("Address of the item in the tracker", nullable=True)
    source_status: Series[Category] = column(
        "Status the source gave; `status` follows the transitions", nullable=True
    )
    created_on: Series[Day] = column("Day the item was created", nullable=True)
    started_on: Series[Day] = column("Day work began", nullable=True)
    finished_on: Series[Day] = column("Day the item was done", nullable=True)


class Transitions(Table):
    """One row per entry into a status, the first at creation. Sorted by item, then time."""

    item_id: Series[Category] = column("Item that moved")
    at: Series[Instant] = column("Moment of the move", known="row")
    from_status: Series[Category] = column("Status left; NA at creation", nullable=True)
    to_status: Series[Category] = column("Status entered")


class Blocks(Table):
    """One row per time an item was blocked."""

    item_id: Series[str] = column("Item that was blocked")
    blocked_at: Series[Instant] = column("Moment the block began", known="row")
    unblocked_at: Series[Instant] = column(
        "Moment the block ended; NA while it lasts", known="value", nullable=True
    )
    reason: Series[str] = column("Why it was blocked", nullable=True)
    blocked_on: Series[Day] = column("Day the block began", nullable=True)
    unblocked_on: Series[Day] = column("Day the block ended", nullable=True)


class Sprints(Table):
    """One row per sprint. Key: ``sprint_id``."""

    sprint_id: Series[str] = column("Key of the sprint", unique=True)
    team: Series[Category] = column("Team that runs the sprint", nullable=True)
    name: Series[str] = column("Name of the sprint", nullable=True)
    goal: Series[str] = column("What the sprint is to achieve", nullable=True)
    starts_at: Series[Instant] = column("Moment the sprint started or shall start", nullable=True)
    ends_at: Series[Instant] = column("Moment the sprint shall end", nullable=True)
    completed_at: Series[Instant] = column(
        "Moment the sprint was closed", known="value", nullable=True
    )
    starts_on: Series[Day] = column("Day the sprint started", nullable=True)
    ends_on: Series[Day] = column("Day the sprint shall end", nullable=True)
    completed_on: Series[Day] = column("Day the sprint was closed", nullable=True)

    @pa.dataframe_check(error="ends_at lies before starts_at")
    @classmethod
    def ends_after_it_starts(cls, sprints: pd.DataFrame) -> pd.Series:
        """Hold that no sprint is planned to end before it starts."""
        return ~(sprints["ends_at"] < sprints["starts_at"])


class SprintScope(Table):
    """One row per time an item entered a sprint. Key: ``sprint_id, item_id, added_at``."""

    sprint_id: Series[str] = column("Sprint the item entered")
    item_id: Series[str] = column("Item that entered")
    added_at: Series[Instant] = column(
        "Moment it entered; NA if the source kept no history", known="row", nullable=True
    )
    removed_at: Series[Instant] = column(
        "Moment it left before the end; NA if it stayed", known="value", nullable=True
    )
    points_when_added: Series[float] = column(
        "Size estimate when it entered, or when the sprint began if that was later",
        "points",
        ge=0,
        nullable=True,
    )


class Links(Table):
    """One row per link; kind ``blocks`` means that `from_id` must finish before `to_id` starts.

    So does FS. SS ties the two starts, FF the two finishes, and SF the finish of `to_id` to the
    start of `from_id`; a lag is added to each, and is a lead below 0.
    """

    from_id: Series[str] = column("Item or activity that comes first")
    to_id: Series[str] = column("Item or activity that depends on it")
    kind: Series[Category] = column("Kind of link: blocks, FS, SS, FF, SF, relates, ...")
    lag_days: Series[float] = column("Time between the two", "working days", nullable=True)


class People(Table):
    """One row per person. Key: ``person_id``."""

    person_id: Series[str] = column("Key of the person", unique=True)
    team: Series[Category] = column("Home team", nullable=True)
    role: Series[Category] = column("Role", nullable=True)
    skills: Series[str] = column("Skills, separated by semicolons", nullable=True)
    time_zone: Series[str] = column("Time zone the person works in", nullable=True)
    country: Series[str] = column("Country whose holidays hold, as ISO 3166 code", nullable=True)
    hours_per_week: Series[float] = column(
        "Contracted working time", "hours a week", ge=0, le=168, nullable=True
    )
    cost_per_hour: Series[float] = column("Cost", "currency per hour", ge=0, nullable=True)
    joined_on: Series[Day] = column("First working day", known="row", nullable=True)
    left_on: Series[Day] = column("Last working day", nullable=True)

    @pa.dataframe_check(error="left_on lies before joined_on")
    @classmethod
    def leaves_after_joining(cls, people: pd.DataFrame) -> pd.Series:
        """Hold that nobody left before joining."""
        return ~(people["left_on"] < people["joined_on"])


class Absences(Table):
    """One row per absence; both end days are absent."""

    person_id: Series[str] = column("Person who is absent")
    from_on: Series[Day] = column("First day away")
    to_on: Series[Day] = column("Last day away")

    @pa.dataframe_check(error="to_on lies before from_on")
    @classmethod
    def ends_after_it_begins(cls, absences: pd.DataFrame) -> pd.Series:
        """Hold that no absence ends before it begins."""
        return ~(absences["to_on"] < absences["from_on"])


class Allocations(Table):
    """One row per person, workstream and span of days; more than 1 is a finding, not an error."""

    person_id: Series[str] = column("Person who is allocated")
    workstream: Series[Category] = column("Workstream the time goes to")
    from_on: Series[Day] = column("First day of the allocation")
    to_on: Series[Day] = column("Last day of the allocation")
    share: Series[float] = column("Share of working time", "share", ge=0, le=HIGHEST_SHARE)

    @pa.dataframe_check(error="to_on lies before from_on")
    @classmethod
    def ends_after_it_begins(cls, allocations: pd.DataFrame) -> pd.Series:
        """Hold that no allocation ends before it begins."""
        return ~(allocations["to_on"] < allocations["from_on"])


class Worklogs(Table):
    """One row per entry of hours worked."""

    person_id: Series[str] = column("Person who worked")
    item_id: Series[str] = column("Item worked on", nullable=True)
    worked_on: Series[Day] = column("Day of the work", known="row")
    hours: Series[float] = column("Time spent", "hours", ge=0)


class Activities(Table):
    """One row per scheduled activity. Key: ``activity_id``."""

    activity_id: Series[str] = column("Key of the activity", unique=True)
    name: Series[str] = column("What is done", nullable=True)
    kind: Series[Category] = column("Kind of work", nullable=True)
    team: Series[Category] = column("Team that does it", nullable=True)
    workstream: Series[Category] = column("Workstream it belongs to", nullable=True)
    duration_days: Series[float] = column("Likely duration", "working days", ge=0, nullable=True)
    optimistic_days: Series[float] = column(
        "Duration if all goes well", "working days", ge=0, nullable=True
    )
    pessimistic_days: Series[float] = column(
        "Duration if much goes wrong", "working days", ge=0, nullable=True
    )
    baseline_start_on: Series[Day] = column("Start in the baseline", nullable=True)
    baseline_finish_on: Series[Day] = column("Finish in the baseline", nullable=True)
    actual_start_on: Series[Day] = column("Day it started", known="value", nullable=True)
    actual_finish_on: Series[Day] = column("Day it finished", known="value", nullable=True)
    percent_complete: Series[float] = column("Share done", "share", ge=0, le=1, nullable=True)
    budget: Series[float] = column("Budget", "currency", ge=0, nullable=True)
    start_no_earlier_on: Series[Day] = column("Day before which it cannot start", nullable=True)
    finish_no_later_on: Series[Day] = column("Day by which it must be finished", nullable=True)
    crash_days: Series[float] = column(
        "Shortest duration that more money can buy", "working days", ge=0, nullable=True
    )
    crash_cost_per_day: Series[float] = column(
        "Cost of each day bought", "currency per working day", ge=0, nullable=True
    )

    @pa.dataframe_check(error="pessimistic_days lies below optimistic_days")
    @classmethod
    def durations_in_order(cls, activities: pd.DataFrame) -> pd.Series:
        """Hold that the pessimistic duration is not below the optimistic one."""
        return ~(activities["pessimistic_days"] < activities["optimistic_days"])

    @pa.dataframe_check(error="baseline_finish_on lies before baseline_start_on")
    @classmethod
    def baseline_in_order(cls, activities: pd.DataFrame) -> pd.Series:
        """Hold that no baseline finishes before it starts."""
        return ~(activities["baseline_finish_on"] < activities["baseline_start_on"])

    @pa.dataframe_check(error="actual_finish_on lies before actual_start_on")
    @classmethod
    def finished_after_it_started(cls, activities: pd.DataFrame) -> pd.Series:
        """Hold that no activity finished before it started."""
        return ~(activities["actual_finish_on"] < activities["actual_start_on"])


class ActivityDemand(Table):
    """One row per resource an activity needs while it runs."""

    activity_id: Series[str] = column("Activity that needs it")
    resource: Series[Category] = column("Role or resource needed")
    units: Series[float] = column("How many are needed at once", "units", ge=0)


class Milestones(Table):
    """One row per milestone. Key: ``milestone_id``."""

    milestone_id: Series[str] = column("Key of the milestone", unique=True)
    name: Series[str] = column("What is reached", nullable=True)
    activity_id: Series[str] = column("Activity whose finish reaches it", nullable=True)
    baseline_on: Series[Day] = column("Day first planned", nullable=True)
    due_on: Series[Day] = column("Day planned now", nullable=True)
    done_on: Series[Day] = column("Day it was reached", known="value", nullable=True)
    owner_id: Series[str] = column("Person who answers for it", nullable=True)
    weight: Series[float] = column(
        "Part of the work it stands for, against the other milestones", ge=0, nullable=True
    )


class MilestoneForecasts(Table):
    """One row per report of when a milestone will be reached."""

    milestone_id: Series[str] = column("Milestone that is forecast")
    reported_on: Series[Day] = column("Day of the report", known="row")
    forecast_on: Series[Day] = column("Day it is expected")


class Budget(Table):
    """One row per workstream and period; every amount is of that period alone, not cumulative."""

    workstream: Series[Category] = column("Workstream the money belongs to")
    period_on: Series[Day] = column("First day of the period")
    planned_value: Series[float] = column("Planned value", "currency", nullable=True)
    earned_value: Series[float] = column("Earned value", "currency", nullable=True)
    actual_cost: Series[float] = column("Actual cost", "currency", nullable=True)


class Risks(Table):
    """One row per risk in the register. Key: ``risk_id``."""

    risk_id: Series[str] = column("Key of the risk", unique=True)
    title: Series[str] = column("What may happen", nullable=True)
    category: Series[Category] = column("Kind of risk", nullable=True)
    status: Series[Category] = column("State of the risk", nullable=True)
    owner_id: Series[str] = column("Person who answers for it", nullable=True)
    probability: Series[float] = column("Probability", "share", ge=0, le=1, nullable=True)
    impact_cost: Series[float] = column("Cost if it happens", "currency", ge=0, nullable=True)
    impact_days: Series[float] = column("Delay if it happens", "working days", ge=0, nullable=True)
    affects_id: Series[str] = column("Activity, milestone or item it strikes", nullable=True)
    response: Series[str] = column("What is done about it", nullable=True)
    opened_on: Series[Day] = column("Day it was raised", known="row", nullable=True)
    closed_on: Series[Day] = column("Day it was closed", known="value", nullable=True)


class RiskHistory(Table):
    """One row per assessment of a risk on a day."""

    risk_id: Series[str] = column("Risk that was assessed")
    reported_on: Series[Day] = column("Day of the assessment", known="row")
    status: Series[Category] = column("State of the risk", nullable=True)
    probability: Series[float] = column("Probability", "share", ge=0, le=1, nullable=True)
    impact_cost: Series[float] = column("Cost if it happens", "currency", ge=0, nullable=True)
    impact_days: Series[float] = column("Delay if it happens", "working days", ge=0, nullable=True)


class Contingency(Table):
    """One row per change of the time and money held for risks: set aside, or drawn down."""

    changed_on: Series[Day] = column("Day of the change", known="row")
    added_days: Series[float] = column("Time set aside", "working days", ge=0, nullable=True)
    drawn_days: Series[float] = column("Time drawn down", "working days", ge=0, nullable=True)
    added_cost: Series[float] = column("Money set aside", "currency", ge=0, nullable=True)
    drawn_cost: Series[float] = column("Money drawn down", "currency", ge=0, nullable=True)
    risk_id: Series[str] = column("Risk it was drawn for", nullable=True)
    reason: Series[str] = column("Why it changed", nullable=True)

    @pa.dataframe_check(error="tells no amount that was set aside or drawn down")
    @classmethod
    def something_changed(cls, contingency: pd.DataFrame) -> pd.Series:
        """Hold that each row adds or draws time or money."""
        amounts = ["added_days", "drawn_days", "added_cost", "drawn_cost"]
        return contingency[amounts].notna().any(axis=1)


class Deployments(Table):
    """One row per deployment. Key: ``deployment_id``."""

    deployment_id: Series[str] = column("Key of the deployment", unique=True)
    service: Series[Category] = column("Service deployed", nullable=True)
    team: Series[Category] = column("Team that deployed", nullable=True)
    deployed_at: Series[Instant] = column("Moment of the deployment", known="row")
    committed_at: Series[Instant] = column("Moment the change was committed", nullable=True)
    succeeded: Series[Flag] = column("Whether it succeeded", nullable=True)


class Incidents(Table):
    """One row per incident. Key: ``incident_id``."""

    incident_id: Series[str] = column("Key of the incident", unique=True)
    service: Series[Category] = column("Service that failed", nullable=True)
    severity: Series[Category] = column("Severity", nullable=True)
    started_at: Series[Instant] = column("Moment it began", known="row")
    resolved_at: Series[Instant] = column("Moment it was resolved", known="value", nullable=True)
    deployment_id: Series[str] = column("Deployment that caused it", nullable=True)


class Objectives(Table):
    """One row per key result of an objective. Key: ``key_result_id``."""

    key_result_id: Series[str] = column("Key of the key result", unique=True)
    objective: Series[str] = column("Objective it serves")
    key_result: Series[str] = column("What is measured", nullable=True)
    unit: Series[str] = column("Unit of the measure", nullable=True)
    start: Series[float] = column("Value at the start", nullable=True)
    target: Series[float] = column("Value aimed at", nullable=True)
    current: Series[float] = column("Value now", nullable=True)
    due_on: Series[Day] = column("Day it is due", nullable=True)
    owner_id: Series[str] = column("Person who answers for it", nullable=True)


class Stakeholders(Table):
    """One row per stakeholder. Key: ``stakeholder_id``."""

    stakeholder_id: Series[str] = column("Key of the stakeholder", unique=True)
    role: Series[str] = column("Role of the stakeholder", nullable=True)
    interest: Series[Count] = column("Interest in the program, 1 to 5", ge=1, le=5, nullable=True)
    influence: Series[Count] = column("Influence on the program, 1 to 5", ge=1, le=5, nullable=True)
    cadence: Series[Category] = column("How often they are told", nullable=True)


class Actions(Table):
    """One row per action, lesson or decision. Key: ``action_id``."""

    action_id: Series[str] = column("Key of the action", unique=True)
    kind: Series[Category] = column("action, lesson or decision", nullable=True)
    title: Series[str] = column("What is to be done, or was learned", nullable=True)
    raised_on: Series[Day] = column("Day it was raised", known="row", nullable=True)
    due_on: Series[Day] = column("Day it is due", nullable=True)
    done_on: Series[Day] = column("Day it was done", known="value", nullable=True)
    owner_id: Series[str] = column("Person who answers for it", nullable=True)


TABLES: dict[str, type[Table]] = {
    "items": Items,
    "transitions": Transitions,
    "blocks": Blocks,
    "sprints": Sprints,
    "sprint_scope": SprintScope,
    "links": Links,
    "people": People,
    "absences": Absences,
    "allocations": Allocations,
    "worklogs": Worklogs,
    "activities": Activities,
    "activity_demand": ActivityDemand,
    "milestones": Milestones,
    "milestone_forecasts": MilestoneForecasts,
    "budget": Budget,
    "risks": Risks,
    "risk_history": RiskHistory,
    "contingency": Contingency,
    "deployments": Deployments,
    "incidents": Incidents,
    "objectives": Objectives,
    "stakeholders": Stakeholders,
    "actions": Actions,
}
