"""What a team can commit to in its next sprint, out of the time it has, and how well that did."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from tpm_analytics.errors import check_choice
from tpm_analytics.metrics.resources.presence import hours_per_day, require, working_days_of
from tpm_analytics.models.ranks import nearest_rank
from tpm_analytics.program.tables import Absences, People, Sprints
from tpm_analytics.results.resources import (
    CommitmentRecord,
    Commitments,
    CommitmentScores,
    SprintFocus,
    SprintRanges,
)
from tpm_analytics.results.velocity import SprintVelocity

# A person-day of the literature is one of a full working week
HOURS_PER_DAY = 8
# Half a year of two-week sprints: long enough for a range, short enough to be about today's team
LATEST = 12
# From the lowest to the highest of six past sprints the next one lies in 5 of 7 cases, which is
# what the range promises; of fewer, less often
LEAST = 6
SHARES = (0.15, 0.5, 0.85)
# A team without a sprint for a quarter works otherwise now, or no longer
DORMANT = pd.Timedelta(days=91)
NEXT, EVERYONE = "the next sprint", "Everyone"
BELOW, WITHIN, ABOVE = "below the range", "within the range", "above the range"


def sprint_focus(
    velocity: DataFrame[SprintVelocity],
    people: DataFrame[People],
    absences: DataFrame[Absences],
) -> DataFrame[SprintFocus]:
    """What each closed sprint completed for each day that its team's people were there.

    Parameters
    ----------
    velocity
        Reads ``sprint_id``, ``name``, ``team``, ``starts_on``, ``ends_on``, ``closed``,
        ``measure``, ``completed``.
    people, absences
        As in `capacity`.

    Returns
    -------
    SprintFocus
        One row per closed sprint, by its end. ``focus_factor`` is NA where nobody was there. Left
        out: sprints of which nothing completed is known, and those of teams of which nobody's
        hours are known.

    Raises
    ------
    ParameterError
        As in `capacity`.

    Notes
    -----
    ``focus_factor = completed / person-days``, a person-day being eight hours of `capacity` in the
    days of the sprint, both ends counted [1]_. All of a person's hours count for the home team,
    whatever they are promised to: what goes elsewhere lowers the factor, as meetings do. Capacity
    is of the people on the staff list; who has been struck off it is missing in earlier sprints.

    References
    ----------
    .. [1] H. Kniberg, "Scrum and XP from the Trenches", 2nd ed. 2015, ch. 4: estimated velocity =
       available man-days x focus factor.
    """
    needed = ["sprint_id", "name", "team", "starts_on", "ends_on", "closed", "measure", "completed"]
    SprintVelocity.require(velocity, *needed)
    closed = velocity["closed"].fillna(value=False).astype(bool)
    over = velocity.loc[
        closed & velocity["completed"].notna() & velocity["team"].notna(), needed
    ].reset_index(drop=True)
    told = over.join(_capacity(over, people, absences)).dropna(subset="capacity_days")
    days = told["capacity_days"].where(told["capacity_days"] > 0)
    return SprintFocus.validate(
        told.assign(focus_factor=told["completed"] / days).sort_values(
            ["ends_on", "starts_on", "sprint_id"], ignore_index=True
        )
    )


def commitments(
    focus: DataFrame[SprintFocus],
    sprints: DataFrame[Sprints],
    people: DataFrame[People],
    absences: DataFrame[Absences],
    *,
    until: pd.Timestamp,
) -> DataFrame[Commitments]:
    """What each team can commit to in its next sprint: time available times its focus factor.

    Parameters
    ----------
    focus
        Reads ``team``, ``starts_on``, ``ends_on``, ``capacity_days``, ``measure``,
        ``focus_factor``.
    sprints
        Reads ``team``, ``starts_on``, ``ends_on``: the next sprint, where it is planned.
    people, absences
        As in `capacity`; those of the next sprint that are known by now.
    until
        Day the program is seen from.

    Returns
    -------
    Commitments
        One row per team with a closed sprint in the last quarter, by name. ``low``, ``middle``
        and ``high`` are NA, and ``enough`` is false, for a team with fewer than `LEAST` sprints
        whose focus is known.

    Raises
    ------
    ParameterError
        As in `capacity`.

    Notes
    -----
    The range is of the team's own last `LATEST` sprints: the focus factors that 15, 50 and 85 of
    100 stay at or below (nearest rank), times the person-days of the next sprint. How such ranges
    did is told by `commitment_record`. A sprint that is not planned yet is taken to begin a usual
    rhythm after the last, and to be as long as most.
    """
    Sprints.require(sprints, "team", "starts_on", "ends_on")
    SprintFocus.require(focus, "team", "starts_on", "ends_on", "capacity_days", "measure")
    SprintFocus.require(focus, "focus_factor")
    latest = focus.assign(team=focus["team"].astype("str")).groupby("team").tail(LATEST)
    alive = latest.groupby("team")["ends_on"].transform("max") >= until - DORMANT
    latest = latest[alive]
    if latest.empty:
        return Commitments.validate(Commitments.empty())
    teams = latest.groupby("team", sort=True)
    known = latest.dropna(subset="focus_factor")
    names = pd.Index(sorted(latest["team"].unique()))
    factors = nearest_rank(
        known["focus_factor"].to_numpy(), names.get_indexer(known["team"]), len(names), SHARES
    )
    next_ones = _next_sprints(latest, sprints, until)
    told = next_ones.join(_capacity(next_ones, people, absences)).assign(
        sprints=teams["focus_factor"].count().to_numpy(),
        usual_days=teams["capacity_days"].median().to_numpy(),
        measure=teams["measure"].last().to_numpy(),
    )
    enough = told["sprints"] >= LEAST
    said = np.where(enough.to_numpy()[:, None], factors, np.nan)
    low, middle, high = (said * told["capacity_days"].to_numpy()[:, None]).T
    return Commitments.validate(told.assign(low=low, middle=middle, high=high, enough=enough))


def commitment_record(focus: DataFrame[SprintFocus]) -> DataFrame[CommitmentRecord]:
    """What would have been said before each past sprint, beside what it completed.

    Parameters
    ----------
    focus
        Reads all columns.

    Returns
    -------
    CommitmentRecord
        One row per sprint with at least `LEAST` sprints of its team before it, in the order given.

    Notes
    -----
    Each sprint is judged by the sprints that had ended when it began, as `commitments` would have
    done. One thing is known better than it was then: absences that came up in the sprint.
    ``usual`` is the median of what those sprints completed, with no regard to who was there.
    """
    SprintFocus.require(focus, *SprintFocus.declared())
    known = focus.dropna(subset="focus_factor").reset_index(drop=True)
    judged, earlier = _earlier(known)
    size = np.bincount(judged, minlength=len(known))
    factor = nearest_rank(known["focus_factor"].to_numpy()[earlier], judged, len(known), SHARES)
    usual = nearest_rank(known["completed"].to_numpy()[earlier], judged, len(known), SHARES[1:2])
    low, middle, high = (factor * known["capacity_days"].to_numpy()[:, None]).T
    done = known["completed"].to_numpy()
    # what was said is a product, and equal figures may differ in the last digit
    result = np.select([done < low * (1 - 1e-9), done > high * (1 + 1e-9)], [BELOW, ABOVE], WITHIN)
    told = known.assign(low=low, middle=middle, high=high, usual=usual[:, 0], result=result)
    return CommitmentRecord.validate(told[size >= LEAST].reset_index(drop=True))


def sprint_ranges(
    record: DataFrame[CommitmentRecord], commitments: DataFrame[Commitments]
) -> DataFrame[SprintRanges]:
    """Ranges of past sprints with what came of them, and those of the next sprints, to be drawn.

    Parameters
    ----------
    record
        Reads all columns.
    commitments
        Reads ``team``, ``starts_on``, ``ends_on``, ``capacity_days``, ``measure``, ``low``,
        ``middle``, ``high``.

    Returns
    -------
    SprintRanges
        One row per sprint with a range, by team and start. Left out: teams without a next sprint.
    """
    CommitmentRecord.require(record, *CommitmentRecord.declared())
    Commitments.require(commitments, "team", "starts_on", "ends_on", "capacity_days", "measure")
    Commitments.require(commitments, "low", "middle", "high")
    ahead = commitments.dropna(subset="middle").assign(name=NEXT, result=NEXT)
    parts = [
        part.astype({"team": "str", "result": "str"})
        for part in (record[record["team"].isin(ahead["team"])], ahead)
    ]
    told = pd.concat(parts).sort_values(["team", "starts_on"], ignore_index=True)
    return SprintRanges.validate(told.assign(name=told["name"].fillna("no name")))


def commitment_scores(
    record: DataFrame[CommitmentRecord], *, by: Literal["program", "team"] = "team"
) -> DataFrame[CommitmentScores]:
    """How often each team's past sprints ended within the range, and how far from its middle.

    Parameters
    ----------
    record
        Reads ``team``, ``middle``, ``usual``, ``completed``, ``result``.
    by
        ``"team"``, or ``"program"`` for all sprints together.

    Returns
    -------
    CommitmentScores
        One row per team with a record, by name, or one. A right range is left downwards, and
        upwards, by about 15 sprints of 100. Errors are NA where nothing was completed.

    Raises
    ------
    ParameterError
        For a grouping that is not known.

    Notes
    -----
    ``error_share = mean |completed - middle| / mean completed``; the same of ``usual`` tells
    whether looking at the time available makes the figure any better.
    """
    CommitmentRecord.require(record, "team", "middle", "usual", "completed", "result")
    check_choice("by", by, ("program", "team"))
    rows = record.assign(
        name=record["team"].astype("str") if by == "team" else EVERYONE,
        reached=record["result"] != BELOW,
        within=record["result"] == WITHIN,
        error=(record["completed"] - record["middle"]).abs(),
        usual_error=(record["completed"] - record["usual"]).abs(),
    )
    mean = rows.groupby("name")[["reached", "within", "error", "usual_error", "completed"]].mean()
    done = mean["completed"].where(mean["completed"] > 0)
    return CommitmentScores.validate(
        pd.DataFrame(
            {
                "sprints": rows.groupby("name").size(),
                "reached_share": mean["reached"],
                "within_share": mean["within"],
                "error_share": mean["error"] / done,
                "usual_error_share": mean["usual_error"] / done,
            }
        ).reset_index()
    )


def _capacity(spans: pd.DataFrame, people: pd.DataFrame, absences: pd.DataFrame) -> pd.DataFrame:
    """People with known hours and their person-days of each team's span; NA where there is none."""
    require(people, absences)
    theirs = pd.DataFrame(
        {
            "team": people["team"].astype("str").to_numpy(),
            "person": np.arange(len(people)),
            "a_day": hours_per_day(people) / HOURS_PER_DAY,
        }
    )
    wanted = spans[["team", "starts_on", "ends_on"]].astype({"team": "str"})
    pairs = wanted.reset_index(names="row").merge(theirs.dropna(), on="team")
    if pairs.empty:
        return pd.DataFrame({"people": 0, "capacity_days": np.nan}, index=spans.index)
    days = working_days_of(
        people, absences, pairs["person"].to_numpy(), pairs["starts_on"], pairs["ends_on"]
    )
    counted = pairs.assign(capacity_days=days * pairs["a_day"], people=days > 0).groupby("row")
    return counted[["people", "capacity_days"]].sum().reindex(spans.index)


def _next_sprints(latest: pd.DataFrame, sprints: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Days of each team's next sprint: the planned one, else one a usual rhythm after the last."""
    dated = sprints.dropna(subset=["team", "starts_on", "ends_on"])
    dated = dated.assign(team=dated["team"].astype("str")).sort_values("starts_on")
    ahead = dated[dated["starts_on"] > until].drop_duplicates("team").set_index("team")
    begun = pd.concat([latest, dated[dated["starts_on"] <= until]])
    begun = begun.drop_duplicates(["team", "starts_on"]).sort_values("starts_on").groupby("team")
    last = begun[["starts_on", "ends_on"]].last().loc[sorted(latest["team"].unique())]
    gaps = latest.sort_values("starts_on").groupby("team")["starts_on"].diff().dt.days
    lengths = (latest["ends_on"] - latest["starts_on"]).dt.days
    length = lengths.groupby(latest["team"]).median().reindex(last.index).round()
    rhythm = gaps.groupby(latest["team"]).median().reindex(last.index).fillna(length + 1)
    rhythm = rhythm.round().clip(lower=1)
    missed = ((until - last["starts_on"]).dt.days // rhythm + 1).clip(lower=1)
    start = last["starts_on"] + pd.to_timedelta(missed * rhythm, unit="D")
    planned = last.index.isin(ahead.index)
    return pd.DataFrame(
        {
            "starts_on": ahead["starts_on"].reindex(last.index).fillna(start),
            "ends_on": ahead["ends_on"]
            .reindex(last.index)
            .fillna(start + pd.to_timedelta(length, unit="D")),
            "planned": planned,
        }
    ).reset_index()


def _earlier(focus: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Each sprint with each of the team's last sprints that had ended before it began."""
    judged, before = [], []
    for rows in focus.groupby("team", observed=True, sort=False).indices.values():
        ends, starts = focus["ends_on"].to_numpy()[rows], focus["starts_on"].to_numpy()[rows]
        order = np.argsort(ends, kind="stable")
        ended = np.searchsorted(ends[order], starts, "right")
        for row, count in zip(rows.tolist(), ended.tolist(), strict=True):
            window = rows[order[max(count - LATEST, 0) : count]]
            judged.append(np.full(len(window), row))
            before.append(window)
    if not judged:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    return np.concatenate(judged), np.concatenate(before)
