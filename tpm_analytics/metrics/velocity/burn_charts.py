"""Burn-down and burn-up: what was to be done, what is done, and how the scope moved meanwhile."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.velocity import sprint_members
from tpm_analytics.metrics.velocity.sprint_members import Measure
from tpm_analytics.program import Program
from tpm_analytics.program.countries import check_countries, country_of_teams
from tpm_analytics.program.tables import Items
from tpm_analytics.results.velocity import Burn, ProgramBurn

_DAY = pd.Timedelta(days=1)
# How many sprints an error names as those there are
_NAMED = 5


def burn(program: Program, *, sprint: str = "", measure: Measure = "auto") -> DataFrame[Burn]:
    """Scope, work done and work left of a sprint, day by day.

    Parameters
    ----------
    program
        Reads ``sprints``, ``sprint_scope``, ``items``, and ``people`` for the countries of teams.
    sprint
        Name or key of the sprint. Without it, those that run; of a program in which none runs,
        each team's last one, if it ended within the last quarter of those that did.
    measure
        As in `velocity.sprint_velocity`; ``"auto"`` decides by all sprints, so that it is the
        same as there.

    Returns
    -------
    Burn
        One row per sprint and day, from the evening before it began, when what was committed
        stood, to its planned end, or to its close if that came later. Days after the program's
        own have a guideline only. Sizes are those when an item entered; an item that left the
        sprint takes its part of the scope, and of what was done, with it.

    Raises
    ------
    ParameterError
        For a sprint that the program does not have, or that has not begun, and for a country
        without known holidays.

    Notes
    -----
    ``remaining = scope - done``. The guideline falls from what was committed to nothing by the
    same amount on each day that the team works: by the weekend and the holidays of the country
    most of its people work in, from Monday to Friday where none is known. Where the source keeps
    no history of the scope, all items of the sprint are in it from the start, and the scope line
    is flat because nothing else is known.

    Examples
    --------
    >>> program = Program.from_tables({
    ...     "items": pd.DataFrame({
    ...         "item_id": ["A-1", "A-2"], "points": [3, 5],
    ...         "finished_at": ["2025-03-04T09:00Z", None],
    ...     }),
    ...     "sprints": pd.DataFrame({
    ...         "sprint_id": ["1"], "starts_at": ["2025-03-03T09:00Z"],
    ...         "ends_at": ["2025-03-05T17:00Z"],
    ...     }),
    ...     "sprint_scope": pd.DataFrame({
    ...         "sprint_id": ["1", "1"], "item_id": ["A-1", "A-2"],
    ...         "added_at": ["2025-03-01T09:00Z", "2025-03-05T09:00Z"],
    ...     }),
    ... }, as_of="2025-03-05")
    >>> burn(program)[["scope", "done", "remaining"]].T.to_numpy().tolist()
    [[3.0, 3.0, 3.0, 8.0], [0.0, 0.0, 3.0, 3.0], [3.0, 3.0, 0.0, 5.0]]
    """
    begun = sprint_members.begun(program.sprints, program.as_of)
    entries = sprint_members.entries(begun, program.sprint_scope, program.items)
    members = sprint_members.members(begun, entries)
    measure = sprint_members.measure_of(members, measure)
    begun = begun.assign(team=sprint_members.teams(begun, members))
    chosen = _named(begun, program, sprint) if sprint else _current(begun)
    entries = entries.assign(amount=entries["size"].fillna(0.0) if measure == "points" else 1.0)
    days = _days(chosen, program)
    if days.empty:
        return Burn.validate(Burn.empty())
    check_countries(program.people)
    sums = _sums(days, entries[~entries["done_before"]])
    return Burn.validate(
        _with_guideline(days.join(sums), country_of_teams(program.people)).assign(
            measure=measure, remaining=lambda found: found["scope"] - found["done"]
        )
    )


def burn_up(
    items: DataFrame[Items],
    *,
    until: pd.Timestamp,
    every: Every = "week",
    measure: Measure = "auto",
) -> DataFrame[ProgramBurn]:
    """All that is known of and all that is done in the whole program, period by period.

    Parameters
    ----------
    items
        Reads ``created_on``, ``finished_on``, ``points``. Pass `flow.leaves` of them, so that an
        epic and its stories are not both counted.
    until
        Day the program is seen from.
    every
        Length of a period, as in `flow.throughput`.
    measure
        ``"points"``, ``"items"``, or ``"auto"``: points where at least half of the items carry
        any.

    Returns
    -------
    ProgramBurn
        One row per whole period from the first creation on. Where the two lines meet, all that
        is known of is done; scope that rises as fast as the work moves the end away. Items
        without a creation are left out until they finish. Sizes are today's, and items without
        one count as 0 points.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> program = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"],
    ...     "created_at": ["2025-03-03T09:00Z", "2025-03-11T09:00Z"],
    ...     "finished_at": ["2025-03-12T17:00Z", None],
    ... })})
    >>> up = burn_up(program.items, until=pd.Timestamp("2025-03-16"))
    >>> up[["scope", "done"]].to_numpy().tolist()
    [[1.0, 0.0], [2.0, 1.0]]
    """
    Items.require(items, "created_on", "finished_on", "points")
    measure = sprint_members.measure_of(items, measure)
    amount = items["points"].fillna(0.0).to_numpy() if measure == "points" else np.ones(len(items))
    finished = items["finished_on"].where(items["finished_on"] <= until)
    # a tracker that imported finished work tells of it before it was created
    known = items["created_on"].fillna(finished)
    known = known.where(~(finished < known), finished)
    starts = calendars.periods(known.min(), until, every)
    if not len(starts):
        return ProgramBurn.validate(ProgramBurn.empty())
    ends = starts.to_series().shift(-1).dropna() - _DAY
    last = calendars.period_start(pd.Series([until + _DAY]), every)[0] - _DAY
    ends = pd.DatetimeIndex([*ends, last]).as_unit("us")
    scope, done = (_running_total(days, amount, ends) for days in (known, finished))
    return ProgramBurn.validate(
        pd.DataFrame(
            {
                "period_on": starts,
                "ends_on": ends,
                "measure": measure,
                "scope": scope,
                "done": done,
                "remaining": scope - done,
            }
        )
    )


def _running_total(days: pd.Series, amount: np.ndarray, ends: pd.DatetimeIndex) -> np.ndarray:
    told = days.notna().to_numpy()
    order = np.argsort(days[told].to_numpy(), kind="stable")
    sums = np.r_[0.0, np.cumsum(amount[told][order])]
    total: np.ndarray = sums[np.searchsorted(days[told].to_numpy()[order], ends, "right")]
    return total


def _named(begun: pd.DataFrame, program: Program, sprint: str) -> pd.DataFrame:
    found = begun[(begun["sprint_id"] == sprint) | (begun["name"] == sprint)]
    if found.empty:
        newest = begun["name"].fillna(begun["sprint_id"]).tail(_NAMED)
        raise ParameterError(
            f"{program.source} has no sprint {sprint!r} that has begun and has dates.",
            hint=f"the newest are: {', '.join(newest)}" if len(newest) else "leave it empty",
        )
    return found.tail(1)


def _current(begun: pd.DataFrame) -> pd.DataFrame:
    running = begun[~begun["closed"].astype(bool)]
    if len(running) or begun.empty:
        return running
    last = begun.groupby("team", observed=True, dropna=False).tail(1)
    return last[last["ends_on"] >= begun["ends_on"].max() - 91 * _DAY]


def _days(chosen: pd.DataFrame, program: Program) -> pd.DataFrame:
    """One row per sprint and day, with the moment that day ends."""
    parts = [
        pd.DataFrame(
            {
                "day_on": pd.date_range(row.starts_on - _DAY, row.ends_on, freq="D", unit="us"),
                **{name: getattr(row, name) for name in ("sprint_id", "name", "team")},
                "starts_at": row.starts_at,
            }
        )
        for row in chosen.itertuples()
    ]
    if not parts:
        return pd.DataFrame()
    days = pd.concat(parts, ignore_index=True)
    ends = {day: calendars.end_of(day, program.time_zone) for day in days["day_on"].unique()}
    at = days["day_on"].map(ends)
    return days.assign(
        # what was there when the sprint began stands for the evening before
        at=at.where(at >= days["starts_at"], days["starts_at"] + sprint_members.START_GRACE),
        known=days["day_on"] <= program.as_of,
    )


def _sums(days: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """Scope and work done at the end of each day; NA for days that have not come."""
    pairs = (
        days[["sprint_id", "at"]]
        .reset_index(names="day")
        .merge(entries, on="sprint_id", how="inner")
    )
    entered = pairs["added_at"].fillna(pairs["starts_at"]) <= pairs["at"]
    inside = pairs[entered & ~(pairs["removed_at"] <= pairs["at"])]
    # an item that left and came back is there once
    inside = inside.drop_duplicates(["day", "item_id"])
    done = inside["amount"].where(inside["finished_at"] <= inside["at"], 0.0)
    sums = pd.DataFrame({"scope": inside["amount"], "done": done}).groupby(inside["day"]).sum()
    return sums.reindex(days.index, fill_value=0.0).where(days["known"])


def _with_guideline(days: pd.DataFrame, countries: pd.Series) -> pd.DataFrame:
    sprint = days["sprint_id"]
    first = ~sprint.duplicated()
    works = _works(days["day_on"], days["team"].astype(object).map(countries)) & ~first
    worked = works.groupby(sprint).cumsum()
    working = works.groupby(sprint).transform("sum")
    committed = days["scope"].where(first).groupby(sprint).transform("first")
    left = 1 - worked / working.mask(working == 0)
    return days.assign(guideline=(committed * left).clip(lower=0).round(6))


def _works(days: pd.Series, country: pd.Series) -> pd.Series:
    """Whether each day is a working day of the country beside it."""
    works = pd.Series(data=False, index=days.index)
    for name, own in days.groupby(country, dropna=False):
        calendar = calendars.working_calendar(name, own.min(), own.max())
        works[own.index] = np.is_busday(own.to_numpy("datetime64[D]"), busdaycal=calendar)
    return works
