"""Who is there on which days: periods, contracts, holidays and absences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tpm_analytics import calendars
from tpm_analytics.calendars import Every
from tpm_analytics.errors import ParameterError
from tpm_analytics.models.availability import Availability, availability
from tpm_analytics.program.countries import check_countries
from tpm_analytics.program.tables import Absences, People

Days = tuple[pd.Timestamp, pd.Timestamp]


def weeks_around(day: pd.Timestamp, *, before: int = 26, after: int = 13) -> Days:
    """First and last day of the whole weeks around `day`, for the option ``during``.

    Examples
    --------
    >>> first, last = weeks_around(pd.Timestamp("2025-03-05"), before=1, after=0)
    >>> print(first.date(), last.date())
    2025-02-24 2025-03-09
    """
    if before < 0 or after < 0:
        raise ParameterError(
            f"Weeks before and after are 0 or more, got {before} and {after}.",
            hint="before=26, after=13 is half a year back and a quarter ahead",
        )
    monday = day.normalize() - pd.Timedelta(days=day.weekday())
    return monday - pd.Timedelta(weeks=before), monday + pd.Timedelta(weeks=after, days=6)


def require(people: pd.DataFrame, absences: pd.DataFrame) -> None:
    """Raise `MissingColumnsError` unless both tables have what hours are counted from."""
    People.require(people, "person_id", "team", "role", "country", "hours_per_week")
    People.require(people, "joined_on", "left_on")
    Absences.require(absences, "person_id", "from_on", "to_on")


def periods_of(during: Days, every: Every) -> tuple[np.ndarray, np.ndarray]:
    """First and last days of every period that the days of `during` touch."""
    first, last = during
    if last < first:
        raise ParameterError(
            f"The days go from {first:%Y-%m-%d} back to {last:%Y-%m-%d}.",
            hint="give the first day first",
        )
    edge = calendars.period_start(pd.Series([first, last]).astype("datetime64[us]"), every)
    # every known period is shorter than 93 days, so the one after the last has begun by then
    starts = calendars.periods(edge[0], edge[1] + pd.Timedelta(days=2 * 93), every)
    inside = int(starts.searchsorted(edge[1])) + 1
    ends = starts[1 : inside + 1] - pd.Timedelta(days=1)
    return starts[:inside].to_numpy(), ends.as_unit("us").to_numpy()


def known_days(
    people: pd.DataFrame, absences: pd.DataFrame, first: np.datetime64, last: np.datetime64
) -> Availability:
    """Working days of everybody from `first` to `last`."""
    check_countries(people)
    codes, countries = pd.factorize(people["country"].astype("object"), use_na_sentinel=False)
    span = (pd.Timestamp(first), pd.Timestamp(last))
    person = pd.Index(people["person_id"]).get_indexer(absences["person_id"])
    away = absences[person >= 0]
    return availability(
        np.arange(first.astype("datetime64[D]"), last.astype("datetime64[D]") + 1),
        [calendars.working_calendar(country, *span) for country in countries],
        calendar=codes,
        employed=np.stack([as_days(people["joined_on"]), as_days(people["left_on"])], axis=1),
        absences=(person[person >= 0], as_days(away["from_on"]), as_days(away["to_on"])),
    )


def as_days(days: object) -> np.ndarray:
    """Days as NumPy has them, without the time of day."""
    return np.asarray(days).astype("datetime64[D]")


def hours_per_day(people: pd.DataFrame) -> np.ndarray:
    """Hours of each working day of a person's country; NaN where the contract is unknown."""
    hours: np.ndarray = people["hours_per_week"].to_numpy(dtype=np.float64)
    codes, countries = pd.factorize(people["country"].astype("object"), use_na_sentinel=False)
    days = np.array([calendars.days_worked_a_week(country) for country in countries], dtype=int)
    return hours / days[codes]


def who(people: pd.DataFrame, person: np.ndarray) -> dict[str, pd.Categorical]:
    """Key, team and role of each person by position, as categories."""
    columns = {
        name: people[name].astype("category").array for name in ("person_id", "team", "role")
    }
    return {name: column.take(person) for name, column in columns.items()}


def working_days_of(
    people: pd.DataFrame,
    absences: pd.DataFrame,
    person: np.ndarray,
    begin: pd.Series,
    end: pd.Series,
) -> np.ndarray:
    """Days that each person, by position in `people`, works from `begin` to `end`, both counted."""
    known = known_days(people, absences, as_days(begin).min(), as_days(end).max())
    return known.days(person, as_days(begin), as_days(end))
