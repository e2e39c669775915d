"""Links between Jira issues: which of the two comes first."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from tpm_analytics.sources.link_types import BLOCKING_NAMES, COMES_FIRST


def table(keys: list[str], links: Iterable[tuple[int, str, bool, str, str]]) -> pd.DataFrame:
    """Links as the language has them, one row a link: Jira keeps each at both its ends.

    Parameters
    ----------
    keys
        Key of each issue, by row.
    links
        Row of the issue, key of the other, whether the other is the outward one, and name and
        outward phrase of the type.
    """
    told = [_told(keys[link[0]], link) for link in links]
    frame = pd.DataFrame(told, columns=["from_id", "to_id", "kind"], dtype="str")
    return frame.drop_duplicates(ignore_index=True)


def _told(key: str, link: tuple[int, str, bool, str, str]) -> tuple[str, str, str]:
    _, other, outward, name, phrase = link
    speaker, spoken_of = (key, other) if outward else (other, key)
    kind = name.strip().casefold()
    first = COMES_FIRST.get(phrase.strip().casefold(), True if kind in BLOCKING_NAMES else None)
    if first is None:
        return speaker, spoken_of, kind
    return (speaker, spoken_of, "blocks") if first else (spoken_of, speaker, "blocks")
