"""Who could do which work: people with the skill and the time, as a proposal with its reasons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.metrics.resources.groups import Show, check_shown
from tpm_analytics.metrics.resources.presence import hours_per_day, require, working_days_of
from tpm_analytics.models.assignment import best_pairs
from tpm_analytics.program import Program
from tpm_analytics.program.keys import looked_up
from tpm_analytics.results.levelling import Levelled
from tpm_analytics.results.resources import Assignments

# An hour given within one's own team counts one and a half: who comes from another one has to
# learn the work first, and is missed there
AT_HOME = 0.5
# With less than a fifth of the time needed, a day a week, a person is no answer to a need
LEAST = 0.2
# What one holiday more or less does not change
ALL = 0.995
ROUNDING = 1e-9


def assignments(
    program: Program, levelled: DataFrame[Levelled], *, show: Show = "grouped"
) -> DataFrame[Assignments]:
    """Propose people for the open activities, by skill or role and by the time they have for them.

    Parameters
    ----------
    program
        Reads ``activities``, ``activity_demand``, ``people``, ``absences``, ``allocations``.
    levelled
        When the work is done. Reads ``activity_id``, ``name``, ``team``, ``start_on``,
        ``finish_on``.
    show
        ``"grouped"`` says role and team only; ``"named"`` says who it is.

    Returns
    -------
    Assignments
        One row per activity, need and group proposed, by start; places that nobody can take have
        rows of their own. Left out: activities without a known demand, and items, since no source
        tells which skill an item needs.

    Raises
    ------
    ParameterError
        For another `show`, and as `capacity`.

    Notes
    -----
    A need of 2.5 units is three places: two of a whole person and one of half. A place can be
    taken by whoever has the role or skill, by its name, and has at least a fifth of the time
    needed in its days: free, or promised to the activity's workstream already. Of all choices the
    one is proposed in which the hours given add up to most [1]_; an hour given to one's own team
    counts one and a half, and nobody gives more than there is, to one workstream or to all. Needed
    is the place's part of the working days there, public holidays off; absences are not.

    References
    ----------
    .. [1] H. W. Kuhn, "The Hungarian Method for the Assignment Problem", Naval Research Logistics
       Quarterly 2, 1955; here with places that follow one another.
    """
    check_shown(show)
    Levelled.require(levelled, "activity_id", "name", "team", "start_on", "finish_on")
    require(program.people, program.absences)
    places = _places(program, levelled)
    if places.empty:
        return Assignments.validate(Assignments.empty())
    able = _able(program.people, places)
    pairs = _with_hours(able, program)
    taken = pairs.loc[_chosen(pairs)].set_index("place")
    counts = {
        name: table.groupby("place").size().reindex(places.index, fill_value=0)
        for name, table in (("able", able), ("could", pairs))
    }
    given = ["person", "needed_hours", "given_hours", "promised_hours", "at_home"]
    return _told(places.assign(**counts).join(taken[given]), program.people, show)


def _places(program: Program, levelled: pd.DataFrame) -> pd.DataFrame:
    """One row per person needed: the activity, its days, and which part of a person it takes."""
    demand = program.activity_demand.astype({"resource": "str"})
    needs = demand[demand["units"] > 0].merge(
        levelled[["activity_id", "name", "team", "start_on", "finish_on"]], on="activity_id"
    )
    # 3.0000000001 units are three people
    heads = np.ceil(needs["units"] - ROUNDING).astype("int64")
    places = needs.loc[needs.index.repeat(heads)].reset_index(names="need")
    number = places.groupby("need").cumcount()
    stream = looked_up(
        places["activity_id"],
        program.activities["activity_id"],
        program.activities["workstream"].astype("str"),
    )
    return places.assign(
        team=places["team"].astype("str"),
        part=(places["units"] - number).clip(upper=1.0),
        stream=stream.fillna(""),
        key=places["resource"].str.strip().str.casefold(),
    )


def _able(people: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a place and a person, by position, who has the role or skill that it needs."""
    told = people.reset_index(drop=True)
    held = pd.concat([told["skills"].str.split(";").explode(), told["role"].astype("str")])
    held = held.str.strip().str.casefold().dropna()
    has = pd.DataFrame({"person": held.index, "key": held.to_numpy()}).drop_duplicates()
    wanted = places[["key", "part", "team", "stream", "start_on", "finish_on"]]
    return wanted.reset_index(names="place").merge(has, on="key")


def _with_hours(able: pd.DataFrame, program: Program) -> pd.DataFrame:
    """Pairs of which the person has time for the place: the hours needed, there and given."""
    people, absences = program.people, program.absences
    person = able["person"].to_numpy()
    begin, end = able["start_on"], able["finish_on"]
    nobody_away = people.assign(joined_on=pd.NaT, left_on=pd.NaT), absences.head(0)
    if able.empty:
        days = workdays = np.zeros(0)
    else:
        days = working_days_of(people, absences, person, begin, end)
        workdays = working_days_of(*nobody_away, person, begin, end)
    a_day = hours_per_day(people)[person]
    ours, elsewhere = _promised(program, able)
    there = (days * a_day - elsewhere).clip(min=0)
    needed = able["part"].to_numpy() * workdays * a_day
    given = np.minimum(needed, there)
    told = able.assign(
        whole_hours=workdays * a_day,
        there_hours=there,
        needed_hours=needed,
        given_hours=given,
        promised_hours=np.minimum(ours, given),
        at_home=people["team"].astype("str").to_numpy()[person] == able["team"].to_numpy(),
    )
    return told[(given > 0) & (given >= LEAST * needed)].reset_index(drop=True)


def _promised(program: Program, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Hours of each pair's person in its days that its workstream has, and that others have."""
    people, allocations = program.people, program.allocations
    promised = pd.DataFrame(
        {
            "person": pd.Index(people["person_id"]).get_indexer(allocations["person_id"]),
            "to": allocations["workstream"].astype("str"),
            "from_on": allocations["from_on"],
            "to_on": allocations["to_on"],
            "share": allocations["share"],
        }
    )
    both = pairs[["person", "stream", "start_on", "finish_on"]].reset_index(names="pair")
    both = both.merge(promised, on="person")
    both = both[(both["from_on"] <= both["finish_on"]) & (both["to_on"] >= both["start_on"])]
    hours = np.zeros((2, len(pairs)))
    if len(both):
        begin = both[["from_on", "start_on"]].max(axis=1)
        end = both[["to_on", "finish_on"]].min(axis=1)
        person = both["person"].to_numpy()
        days = working_days_of(people, program.absences, person, begin, end)
        amount = np.nan_to_num(both["share"].to_numpy() * hours_per_day(people)[person] * days)
        elsewhere = (both["to"] != both["stream"]).to_numpy().astype(int)
        np.add.at(hours, (elsewhere, both["pair"].to_numpy()), amount)
    return hours[0], hours[1]


def _chosen(pairs: pd.DataFrame) -> np.ndarray:
    """Which pairs give the most hours: each place to one, nobody's hours given twice."""
    if pairs.empty:
        return np.zeros(0, dtype=bool)
    whole = pairs["whole_hours"].to_numpy()
    takes = pairs["given_hours"].to_numpy() / whole
    has = np.minimum(pairs["there_hours"].to_numpy() / whole, 1.0)
    place = pairs["place"].to_numpy()
    held, amount, limit = [(place, np.arange(len(pairs)))], [np.ones(len(pairs))], []
    limit.append(np.ones(int(place.max()) + 1))
    begin, end = pairs["start_on"].to_numpy(), pairs["finish_on"].to_numpy()
    # who takes two places at once takes the second on the day it begins: only those days count
    for day in np.unique(begin):
        on = np.flatnonzero((begin <= day) & (end >= day))
        for keys, most in (
            (pairs["person"], np.ones(len(pairs))),  # nobody is there more than all of the time
            (pairs["person"].astype("str") + " " + pairs["stream"], has),
        ):
            number, names = pd.factorize(keys.iloc[on])
            top = np.zeros(len(names))
            np.maximum.at(top, number, most[on])
            held.append((number + sum(map(len, limit)), on))
            amount.append(takes[on])
            limit.append(top)
    rows, columns = (np.concatenate(part) for part in zip(*held, strict=True))
    worth = pairs["given_hours"].to_numpy() * (1 + AT_HOME * pairs["at_home"].to_numpy())
    most = np.concatenate(limit) * (1 + ROUNDING)
    return best_pairs(worth, (rows, columns, np.concatenate(amount)), most)


# What the places of one need have in common
_SHARED = [
    "activity_id",
    "name",
    "team",
    "resource",
    "start_on",
    "finish_on",
    "at_home",
    "could",
    "able",
]


def _told(rows: pd.DataFrame, people: pd.DataFrame, show: Show) -> DataFrame[Assignments]:
    """Rows of places become rows of groups, each with its reason in words."""
    person = people.reset_index(drop=True).reindex(rows["person"].fillna(-1).astype("int64"))
    team, role = (person[name].astype("str").to_numpy() for name in ("team", "role"))
    group = pd.Series(role, rows.index).fillna("no role") + " of "
    group += pd.Series(team, rows.index).fillna("no team")
    named = pd.Series(person["person_id"].to_numpy(), rows.index)
    filled = rows["person"].notna()
    by_place = rows.assign(
        filled=filled, who=(named if show == "named" else group).where(filled)
    ).groupby(["need", "filled", "who"], dropna=False)
    sums = by_place[["needed_hours", "given_hours", "promised_hours"]].sum()
    grouped = by_place[_SHARED].first().join(sums).assign(places=by_place.size()).reset_index()
    grouped = grouped.rename(
        columns={"resource": "needs", "start_on": "from_on", "finish_on": "to_on"}
    )
    filled = grouped["filled"].astype(bool)
    people_given = grouped["places"].where(filled, 0)
    told = grouped.assign(
        person_id=grouped["who"] if show == "named" else None,
        people=people_given,
        missing=grouped["places"].mask(filled, 0),
        own_team=grouped["at_home"].astype("boolean").where(filled),
        others=(grouped["could"] - people_given).clip(lower=0),
        reason=[_reason(row) for row in grouped.itertuples()],
    )
    return Assignments.validate(
        told.sort_values(["from_on", "activity_id", "needs", "missing", "who"], ignore_index=True)
    )


def _reason(row: Any) -> str:
    """Why these people, or why nobody, in words."""
    if not row.filled:
        if not row.able:
            return "Nobody on the staff list has it."
        if not row.could:
            one = "The one who has it is" if row.able == 1 else f"None of {row.able} who have it is"
            return f"{one} known to have a fifth of the time needed left in these days."
        return f"All who have it and have time ({row.could}) are better placed on other work."
    has = "have" if row.places > 1 else "has"
    full = row.given_hours >= ALL * row.needed_hours
    time = "all" if full else _percent(row.given_hours / row.needed_hours)
    parts = [
        "Of the same team" if row.at_home else "Of another team",
        f"{has} {time} of the time",
    ]
    if row.promised_hours >= ALL * row.given_hours:
        parts.append("promised to this workstream already")
    elif row.promised_hours > 0:
        part = _percent(row.promised_hours / row.given_hours)
        parts.append(f"{part} of it promised to this workstream already")
    else:
        parts.append("free so far")
    return ", ".join(parts) + "."


def _percent(part: float) -> str:
    return f"{part:.0%}".replace("%", " %")
