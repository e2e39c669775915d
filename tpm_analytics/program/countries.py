"""In which country a team works."""

from __future__ import annotations

from collections import Counter

import pandas as pd


def country_of_teams(people: pd.DataFrame) -> pd.Series:
    """Country that most of a team's people work in, by team; no row where none is known.

    Reads ``team``, ``country``. Where two countries have as many people, the first by name counts.

    Examples
    --------
    >>> people = pd.DataFrame({"team": ["A", "A", "A", "B"], "country": ["ES", "PT", "PT", None]})
    >>> country_of_teams(people).to_dict()
    {'A': 'PT'}
    """
    known = people[["team", "country"]].astype("str").dropna()
    sizes = Counter(zip(known["team"].tolist(), known["country"].tolist(), strict=True))
    most: dict[str, str] = {}
    for (team, country), _ in sorted(
        sizes.items(), key=lambda one: (one[0][0], -one[1], one[0][1])
    ):
        most.setdefault(team, country)
    teams = pd.Index(list(most), dtype="str", name="team")
    return pd.Series(list(most.values()), index=teams, name="country", dtype="str")
