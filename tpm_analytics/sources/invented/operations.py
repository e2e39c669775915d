"""Deployments and incidents of the invented program's services."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import chance, clock, story, words
from tpm_analytics.sources.invented.chance import Generator
from tpm_analytics.sources.invented.tracker import at_hours

_DEPLOYMENTS = {"Checkout": 150, "Ledger": 110, "Mobile": 70, "Data": 100, "Platform": 180}
# Least, quarter, half, 3/4, 95 % and last of the elapsed program; Platform comes to deploy often.
_EVENLY = (0.01, 0.25, 0.5, 0.75, 0.95, 1.0)
_MORE_AND_MORE = (0.01, 0.42, 0.68, 0.86, 0.97, 1.0)
_LEAD_HOURS = (1.0, 6.0, 14.0, 30.0, 70.0, 120.0)
_LEAD_SHRINKS_TO = {"Platform": 0.35}
_FAILS = 0.08

INCIDENTS = 70
_CAUSED = 0.8
_SEVERITIES = {"SEV1": 0.06, "SEV2": 0.22, "SEV3": 0.45, "SEV4": 0.27}
_MINUTES_UNTIL_SEEN = (4.0, 12.0, 25.0, 60.0, 180.0, 400.0)
_MINUTES_UNTIL_RESOLVED = (8.0, 35.0, 75.0, 160.0, 600.0, 1800.0)
_STILL_OPEN = 2
_SINCE_HOURS = 30


def deployments(generator: Generator) -> pd.DataFrame:
    """Every deployment, oldest first; Platform's grow more frequent and quicker."""
    table = pd.concat([_of_team(generator, team) for team in story.TEAMS], ignore_index=True)
    table = table.assign(
        deployed_at=at_hours(table["team"], table["hour"]),
        committed_at=at_hours(table["team"], (table["hour"] - table["lead"]).clip(lower=0.0)),
        succeeded=~chance.happens(generator, len(table), _FAILS),
    )
    table = table.sort_values(["deployed_at", "service"], ignore_index=True)
    table["deployment_id"] = [f"D-{number:04d}" for number in range(1, len(table) + 1)]
    columns = ["deployment_id", "service", "team", "deployed_at", "committed_at", "succeeded"]
    return table[columns]


def _of_team(generator: Generator, team: story.Team) -> pd.DataFrame:
    count = _DEPLOYMENTS[team.name]
    shrinks_to = _LEAD_SHRINKS_TO.get(team.name, 1.0)
    elapsed = chance.spread(
        generator, count, _MORE_AND_MORE if team.name in _LEAD_SHRINKS_TO else _EVENLY
    )
    last = clock.of(team.time_zone, team.country).hour_at(story.SNAPSHOT_AT)
    return pd.DataFrame(
        {
            "team": team.name,
            "service": chance.choose(
                generator, count, dict.fromkeys(words.SERVICES[team.name], 1.0)
            ),
            "hour": elapsed * last,
            "lead": chance.spread(generator, count, _LEAD_HOURS)
            * (1.0 + (shrinks_to - 1.0) * elapsed),
        }
    )


def incidents(generator: Generator, deployed: pd.DataFrame) -> pd.DataFrame:
    """Incidents, most after a deployment that failed, the others out of the blue."""
    failed = np.flatnonzero(~deployed["succeeded"])
    caused = failed[: min(len(failed), int(INCIDENTS * _CAUSED))]
    others = chance.below(generator, INCIDENTS - len(caused), len(deployed))
    after = deployed.iloc[[*caused, *others]].reset_index(drop=True)
    seen = chance.spread(generator, INCIDENTS, _MINUTES_UNTIL_SEEN)
    lasts = chance.spread(generator, INCIDENTS, _MINUTES_UNTIL_RESOLVED)
    out_of_the_blue = np.arange(INCIDENTS) >= len(caused)
    days_later = np.where(out_of_the_blue, np.rint(generator.random(INCIDENTS) * 5) + 1, 0.0)
    started = after["deployed_at"] + _minutes(seen + days_later * 24 * 60)
    table = pd.DataFrame(
        {
            "service": after["service"],
            "severity": chance.choose(generator, INCIDENTS, _SEVERITIES),
            "started_at": started,
            "resolved_at": started + _minutes(lasts),
            "deployment_id": after["deployment_id"].mask(out_of_the_blue),
        }
    )
    table = _some_open(table).sort_values(["started_at", "service"], ignore_index=True)
    table.insert(0, "incident_id", [f"I-{number:03d}" for number in range(1, len(table) + 1)])
    return table


def _some_open(table: pd.DataFrame) -> pd.DataFrame:
    """Move what would lie after the snapshot before it; the last of all are not resolved yet."""
    latest = story.SNAPSHOT_AT - pd.Timedelta(hours=_SINCE_HOURS)
    table = table.assign(started_at=table["started_at"].where(table["started_at"] < latest, latest))
    open_ones = table["started_at"].sort_values(kind="stable").index[-_STILL_OPEN:]
    late = table["resolved_at"] > story.SNAPSHOT_AT
    return table.assign(resolved_at=table["resolved_at"].mask(table.index.isin(open_ones) | late))


def _minutes(minutes: np.ndarray) -> pd.Series:
    return pd.Series(pd.to_timedelta(np.rint(minutes).astype(np.int64), unit="m"))
