"""What a forecast is about: the items meant, and how much of them is left."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.calendars import as_day
from tpm_analytics.errors import ParameterError, check_choice
from tpm_analytics.program.keys import among
from tpm_analytics.program.tables import Items, Links, Milestones
from tpm_analytics.results.forecast import NO_TEAM, Remaining, ScopeDone

Measure = Literal["items", "points"]

SHOWN_NAMES = 5
# A chart of days is drawn in weeks where there are more days than it has pixels, twice over
MOST_DAYS = 5 * 365
DAYS_A_WEEK = 7


def meant(
    items: DataFrame[Items],
    milestones: DataFrame[Milestones],
    links: DataFrame[Links],
    *,
    of: str = "",
    milestone: str = "",
) -> str:
    """Keys of what is to be forecast, with commas between; empty for all work.

    Parameters
    ----------
    items
        Reads ``item_id``, ``title``, ``release``.
    milestones
        Reads ``milestone_id``, ``name``.
    links
        Reads ``from_id``, ``to_id``: an item linked to a milestone is tied to it.
    of
        Keys of items or epics, or names of releases, with commas between.
    milestone
        Key of a milestone. Without ``of``, what is tied to it is meant: items linked to it, items
        that bear its name as their title (an epic, say), and those of a release that bears its
        key or its name.

    Raises
    ------
    ParameterError
        For a key that names neither an item nor a release, or an unknown milestone.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> tables = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1"], "created_at": ["2025-03-03T09:00Z"], "release": ["1.0 Pilot"],
    ... })}).tables()
    >>> meant(tables["items"], tables["milestones"], tables["links"], of="1.0 Pilot")
    '1.0 Pilot'
    """
    Items.require(items, "item_id", "title", "release")
    Milestones.require(milestones, "milestone_id", "name")
    Links.require(links, "from_id", "to_id")
    target = _milestone(milestones, milestone)
    named = [part.strip() for part in of.split(",") if part.strip()]
    known = set(items["item_id"]) | set(items["release"].dropna())
    if unknown := [name for name in named if name not in known]:
        raise ParameterError(
            f"{', '.join(map(repr, unknown))} names neither an item nor a release.",
            hint=_releases_hint(items),
        )
    return ", ".join(named or _tied(items, links, target))


def _milestone(milestones: pd.DataFrame, key: str) -> pd.Series | None:
    if not key:
        return None
    found = milestones[milestones["milestone_id"] == key]
    if found.empty:
        names = ", ".join(milestones["milestone_id"].head(SHOWN_NAMES))
        raise ParameterError(
            f"No milestone has the key {key!r}.",
            hint=f"its milestones begin with {names}"
            if names
            else "the program has none: name a release as what is meant, and the day it is due",
        )
    return found.iloc[0]


def _tied(items: pd.DataFrame, links: pd.DataFrame, target: pd.Series | None) -> list[str]:
    if target is None:
        return []
    key, name = str(target["milestone_id"]), target["name"]
    ends = pd.concat(
        [links.loc[links["to_id"] == key, "from_id"], links.loc[links["from_id"] == key, "to_id"]]
    )
    names = {key.casefold()} | ({str(name).casefold()} if pd.notna(name) else set())
    named = items.loc[items["title"].str.casefold().isin(names), "item_id"]
    tied = [*ends[among(ends, items["item_id"])], *named]
    releases = [
        release
        for release in items["release"].cat.categories
        if release.casefold() in names or release.partition(" ")[2].casefold() in names
    ]
    return [*dict.fromkeys(tied), *releases]


def _releases_hint(items: pd.DataFrame) -> str:
    releases = items["release"].value_counts()
    names = ", ".join(map(str, releases[releases > 0].index[:SHOWN_NAMES]))
    return (
        f"give keys as in the tracker; releases are {names}"
        if names
        else ("give keys as in the tracker")
    )


def work(items: DataFrame[Items], *, of: str = "") -> DataFrame[Items]:
    """Items that are work themselves, and belong to what is meant.

    Parameters
    ----------
    items
        Reads ``item_id``, ``parent_id``, ``release``.
    of
        Keys of items or epics, or names of releases, with commas between; empty for all.

    Returns
    -------
    Items
        Finished and open items that hold no others, at any depth under a key of ``of``, or
        planned for a release of it. An epic that nobody has broken down yet counts as one item.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["E-1", "A-1", "A-2"], "parent_id": [None, "E-1", None],
    ...     "created_at": ["2025-03-03T09:00Z"] * 3,
    ... })}).items
    >>> work(items, of="E-1")["item_id"].tolist()
    ['A-1']
    """
    Items.require(items, "item_id", "parent_id", "release")
    held = among(items["item_id"], items["parent_id"])
    names = pd.Series([part.strip() for part in of.split(",") if part.strip()], dtype="str")
    if names.empty:
        return items[~held].reset_index(drop=True)
    chosen = _under(items, names) | among(items["release"], names)
    return items[chosen & ~held].reset_index(drop=True)


def of_kinds(items: DataFrame[Items], *, kinds: str = "") -> DataFrame[Items]:
    """Items without the work that is of other kinds; what holds others stays.

    Parameters
    ----------
    items
        Reads ``item_id``, ``parent_id``, ``kind``.
    kinds
        Kinds of work, with commas between; empty for all.

    Returns
    -------
    Items
        Work of these kinds, and every item that others are part of.

    Raises
    ------
    ParameterError
        For a kind that no item has.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"], "kind": ["Bug", "Story"],
    ...     "created_at": ["2025-03-03T09:00Z"] * 2,
    ... })}).items
    >>> of_kinds(items, kinds="Bug")["item_id"].tolist()
    ['A-1']
    """
    Items.require(items, "item_id", "parent_id", "kind")
    wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    known = items["kind"].dropna().unique()
    if unknown := [kind for kind in wanted if kind not in known]:
        raise ParameterError(
            f"No item is of kind {', '.join(map(repr, unknown))}.",
            hint=f"its kinds: {', '.join(sorted(map(str, known)))}",
        )
    if not wanted:
        return items
    held = among(items["item_id"], items["parent_id"])
    return items[held | items["kind"].isin(wanted)].reset_index(drop=True)


def _under(items: pd.DataFrame, keys: pd.Series) -> pd.Series:
    """Whether each item is one of `keys` or lies under one, at any depth."""
    chosen = among(items["item_id"], keys)
    while True:
        wider = chosen | among(items["parent_id"], items.loc[chosen, "item_id"])
        if wider.equals(chosen):
            return chosen
        chosen = wider


def sizes(items: pd.DataFrame, measure: Measure) -> pd.Series:
    """How much each item counts: 1, or its points; one without points counts as the average.

    Examples
    --------
    >>> sizes(pd.DataFrame({"points": [3.0, None, 5.0]}), "points").tolist()
    [3.0, 4.0, 5.0]
    """
    check_choice("measure", measure, get_args(Measure))
    if measure == "items":
        return pd.Series(1.0, index=items.index)
    average = items["points"].mean()
    if pd.isna(average) and len(items):
        raise ParameterError(
            "None of these items carries points, so points cannot be forecast.",
            hint="measure = items counts the items themselves",
        )
    return items["points"].fillna(round(float(average))) if len(items) else items["points"]


def teams(items: pd.DataFrame) -> pd.Series:
    """Team of each item, `NO_TEAM` where it has none."""
    return items["team"].astype(object).where(items["team"].notna(), NO_TEAM).astype("str")


def remaining(
    work: DataFrame[Items], *, until: pd.Timestamp, measure: Measure = "items"
) -> DataFrame[Remaining]:
    """How much each team has left to do.

    Parameters
    ----------
    work
        Reads ``item_id``, ``team``, ``points``, ``created_on``, ``finished_on``.
    until
        Day the program is seen from.
    measure
        ``"items"`` or ``"points"``.

    Returns
    -------
    Remaining
        One row per team with open items, by name. An open item without points counts as the
        average item of ``work`` does, rounded; ``unsized`` says how many there are.

    Raises
    ------
    ParameterError
        For another measure, or for points where no item carries any.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"], "team": "core", "created_at": ["2025-03-03T09:00Z"] * 2,
    ...     "finished_at": [None, "2025-03-04T09:00Z"],
    ... })}).items
    >>> remaining(items, until=pd.Timestamp("2025-03-05"))["amount"].tolist()
    [1.0]
    """
    Items.require(work, "item_id", "team", "points", "created_on", "finished_on")
    left = ~(work["finished_on"] <= until) & ~(work["created_on"] > until)
    unsized = work["points"].isna() if measure == "points" else 0
    counts = pd.DataFrame({"items": 1, "amount": sizes(work, measure), "unsized": unsized})[left]
    by_team = counts.groupby(teams(work)[left]).sum().reset_index()
    return Remaining.validate(by_team.assign(measure=measure))


def burn_up(
    work: DataFrame[Items], *, until: pd.Timestamp, measure: Measure = "items"
) -> DataFrame[ScopeDone]:
    """What was done and what was asked for, day by day.

    Parameters
    ----------
    work
        Reads ``created_on``, ``finished_on``, ``points``.
    until
        Last day.
    measure
        ``"items"`` or ``"points"``.

    Returns
    -------
    ScopeDone
        One row per day from the first finish, or the first creation where nothing is finished;
        one per week, up to the last day, of more than five years.
        An item whose creation is unknown counts as asked for all along; one without points as
        the average.

    Examples
    --------
    >>> from tpm_analytics import Program
    >>> items = Program.from_tables({"items": pd.DataFrame({
    ...     "item_id": ["A-1", "A-2"], "created_at": ["2025-03-03T09:00Z"] * 2,
    ...     "finished_at": [None, "2025-03-04T09:00Z"],
    ... })}).items
    >>> burn_up(items, until=pd.Timestamp("2025-03-05"))["done"].tolist()
    [1.0, 1.0]
    """
    Items.require(work, "created_on", "finished_on", "points")
    amount = sizes(work, measure).to_numpy()
    finished, created = work["finished_on"], work["created_on"]
    first = finished.min() if finished.notna().any() else created.min()
    if pd.isna(first) or first > until:
        return ScopeDone.validate(ScopeDone.empty())
    step = 1 if (until - first).days < MOST_DAYS else DAYS_A_WEEK
    count = (until - first).days // step + 1
    days = pd.date_range(end=until, periods=count, freq=f"{step}D", unit="us")
    return ScopeDone.validate(
        pd.DataFrame(
            {
                "day_on": days,
                "done": _total_by(finished, amount, days),
                "scope": _total_by(created.fillna(first), amount, days),
                "measure": measure,
            }
        )
    )


def _total_by(on: pd.Series, amount: np.ndarray, days: pd.DatetimeIndex) -> np.ndarray:
    """Sum of the amounts whose day has come, for each of `days`."""
    known = on.notna().to_numpy()
    order = np.argsort(on[known].to_numpy(), kind="stable")
    sums = np.r_[0.0, np.cumsum(amount[known][order])]
    total: np.ndarray = sums[
        np.searchsorted(on[known].to_numpy()[order], days.to_numpy(), side="right")
    ]
    return total


def due(milestones: DataFrame[Milestones], *, milestone: str = "", day: str = "") -> pd.Timestamp:
    """Day the work is to be done: `day` if given, else when the milestone is due; else NaT.

    Reads ``milestone_id``, ``name``, ``due_on``. Raises `ParameterError` for an unknown
    milestone or what is not a day.
    """
    if day:
        return as_day(day)
    found = _milestone(milestones, milestone)
    return pd.NaT if found is None else found["due_on"]
