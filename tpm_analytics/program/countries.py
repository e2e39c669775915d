"""In which country people and teams work, and whether its holidays are known."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from tpm_analytics import calendars
from tpm_analytics.errors import ParameterError

# An error names so many people
NAMED = 3


def country_of_teams(people: pd.DataFrame) -> pd.Series:
    """Country that most of a team's people work in, by team; no row where none is known.

    Reads ``team``, ``country``. Where two countries have as many people, the first by name counts.

    Examples
    --------
    >>> people = pd.DataFrame({"team": ["A", "A", "A", "B"], "country": ["ES", "PT", "PT", None]})
    >>> country_of_teams(people).to_dict()
    {'A': 'PT'}
    """
    known = (people["team"].notna() & people["country"].notna()).to_numpy()
    teams, countries = (
        people[name].to_numpy(dtype=object)[known].tolist() for name in ("team", "country")
    )
    sizes = Counter(zip(teams, countries, strict=True))
    most: dict[str, str] = {}
    for (team, country), _ in sorted(
        sizes.items(), key=lambda one: (one[0][0], -one[1], one[0][1])
    ):
        most.setdefault(team, country)
    index = pd.Index(list(most), dtype="str", name="team")
    return pd.Series(list(most.values()), index=index, name="country", dtype="str")


def check_countries(people: pd.DataFrame) -> None:
    """Refuse a country whose holidays nobody knows, and say who works there.

    Reads ``person_id``, ``country``.

    Raises
    ------
    ParameterError
        With the first such country and its people.

    Examples
    --------
    >>> check_countries(pd.DataFrame({"person_id": ["P-1", "P-2"], "country": ["ES", None]}))
    """
    for country in people["country"].dropna().unique():
        try:
            calendars.days_worked_a_week(country)
        except ParameterError as error:
            who = people.loc[people["country"] == country, "person_id"].astype("str").tolist()
            more = f" and {len(who) - NAMED:,} more" if len(who) > NAMED else ""
            named = f"{', '.join(who[:NAMED])}{more}"
            raise ParameterError(
                f"No holidays are known for country {country!r}, of {named}.",
                hint=error.hint,
            ) from error
