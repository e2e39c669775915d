"""Series of finished work to forecast: what real teams finished on each working day.

Data are read as their publishers wrote them; a data set that is not in the folder has no series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

# A team that finished less in all its years is no series
LEAST_FINISHED = 40
# Tags that end the support of a release: nothing is released
NO_RELEASE = "-eol|-eom|-em|-last"
DATA_SETS = (
    "titanium_jira",
    "openstack_releases",
    "k8s_keps",
    "laukkanen2017_delivery",
    "github_status_incidents",
)

Series = dict[tuple[str, str], np.ndarray]
"""Finished on each working day, by data set and name."""


def read_all(folder: Path) -> Series:
    """Every series of the data sets found in the folder, sorted by name."""
    found = {
        (name, series): history
        for name in DATA_SETS
        if (folder / name).is_dir()
        for series, history in READERS[name](folder / name)
    }
    return dict(sorted(found.items()))


def read_file(file: Path) -> Series:
    """Series of a CSV with a row per finished item: ``series``, ``finished_on``."""
    rows = pd.read_csv(file)
    named = _by(rows, "series", "finished_on", rows["finished_on"])
    return {(file.stem, series): history for series, history in named}


def working_days(finished: pd.Series, last: pd.Timestamp) -> np.ndarray:
    """Count of each weekday from the first finish to `last`; weekends count on the Friday before.

    Examples
    --------
    >>> finished = pd.Series(pd.to_datetime(["2025-03-06", "2025-03-09"]))
    >>> working_days(finished, pd.Timestamp("2025-03-10")).tolist()
    [1, 1, 0]
    """
    days = finished.to_numpy().astype("datetime64[D]")
    weekdays = np.busday_offset(days, 0, roll="backward")
    first = weekdays.min()
    end = np.busday_offset(np.datetime64(last, "D"), 0, roll="backward")
    counts: np.ndarray = np.bincount(
        np.busday_count(first, weekdays), minlength=int(np.busday_count(first, end)) + 1
    )
    return counts


def _by(
    rows: pd.DataFrame, name: str, finished: str, known: pd.Series
) -> Iterator[tuple[str, np.ndarray]]:
    """A series per value of `name`, each until the last day that anything is known of."""
    last = _days(known).max()
    done = rows.assign(day=_days(rows[finished])).dropna(subset=["day", name])
    for value, group in done.groupby(name):
        if len(group) >= LEAST_FINISHED:
            yield str(value), working_days(group["day"], last)


def _days(instants: pd.Series) -> pd.Series:
    return pd.to_datetime(instants, utc=True, format="ISO8601").dt.tz_localize(None)


def _titanium(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Issues by project, and by the team named in the last sprint they were in."""
    issues = pd.read_csv(folder / "issues.csv")
    sprints = pd.read_csv(folder / "sprints.csv")
    team = sprints["name"].str.extract(r"Sprint\s+\d+\s+(.+)", expand=False).str.strip()
    last = (
        pd.read_csv(folder / "issue_sprints.csv")
        .merge(sprints.assign(team=team), left_on="sprint_id", right_on="id")
        .sort_values(["startDate", "sprint_id"])
        .drop_duplicates("issue_key", keep="last")
    )
    yield from _by(issues, "project", "resolved", issues["updated"])
    of_teams = issues.merge(last[["issue_key", "team"]], left_on="key", right_on="issue_key")
    of_teams["team"] = "team " + of_teams["team"]
    yield from _by(of_teams, "team", "resolved", issues["updated"])


def _openstack(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Releases by team."""
    releases = pd.read_csv(folder / "releases.csv", usecols=["team", "version", "landed_at"])
    real = releases[~releases["version"].astype(str).str.contains(NO_RELEASE)]
    yield from _by(real, "team", "landed_at", releases["landed_at"])


def _keps(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Proposals agreed or implemented, and proposals that reached a stage."""
    moves = pd.read_csv(folder / "kep_changelog.csv")
    status = moves["field"].eq("status") & moves["to"].isin(["implementable", "implemented"])
    steps = moves[status | moves["field"].eq("stage")]
    yield from _by(steps, "field", "changed_at", moves["changed_at"])


def _laukkanen(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Issues resolved, by kind and all."""
    issues = pd.read_csv(folder / "issues.csv")
    when = issues["resolved_timestamp"]
    yield from _by(issues, "type", "resolved_timestamp", when)
    yield from _by(issues.assign(type="all"), "type", "resolved_timestamp", when)


def _incidents(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Incidents resolved."""
    incidents = pd.read_json(folder / "incidents.jsonl", lines=True, dtype=False)
    resolved = incidents["resolved_at"].fillna(incidents["published_at"])
    named = incidents.assign(all="incidents", resolved=resolved)
    yield from _by(named, "all", "resolved", resolved)


READERS: dict[str, Callable[[Path], Iterator[tuple[str, np.ndarray]]]] = {
    "titanium_jira": _titanium,
    "openstack_releases": _openstack,
    "k8s_keps": _keps,
    "laukkanen2017_delivery": _laukkanen,
    "github_status_incidents": _incidents,
}
