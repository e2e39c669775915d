"""When is each feature done, if the teams take them in an order and few at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import ParameterError
from tpm_analytics.metrics.forecast.history import features_at_once
from tpm_analytics.metrics.forecast.scope import teams
from tpm_analytics.metrics.forecast.scope_growth import splits
from tpm_analytics.metrics.forecast.weekly_pace import ahead, days_of, pace_of
from tpm_analytics.models import convolution
from tpm_analytics.models.turns import totals_until_done
from tpm_analytics.program.keys import among, looked_up
from tpm_analytics.program.tables import Items
from tpm_analytics.results.forecast import Deliveries, FeatureOrder, WorkDays

EVEN, LIKELY = 0.5, 0.85
# No tracker nests deeper; items that hold one another in a circle have no top
MOST_LEVELS = 12
# A kind of which at least this share is broken down is one that should be
BROKEN_DOWN = 0.5


def part_of(items: DataFrame[Items]) -> pd.Series:
    """Feature that each item belongs to: the topmost item above it; NA for work of none.

    Reads ``item_id``, ``parent_id``. A parent that the tables do not hold counts as the top.

    Examples
    --------
    >>> part_of(pd.DataFrame({
    ...     "item_id": ["E-1", "A-1", "A-2"], "parent_id": [None, "E-1", "A-1"],
    ... })).tolist()
    [nan, 'E-1', 'E-1']
    """
    Items.require(items, "item_id", "parent_id")
    top = items["parent_id"]
    for _ in range(MOST_LEVELS):
        above = looked_up(top, items["item_id"], items["parent_id"])
        if not above.notna().any():
            break
        top = above.where(above.notna(), top)
    return top


def under_features(items: DataFrame[Items]) -> DataFrame[Items]:
    """Work that belongs to a feature: the pace at which features are done is that of these items.

    Reads ``item_id``, ``parent_id``.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["E-1", "A-1", "A-2"], "parent_id": [None, "E-1", None],
    ...     "created_at": ["2025-03-03T09:00Z"] * 3,
    ... })}).items
    >>> under_features(items)["item_id"].tolist()
    ['A-1']
    """
    Items.require(items, "item_id", "parent_id")
    held = among(items["item_id"], items["parent_id"])
    return items[items["parent_id"].notna() & ~held].reset_index(drop=True)


def feature_order(
    items: DataFrame[Items],
    deliveries: DataFrame[Deliveries],
    calendar: DataFrame[WorkDays],
    *,
    at_once: int = 0,
    order: str = "",
) -> DataFrame[FeatureOrder]:
    """When each open feature is done, the teams taking them in turn.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``kind``, ``team``, ``parent_id``, ``created_on``,
        ``started_on``, ``finished_on``.
    deliveries
        What the teams finish of work under features; see `under_features`.
    calendar
        Reads all columns.
    at_once
        On how many features a team works at once; 0 for as many as in a middling week lately.
    order
        Keys of features, with commas between, in the order of work. Those not named come after:
        begun ones first, the oldest start first, then by creation.

    Returns
    -------
    FeatureOrder
        One row per open feature and team, in order within the team. ``guessed``: nobody has
        broken it down, so it is taken to have as many parts as a middling one of its kind. Teams
        whose history is too short have no days.

    Raises
    ------
    ParameterError
        For a key in ``order`` that is no open feature.

    Notes
    -----
    With k features at once, each gets an even share of what the team finishes until it is done
    and the next takes its place. So each feature is done when the *team* has finished a fixed
    amount (`models.turns`), and the day of that is exact, like `forecast.when`.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["E-1", "A-1"], "parent_id": [None, "E-1"], "team": "core",
    ...     "created_at": ["2025-03-03T09:00Z"] * 2,
    ... })}).items
    >>> told = feature_order(items, Deliveries.empty(), WorkDays.empty())
    >>> told[["item_id", "parts"]].values.tolist()
    [['E-1', 1]]
    """
    Items.require(items, "item_id", "title", "kind", "team", "parent_id")
    Items.require(items, "created_on", "started_on", "finished_on")
    Deliveries.require(deliveries, *Deliveries.declared())
    features = _open_features(items)
    if features.empty:
        return FeatureOrder.validate(FeatureOrder.empty())
    features = _ordered(features, order)
    until = deliveries["day_on"].max()
    usual = features_at_once(under_features(items), until=until) if len(deliveries) else {}
    rows = []
    for team, of_team in features.groupby("team"):
        one = days_of(deliveries, str(team))
        width = at_once or max(1, round(usual.get(str(team), 1.0)))
        until_done = totals_until_done(of_team["parts"].to_numpy(), width)
        even, likely = _days(calendar, str(team), one, until_done)
        rows.append(
            of_team.assign(place=np.arange(1, len(of_team) + 1), even_on=even, likely_on=likely)
        )
    return FeatureOrder.validate(pd.concat(rows, ignore_index=True))


def _days(
    calendar: pd.DataFrame, team: str, one: pd.DataFrame, until_done: np.ndarray
) -> tuple[pd.Series, pd.Series]:
    """Days by which each total is finished, for an even chance and a likely one."""
    found = np.full((len(until_done), 2), np.datetime64("NaT", "us"))
    pace = pace_of(one)
    if pace is not None:
        last = one["day_on"].max()
        days, working = ahead(calendar, team, last)
        on = np.r_[last.to_datetime64(), days].astype("datetime64[us]")
        for row, amount in enumerate(until_done):
            chance = pace.done_after(working, float(np.ceil(round(amount, 6))))
            for column, share in enumerate((EVEN, LIKELY)):
                later = convolution.days_within(chance, share)
                if later is not None:
                    found[row, column] = on[later]
    return found[:, 0], found[:, 1]


def _open_features(items: pd.DataFrame) -> pd.DataFrame:
    """A row per feature and team with open parts, and per open feature that has no parts yet."""
    held = among(items["item_id"], items["parent_id"])
    parts = items.assign(feature=part_of(items), team=teams(items))[~held]
    parts = parts[parts["feature"].notna()]
    begun = parts.groupby("feature")[["started_on", "finished_on"]].min().min(axis=1)
    left = parts[parts["finished_on"].isna()]
    counted = left.groupby(["feature", "team"]).size().rename("parts").reset_index()
    bare = _not_broken_down(items, held)
    features = pd.concat([counted.assign(guessed=False), bare], ignore_index=True)
    return features.assign(
        item_id=features["feature"].astype("str"),
        title=looked_up(features["feature"], items["item_id"], items["title"]),
        created_on=looked_up(features["feature"], items["item_id"], items["created_on"]),
        begun_on=begun.reindex(features["feature"]).to_numpy(),
        parts=features["parts"].astype("int64"),
    )


def _not_broken_down(items: pd.DataFrame, held: pd.Series) -> pd.DataFrame:
    kinds = held.groupby(items["kind"].astype("str")).mean()
    usual = splits(items).set_index("kind")["parts"]
    broken = [kind for kind in kinds.index[kinds >= BROKEN_DOWN] if kind in usual.index]
    kind = items["kind"].astype("str")
    bare = items[kind.isin(broken) & ~held & items["finished_on"].isna()]
    sizes = usual.reindex(kind[bare.index]).round().to_numpy()
    return pd.DataFrame(
        {"feature": bare["item_id"], "team": teams(bare), "parts": sizes, "guessed": True}
    )


def _ordered(features: pd.DataFrame, order: str) -> pd.DataFrame:
    named = [key.strip() for key in order.split(",") if key.strip()]
    if unknown := [key for key in named if key not in set(features["feature"])]:
        raise ParameterError(
            f"{', '.join(map(repr, unknown))} in the order is no open feature.",
            hint=f"open ones are {', '.join(features['feature'].head(5))}",
        )
    place = features["feature"].map({key: rank for rank, key in enumerate(named)})
    return features.assign(place=place.fillna(len(named))).sort_values(
        ["place", "begun_on", "created_on", "feature"], kind="stable", na_position="last"
    )
