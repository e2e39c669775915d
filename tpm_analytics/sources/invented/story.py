"""The story of the invented program: its teams, its calendar, and what goes wrong when.

Every number that a report shall find again stands here under a name; `docs/sample.md` tells the
stories and the figures that prove them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tpm_analytics.program.workflow import Stage

DEFAULT_SEED = 20240701
FIRST_DAY = "2024-01-02"
LAST_DAY = "2025-06-30"
CALENDAR_END = "2025-12-31"
# Midday in New York: nothing later is in the data, so the last day is the same in every zone.
SNAPSHOT_AT = pd.Timestamp("2025-06-30T16:00:00Z")

TRACKER = "https://tracker.example.invalid/browse/"

# Named here, not read from a library: a new release of it must not change the sample.
HOLIDAYS = {
    "ES": """2024-01-06 2024-03-28 2024-03-29 2024-05-01 2024-05-02 2024-08-15 2024-10-12
        2024-11-01 2024-12-06 2024-12-24 2024-12-25 2024-12-31 2025-01-01 2025-01-06 2025-04-17
        2025-04-18 2025-05-01 2025-05-02 2025-08-15 2025-12-08 2025-12-25""",
    "US": """2024-01-15 2024-02-19 2024-05-27 2024-06-19 2024-07-04 2024-09-02 2024-11-28
        2024-11-29 2024-12-24 2024-12-25 2025-01-01 2025-01-20 2025-02-17 2025-05-26 2025-06-19
        2025-07-04 2025-09-01 2025-11-27 2025-11-28 2025-12-25""",
    "IN": """2024-01-26 2024-03-25 2024-03-29 2024-08-15 2024-10-02 2024-10-31 2024-11-01
        2024-12-25 2025-01-01 2025-02-26 2025-03-14 2025-04-18 2025-08-15 2025-10-02 2025-10-21
        2025-12-25""",
}

STAGES: dict[str, Stage] = {
    "Backlog": "backlog",
    "Ready": "waiting",
    "In Progress": "active",
    "Code Review": "active",
    "Ready for Test": "waiting",
    "In Test": "active",
    "Done": "done",
    "Cancelled": "done",
}


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team: where it works, what it builds, how much it is asked for and how fast it is.

    `pace_first` and `pace_last` are working hours a point takes on the first and the last day.
    """

    name: str
    key: str
    time_zone: str
    country: str
    workstream: str
    items: int
    pace_first: float
    pace_last: float
    test_speed: float = 1.0


TEAMS = (
    Team(
        name="Checkout",
        key="CHK",
        time_zone="Europe/Madrid",
        country="ES",
        workstream="Checkout experience",
        items=570,
        pace_first=5.6,
        pace_last=5.6,
    ),
    Team(
        name="Ledger",
        key="LED",
        time_zone="Europe/Madrid",
        country="ES",
        workstream="Ledger and settlement",
        items=570,
        pace_first=5.6,
        pace_last=5.6,
    ),
    Team(
        name="Mobile",
        key="MOB",
        time_zone="America/New_York",
        country="US",
        workstream="Mobile wallet",
        items=540,
        pace_first=5.6,
        pace_last=5.6,
    ),
    Team(
        name="Data",
        key="DAT",
        time_zone="America/New_York",
        country="US",
        workstream="Data and reporting",
        items=540,
        pace_first=6.0,
        pace_last=5.6,
    ),
    # The improving team: the same people finish about a third more at the end.
    Team(
        name="Platform",
        key="PLT",
        time_zone="Asia/Kolkata",
        country="IN",
        workstream="Platform and security",
        items=655,
        pace_first=6.4,
        pace_last=5.0,
        test_speed=1.6,
    ),
)
OFFICE = "Program office"
CERTIFICATION = "Certification and compliance"
WORKSTREAMS = (*(team.workstream for team in TEAMS), CERTIFICATION)

FIRST_SPRINT = "2024-01-08"
SPRINTS = 39
SPRINT_DAYS = 14

# Story 1: a team that slips. Two people leave, the code gets slower to change, the plan stays.
SLIPPING = "Mobile"
SLIP_BEGINS = "2024-10-01"
SLIP_ENDS = "2025-03-31"
SLIP_PACE = 1.6
# The plan stays above what the team did before: it hopes to catch up.
SLIP_CATCHING_UP = 1.25

# Story 2: a bottleneck. Checkout's test engineer leaves; Ledger's tests for both teams.
BOTTLENECK = "Ready for Test"
TEST_MERGED_INTO = {"Checkout": "Ledger"}
TEST_MERGED_ON = "2025-03-03"
# Engineers help out, at first a lot, then less and less: one person's work is 1.
TEST_SPEED_FIRST, TEST_SPEED_LAST = 1.5, 1.1

# Story 3: an overloaded specialist, ten weeks at 1.6 times her time.
SPECIALIST = "kavya.nair"
OVERLOAD_FROM = "2025-03-03"
OVERLOAD_TO = "2025-05-11"
OVERLOAD = {
    "Platform and security": 0.6,
    CERTIFICATION: 0.6,
    "Checkout experience": 0.4,
}

# Story 4: a risk that came true: probability as reported month by month, then `occurred`.
RISK_THAT_CAME_TRUE = "R-07"
RISK_TITLE = "Card scheme certification takes longer"
RISK_PROBABILITIES = {
    "2024-09-30": 0.20,
    "2024-10-31": 0.20,
    "2024-11-30": 0.30,
    "2024-12-31": 0.35,
    "2025-01-31": 0.45,
    "2025-02-28": 0.65,
    "2025-03-31": 0.80,
}
RISK_OCCURRED_ON = "2025-04-30"
DELAY_WEEKS = 6

# Story 5: a scope jump. A regulatory package lands on two teams within two weeks.
SCOPE_JUMP = {"Ledger": 110, "Checkout": 70}
SCOPE_JUMP_FROM = "2025-02-10"
SCOPE_JUMP_TO = "2025-02-21"
SCOPE_JUMP_EPIC = "Instant payments regulation"

# Faults in the data, for `tpm check` to find.
BULK_CLOSED_AT = pd.Timestamp("2025-01-14T09:04:00Z")
BULK_CLOSED_ITEMS = 40
SPRINT_NEVER_CLOSED = ("Data", 17)
UNKNOWN_ASSIGNEE = "contractor.x"
UNPOINTED = {"Story": 0.05, "Bug": 0.15, "Task": 0.10}
STALLED_ITEMS = 12


def team_named(name: str) -> Team:
    """Return the team of that name."""
    return next(team for team in TEAMS if team.name == name)
