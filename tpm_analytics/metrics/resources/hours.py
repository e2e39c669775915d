"""How much time people have, and what it is promised to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.calendars import Every
from tpm_analytics.metrics.resources.presence import (
    Days,
    as_days,
    hours_per_day,
    known_days,
    periods_of,
    require,
    who,
)
from tpm_analytics.models.availability import overlaps
from tpm_analytics.program.tables import Absences, Allocations, People
from tpm_analytics.results.resources import Allocated, Capacity


def capacity(
    people: DataFrame[People],
    absences: DataFrame[Absences],
    *,
    during: Days,
    every: Every = "week",
) -> DataFrame[Capacity]:
    """Hours each person can work in each period.

    Parameters
    ----------
    people
        Reads ``person_id``, ``team``, ``role``, ``country``, ``hours_per_week``, ``joined_on``,
        ``left_on``.
    absences
        Reads ``person_id``, ``from_on``, ``to_on``.
    during
        First and last day. Every period they touch is counted whole.
    every
        ``"day"``, ``"week"`` (from Monday), ``"month"`` or ``"quarter"``.

    Returns
    -------
    Capacity
        One row per person and period in which the person belongs to the program, by person and
        period. ``capacity_hours`` is 0 for a period spent away and NA for a person whose
        ``hours_per_week`` is unknown.

    Raises
    ------
    ParameterError
        For a country without known holidays, or days in the wrong order.

    Notes
    -----
    ``capacity_hours = hours_per_week / days worked a week x working days``. Working days are all
    but the weekend of the person's country (Saturday and Sunday where none is known), less
    the public holidays of the person's country, less absences (overlapping ones count once), from
    the day the person joined to the day the person left. Who has no country has no holidays.

    Examples
    --------
    >>> people = pd.DataFrame({
    ...     "person_id": ["P-1"], "team": ["Core"], "role": ["Engineer"], "country": [None],
    ...     "hours_per_week": [40.0], "joined_on": pd.to_datetime([None]),
    ...     "left_on": pd.to_datetime(["2025-03-11"]),
    ... })
    >>> absences = pd.DataFrame({
    ...     "person_id": ["P-1"], "from_on": pd.to_datetime(["2025-03-06"]),
    ...     "to_on": pd.to_datetime(["2025-03-09"]),
    ... })
    >>> march = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-16"))
    >>> capacity(people, absences, during=march)["capacity_hours"].tolist()
    [24.0, 16.0]
    """
    require(people, absences)
    starts, ends = periods_of(during, every)
    if people.empty or not len(starts):
        return Capacity.validate(Capacity.empty())
    known = known_days(people, absences, starts[0], ends[-1])
    shape = (len(people), len(starts))
    person = np.repeat(np.arange(shape[0]), shape[1])
    period = np.tile(np.arange(shape[1]), shape[0])
    belongs = (~(people["joined_on"].to_numpy()[person] > ends[period])) & (
        ~(people["left_on"].to_numpy()[person] < starts[period])
    )
    person, period = person[belongs], period[belongs]
    days = known.days(person, starts[period], ends[period])
    return Capacity.validate(
        pd.DataFrame(
            {
                **who(people, person),
                "period_on": starts[period],
                "ends_on": ends[period],
                "working_days": days,
                "capacity_hours": hours_per_day(people)[person] * days,
            }
        )
    )


def allocation(
    allocations: DataFrame[Allocations],
    people: DataFrame[People],
    absences: DataFrame[Absences],
    *,
    during: Days,
    every: Every = "week",
) -> DataFrame[Allocated]:
    """Hours of each person that are promised to each workstream in each period.

    Parameters
    ----------
    allocations
        Reads ``person_id``, ``workstream``, ``from_on``, ``to_on``, ``share``.
    people, absences, during, every
        As in `capacity`.

    Returns
    -------
    Allocated
        One row per person, workstream and period that an allocation touches. Allocations of
        people who are not in ``people`` are left out: nobody knows their hours.

    Raises
    ------
    ParameterError
        As in `capacity`.

    Notes
    -----
    A share is of the time the person has, an even part of the hours a week each working day,
    in the days of the allocation, absences and holidays taken off as in `capacity`. So a holiday
    makes nobody overloaded; it makes less work done, and that is what the hours show.

    Examples
    --------
    >>> people = pd.DataFrame({
    ...     "person_id": ["P-1"], "team": ["Core"], "role": ["Engineer"], "country": [None],
    ...     "hours_per_week": [40.0], "joined_on": pd.to_datetime([None]),
    ...     "left_on": pd.to_datetime([None]),
    ... })
    >>> promised = pd.DataFrame({
    ...     "person_id": ["P-1"], "workstream": ["Payments"], "share": [0.5],
    ...     "from_on": pd.to_datetime(["2025-03-05"]), "to_on": pd.to_datetime(["2025-03-10"]),
    ... })
    >>> march = (pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-16"))
    >>> hours = allocation(promised, people, Absences.empty(), during=march)
    >>> hours["allocated_hours"].tolist()
    [12.0, 4.0]
    """
    Allocations.require(allocations, "person_id", "workstream", "from_on", "to_on", "share")
    require(people, absences)
    starts, ends = periods_of(during, every)
    holder = pd.Index(people["person_id"]).get_indexer(allocations["person_id"])
    if not (holder >= 0).any() or not len(starts):
        return Allocated.validate(Allocated.empty())
    ours = allocations[holder >= 0]
    holder = holder[holder >= 0]
    begin, end = as_days(ours["from_on"]), as_days(ours["to_on"])
    span, period = overlaps(begin, end, as_days(starts), as_days(ends))
    known = known_days(people, absences, starts[0], ends[-1])
    days = known.days(
        holder[span],
        np.maximum(begin[span], as_days(starts)[period]),
        np.minimum(end[span], as_days(ends)[period]),
    )
    hours = ours["share"].to_numpy()[span] * hours_per_day(people)[holder[span]] * days
    streams = ours["workstream"].astype("category").cat
    stream = streams.codes.to_numpy().astype(np.int64)
    # numbered by pairs, of which there are few, so that no row need be sorted
    pairs, pair = np.unique(holder * len(streams.categories) + stream, return_inverse=True)
    key = pair[span] * len(starts) + period
    size = len(pairs) * len(starts)
    rows = np.flatnonzero(np.bincount(key, minlength=size))
    total = np.bincount(key, weights=hours, minlength=size)[rows]
    pair, period = np.divmod(rows, len(starts))
    person, stream = np.divmod(pairs[pair], len(streams.categories))
    return Allocated.validate(
        pd.DataFrame(
            {
                **who(people, person),
                "workstream": pd.Categorical.from_codes(stream, categories=streams.categories),
                "period_on": starts[period],
                "ends_on": ends[period],
                "allocated_hours": total,
            }
        )
    )
