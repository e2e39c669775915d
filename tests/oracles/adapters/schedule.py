"""Oracles of schedules: critical path, PERT, crashing, and the published health thresholds."""

from typing import Any

import pandas as pd

import tpm_analytics as tpm

REPORT = pd.Timestamp("2025-03-02")


def program_of(rows: list[dict[str, Any]], **columns: list[Any]) -> tpm.Program:
    """A program of activities that wait for the finish of their predecessors."""
    links = [(before, row["id"]) for row in rows for before in row["predecessors"]]
    return tpm.Program.from_tables(
        {
            "items": pd.DataFrame({"item_id": ["A-1"], "created_at": [REPORT]}),
            "activities": pd.DataFrame({"activity_id": [row["id"] for row in rows], **columns}),
            "links": pd.DataFrame(links, columns=["from_id", "to_id"]).assign(kind="FS"),
        }
    )


def each(rows: list[dict[str, Any]], key: str) -> list[Any]:
    return [row[key] for row in rows]


def cpm(inputs: dict[str, Any]) -> dict[str, Any]:
    """Earliest and latest times, slack, and the critical path in the order of its starts."""
    rows = inputs["activities"]
    program = program_of(rows, duration_days=each(rows, "duration"))
    plan = tpm.metrics.schedule.schedule(program.activities, program.links, until=REPORT)
    critical = plan[plan["critical"].astype(bool)].sort_values("early_start", kind="stable")
    columns = {
        "es": "early_start",
        "ef": "early_finish",
        "ls": "late_start",
        "lf": "late_finish",
        "slack": "total_float_days",
    }
    return {
        "project_duration": plan["early_finish"].max(),
        "critical_path": critical["activity_id"].tolist(),
        "schedule": {
            row["activity_id"]: {short: row[long] for short, long in columns.items()}
            for row in plan.to_dict("records")
        },
    }


def pert(inputs: dict[str, Any]) -> dict[str, Any]:
    """Expected duration and spread of the critical path, and the chance of each deadline."""
    rows = inputs["activities"]
    deadlines = inputs.get("deadlines", [])
    program = program_of(
        rows,
        optimistic_days=each(rows, "a"),
        duration_days=each(rows, "m"),
        pessimistic_days=each(rows, "b"),
    )
    told = tpm.metrics.schedule.pert(
        program.activities, program.links, until=REPORT, deadlines=deadlines
    )
    return {
        "expected_duration": told["expected_days"].iloc[0],
        "sigma_critical_path": told["sigma_days"].iloc[0],
        "p_within": {
            str(deadline): chance
            for deadline, chance in zip(deadlines, told["probability"], strict=False)
        },
    }


def crash(inputs: dict[str, Any]) -> dict[str, Any]:
    """Least cost to end at each earlier time that money can buy."""
    rows = inputs["activities"]
    program = program_of(
        rows,
        duration_days=each(rows, "duration"),
        crash_days=each(rows, "crash_duration"),
        crash_cost_per_day=each(rows, "crash_cost"),
    )
    end = tpm.metrics.schedule.schedule(program.activities, program.links, until=REPORT)[
        "early_finish"
    ].max()
    bought = tpm.metrics.schedule.crashing(
        program.activities, program.links, until=REPORT, win=max(int(end) - 1, 1)
    )
    costs = tpm.metrics.schedule.crash_costs(bought)
    return {f"cost_to_{end - row.won_days:g}": row.cost for row in costs.itertuples(index=False)}


def schedule_health(_: dict[str, Any]) -> dict[str, Any]:
    """The published thresholds, as the assessment of any schedule tells them."""
    points = tpm.metrics.schedule.points
    program = program_of([{"id": "A", "predecessors": []}], duration_days=[1])
    told = tpm.metrics.schedule.schedule_health(
        program.activities, program.links, program.activity_demand, until=REPORT
    )
    bounds = {
        "missing_logic": "missing_logic_max",
        "leads": "leads_max",
        "lags": "lags_max",
        "finish_to_start": "finish_to_start_min",
        "hard_constraints": "hard_constraints_max",
        "high_float": "high_float_max",
        "negative_float": "negative_float_max",
        "high_duration": "high_duration_max",
        "invalid_dates": "invalid_dates_max",
        "missed_tasks": "missed_tasks_max",
        "cpli": "cpli_min",
        "bei": "bei_min",
    }
    threshold = told.set_index("key")["threshold"]
    return {
        **{name: threshold[key] for key, name in bounds.items()},
        "high_float_days": points.HIGH_DAYS,
        "high_duration_days": points.HIGH_DAYS,
    }
