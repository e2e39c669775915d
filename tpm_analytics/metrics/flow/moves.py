"""How often work changes hands, and how often it goes back."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.workflow import STAGES
from tpm_analytics.results.flow import Handovers, HandoversInAll, MovesBack, Stays

_ACTIVE, _DONE = STAGES.index("active"), STAGES.index("done")


def handovers(stays: DataFrame[Stays]) -> DataFrame[Handovers]:
    """How often the finished items of each team changed hands, went back, were reopened.

    Parameters
    ----------
    stays
        Reads ``item_id``, ``team``, ``status``, ``stage``, ``days``, ``underway``, ``finished``.

    Returns
    -------
    Handovers
        One row per team, the one with most items that went back first; items of no team are
        one row of their own. Only moves between an item's start and its finish count.

    Notes
    -----
    A hand-over is work taken up in another active status than the one it was last active in:
    from development to review, from review to test. Waiting in between makes it no second
    one. Sources tell who holds an item now, not who held it then, so passing work on within a
    status is not seen: the figure is the least there was.

    An item goes back where it enters a status that work passes before the one it leaves. It is
    reopened where it leaves done; that is told apart, and is no move back.

    Examples
    --------
    >>> handovers(Stays.empty()).empty
    True
    """
    Stays.require(stays, "item_id", "team", "status", "stage", "days", "underway", "finished")
    rows = np.flatnonzero(
        stays["underway"].to_numpy(dtype=bool) & stays["finished"].to_numpy(dtype=bool)
    )
    count = len(stays["item_id"].cat.categories)
    item = stays["item_id"].cat.codes.to_numpy()[rows]
    status = stays["status"].cat.codes.to_numpy()[rows]
    stage = stays["stage"].cat.codes.to_numpy()[rows]
    back, _ = _directions(item, status, stage)
    went_back = np.bincount(item[1:][back], minlength=count) > 0
    came_again = np.bincount(item[stage == _DONE], minlength=count) > 0
    working = stage == _ACTIVE
    at, doing = item[working], status[working]
    passed = (at[1:] == at[:-1]) & (doing[1:] != doing[:-1])
    hands = np.bincount(at[1:][passed], minlength=count)
    # stays of an item stand together
    begins = np.flatnonzero(np.r_[True, item[1:] != item[:-1]][: len(item)])
    days = stays["days"].to_numpy()[rows]
    took = np.add.reduceat(days, begins) if len(days) else days
    seen = item[begins]
    teams = stays["team"].dtype
    team = stays["team"].cat.codes.to_numpy()[rows[begins]]
    places = np.where(team < 0, len(teams.categories), team)
    return Handovers.validate(
        _by_team(places, teams, hands[seen], went_back[seen], came_again[seen], took)
    )


def _by_team(
    team: np.ndarray,
    teams: pd.CategoricalDtype,
    hands: np.ndarray,
    went_back: np.ndarray,
    reopened: np.ndarray,
    took: np.ndarray,
) -> pd.DataFrame:
    count = len(teams.categories) + 1
    items = np.bincount(team, minlength=count)
    plain = nearest_rank(took, np.where(went_back, -1, team), count, (0.5,))[:, 0]
    back = nearest_rank(took, np.where(went_back, team, -1), count, (0.5,))[:, 0]
    shown = np.flatnonzero(items)
    of_all = items[shown]
    return pd.DataFrame(
        {
            "team": pd.Categorical.from_codes(np.where(shown == count - 1, -1, shown), dtype=teams),
            "items": of_all,
            "handovers": np.bincount(team, hands, count)[shown] / of_all,
            "went_back": np.bincount(team, went_back, count)[shown] / of_all,
            "reopened": np.bincount(team, reopened, count)[shown] / of_all,
            "days_plain": plain[shown],
            "days_back": back[shown],
        }
    ).sort_values("went_back", ascending=False, ignore_index=True, kind="stable")


def handovers_in_all(handovers: DataFrame[Handovers]) -> DataFrame[HandoversInAll]:
    """How often finished items changed hands, went back and were reopened, over all teams.

    Parameters
    ----------
    handovers
        Reads ``items``, ``handovers``, ``went_back``, ``reopened``.

    Returns
    -------
    HandoversInAll
        One row, each item counting alike; none where there is no team.
    """
    Handovers.require(handovers, "items", "handovers", "went_back", "reopened")
    if handovers.empty:
        return HandoversInAll.validate(HandoversInAll.empty())
    items = handovers["items"].to_numpy(dtype=float)
    means = {
        name: [float(handovers[name].to_numpy(dtype=float) @ items / items.sum())]
        for name in ("handovers", "went_back", "reopened")
    }
    return HandoversInAll.validate(pd.DataFrame({"items": [items.sum()], **means}))


def moves_back(stays: DataFrame[Stays]) -> DataFrame[MovesBack]:
    """From where to where items went back or were reopened.

    Parameters
    ----------
    stays
        Reads ``item_id``, ``status``, ``stage``.

    Returns
    -------
    MovesBack
        One row per pair of statuses, the most frequent first; all moves of all items, those not
        finished too. ``share`` is of all moves out of ``from_status``.

    Examples
    --------
    >>> moves_back(Stays.empty()).empty
    True
    """
    Stays.require(stays, "item_id", "status", "stage")
    item = stays["item_id"].cat.codes.to_numpy()
    status = stays["status"].cat.codes.to_numpy()
    back, reopened = _directions(item, status, stays["stage"].cat.codes.to_numpy())
    names = stays["status"].cat.categories
    count = len(names)
    counted = np.flatnonzero(back | reopened)
    pair = status[counted].astype(np.int64) * count + status[counted + 1]
    moves = np.bincount(pair, minlength=count * count)
    # moves of one item are together: the distinct ones are those that differ from the one before
    order = np.lexsort((pair, item[counted]))
    whose, what = item[counted][order], pair[order]
    first = np.r_[True, (whose[1:] != whose[:-1]) | (what[1:] != what[:-1])][: len(what)]
    items = np.bincount(what[first], minlength=count * count)
    last = np.r_[item[1:] != item[:-1], True][: len(item)]
    leaves = np.bincount(status, minlength=count) - np.bincount(status[last], minlength=count)
    shown = np.flatnonzero(moves)
    shown = shown[np.argsort(-moves[shown], kind="stable")]
    origin = shown // max(count, 1)
    return MovesBack.validate(
        pd.DataFrame(
            {
                "from_status": pd.Categorical.from_codes(origin, categories=names),
                "to_status": pd.Categorical.from_codes(shown % max(count, 1), categories=names),
                "moves": moves[shown],
                "items": items[shown],
                "share": moves[shown] / leaves[origin],
            }
        )
    )


def _directions(
    item: np.ndarray, status: np.ndarray, stage: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each stay but the first follows another of its item by going back, or reopened."""
    same = item[1:] == item[:-1]
    left_done = stage[:-1] == _DONE
    back = same & ~left_done & (status[1:] < status[:-1])
    return back, same & left_done & (stage[1:] != _DONE)
