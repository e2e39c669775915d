"""Oracles of velocity."""

from typing import Any

import pandas as pd

import tpm_analytics as tpm

SPRINT_START = pd.Timestamp("2025-03-03T09:00Z")
DAY = pd.Timedelta(days=1)


def velocity(inputs: dict[str, Any]) -> dict[str, Any]:
    """A sprint whose items are of one point each and meet the fates that `inputs` count.

    Of the planned, `completed_planned` are done, `removed` leave, the rest stay; of the added,
    `completed_added` are done.
    """
    fates = (
        [("planned", "done")] * inputs["completed_planned"]
        + [("planned", "removed")] * inputs["removed"]
        + [("planned", "open")]
        * (inputs["planned"] - inputs["completed_planned"] - inputs["removed"])
        + [("added", "done")] * inputs["completed_added"]
        + [("added", "open")] * (inputs["added"] - inputs["completed_added"])
    )
    count = len(fates)
    ids = [f"A-{number}" for number in range(count)]
    entry = {"planned": SPRINT_START - DAY, "added": SPRINT_START + DAY}
    items = pd.DataFrame(
        {
            "item_id": ids,
            "created_at": SPRINT_START - 10 * DAY,
            "points": 1.0,
            "finished_at": [SPRINT_START + 5 * DAY if end == "done" else None for _, end in fates],
        }
    )
    scope = pd.DataFrame(
        {
            "sprint_id": "1",
            "item_id": ids,
            "added_at": [entry[start] for start, _ in fates],
            "removed_at": [
                SPRINT_START + 3 * DAY if end == "removed" else None for _, end in fates
            ],
        }
    )
    sprints = pd.DataFrame(
        {
            "sprint_id": ["1"],
            "starts_at": [SPRINT_START],
            "ends_at": [SPRINT_START + 14 * DAY],
            "completed_at": [SPRINT_START + 14 * DAY],
        }
    )
    program = tpm.Program.from_tables({"items": items, "sprints": sprints, "sprint_scope": scope})
    row = tpm.metrics.velocity.sprint_velocity(
        program.sprints, program.sprint_scope, program.items, until=pd.Timestamp("2025-04-30")
    ).iloc[0]
    return {
        "planning_accuracy": row["planning_accuracy"],
        "capacity_accuracy": row["capacity_accuracy"],
        "carried_over_planned": row["carried_over_committed"],
    }
