"""How tight the way to each milestone is."""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.models.network import SAME_TIME
from tpm_analytics.results.schedule import SlackTo, TargetRoom

SHOWN = 3


def target_room(slack_to: DataFrame[SlackTo]) -> DataFrame[TargetRoom]:
    """How many open activities each milestone waits for, and which have the least room.

    Parameters
    ----------
    slack_to
        Reads ``target_id``, ``target_name``, ``target_on``, ``activity_id``, ``shown_name``,
        ``slack_days``.

    Returns
    -------
    TargetRoom
        One row per target, in the order of time; the target itself is not counted. ``tightest``
        names up to three activities with their room in working days.
    """
    SlackTo.require(slack_to, "target_id", "target_name", "target_on", "activity_id")
    SlackTo.require(slack_to, "shown_name", "slack_days")
    if slack_to.empty:
        return TargetRoom.validate(TargetRoom.empty())
    own = slack_to["activity_id"] == slack_to["target_id"]
    told = slack_to.assign(
        leads=~own,
        tight=~own & (slack_to["slack_days"] <= SAME_TIME),
        words=(
            slack_to["shown_name"] + " (" + slack_to["slack_days"].map("{:g}".format) + ")"
        ).mask(own),
    ).sort_values(["target_on", "target_id", "slack_days"], kind="stable")
    targets = told.groupby(["target_on", "target_id"])
    each = targets[["leads", "tight"]].sum().set_axis(["leading", "without_room"], axis=1)
    each = each.assign(
        target_name=targets["target_name"].first(), tightest=targets["words"].agg(_first)
    )
    return TargetRoom.validate(each.reset_index())


def _first(words: pd.Series) -> str | None:
    return "; ".join(words.dropna().head(SHOWN)) or None
