"""In which country a team works."""

from __future__ import annotations

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
    sizes = known.groupby(["team", "country"], as_index=False).size()
    sizes = sizes.sort_values(["team", "size", "country"], ascending=[True, False, True])
    return sizes.drop_duplicates("team").set_index("team")["country"]
