"""What the graph of dependencies yields."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Flag, Result, Series, column


class GraphNodes(Result):
    """One row per drawn activity, from the top: its team's lane and its row in the picture."""

    activity_id: Series[str] = column("Activity")
    name: Series[str] = column("What is done")
    caption: Series[str] = column("What is done, in lines that fit a box")
    team: Series[Category] = column("Team")
    heading: Series[str] = column("Team, on the topmost of a lane", nullable=True)
    lane: Series[Count] = column("Place from the left", ge=0)
    row: Series[Count] = column("Place from the top", ge=0)
    finish_on: Series[Day] = column("Earliest finish")
    slack_days: Series[float] = column("Delay until the target moves", "working days")
    tight: Series[Flag] = column("Whether any delay moves the target")


class GraphEdges(Result):
    """One row per link between drawn activities, with the places of its ends."""

    from_id: Series[str] = column("Comes first")
    to_id: Series[str] = column("Depends on it")
    from_team: Series[Category] = column("Team that others wait for")
    to_team: Series[Category] = column("Team that waits")
    from_lane: Series[Count] = column("Place of the first from the left", ge=0)
    from_row: Series[Count] = column("Place of the first from the top", ge=0)
    to_lane: Series[Count] = column("Place of the second from the left", ge=0)
    to_row: Series[Count] = column("Place of the second from the top", ge=0)
    across: Series[Flag] = column("Whether two teams are concerned")
    tight: Series[Flag] = column("Whether any delay moves the target")


class Chains(Result):
    """One row per chain of open work, those with the least room first, then the longest."""

    chain: Series[str] = column("Chain, from what comes first")
    steps: Series[Count] = column("Length", "steps", ge=2)
    handovers: Series[Count] = column("Times that it passes to another team", ge=0)
    teams: Series[str] = column("Teams, in the order of the chain", nullable=True)
    slack_days: Series[float] = column(
        "Delay of its first step until the target moves", "working days", nullable=True
    )


class ChainSteps(Result):
    """One row per chain to be drawn and step of it, from what comes first."""

    chain: Series[Count] = column("Place of the chain", ge=1)
    length: Series[Count] = column("Length of the chain", "steps", ge=2)
    slack_days: Series[float] = column(
        "Delay of the first step until the target moves", "working days", nullable=True
    )
    step: Series[Count] = column("Step", ge=1)
    key: Series[str] = column("Activity or item")
    shown_name: Series[str] = column("What it is called")
    caption: Series[str] = column("What is done, in lines that fit a box")
    team: Series[Category] = column("Team")
    new_team: Series[Flag] = column("Whether it passes to this team here")
