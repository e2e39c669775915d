"""What the invented program aims at, who watches it, and what it decided, did and learned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import chance, story
from tpm_analytics.sources.invented.chance import Generator

_OBJECTIVES = {
    "Merchants trust our payments": (
        ("Payments authorised at the first attempt", "%", 88.0, 93.0, 91.6, "2025-09-30"),
        ("Minutes of outage a month", "minutes", 140.0, 30.0, 52.0, "2025-09-30"),
        ("Merchants who would recommend us", "points", 21.0, 40.0, 33.0, "2025-12-31"),
    ),
    "Money is booked right the first time": (
        ("Payouts that need a correction", "per 10,000", 18.0, 3.0, 4.2, "2025-09-30"),
        ("Month-end close", "days", 9.0, 2.0, 3.0, "2025-12-31"),
        ("Statements matched automatically", "%", 64.0, 97.0, 95.5, "2025-09-30"),
    ),
    "The wallet is used every week": (
        ("Users active each week", "thousand", 0.0, 250.0, 61.0, "2025-12-31"),
        ("Set-ups completed", "%", 48.0, 75.0, 57.0, "2025-09-30"),
        ("Sessions without a crash", "%", 98.1, 99.8, 98.9, "2025-12-31"),
    ),
    "We may operate in every market we plan": (
        ("Card schemes certified", "schemes", 0.0, 2.0, 1.0, "2025-09-30"),
        ("Findings of the penetration test open", "findings", 34.0, 0.0, 5.0, "2025-06-30"),
        ("Instant payments answered in ten seconds", "%", 0.0, 99.5, 71.0, "2025-10-09"),
    ),
    "Teams deliver safely and often": (
        ("Deployments a week", "deployments", 5.0, 15.0, 12.0, "2025-12-31"),
        ("Deployments that cause an incident", "%", 14.0, 6.0, 9.0, "2025-12-31"),
        ("Cost of the cloud for 1,000 payments", "euros", 1.9, 1.2, 1.3, "2025-09-30"),
    ),
}
_OBJECTIVE_OWNERS = (
    "miguel.torres",
    "carlos.navarro",
    "laura.bennett",
    "hannah.stein",
    "arjun.rao",
)

_STAKEHOLDERS = (
    ("Chief executive", 3, 5, "monthly"),
    ("Chief financial officer", 4, 5, "monthly"),
    ("Chief technology officer", 5, 5, "weekly"),
    ("Head of payments", 5, 4, "weekly"),
    ("Head of risk and compliance", 4, 4, "every two weeks"),
    ("Head of merchant sales", 4, 3, "every two weeks"),
    ("Card scheme account manager", 2, 4, "monthly"),
    ("Partner bank integration lead", 3, 3, "every two weeks"),
    ("Payments supervisor", 2, 5, "quarterly"),
    ("Pilot merchants' council", 5, 2, "monthly"),
    ("Customer support lead", 4, 2, "every two weeks"),
    ("Internal audit", 3, 3, "quarterly"),
)

_ACTIONS = (
    "Agree the cut-over date with the partner bank",
    "Name a deputy for each test engineer",
    "Book a second slot for the card scheme tests",
    "Hire an iOS engineer",
    "Write down how keys are rotated",
    "Pair a second engineer with the key vault",
    "Review the retry policy after the double payouts",
    "Add the settlement file to the nightly check",
    "Move the load test before the sales season",
    "Clean up the backlog of the checkout team",
    "Publish the calendar of releases",
    "Invite support to sprint reviews",
    "Measure how long reviews wait",
    "Split the mobile release in two",
    "Ask the scheme for written test criteria",
    "Rehearse the failover with one service",
    "Give merchants a status page",
    "Close findings of the penetration test",
    "Set alarms on cloud budgets",
    "Translate the merchant portal",
    "Check totals against the ledger each hour",
    "Agree on one definition of done",
    "Bring the regulator's questions into the backlog",
    "Plan the freeze of the sales season",
    "Move flaky tests out of the pipeline",
    "Shorten the build of the mobile app",
    "Limit work in progress of the ledger team",
    "Decide who may approve risky changes",
    "Automate the report to the supervisor",
    "Re-estimate the new app core",
)
_LESSONS = (
    "A shared tester is a queue: measure the wait before it hurts",
    "Certification partners answer in weeks, not days",
    "Feature flags older than a quarter cause incidents",
    "Estimates hold when the people who build give them",
    "A retry without a key pays twice",
    "Two weeks of parallel running find what tests do not",
    "Late security reviews cost more than early ones",
    "Hand-overs across nine time zones need a written note",
    "Pilot merchants find more than any test plan",
    "Work that is carried over three times is too large",
    "Clock changes break schedules at midnight",
    "A team that loses two people needs a new plan, not more hours",
    "Dashboards nobody owns go stale in a month",
    "Contract tests catch a bank's silent change",
    "One owner for each risk, or nobody acts",
)
_DECISIONS = (
    "Keep the old ledger in parallel for two months",
    "Use one token vault for web and mobile",
    "Postpone gift cards behind general availability",
    "Build the event backbone before the dashboards",
    "Accept one region for the pilot",
    "Let Ledger test for Checkout as well",
    "Take the instant payments package into this program",
    "Buy identity checks instead of building them",
    "Move the wallet launch behind the certification",
    "Freeze scope of the merchant portal",
    "Adopt trunk-based development",
    "Stop the trial with the second broker",
    "Report in one format to all stakeholders",
    "Give Platform the budget for a second region",
    "Certify with one card scheme first",
)
_OWNERS = (
    "hannah.stein",
    "lucia.ortega",
    "carlos.navarro",
    "rachel.kim",
    "monica.alvarez",
    "arjun.rao",
    "miguel.torres",
    "laura.bennett",
    "sanjay.pillai",
    story.SPECIALIST,
)
_WEEKS_TO_ACT = (1.0, 2.0, 3.0, 4.0, 8.0, 10.0)
_LATENESS_DAYS = (-12.0, -5.0, -1.0, 6.0, 40.0, 120.0)
_OWNERLESS = 0.08


def objectives() -> pd.DataFrame:
    """Key results of each objective as they stand now."""
    rows = [
        (f"KR-{number}.{place}", objective, *result, owner)
        for number, (owner, (objective, results)) in enumerate(
            zip(_OBJECTIVE_OWNERS, _OBJECTIVES.items(), strict=True), start=1
        )
        for place, result in enumerate(results, start=1)
    ]
    columns = ["key_result_id", "objective", "key_result", "unit", "start", "target", "current"]
    return pd.DataFrame(rows, columns=[*columns, "due_on", "owner_id"])


def stakeholders() -> pd.DataFrame:
    """Who watches the program, how much they care and can do, and how often they are told."""
    rows = [(f"S-{number:02d}", *one) for number, one in enumerate(_STAKEHOLDERS, start=1)]
    columns = ["stakeholder_id", "role", "interest", "influence", "cadence"]
    return pd.DataFrame(rows, columns=columns)


def actions(generator: Generator) -> pd.DataFrame:
    """Actions, lessons and decisions in the order raised; a good part of the actions late."""
    titles = [
        *(("action", title) for title in _ACTIONS),
        *(("lesson", title) for title in _LESSONS),
        *(("decision", title) for title in _DECISIONS),
    ]
    count = len(titles)
    first, last = np.datetime64("2024-02-01"), np.datetime64("2025-06-25")
    span = int((last - first).astype(np.int64))
    raised = np.busday_offset(first + chance.below(generator, count, span), 0, roll="forward")
    weeks = np.rint(chance.spread(generator, count, _WEEKS_TO_ACT)).astype(np.int64)
    due = raised + 7 * weeks
    late = np.rint(chance.spread(generator, count, _LATENESS_DAYS)).astype(np.int64)
    done = np.busday_offset(np.maximum(due + late, raised), 0, roll="forward")
    owners = chance.choose(generator, count, dict.fromkeys(_OWNERS, 1.0))
    ownerless = chance.happens(generator, count, _OWNERLESS)
    table = pd.DataFrame(titles, columns=["kind", "title"])
    to_do = table["kind"] == "action"
    table = table.assign(
        raised_on=raised.astype("datetime64[us]"),
        due_on=pd.Series(due.astype("datetime64[us]")).where(to_do),
        done_on=pd.Series(done.astype("datetime64[us]")).where(
            to_do & (done <= np.datetime64(story.LAST_DAY))
        ),
        owner_id=pd.Series(owners).mask(ownerless),
    )
    table = table.sort_values(["raised_on", "title"], ignore_index=True)
    table.insert(0, "action_id", [f"N-{number:02d}" for number in range(1, count + 1)])
    for name in ("raised_on", "due_on", "done_on"):
        table[name] = table[name].dt.strftime("%Y-%m-%d")
    return table
