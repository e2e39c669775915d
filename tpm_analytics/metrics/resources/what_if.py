"""How much time a what-if gives to each team, against what it has."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.program import Program
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import People
from tpm_analytics.results.resources.what_if import PaceChange

# Two ways of adding the same hours up differ by rounding
_ROUNDING = 1e-9


def pace_change(program: Program) -> DataFrame[PaceChange]:
    """Contracted time of each team as a what-if has it, against as it is, day by day of change.

    Parameters
    ----------
    program
        A what-if; reads ``people`` of it and of the program it departs from, and after how many
        weeks those who join count.

    Returns
    -------
    PaceChange
        One row per team that has more or fewer people in the what-if and day, from the day after
        the program is seen from, on which that changes. ``ratio`` is NA where the team has nobody
        as it is: nobody knows what one more does to no pace. Without a what-if there is no row.
        People without a team, or of whom the hours are unknown, are left out.

    Notes
    -----
    Contracted time, not time at work: holidays and absences make days off, which a forecast
    leaves out by its calendar and would count twice here. Who joins in the what-if counts
    ``scenario.ramp_up_weeks`` later: the newcomer learns, and takes time of those who teach [1]_.

    References
    ----------
    .. [1] F. Brooks, "The Mythical Man-Month", 1975, chapter 2.

    Examples
    --------
    >>> from tpm_analytics.program.scenario import PeopleAdded, Scenario
    >>> program = Program.from_tables({
    ...     "items": pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"]}),
    ...     "people": pd.DataFrame({
    ...         "person_id": ["P-1", "P-2"], "team": "core", "hours_per_week": 40.0,
    ...     }),
    ... })
    >>> more = PeopleAdded(team="core", joined_on="2025-04-01")
    >>> from tpm_analytics.program.what_if import applied
    >>> change = pace_change(applied(Scenario(people_added=[more]), program))
    >>> change[["from_on", "ratio"]].astype({"from_on": "str"}).values.tolist()
    [['2025-03-04', 1.0], ['2025-04-29', 1.5]]
    """
    if program.before is None:
        return PaceChange.validate(PaceChange.empty())
    tomorrow = program.as_of + pd.Timedelta(days=1)
    before = _terms(program.before.people)
    after = _terms(program.people)
    new = ~among(after["person_id"], before["person_id"])
    ramp_up = pd.Timedelta(weeks=program.scenario.ramp_up_weeks)
    after = after.assign(first=after["first"].where(~new, after["first"] + ramp_up))
    rows = []
    by_team = [{str(team): ours for team, ours in t.groupby("team")} for t in (before, after)]
    for team in sorted(by_team[0].keys() | by_team[1].keys()):
        ours = [terms.get(team, before.iloc[:0]) for terms in by_team]
        if ours[0].equals(ours[1]):
            continue
        days = np.unique(np.concatenate([_turns(terms, tomorrow) for terms in ours]))
        is_now, assumed = (_hours(terms, days) for terms in ours)
        if np.abs(assumed - is_now).max() > _ROUNDING:
            rows.append(
                pd.DataFrame(
                    {
                        "team": team,
                        "from_on": days,
                        "hours_before": is_now,
                        "hours_after": assumed,
                        "ratio": np.divide(
                            assumed, is_now, out=np.full(len(days), np.nan), where=is_now > 0
                        ),
                    }
                )
            )
    if not rows:
        return PaceChange.validate(PaceChange.empty())
    return PaceChange.validate(pd.concat(rows, ignore_index=True))


def _terms(people: pd.DataFrame) -> pd.DataFrame:
    """From when to when each person is there, and for how many hours a week."""
    People.require(people, "person_id", "team", "hours_per_week", "joined_on", "left_on")
    known = people[people["team"].notna() & people["hours_per_week"].notna()]
    return pd.DataFrame(
        {
            "person_id": known["person_id"],
            "team": known["team"].astype("str"),
            "hours": known["hours_per_week"],
            "first": known["joined_on"],
            "last": known["left_on"],
        }
    )


def _turns(terms: pd.DataFrame, tomorrow: pd.Timestamp) -> np.ndarray:
    """Days from `tomorrow` on from which somebody more, or fewer, is there."""
    first, last = terms["first"].to_numpy(), terms["last"].to_numpy()
    turns = np.r_[first, last + np.timedelta64(1, "D")]
    days: np.ndarray = np.r_[tomorrow.to_datetime64(), turns[turns > tomorrow.to_datetime64()]]
    return days.astype("datetime64[us]")


def _hours(terms: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    """Hours a week of all who are there on each day."""
    first, last = terms["first"].to_numpy()[:, None], terms["last"].to_numpy()[:, None]
    there = ~(days < first) & ~(days > last)
    hours: np.ndarray = terms["hours"].to_numpy() @ there
    return hours
