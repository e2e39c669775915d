"""The plan of the invented program: activities, what they wait for, and milestones."""

from __future__ import annotations

from typing import NamedTuple

from tpm_analytics.sources.invented import story


class Planned(NamedTuple):
    """An activity as planned; `after` names its predecessors as in ``A-CHK-01 SS 30``.

    `days` are working days; `not_before` counts working days from the first of the plan.
    """

    activity_id: str
    name: str
    days: int
    after: tuple[str, ...] = ()
    not_before: int = 0


class Target(NamedTuple):
    """A milestone: reached when its activity is finished."""

    milestone_id: str
    name: str
    activity_id: str
    owner_id: str


PLAN_BEGINS = "2024-01-08"

WORKSTREAM_KEYS = {
    **{team.key: team.workstream for team in story.TEAMS},
    "CRT": story.CERTIFICATION,
}

ACTIVITIES = (
    Planned("A-CHK-01", "Payment page", 55),
    Planned("A-CHK-02", "Saved cards and wallets", 50, ("A-CHK-01 FS",)),
    Planned("A-CHK-03", "Token vault migration", 45, ("A-CHK-02 FS",)),
    Planned("A-CHK-04", "Refunds and partial captures", 45, ("A-CHK-02 FS",)),
    Planned("A-CHK-05", "Strong customer authentication", 60, ("A-CHK-03 FS",)),
    Planned("A-CHK-06", "Merchant portal", 60, ("A-CHK-04 FS",)),
    Planned("A-CHK-07", "Local payment methods", 55, ("A-CHK-05 FS",)),
    Planned("A-CHK-08", "Subscriptions and retries", 70, ("A-CHK-07 FS",)),
    Planned("A-CHK-09", "Accessibility and speed", 50, ("A-CHK-08 FS", "A-CHK-06 FS")),
    Planned("A-CHK-10", "Roll-out to all merchants", 40, ("A-CHK-09 FS", "A-CRT-06 FS")),
    Planned("A-LED-01", "Double-entry core", 70),
    Planned("A-LED-02", "Settlement engine", 60, ("A-LED-01 SS 30",)),
    Planned("A-LED-03", "Payout schedules", 45, ("A-LED-02 FS",)),
    Planned("A-LED-04", "Interfaces to partner banks", 60, ("A-LED-01 FS",)),
    Planned("A-LED-05", "Load test and tuning", 40, ("A-LED-03 FS", "A-LED-04 FS")),
    Planned("A-LED-06", "Fees and taxes", 55, ("A-LED-03 FS",)),
    Planned("A-LED-07", "Month-end close", 60, ("A-LED-06 FS", "A-LED-05 FS")),
    Planned("A-LED-08", "Disputes and chargebacks", 55, ("A-LED-06 FS",)),
    Planned("A-LED-09", "Instant payments", 75, ("A-LED-08 FS",), 295),
    Planned("A-LED-10", "Parallel run with the old ledger", 40, ("A-LED-07 FS", "A-LED-09 FS")),
    Planned("A-MOB-01", "Wallet onboarding", 60),
    Planned("A-MOB-02", "Tap to pay", 70, ("A-MOB-01 FS",)),
    Planned("A-MOB-03", "Identity checks", 45, ("A-MOB-01 SS 20",)),
    Planned("A-MOB-04", "Card management", 60, ("A-MOB-02 FS",)),
    Planned("A-MOB-05", "Push payments", 45, ("A-MOB-03 FS",)),
    Planned("A-MOB-06", "New app core", 80, ("A-MOB-04 FS", "A-MOB-05 FS")),
    Planned("A-MOB-07", "Offline mode", 50, ("A-MOB-06 FS",)),
    Planned("A-MOB-08", "App store review", 25, ("A-MOB-07 FS",)),
    Planned("A-MOB-09", "Beta program", 45, ("A-MOB-08 FS 5",)),
    Planned("A-MOB-10", "Public launch", 25, ("A-MOB-09 FS", "A-CRT-06 FS")),
    Planned("A-DAT-01", "Event backbone", 60),
    Planned("A-DAT-02", "Replay and failover of events", 40, ("A-DAT-01 FS",)),
    Planned("A-DAT-03", "Merchant dashboards", 60, ("A-DAT-01 FS", "A-LED-02 FF 10")),
    Planned("A-DAT-04", "Finance warehouse", 70, ("A-DAT-02 FS",)),
    Planned("A-DAT-05", "Fraud features", 70, ("A-DAT-04 SS 20",)),
    Planned("A-DAT-06", "Regulatory reports", 55, ("A-DAT-04 FS",)),
    Planned("A-DAT-07", "Data quality gates", 50, ("A-DAT-05 FS",)),
    Planned("A-DAT-08", "Acceptance by finance", 40, ("A-DAT-06 FS", "A-LED-07 FS")),
    Planned("A-DAT-09", "Retention and deletion", 45, ("A-DAT-07 FS", "A-DAT-06 FF 20")),
    Planned("A-DAT-10", "Experiment platform", 50, ("A-DAT-09 FS", "A-DAT-03 FS")),
    Planned("A-PLT-01", "Deployment pipeline", 50),
    Planned("A-PLT-02", "Observability", 55, ("A-PLT-01 FS",)),
    Planned("A-PLT-03", "Secrets and keys", 60, ("A-PLT-01 FS",)),
    Planned("A-PLT-04", "Service mesh", 65, ("A-PLT-02 FS",)),
    Planned("A-PLT-05", "Test environments on demand", 45, ("A-PLT-02 SS 15",)),
    Planned("A-PLT-06", "Second region", 80, ("A-PLT-04 FS",)),
    Planned("A-PLT-07", "Failover test", 30, ("A-PLT-06 FS",)),
    Planned("A-PLT-08", "Cost control", 40, ("A-PLT-07 SS 10",)),
    Planned("A-PLT-09", "Hardening for certification", 50, ("A-PLT-03 FS",), 230),
    Planned("A-PLT-10", "Disaster recovery rehearsal", 30, ("A-PLT-07 FS", "A-PLT-09 FS 60")),
    Planned("A-CRT-01", "Gap analysis against the card data standard", 40),
    Planned("A-CRT-02", "Segmentation of the cardholder network", 70, ("A-CRT-01 FS",)),
    Planned("A-CRT-03", "Key ceremony and vault", 80, ("A-CRT-02 FS", "A-PLT-03 FS")),
    Planned("A-CRT-04", "Penetration test and repair", 60, ("A-CRT-03 FS",)),
    Planned("A-CRT-05", "Card scheme certification", 60, ("A-CRT-04 FS 30", "A-CHK-03 FS")),
    Planned("A-CRT-06", "Certified keys in both regions", 25, ("A-CRT-05 FS", "A-PLT-06 FS")),
    Planned("A-CRT-07", "Report to the supervisor", 30, ("A-CRT-05 FS", "A-DAT-06 FS")),
    Planned("A-CRT-08", "Instant payments assessment", 40, ("A-LED-09 SS 40",)),
    Planned("A-CRT-09", "Audit of operations", 30, ("A-CRT-07 FS", "A-PLT-10 FS")),
    Planned(
        "A-CRT-10",
        "Approval of general availability",
        20,
        ("A-CRT-09 FS", "A-CRT-08 FS", "A-CHK-10 FS", "A-MOB-10 FS", "A-LED-10 FS", "A-DAT-08 FS"),
    ),
)

# Most activities build something; these test it, take it to its users, or have it approved
BUILD = "Build"
KINDS = {
    **dict.fromkeys(("A-LED-05", "A-LED-10", "A-PLT-07", "A-PLT-10", "A-CRT-04"), "Test"),
    **dict.fromkeys(("A-CHK-10", "A-MOB-09", "A-MOB-10"), "Launch"),
    **dict.fromkeys(("A-MOB-08", "A-DAT-08", "A-CRT-01", "A-CRT-05", "A-CRT-07"), "Approval"),
    **dict.fromkeys(("A-CRT-08", "A-CRT-09", "A-CRT-10"), "Approval"),
}

CERTIFIED = "M-09"
MILESTONES = (
    Target("M-01", "Ledger core posts real entries", "A-LED-01", "carlos.navarro"),
    Target("M-02", "Deployments without downtime", "A-PLT-01", "arjun.rao"),
    Target("M-03", "Pilot merchants live", "A-CHK-02", "miguel.torres"),
    Target("M-04", "First payouts through partner banks", "A-LED-04", "carlos.navarro"),
    Target("M-05", "Tap to pay in the pilot", "A-MOB-02", "rachel.kim"),
    Target("M-06", "Ledger ready for the sales season", "A-LED-05", "carlos.navarro"),
    Target("M-07", "Fraud scoring live", "A-DAT-05", "monica.alvarez"),
    Target("M-08", "Second region carries traffic", "A-PLT-07", "arjun.rao"),
    Target(CERTIFIED, "Card scheme certified", "A-CRT-05", "hannah.stein"),
    Target("M-10", "New app core in the stores", "A-MOB-08", "rachel.kim"),
    Target("M-11", "Instant payments ready", "A-LED-09", "miguel.torres"),
    Target("M-12", "All merchants on the new checkout", "A-CHK-10", "miguel.torres"),
    Target("M-13", "Wallet launched", "A-MOB-10", "laura.bennett"),
    Target("M-14", "General availability", "A-CRT-10", "hannah.stein"),
)

# Roles an activity of a workstream needs at once, and what a day of one of them costs.
DEMAND = {
    "CHK": {"Software engineer": 3.0, "Test engineer": 1.0},
    "LED": {"Software engineer": 3.0, "Test engineer": 1.0},
    "MOB": {"Software engineer": 3.0, "Test engineer": 1.0},
    "DAT": {"Data engineer": 2.5, "Test engineer": 0.5},
    "PLT": {"Software engineer": 2.0, "Site reliability engineer": 0.5},
    "CRT": {"Security engineer": 0.6, "Software engineer": 1.0},
}
COST_A_DAY = {"CHK": 500.0, "LED": 510.0, "MOB": 740.0, "DAT": 720.0, "PLT": 320.0, "CRT": 900.0}
