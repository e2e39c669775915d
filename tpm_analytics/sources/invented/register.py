"""The risk register of the invented program and how its assessments moved month by month."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from tpm_analytics.sources.invented import story
from tpm_analytics.sources.invented.chance import Generator


class Risk(NamedTuple):
    """A risk as the register names it; `first` and `last` are its probability then and now."""

    risk_id: str
    title: str
    category: str
    owner_id: str
    first: float
    last: float
    impact_cost: float
    impact_days: float
    affects_id: str
    response: str
    opened_on: str
    closed_on: str = ""


RISKS = (
    Risk(
        "R-01",
        "Partner bank changes its interface without notice",
        "External",
        "carlos.navarro",
        0.3,
        0.15,
        60_000,
        15,
        "A-LED-04",
        "Contract tests every night; a named contact at the bank",
        "2024-02-05",
    ),
    Risk(
        "R-02",
        "Key engineers leave the mobile team",
        "People",
        "rachel.kim",
        0.2,
        0.7,
        140_000,
        40,
        "A-MOB-06",
        "Retention talks; second iOS engineer from April",
        "2024-05-13",
    ),
    Risk(
        "R-03",
        "Fraud model needs data we may not keep",
        "Legal",
        "monica.alvarez",
        0.4,
        0.1,
        80_000,
        20,
        "A-DAT-05",
        "Agree the retention period with the data protection officer",
        "2024-03-04",
    ),
    Risk(
        "R-04",
        "Second region is not ready for the failover test",
        "Technical",
        "arjun.rao",
        0.35,
        0.2,
        90_000,
        20,
        "A-PLT-07",
        "Rehearse with one service first",
        "2024-06-10",
    ),
    Risk(
        "R-05",
        "Ledger cannot hold the load of the sales season",
        "Technical",
        "carlos.navarro",
        0.4,
        0.0,
        150_000,
        15,
        "A-LED-05",
        "Load test in October at three times the peak",
        "2024-04-15",
        "2024-12-09",
    ),
    Risk(
        "R-06",
        "Pilot merchants withdraw",
        "Commercial",
        "miguel.torres",
        0.25,
        0.0,
        120_000,
        25,
        "M-03",
        "Three more pilots under contract",
        "2024-01-29",
        "2024-08-30",
    ),
    Risk(
        story.RISK_THAT_CAME_TRUE,
        story.RISK_TITLE,
        "External",
        "hannah.stein",
        0.2,
        1.0,
        260_000,
        30,
        "A-CRT-05",
        "Book a second test slot; weekly call with the scheme",
        "2024-09-16",
        "2025-04-30",
    ),
    Risk(
        "R-08",
        "App store review rejects the payment flow",
        "External",
        "rachel.kim",
        0.3,
        0.35,
        40_000,
        15,
        "A-MOB-08",
        "Early review of a reduced build",
        "2024-07-08",
    ),
    Risk(
        "R-09",
        "Exchange rates raise the cost of the team in New York",
        "Financial",
        "hannah.stein",
        0.3,
        0.4,
        180_000,
        0,
        "",
        "",
        "2024-01-22",
    ),
    Risk(
        "R-10",
        "One test engineer serves two teams",
        "People",
        "lucia.ortega",
        0.3,
        0.85,
        95_000,
        25,
        "A-CHK-08",
        "",
        "2025-02-17",
    ),
    Risk(
        "R-11",
        "Security engineer is the only one who knows the key vault",
        "People",
        "arjun.rao",
        0.35,
        0.6,
        110_000,
        30,
        "A-CRT-03",
        "Pair with one platform engineer each week",
        "2024-08-12",
    ),
    Risk(
        "R-12",
        "Instant payments rules change before the deadline",
        "Legal",
        "miguel.torres",
        0.4,
        0.45,
        130_000,
        30,
        "A-LED-09",
        "Follow the authority's consultation",
        "2025-01-20",
    ),
    Risk(
        "R-13",
        "Event backbone loses messages under failover",
        "Technical",
        "monica.alvarez",
        0.3,
        0.1,
        70_000,
        15,
        "A-DAT-02",
        "Replay from the ledger; weekly check of totals",
        "2024-03-18",
    ),
    Risk(
        "R-14",
        "Token vault migration interrupts payments",
        "Technical",
        "lucia.ortega",
        0.35,
        0.0,
        100_000,
        10,
        "A-CHK-03",
        "Migrate merchant by merchant, with a way back",
        "2024-05-27",
        "2024-11-22",
    ),
    Risk(
        "R-15",
        "Licence price of the message broker rises",
        "Financial",
        "",
        0.4,
        0.5,
        55_000,
        0,
        "",
        "Compare with the managed service",
        "2024-10-07",
    ),
    Risk(
        "R-16",
        "Penetration test finds serious weaknesses",
        "Security",
        story.SPECIALIST,
        0.45,
        0.4,
        85_000,
        20,
        "A-CRT-04",
        "Internal test one month before",
        "2024-11-11",
    ),
    Risk(
        "R-17",
        "Month-end close takes longer than one night",
        "Technical",
        "carlos.navarro",
        0.3,
        0.2,
        45_000,
        10,
        "A-LED-07",
        "Close in parallel runs until proven",
        "2024-09-02",
    ),
    Risk(
        "R-18",
        "Merchants refuse the new contract terms",
        "Commercial",
        "laura.bennett",
        0.25,
        0.25,
        90_000,
        20,
        "M-12",
        "",
        "2025-03-10",
    ),
    Risk(
        "R-19",
        "Personal data reaches the test environment",
        "Security",
        "",
        0.2,
        0.15,
        160_000,
        10,
        "",
        "Masked copies only; a scan every night",
        "2024-06-24",
    ),
    Risk(
        "R-20",
        "Vendor of identity checks goes out of business",
        "External",
        "laura.bennett",
        0.1,
        0.2,
        120_000,
        45,
        "A-MOB-03",
        "Keep a second vendor integrated",
        "2024-04-08",
    ),
    Risk(
        "R-21",
        "Translation of the portal is late",
        "Commercial",
        "anika.das",
        0.3,
        0.0,
        15_000,
        5,
        "A-CHK-06",
        "Translate in batches",
        "2024-07-15",
        "2025-02-14",
    ),
    Risk(
        "R-22",
        "Cloud spend grows faster than volume",
        "Financial",
        "arjun.rao",
        0.4,
        0.3,
        100_000,
        0,
        "",
        "Budget alarms by team",
        "2024-05-06",
    ),
    Risk(
        "R-23",
        "General availability meets the freeze of the sales season",
        "Schedule",
        "hannah.stein",
        0.3,
        0.55,
        200_000,
        45,
        "M-14",
        "Decide on a reduced scope in July",
        "2025-04-07",
    ),
    Risk(
        "R-24",
        "Finance accepts the reports late",
        "Organisation",
        "monica.alvarez",
        0.25,
        0.2,
        30_000,
        10,
        "A-DAT-08",
        "",
        "2024-12-02",
    ),
    Risk(
        "R-25",
        "Data centre of the card scheme moves",
        "External",
        "",
        0.15,
        0.1,
        40_000,
        10,
        "A-CRT-06",
        "Watch the announcements",
        "2024-10-21",
    ),
    Risk(
        "R-26",
        "Accessibility audit demands changes late",
        "Legal",
        "ines.castillo",
        0.35,
        0.3,
        35_000,
        10,
        "A-CHK-09",
        "Audit each screen when it is built",
        "2024-08-26",
    ),
)
_STEP = 0.05
_WOBBLE = 0.06


def history(generator: Generator) -> pd.DataFrame:
    """Return each risk as assessed at the end of each month while it was open."""
    months = pd.date_range(story.FIRST_DAY, story.LAST_DAY, freq="ME").strftime("%Y-%m-%d")
    rows = []
    for risk in RISKS:
        told = [day for day in months if day >= risk.opened_on]
        if risk.closed_on:
            told = [day for day in told if day < risk.closed_on] + [_report(risk, months)]
        for at, day in enumerate(told):
            share = at / max(len(told) - 1, 1)
            wobble = (generator.random() - 0.5) * 2 * _WOBBLE
            drifted = risk.first + (risk.last - risk.first) * share + wobble
            rounded = round(round(drifted / _STEP) * _STEP, 2)
            rows.append(
                {
                    "risk_id": risk.risk_id,
                    "reported_on": day,
                    "status": _status(risk, day),
                    "probability": _probability(risk, day, min(max(rounded, 0.05), 0.95)),
                    "impact_cost": risk.impact_cost,
                    "impact_days": risk.impact_days,
                }
            )
    return pd.DataFrame(rows)


def risks(assessed: pd.DataFrame) -> pd.DataFrame:
    """Return the register as last assessed."""
    last = assessed.groupby("risk_id").last()
    table = pd.DataFrame(RISKS).drop(columns=["first", "last"])
    return table.assign(
        status=table["risk_id"].map(last["status"]),
        probability=table["risk_id"].map(last["probability"]),
    )


def _report(risk: Risk, months: pd.Index) -> str:
    """First end of a month at which the risk was no longer open."""
    return str(next(day for day in months if day >= risk.closed_on))


def _status(risk: Risk, day: str) -> str:
    if risk.closed_on and day >= risk.closed_on:
        return "occurred" if risk.risk_id == story.RISK_THAT_CAME_TRUE else "closed"
    return "mitigating" if risk.response else "open"


def _probability(risk: Risk, day: str, drifted: float) -> float:
    if risk.risk_id == story.RISK_THAT_CAME_TRUE:
        return story.RISK_PROBABILITIES.get(day, 1.0)
    return 0.0 if risk.closed_on and day >= risk.closed_on else drifted
